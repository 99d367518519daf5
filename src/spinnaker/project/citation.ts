/** CITATION.cff (Citation File Format 1.2.0) of an exported network: the program, and every data set that it is derived from. Text only. */
import type { Digest } from '../../base/digest.ts';
import { type DataSource, dataInWords, sourcesOf } from '../../formats/data-sources.ts';
import type { Model } from '../../snn/network/network.ts';

/** One work that sources ask to cite. */
interface Cited {
  readonly work: string;
  /** What it is cited for, with its licence. */
  readonly uses: readonly string[];
}

/** Deterministic. The authors of the network are not known to the program, and said to be so. */
export function citationOf(model: Model, modelDigest: Digest): string {
  const sources = sourcesOf(model.provenance);
  const version = String(model.provenance['version'] ?? '');
  const works = worksOf(sources);
  const lines = [
    'cff-version: 1.2.0',
    `message: ${quoted('If you use this network, cite the data that it is derived from, and the program that trained it.')}`,
    'type: dataset',
    `title: ${quoted(`Spiking network of the fly's olfactory pathway, trained by cc-snn ${version}`.trim())}`,
    'authors:',
    `  - name: ${quoted('whoever trained this network (enter yourself)')}`,
    `abstract: ${quoted(`${dataInWords(sources)}.`)}`,
    'identifiers:',
    '  - type: other',
    `    value: ${quoted(`sha256:${modelDigest}`)}`,
    `    description: ${quoted("of the model's file")}`,
  ];
  return `${[...lines, ...(works.length > 0 ? ['references:'] : []), ...works.flatMap(referenceOf)].join('\n')}\n`;
}

/** Each work once, in the order of the sources; where nobody said what to cite, the source itself. */
function worksOf(sources: readonly DataSource[]): readonly Cited[] {
  const uses = new Map<string, Set<string>>();
  for (const { about, name, licence, cite, synthetic } of sources) {
    if (synthetic) continue;
    const what = `${about || name}${licence === '' ? '' : ` (${licence})`}`;
    for (const work of cite === '' ? [about || name] : cite.split(/\s*;\s*/))
      uses.set(work, (uses.get(work) ?? new Set()).add(what));
  }
  return [...uses].map(([work, whats]) => ({ work, uses: [...whats] }));
}

function referenceOf({ work, uses }: Cited): string[] {
  const doi = /\b10\.\d{4,9}\/[^\s;,)]*[^\s;,.)]/.exec(work)?.[0];
  const title = work.replace(/[,\s]*(?:doi:)?\s*10\.\d{4,9}\/\S+/i, '') || work;
  return [
    '  - type: generic',
    `    title: ${quoted(title)}`,
    '    authors:',
    `      - name: ${quoted(`the authors of: ${title}`)}`,
    ...(doi === undefined ? [] : [`    doi: ${quoted(doi)}`]),
    `    notes: ${quoted(`for ${uses.join('; ')}`)}`,
  ];
}

/** JSON's strings are YAML's. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/\s+/g, ' '));
}
