/** Tables of Kenyon cells that answer odours, and of how alike odours are to them → one record a fly. Judges nothing. */
import { columnNamed, flagAt, numberAt, readTextTable, rowsBy, type TextTable } from './text-table.ts';

/** The cells of one fly (or of one recording). */
export interface Responders {
  readonly name: string;
  readonly cells: number;
  /** [cells, columns] 1 where a cell answers. */
  readonly answers: Uint8Array;
}

export interface ResponderTable {
  /** Odours, or whatever else the cells were given. */
  readonly columns: readonly string[];
  readonly recordings: readonly Responders[];
}

/** Columns that describe a cell; all others are odours. */
const ofCell = ['fly', 'recording', 'cell', 'cluster'];

/** `fly|recording,cell[,cluster],ODOUR…` with 0 and 1. Throws UserError on other text. */
export function readResponders(file: string, bytes: Uint8Array): ResponderTable {
  const table = readTextTable(file, bytes);
  const columns = table.header.filter((name) => !ofCell.includes(name));
  const places = columns.map((name) => table.header.indexOf(name));
  const by = table.header.includes('fly') ? 'fly' : 'recording';
  const recordings = [...rowsBy(table, by)].map(([name, rows]): Responders => {
    const answers = new Uint8Array(rows.length * places.length);
    rows.forEach((row, i) => {
      places.forEach((column, c) => {
        answers[i * places.length + c] = flagAt(table, row, column);
      });
    });
    return { name, cells: rows.length, answers };
  });
  return { columns, recordings };
}

/** Correlations between odours of each fly. */
export interface FlyCorrelations {
  readonly fly: string;
  /** r of the pairs a < b of `odours`, in that order. */
  readonly pairs: Float64Array;
}

/** `fly,odour_a,odour_b,correlation` → the pairs of each fly in the order of `odours`; NaN where a pair is not there. */
export function readCorrelations(file: string, bytes: Uint8Array, odours: readonly string[]): FlyCorrelations[] {
  const table = readTextTable(file, bytes);
  const at = ['odour_a', 'odour_b', 'correlation'].map((name) => columnNamed(table, name)) as [number, number, number];
  return [...rowsBy(table, 'fly')].map(([fly, rows]) => ({ fly, pairs: pairsOf(table, rows, at, odours) }));
}

function pairsOf(
  table: TextTable,
  rows: readonly number[],
  [a, b, r]: readonly [number, number, number],
  odours: readonly string[],
): Float64Array {
  const found = new Map<string, number>();
  for (const row of rows) {
    const [x, y] = [table.rows[row]![a]!, table.rows[row]![b]!];
    found.set(`${x}\n${y}`, numberAt(table, row, r));
    found.set(`${y}\n${x}`, numberAt(table, row, r));
  }
  return Float64Array.from(
    odours.flatMap((x, k) => odours.slice(k + 1).map((y) => found.get(`${x}\n${y}`) ?? Number.NaN)),
  );
}
