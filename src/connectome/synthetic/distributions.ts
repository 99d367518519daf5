/** Log-normal spreads from published mean, median and maximum, with the same bits everywhere. Knows no cells. */
import { exp, log } from '../../base/exp.ts';
import type { RandomStream } from '../../base/random.ts';
import type { PublishedSpread } from './projections.ts';

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, c) => sum * x + c, 0);
}

const centreTop = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const centreBottom = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const tailTop = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

/** The standard normal's quantile of p in (0, 1), within 1.2e-9 (Acklam's rational approximation). Throws RangeError outside. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`normalQuantile: p is ${p}, want 0 < p < 1`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * log(p));
    return horner(tailTop, q) / horner(tailBottom, q);
  }
  const q = p - 0.5;
  return (q * horner(centreTop, q * q)) / horner(centreBottom, q * q);
}

/** n standard normal values, one from each n-th of the distribution, in random order. */
export function stratifiedNormals(n: number, random: RandomStream): number[] {
  return random.shuffle(Array.from({ length: n }, (_, i) => normalQuantile((i + random.uniform() * 0.98 + 0.01) / n)));
}

/** exp(μ + σz) with the median and mean of a spread; where the mean is no more than the median, a narrow spread around the mean. */
export function spreadValue([mean, median, max]: PublishedSpread, z: number, offset = 0): number {
  const ratio = (mean - offset) / (median - offset);
  const sigma = ratio > 1.02 ? Math.min(2, Math.sqrt(2 * log(ratio))) : 0.25;
  const centre = ratio > 1.02 ? median - offset : (mean - offset) / exp((sigma * sigma) / 2);
  return Math.min(max, offset + centre * exp(sigma * z));
}

/**
 * Whole numbers in [least, most] that keep the proportions of `values` and sum to about `total` (exactly where the bounds allow).
 * Rounding carries its remainder to the next value. cost: up to 60 passes.
 */
export function wholeShares(
  values: readonly number[],
  total: number,
  least: number,
  most: readonly number[],
): number[] {
  const limited = (factor: number): number[] => values.map((v, i) => Math.min(most[i]!, Math.max(least, v * factor)));
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  let low = 0;
  let high = 1;
  while (sum(limited(high)) < total && high < 1e6) high *= 2;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (sum(limited(middle)) < total) low = middle;
    else high = middle;
  }
  let carry = 0;
  return limited(high).map((v, i) => {
    const whole = Math.min(most[i]!, Math.max(Math.min(least, most[i]!), Math.round(v + carry)));
    carry += v - whole;
    return whole;
  });
}
