/** The ISI-distance of spike trains. Knows no coincidences and no network. */
import { eachCommonPiece, intervalProfile } from './interval-profile.ts';
import { meanOverPairs } from './mean-over-pairs.ts';
import { type RelevantTimeScale, type SpikeTrain, timeScaleMs } from './spike-train.ts';

/**
 * ISI-distance D = (1/T) ∫ |ν₁ − ν₂| / max(ν₁, ν₂, MRTS) dt of two trains, or the mean over all pairs of more; 0 … 1.
 * ν is the edge-corrected interval around t; an empty train is one interval over the window.
 * Throws RangeError on different windows or fewer than two trains. cost: O(spikes) a pair.
 * Source: Kreuz 2007, doi:10.1016/j.jneumeth.2007.05.031; Satuvuori 2017 (MRTS). Pinned by test/analysis/spike-trains.
 */
export function isiDistance(trains: readonly SpikeTrain[], mrts: RelevantTimeScale = 0): number {
  const scaleMs = timeScaleMs(trains, mrts);
  const profiles = trains.map(intervalProfile);
  return meanOverPairs('isiDistance', trains, (i, j) => {
    const a = profiles[i]!;
    const b = profiles[j]!;
    let area = 0;
    eachCommonPiece(a, b, (p, q, from, to) => {
      const u = a.isiMs[p]!;
      const v = b.isiMs[q]!;
      area += (Math.abs(u - v) / Math.max(u, v, scaleMs)) * (to - from);
    });
    return area / (trains[i]!.endMs - trains[i]!.startMs);
  });
}
