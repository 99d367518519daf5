/** Confidence intervals by resampling classes. Knows no classifier. */

import { mean, quantile } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';

export interface Interval {
  readonly mean: number;
  /** 2.5th and 97.5th percentile over resamples. */
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of one value a class with its 95 % interval over `resamples` draws of classes with replacement; values that are not finite are left out.
 * The same seed is the same interval. cost: resamples · C draws.
 */
export function bootstrapOverClasses(values: ArrayLike<number>, seed = 1, resamples = 2000): Interval {
  const used = Array.from(values).filter(Number.isFinite);
  if (used.length === 0) throw new RangeError('bootstrapOverClasses: no finite value');
  const random = new RandomStream([seed, 0x626f6f74]);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let k = 0; k < used.length; k++) sum += used[random.below(used.length)]!;
    means[r] = sum / used.length;
  }
  means.sort();
  return { mean: mean(used), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}
