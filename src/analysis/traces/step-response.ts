/** Firing under current steps: rate, regularity, and the slope of rate against current. Knows no files and no model. */

import { mean } from '../../base/numbers.ts';
import { coefficientOfVariation, interspikeIntervalsMs, localVariation } from '../spike-trains/variability.ts';

export interface Firing {
  readonly spikes: number;
  readonly rateHz: number;
  /** null with fewer than three spikes. */
  readonly cv: number | null;
  readonly lv: number | null;
}

/** Firing within [fromMs, toMs). */
export function firingWithin(timesMs: ArrayLike<number>, fromMs: number, toMs: number): Firing {
  if (!(toMs > fromMs)) throw new RangeError(`firingWithin: [${fromMs}, ${toMs}) ms holds no time`);
  const within = Float64Array.from(timesMs).filter((t) => t >= fromMs && t < toMs);
  const isi = interspikeIntervalsMs(within);
  return {
    spikes: within.length,
    rateHz: (1000 * within.length) / (toMs - fromMs),
    cv: coefficientOfVariation(isi),
    lv: localVariation(isi),
  };
}

export interface RateCurve {
  /** Hz per unit of current, and Hz at no current, by least squares. */
  readonly slope: number;
  readonly intercept: number;
}

/** Straight line through rates at currents (f–I). Throws RangeError on fewer than two different currents. */
export function rateCurve(currents: readonly number[], ratesHz: readonly number[]): RateCurve {
  const n = currents.length;
  const centre = mean(currents);
  const rate = mean(ratesHz);
  const spread = currents.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  if (!(spread > 0) || ratesHz.length !== n) {
    throw new RangeError(
      `rateCurve: ${n} currents, ${ratesHz.length} rates; expected as many of both, two currents different`,
    );
  }
  const slope = currents.reduce((sum, x, k) => sum + (x - centre) * (ratesHz[k]! - rate), 0) / spread;
  return { slope, intercept: rate - slope * centre };
}
