/** An independent, naive reader of Codex tables that counts pairs, degrees and weights for tests. */

export type Row = Readonly<Record<string, string>>;

/** Rows of a CSV text by header; quoted fields may hold commas. */
export function parseCsv(text: string): Row[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const split = (line: string): string[] =>
    line.includes('"')
      ? [...line.matchAll(/("([^"]*)"|[^,]*)(,|$)/g)].slice(0, -1).map((m) => m[2] ?? m[1]!)
      : line.split(',');
  const names = split(header!);
  return lines.map((line) => Object.fromEntries(split(line).map((value, i) => [names[i]!, value])));
}

const populationOfClass: Row = {
  olfactory: 'ORN',
  ALLN: 'LN',
  ALPN: 'PN',
  Kenyon_Cell: 'KC',
  MBON: 'MBON',
  DAN: 'DAN',
};

export interface Cell {
  readonly population: string;
  readonly type: string;
  readonly subClass: string;
  readonly side: string;
}

/** Cells by root id text. */
export function readCells(tables: Readonly<Record<string, string>>): Map<string, Cell> {
  const types = new Map(
    parseCsv(tables['consolidated_cell_types.csv']!).map((r) => [r['root_id']!, r['primary_type']!]),
  );
  return new Map(
    parseCsv(tables['classification.csv']!).map((r) => {
      const type = types.get(r['root_id']!) ?? '';
      const population = type === 'APL' ? 'APL' : (populationOfClass[r['class']!] ?? r['class']!);
      return [r['root_id']!, { population, type, subClass: r['sub_class']!, side: r['side']! }];
    }),
  );
}

export interface Pair {
  readonly pre: string;
  readonly post: string;
  synapses: number;
}

/** Pairs with their synapses summed over rows. */
export function readPairs(connections: string): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const line of connections.trimEnd().split('\n').slice(1)) {
    const [pre, post, , synapses] = line.split(',');
    const key = `${pre}>${post}`;
    const pair = pairs.get(key) ?? { pre: pre!, post: post!, synapses: 0 };
    pair.synapses += Number(synapses);
    pairs.set(key, pair);
  }
  return [...pairs.values()];
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** How often each value occurs. */
export function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
