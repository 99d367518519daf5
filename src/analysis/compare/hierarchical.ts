/** Intervals of a mean over two levels: replicates, and classes within each. Knows no networks. */
import { mean, quantile } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';
import type { Interval } from '../classification/bootstrap.ts';

/**
 * Mean of values [replicate][class] and the 95 % interval of `resamples` draws: replicates with replacement, then within each drawn one its
 * classes with replacement (Davison & Hinkley 1997, 3.8; Saravanan et al. 2020, arXiv:2007.07797). What is not finite is left out.
 * The same seed is the same interval. cost: resamples · R · C draws. Pinned by test/analysis/compare/hierarchical.test.ts.
 */
export function hierarchicalInterval(values: readonly (readonly number[])[], seed: number, resamples = 1000): Interval {
  const used = values.map((row) => row.filter(Number.isFinite)).filter((row) => row.length > 0);
  if (used.length === 0) throw new RangeError('hierarchicalInterval: no finite value');
  const random = new RandomStream([seed, 0x68696572]);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let k = 0; k < used.length; k++) {
      const row = used[random.below(used.length)]!;
      let within = 0;
      for (let c = 0; c < row.length; c++) within += row[random.below(row.length)]!;
      sum += within / row.length;
    }
    means[r] = sum / used.length;
  }
  means.sort();
  return { mean: mean(used.map((row) => mean(row))), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}
