/** Innate attraction of odours, and the valence that output neurons are known by. Judges nothing. */
import { columnNamed, numberAt, readTextTable } from './text-table.ts';

export interface OdourValence {
  readonly name: string;
  /** InChIKey; '' where DoOR has no such odour. */
  readonly key: string;
  /** −1 … 1; attractive above 0. */
  readonly attraction: number;
  readonly p: number;
}

/** `name,attraction_index,p,…,inchikey,…`. */
export function readAttraction(file: string, bytes: Uint8Array): OdourValence[] {
  const table = readTextTable(file, bytes);
  const [name, index, p, key] = ['name', 'attraction_index', 'p', 'inchikey'].map((c) => columnNamed(table, c)) as [
    number,
    number,
    number,
    number,
  ];
  return table.rows.map((row, k) => ({
    name: row[name]!,
    key: row[key]!,
    attraction: numberAt(table, k, index),
    p: numberAt(table, k, p),
  }));
}

/** Type of output neuron → +1 approach, −1 avoidance, by its `naive_valence`; types without one are left out. */
export function readMbonValence(file: string, bytes: Uint8Array): ReadonlyMap<string, 1 | -1> {
  const table = readTextTable(file, bytes);
  const [type, valence] = [columnNamed(table, 'type'), columnNamed(table, 'naive_valence')];
  return new Map(
    table.rows.flatMap((row): (readonly [string, 1 | -1])[] => {
      if (row[valence] === 'app') return [[row[type]!, 1]];
      return row[valence] === 'aver' ? [[row[type]!, -1]] : [];
    }),
  );
}
