/** How alike odours are to a set of cells, and how far flies agree on it. Knows no cells by name and no files. */
import { mean } from '../../base/numbers.ts';

/** Pearson r of two lists as long; NaN where one is flat or has fewer than two values. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  if (n !== b.length) throw new RangeError(`pearson: ${n} and ${b.length} values`);
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - ma, b[i]! - mb];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}

/** Pearson r over the places where both are numbers. */
export function pearsonWhereBoth(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const both = Array.from(a, (_, i) => i).filter((i) => !Number.isNaN(a[i]! + b[i]!));
  return pearson(
    both.map((i) => a[i]!),
    both.map((i) => b[i]!),
  );
}

/** Row r of a matrix [rows, n]. */
export function rowOf(matrix: Float64Array, rows: number, r: number): Float64Array {
  const n = matrix.length / rows;
  return matrix.subarray(r * n, (r + 1) * n);
}

/** Pearson r of every pair a < b of rows of patterns [odours, n], in that order (the RDM vector). cost: O(odours²·n). */
export function pairCorrelations(patterns: Float64Array, odours: number): Float64Array {
  const out: number[] = [];
  for (let a = 0; a < odours; a++) {
    for (let b = a + 1; b < odours; b++) out.push(pearson(rowOf(patterns, odours, a), rowOf(patterns, odours, b)));
  }
  return Float64Array.from(out);
}

/** Mean of the values that are numbers; NaN for none. */
export function meanOfNumbers(values: ArrayLike<number>): number {
  return mean(Array.from(values).filter((x) => !Number.isNaN(x)));
}

/** Mean at each place over the vectors that have a number there. */
export function meanVector(vectors: readonly Float64Array[]): Float64Array {
  return Float64Array.from(vectors[0] ?? [], (_, k) => meanOfNumbers(vectors.map((vector) => vector[k]!)));
}

/** How well flies predict one another: the most that a model can be asked for. */
export interface Ceiling {
  /** Mean over flies of r with the mean of the others. */
  readonly lower: number;
  /** Mean over flies of r with the mean of all. */
  readonly upper: number;
  /** Mean r of two flies. */
  readonly pairs: number;
}

/** The ceiling of one vector a fly (Nili et al. 2014, doi:10.1371/journal.pcbi.1003553). Throws RangeError on fewer than two flies. */
export function ceilingOf(flies: readonly Float64Array[]): Ceiling {
  if (flies.length < 2) throw new RangeError(`ceilingOf: ${flies.length} flies, want two or more`);
  const all = meanVector(flies);
  const others = (k: number) => meanVector(flies.filter((_, j) => j !== k));
  const pairs = flies.flatMap((a, k) => flies.slice(k + 1).map((b) => pearson(a, b)));
  return {
    lower: mean(flies.map((fly, k) => pearson(fly, others(k)))),
    upper: mean(flies.map((fly) => pearson(fly, all))),
    pairs: mean(pairs),
  };
}
