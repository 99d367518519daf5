/** What a report is a report of: data with licences, seeds, settings, versions. A picture of the page can be traced by it. */
import { escaped } from '../../base/text.ts';
import { dataInWords, sourcesOf, termsOf } from '../../formats/data-sources.ts';
import type { Model } from '../../snn/network/network.ts';

/** One line under the title. */
export function dataLine(model: Model): string {
  return dataInWords(sourcesOf(model.provenance));
}

/** A section of HTML; `key` names the evaluation. */
export function originSection(model: Model, key: string): string {
  const { provenance } = model;
  const sources = sourcesOf(provenance);
  const said = (name: string) => String(provenance[name] ?? 'not stated');
  const rows = sources.map(({ name, sha256, about, synthetic }) => [
    name,
    synthetic ? 'synthetic' : about || 'undeclared',
    sha256.slice(0, 16),
  ]);
  const settings = ['train', 'seed', 'trialSeed', 'backend', 'pathway', 'odours', 'inputs']
    .filter((name) => provenance[name] !== undefined)
    .map((name) => [name, JSON.stringify(provenance[name])]);
  const terms = termsOf(sources);
  return `<section class="origin"><h2>What run is this?</h2>
<p>cc-snn ${escaped(String(provenance['version'] ?? 'of an older version'))}; evaluation ${escaped(key.slice(0, 16))}; training seed ${escaped(said('seed'))}, seed of the trials ${escaped(said('trialSeed'))}.</p>
<table><thead><tr><th>file</th><th>what it is</th><th>SHA-256</th></tr></thead><tbody>${rowsOf(rows)}</tbody></table>
${terms.length === 0 ? '' : `<p>Terms and what to cite: ${terms.map(escaped).join('; ')}.</p>`}
<details><summary>Settings</summary><table><tbody>${rowsOf(settings)}</tbody></table></details></section>`;
}

function rowsOf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('');
}
