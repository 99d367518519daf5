/** Spike times of a recorded membrane potential. Knows no files and no model. */

export interface SpikeDetector {
  /** A spike is the largest value of a window of this length around it, ms. */
  readonly windowMs: number;
  /** The sample after a spike lies above this, mV. */
  readonly thresholdMv: number;
  /** Count every sample of a flat top, as the published analysis does; otherwise the first. */
  readonly everySampleOfATop?: boolean;
}

/** For MBON-α1 in vivo: finds 68, 81, 83, 87, 90 spikes in the odour second of the five trials before learning. */
export const mbonDetector: SpikeDetector = { windowMs: 5, thresholdMv: -46 };

/** The same as published (Nanami 2024: 85.4 on average): 70, 84, 86, 92, 95, since tops of two equal samples count twice. */
export const publishedMbonDetector: SpikeDetector = { ...mbonDetector, everySampleOfATop: true };

/**
 * Spike times, ms from the first sample: local maxima of the window [−w/2, w/2) whose next sample is above the threshold; of a flat top the
 * first sample (see everySampleOfATop). Samples within half a window of the edges are not spikes. Throws RangeError on a window shorter than two samples. cost: O(n).
 * Rule after Nanami 2024, doi:10.3389/fnins.2024.1384336. Pinned by test/analysis/traces.
 */
export function detectSpikes(voltageMv: ArrayLike<number>, sampleMs: number, detector: SpikeDetector): Float64Array {
  const width = Math.round(detector.windowMs / sampleMs);
  if (!(width >= 2)) {
    throw new RangeError(
      `detectSpikes: a window of ${detector.windowMs} ms holds ${width} samples of ${sampleMs} ms, expected ≥ 2`,
    );
  }
  const half = width >> 1;
  const largest = slidingMaximum(voltageMv, width);
  const times: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (let i = half; i + (width - half) <= voltageMv.length - 1; i++) {
    if (voltageMv[i] !== largest[i - half] || !(voltageMv[i + 1]! > detector.thresholdMv)) continue;
    const sameTop = i - last < half && voltageMv[i] === voltageMv[last];
    if (!sameTop || detector.everySampleOfATop === true) times.push(i * sampleMs);
    last = i;
  }
  return Float64Array.from(times);
}

/** Maximum of each window [k, k + width); a queue of falling candidates keeps it linear. */
function slidingMaximum(values: ArrayLike<number>, width: number): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - width + 1));
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < values.length; i++) {
    while (tail > head && values[queue[tail - 1]!]! <= values[i]!) tail--;
    queue[tail++] = i;
    if (queue[head]! <= i - width) head++;
    if (i >= width - 1) out[i - width + 1] = values[queue[head]!]!;
  }
  return out;
}
