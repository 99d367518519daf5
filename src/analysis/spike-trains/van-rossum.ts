/** The van Rossum distance of two spike trains. Knows no windows. */
import { exp } from '../../base/exp.ts';
import type { SpikeTrain } from './spike-train.ts';

/**
 * D with D² = ΣΣ e^{−|tᵢ−tⱼ|/τ} + ΣΣ e^{−|uᵢ−uⱼ|/τ} − 2 ΣΣ e^{−|tᵢ−uⱼ|/τ} (one spike against none: 1).
 * Throws RangeError unless τ > 0. cost: O(n²) exponentials. Source: van Rossum 2001, doi:10.1162/089976601300014321, normalised as in elephant.
 */
export function vanRossumDistance(a: SpikeTrain, b: SpikeTrain, tauMs: number): number {
  if (!(tauMs > 0)) throw new RangeError(`vanRossumDistance: tau ${tauMs} ms, expected > 0`);
  const overlap = (x: Float64Array, y: Float64Array): number => {
    let sum = 0;
    for (const t of x) for (const u of y) sum += exp(-Math.abs(t - u) / tauMs);
    return sum;
  };
  const square = overlap(a.timesMs, a.timesMs) + overlap(b.timesMs, b.timesMs) - 2 * overlap(a.timesMs, b.timesMs);
  return Math.sqrt(Math.max(0, square));
}
