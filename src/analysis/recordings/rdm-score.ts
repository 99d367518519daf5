/** How far a model's similarities of odours are those of flies: r with the flies' mean, its interval, and what shuffled odours give. Knows no files. */
import { mean, quantile } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';
import { meanVector, pearsonWhereBoth } from './similarity.ts';

export interface RdmScore {
  /** r with the mean of the flies. */
  readonly r: number;
  /** 95 % interval over odours drawn with replacement, pairs of an odour with itself left out. */
  readonly low: number;
  readonly high: number;
  /** r with each fly. */
  readonly flies: readonly number[];
  /** r of the same with the model's odours shuffled: mean and 97.5th percentile. */
  readonly shuffled: { readonly mean: number; readonly high: number };
}

/** Place of the pair a ≠ b in a vector of pairs of n odours. */
function placeOf(a: number, b: number, n: number): number {
  const [x, y] = a < b ? [a, b] : [b, a];
  return x * n - (x * (x + 1)) / 2 + (y - x - 1);
}

/** The pairs of odours that are renamed (or drawn) as `order` says; a pair of an odour with itself is left out as NaN. */
function reordered(pairs: Float64Array, order: readonly number[], n: number): Float64Array {
  const out: number[] = [];
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      out.push(order[a] === order[b] ? Number.NaN : pairs[placeOf(order[a]!, order[b]!, n)]!);
    }
  }
  return Float64Array.from(out);
}

/**
 * Of a vector of pairs of n odours against one vector a fly. The same seed is the same interval. cost: 2 · resamples · n².
 * Pinned by test/analysis/recordings/score.test.ts: a copy of a fly gives r = 1, noise gives no more than shuffled odours.
 */
export function rdmScore(
  model: Float64Array,
  flies: readonly Float64Array[],
  n: number,
  seed: number,
  resamples = 1000,
): RdmScore {
  const wanted = meanVector(flies);
  const random = new RandomStream([seed, 0x72646d73]);
  const all = Array.from({ length: n }, (_, k) => k);
  const bootstrap = Array.from({ length: resamples }, () => {
    const order = all.map(() => random.below(n));
    return pearsonWhereBoth(reordered(model, order, n), reordered(wanted, order, n));
  });
  const shuffled = Array.from({ length: resamples }, () =>
    pearsonWhereBoth(reordered(model, random.shuffle([...all]), n), wanted),
  );
  const sorted = Float64Array.from(bootstrap.filter(Number.isFinite)).sort();
  return {
    r: pearsonWhereBoth(model, wanted),
    low: quantile(sorted, 0.025),
    high: quantile(sorted, 0.975),
    flies: flies.map((fly) => pearsonWhereBoth(model, fly)),
    shuffled: { mean: mean(shuffled), high: quantile(Float64Array.from(shuffled).sort(), 0.975) },
  };
}
