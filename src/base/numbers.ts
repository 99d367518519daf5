/** Means, quantiles and products of plain arrays, each defined once: the same sums in the same order wherever they are taken. */

/** Σx / n in order; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Population standard deviation; NaN for no values. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return Math.sqrt(squares / values.length);
}

/** A sorted copy, ascending. */
export function ascending(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The share-quantile (0 … 1) of ascending values, linear between order statistics: NumPy's and R's default (type 7 of Hyndman & Fan 1996,
 * doi:10.2307/2684934), so that a percentile printed here is what a reader computes from the same values. NaN for no values.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** Σ aᵢ·bᵢ over the values of `a`, in order. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** a·b/(|a||b|); null where one has no length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [aa, bb] = [dot(a, a), dot(b, b)];
  return aa === 0 || bb === 0 ? null : dot(a, b) / Math.sqrt(aa * bb);
}

/** Rounds to significant digits, so that reports stay readable; not for values that others compute with. */
export function significant(value: number, digits = 6): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}
