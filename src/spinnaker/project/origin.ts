/** Whose data an exported project is made of, under which terms, from which model: the end of its README. Text only. */
import type { Digest } from '../../base/digest.ts';
import { type DataSource, dataInWords, isSynthetic, sourcesOf, termsOf } from '../../formats/data-sources.ts';
import { derivedTermsInWords } from '../../formats/derived-terms.ts';
import type { Model } from '../../snn/network/network.ts';

/** Sections of Markdown; `modelDigest` is that of the model's file. */
export function originOf(model: Model, modelDigest: Digest): string {
  const { provenance } = model;
  const sources = sourcesOf(provenance);
  const said = (name: string) => plain(String(provenance[name] ?? 'not stated'));
  return `## Origin
${capital(plain(dataInWords(sources)))}.

${tableOf(sources)}Trained by cc-snn ${said('version')}: order of training trials by seed ${said('seed')}, trials by seed ${said('trialSeed')}; all settings are in
\`provenance.json\`. SHA-256 of the model's file: ${modelDigest}.

## Licence and citation
This folder's program text: MIT. ${termsInWords(sources)}
`;
}

function tableOf(sources: readonly DataSource[]): string {
  if (sources.length === 0) return '';
  const rows = sources.map(
    ({ name, about, synthetic, sha256 }) =>
      `| ${plain(name)} | ${synthetic ? 'synthetic' : plain(about) || 'undeclared'} | ${sha256} |`,
  );
  return `| file | what it is | SHA-256 |\n|---|---|---|\n${rows.join('\n')}\n\n`;
}

function termsInWords(sources: readonly DataSource[]): string {
  if (isSynthetic(sources)) return 'The network is made from invented data alone, which have no terms of their own.';
  const terms = termsOf(sources);
  if (terms.length === 0)
    return 'Nobody declared the terms of its data: ask those who gave them before you pass the network on.';
  const list = terms.map((term) => `- ${plain(term)}`).join('\n');
  const meaning = derivedTermsInWords(sources);
  const told = meaning === '' ? '' : `\n\n${plain(meaning)}`;
  return `The network is derived from these data, and their terms bind it too (\`CITATION.cff\` names what to cite):\n\n${list}${told}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What somebody declared, as one line that no table or heading is cut by. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[|<>`]/g, (c) => `\\${c}`);
}
