/** How far apart odours lie in one layer and in the next. Knows no network. */
import { cosine, mean } from '../../base/numbers.ts';

export interface Separation {
  /** Pairs of odours with a pattern in both layers. */
  readonly pairs: number;
  /** Share of pairs with a larger 1 − cos downstream. */
  readonly farther: number;
  /** 100·(1 − mean over pairs of downstream/upstream cosine). */
  readonly decorrelationPercent: number;
  /** Mean 1 − cos upstream and downstream. */
  readonly upstream: number;
  readonly downstream: number;
}

/** Cosine of each pair of rows c < d of [C, n], in that order; NaN where a row is empty. cost: O(C²·n). */
export function pairCosines(patterns: Float64Array, odours: number): Float64Array {
  const n = patterns.length / odours;
  const row = (c: number) => patterns.subarray(c * n, (c + 1) * n);
  const out: number[] = [];
  for (let c = 0; c < odours; c++) {
    for (let d = c + 1; d < odours; d++) out.push(cosine(row(c), row(d)) ?? Number.NaN);
  }
  return Float64Array.from(out);
}

/** Compares the pair cosines of two layers; null where no pair has both. */
export function separation(upstream: Float64Array, downstream: Float64Array): Separation | null {
  const both = Array.from(upstream, (up, k) => ({ up, down: downstream[k]! })).filter(
    ({ up, down }) => Number.isFinite(up) && Number.isFinite(down),
  );
  if (both.length === 0) return null;
  const ratios = both.filter(({ up }) => up > 0).map(({ up, down }) => down / up);
  return {
    pairs: both.length,
    farther: both.filter(({ up, down }) => down < up).length / both.length,
    decorrelationPercent: 100 * (1 - mean(ratios)),
    upstream: mean(both.map(({ up }) => 1 - up)),
    downstream: mean(both.map(({ down }) => 1 - down)),
  };
}

/** Shared active cells over cells active for either odour (Jaccard), for two rows of answers. */
export function jaccard(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  let shared = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > 0 || b[i]! > 0) either++;
    if (a[i]! > 0 && b[i]! > 0) shared++;
  }
  return either === 0 ? null : shared / either;
}
