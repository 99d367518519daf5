/** Differences of pairs → their mean, interval, test of a difference and test of equivalence; many tests → adjusted. Knows no networks. */
import { mean } from '../../base/numbers.ts';
import { studentQuantile, studentUpperTail } from './student.ts';

/** What one value a replicate says of its mean. */
export interface MeanTest {
  /** Replicates. */
  readonly n: number;
  readonly mean: number;
  /** Of the sample (n − 1); NaN for one value. */
  readonly sd: number;
  /** 1 − α interval of the mean by Student's t; NaN for one value. */
  readonly low: number;
  readonly high: number;
  /** Two-sided, of mean = 0. */
  readonly p: number;
  /** Of two one-sided tests that the mean lies within ± margin (Schuirmann 1987, doi:10.1007/BF01068419): the larger of both. */
  readonly equivalenceP: number;
}

/**
 * Tests n values against 0 and against ± margin. Values that are all the same, as coarse figures may be by chance, have no spread to test by:
 * p is then that of their signs alone, 2^(1 − n), and of equivalence 2^−n; or 1.
 * One value has no interval and no p (NaN): it is no replicate of anything.
 */
export function testMean(values: readonly number[], margin: number, alpha = 0.05): MeanTest {
  const n = values.length;
  if (n === 0) throw new RangeError('testMean: no values');
  const centre = mean(values);
  if (n === 1)
    return {
      n,
      mean: centre,
      sd: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
      p: Number.NaN,
      equivalenceP: Number.NaN,
    };
  const df = n - 1;
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  const sd = Math.sqrt(squares / df);
  const error = sd / Math.sqrt(n);
  const same = sd <= 1e-9 * Math.max(margin, ...values.map(Math.abs));
  const upper = (difference: number): number => {
    if (same) return difference > 0 ? 2 ** -n : 1;
    return studentUpperTail(difference / error, df);
  };
  const half = same ? 0 : studentQuantile(alpha / 2, df) * error;
  return {
    n,
    mean: centre,
    sd,
    low: centre - half,
    high: centre + half,
    p: Math.min(1, 2 * upper(Math.abs(centre))),
    equivalenceP: Math.max(upper(centre + margin), upper(margin - centre)),
  };
}

/**
 * Benjamini & Hochberg's adjusted p (1995, doi:10.1111/j.2517-6161.1995.tb02031.x), in the given order: rejecting those at most α keeps the
 * expected share of false ones among them at most α. NaN stays NaN and is no test of the family.
 */
export function adjusted(ps: readonly number[]): number[] {
  const order = ps
    .map((p, i) => [p, i] as const)
    .filter(([p]) => !Number.isNaN(p))
    .sort((a, b) => b[0] - a[0]);
  const out = ps.map(() => Number.NaN);
  let least = 1;
  for (const [rank, [p, i]] of order.entries()) {
    least = Math.min(least, (p * order.length) / (order.length - rank));
    out[i] = least;
  }
  return out;
}
