/** What a manuscript says of how a network was made: data, parameters, references. Knows no files. */
import { type DataSource, dataInWords, sourcesOf } from '../../formats/data-sources.ts';
import type { Model } from '../../snn/network/network.ts';
import { latexText } from './tables.ts';

/** LaTeX: cells and connections, data, seeds, and every setting in the words of the model's provenance. */
export function methodsText({ network, readouts, steps, provenance }: Model, keys: readonly string[]): string {
  const { topology } = network;
  const layers = topology.populations.filter(({ size }) => size > 0).map(({ name, size }) => `${size} ${name}`);
  const said = (name: string): string => latexText(String(provenance[name] ?? 'not stated'));
  const settings = ['train', 'pathway', 'odours', 'backend']
    .filter((name) => provenance[name] !== undefined)
    .flatMap((name) => leaves(provenance[name], name))
    .map(([key, value]) => `\\item \\texttt{${latexText(key)}}: ${latexText(value)}`);
  return [
    `The network has ${topology.inputSize} ${topology.inputPopulation} as input and ${layers.join(', ')} as spiking cells, with ${topology.colIdx.length} connections. `,
    `Cells are leaky integrate-and-fire neurons with exponential synaptic currents (PyNN \\texttt{IF\\_curr\\_exp}) in steps of ${network.dtMs} ms; a trial has ${steps} steps. `,
    `Spike counts of ${readouts[0]!.population} name one of ${readouts[0]!.classes.length} odours by a linear readout. `,
    `Data: ${latexText(dataInWords(sourcesOf(provenance)))}${keys.length === 0 ? '' : `~\\cite{${keys.join(',')}}`}. `,
    `Software: cc-snn ${said('version')}; training seed ${said('seed')}, seed of the trials ${said('trialSeed')}.\n\nSettings:\n\\begin{itemize}\n`,
    ...settings.map((line) => `${line}\n`),
    '\\end{itemize}\n',
  ].join('');
}

function leaves(value: unknown, name: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inside]) => leaves(inside, `${name}.${key}`));
}

/** BibTeX of what the data ask to be cited: one entry a DOI, from `Author et al. YEAR, doi:…` lists. */
export function bibliography(sources: readonly DataSource[]): {
  readonly text: string;
  readonly keys: readonly string[];
} {
  const entries = new Map<string, string>();
  for (const { cite } of sources)
    for (const one of cite.split(';')) {
      const found = /^\s*(.+?) (\d{4}), doi:(\S+)\s*$/.exec(one);
      if (found === null) continue;
      const [, authors, year, doi] = found as unknown as [string, string, string, string];
      const key = `${authors
        .split(/[\s&]/)[0]!
        .normalize('NFD')
        .replace(/[^A-Za-z]/g, '')}${year}`;
      const names = authors.replace(/ et al\./, ' and others').replace(' & ', ' and ');
      entries.set(
        key,
        `@article{${key},\n  author = {${latexText(names)}},\n  year = {${year}},\n  doi = {${doi}}\n}\n`,
      );
    }
  return { text: [...entries.values()].join('\n'), keys: [...entries.keys()] };
}
