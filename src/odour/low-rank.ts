/** A table with holes → the same table filled by a few factors, as many as predict held-out entries best. Knows no odours, no units. */
import { mean } from '../base/numbers.ts';
import { deriveKey, draw, RandomStream } from '../base/random.ts';

/** A table [rows, columns]; NaN is a hole. */
export interface Holed {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export interface Completion {
  /** [rows, columns] without holes; what was there stays to the bit. */
  readonly values: Float64Array;
  /** Factors beside the mean of each column; 0: the means alone. */
  readonly rank: number;
  /** Root-mean-square error on held-out entries, by number of factors from 0 on. */
  readonly heldOut: readonly number[];
}

/** Free parameters: most factors tried, weight of small factors, rounds, one entry in so many is held out. */
const MOST = 5;
const RIDGE = 0.5;
const ROUNDS = 20;
const HELD_OUT = 10;

/** Key of the choice of held-out entries and of the start; fixed, so that a table has one completion. */
const KEY = deriveKey([0x6c6f7772, 0x616e6b], 0, 0);

/** Solves the symmetric, positive definite [n, n] system a·x = b in place; x is b. cost: n³/3. */
function solve(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / a[k * n + k]!;
      for (let j = k; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
      b[i]! -= factor * b[k]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i]! -= a[i * n + j]! * b[j]!;
    b[i]! /= a[i * n + i]!;
  }
}

/** An entry of the table, and what it exceeds its column's mean by. */
interface Entry {
  readonly row: number;
  readonly column: number;
  readonly excess: number;
}

/** Best factors [n, rank] of one side, given those of the other side and each one's entries (ridge regression). */
function fitSide(
  entries: readonly (readonly Entry[])[],
  other: Float64Array,
  otherOf: (entry: Entry) => number,
  rank: number,
): Float64Array {
  const factors = new Float64Array(entries.length * rank);
  entries.forEach((own, at) => {
    const a = new Float64Array(rank * rank);
    const b = new Float64Array(rank);
    for (let k = 0; k < rank; k++) a[k * rank + k] = RIDGE;
    for (const entry of own) {
      const from = otherOf(entry) * rank;
      for (let k = 0; k < rank; k++) {
        b[k]! += entry.excess * other[from + k]!;
        for (let j = 0; j < rank; j++) a[k * rank + j]! += other[from + k]! * other[from + j]!;
      }
    }
    solve(a, b);
    factors.set(b, at * rank);
  });
  return factors;
}

/** Mean of each column over the entries; of a column without any the mean of all. */
function columnMeans({ columns, values }: Holed, used: readonly number[]): Float64Array {
  const of: number[][] = Array.from({ length: columns }, () => []);
  for (const at of used) of[at % columns]!.push(values[at]!);
  const all = mean(used.map((at) => values[at]!));
  return Float64Array.from(of, (own) => (own.length === 0 ? all : mean(own)));
}

/** [rows, columns] predicted from the used entries by `rank` factors (alternating least squares). */
function predict(table: Holed, used: readonly number[], rank: number): Float64Array {
  const { rows, columns } = table;
  const means = columnMeans(table, used);
  const byRow: Entry[][] = Array.from({ length: rows }, () => []);
  const byColumn: Entry[][] = Array.from({ length: columns }, () => []);
  for (const at of used) {
    const column = at % columns;
    const entry = { row: Math.floor(at / columns), column, excess: table.values[at]! - means[column]! };
    byRow[entry.row]!.push(entry);
    byColumn[column]!.push(entry);
  }
  const random = new RandomStream(KEY, rank);
  let ofColumns: Float64Array = Float64Array.from({ length: columns * rank }, () => random.uniform() - 0.5);
  let ofRows: Float64Array = new Float64Array(rows * rank);
  for (let round = 0; rank > 0 && round < ROUNDS; round++) {
    ofRows = fitSide(byRow, ofColumns, ({ column }) => column, rank);
    ofColumns = fitSide(byColumn, ofRows, ({ row }) => row, rank);
  }
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = means[column]!;
    for (let k = 0; k < rank; k++) sum += ofRows[row * rank + k]! * ofColumns[column * rank + k]!;
    return sum;
  });
}

/** Lowest and highest entry of each column, between which its holes are filled. */
function ranges({ columns, values }: Holed): readonly (readonly [number, number])[] {
  return Array.from({ length: columns }, (_, column) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = column; at < values.length; at += columns) {
      if (values[at]! < low) low = values[at]!;
      if (values[at]! > high) high = values[at]!;
    }
    return low > high ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [low, high];
  });
}

/**
 * Fills the holes with the column's mean plus the product of a few factors of row and column, within the column's range. How many: those
 * (0 … 5) that predict a tenth of the entries, held out, best. Deterministic. Throws RangeError on a table of holes alone.
 */
export function completeLowRank(table: Holed): Completion {
  const { values, columns } = table;
  const there = Array.from(values.keys()).filter((at) => !Number.isNaN(values[at]!));
  if (there.length === 0) throw new RangeError('low-rank completion: the table holds no number');
  const isHeld = (at: number): boolean => draw(KEY, at, 1)[0] % HELD_OUT === 0;
  const [held, used] = [there.filter(isHeld), there.filter((at) => !isHeld(at))];
  const ranks = Array.from({ length: Math.min(MOST, columns, table.rows) + 1 }, (_, rank) => rank);
  const heldOut =
    held.length === 0 || used.length === 0
      ? []
      : ranks.map((rank) => {
          const predicted = predict(table, used, rank);
          return Math.sqrt(mean(held.map((at) => (predicted[at]! - values[at]!) ** 2)));
        });
  const rank = Math.max(0, heldOut.indexOf(Math.min(...heldOut)));
  const predicted = predict(table, there, rank);
  const within = ranges(table);
  const filled = values.map((x, at) => {
    const [low, high] = within[at % columns]!;
    return Number.isNaN(x) ? Math.min(high, Math.max(low, predicted[at]!)) : x;
  });
  return { values: filled, rank, heldOut };
}
