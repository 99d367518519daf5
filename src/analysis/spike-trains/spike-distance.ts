/** The SPIKE-distance of spike trains and its rate-independent form. Knows no network. */
import { eachCommonPiece, type IntervalProfile, intervalProfile } from './interval-profile.ts';
import { meanOverPairs } from './mean-over-pairs.ts';
import { type RelevantTimeScale, type SpikeTrain, timeScaleMs, timesOrEdges } from './spike-train.ts';

export interface SpikeDistanceOptions {
  readonly mrts?: RelevantTimeScale;
  /** RI-SPIKE: do not weight by the other train's rate. */
  readonly rateIndependent?: boolean;
}

/** The two ends of the local dissimilarity in each piece of a train: linear in between. */
interface Dissimilarity {
  readonly profile: IntervalProfile;
  readonly atStart: Float64Array;
  readonly atEnd: Float64Array;
}

/**
 * SPIKE-distance D = (1/T) ∫ S dt, S = (S₁ν₂ + S₂ν₁)/(2·ν̄·max(ν̄, MRTS)), ν̄ = (ν₁ + ν₂)/2; rate-independent:
 * S = (S₁ + S₂)/(2·max(ν̄, MRTS)). S_k runs linearly from the distance of the spike before t to that of the spike after it, each to the nearest
 * spike of the other train; mean over all pairs of more than two trains; 0 … 1.
 * Throws RangeError on different windows or fewer than two trains. cost: O(spikes · log) a pair.
 * Source: Kreuz 2013, doi:10.1152/jn.00873.2012; Satuvuori 2017 (RI, MRTS). Pinned by test/analysis/spike-trains.
 */
export function spikeDistance(trains: readonly SpikeTrain[], options: SpikeDistanceOptions = {}): number {
  const scaleMs = timeScaleMs(trains, options.mrts ?? 0);
  const rateIndependent = options.rateIndependent ?? false;
  const at = (s1: number, s2: number, isi1: number, isi2: number): number => {
    const mean = (isi1 + isi2) / 2;
    const limited = Math.max(mean, scaleMs);
    return rateIndependent ? (s1 + s2) / (2 * limited) : (s1 * isi2 + s2 * isi1) / (2 * mean * limited);
  };
  return meanOverPairs('spikeDistance', trains, (i, j) => {
    const a = dissimilarity(trains[i]!, trains[j]!);
    const b = dissimilarity(trains[j]!, trains[i]!);
    let area = 0;
    eachCommonPiece(a.profile, b.profile, (p, q, from, to) => {
      const u = a.profile.isiMs[p]!;
      const v = b.profile.isiMs[q]!;
      const left = at(valueAt(a, p, from), valueAt(b, q, from), u, v);
      const right = at(valueAt(a, p, to), valueAt(b, q, to), u, v);
      area += ((left + right) / 2) * (to - from);
    });
    return area / (trains[i]!.endMs - trains[i]!.startMs);
  });
}

function valueAt(of: Dissimilarity, piece: number, tMs: number): number {
  const from = of.profile.edgesMs[piece]!;
  const to = of.profile.edgesMs[piece + 1]!;
  return (of.atStart[piece]! * (to - tMs) + of.atEnd[piece]! * (tMs - from)) / (to - from);
}

/** Constant before the first and after the last spike; a single spike at the start looks ahead to the end of the window. */
function dissimilarity(train: SpikeTrain, other: SpikeTrain): Dissimilarity {
  const profile = intervalProfile(train);
  const times = timesOrEdges(train);
  const targets = withAuxiliary(other);
  const distance = Float64Array.from(times, (t) => distanceToNearest(t, targets));
  const last = times.length - 1;
  const lonelyAtStart = last === 0 && times[0] === train.startMs;
  const atStart = Float64Array.from(profile.before, (k) => distance[Math.max(k, 0)]!);
  const atEnd = Float64Array.from(profile.before, (k) =>
    k === last && lonelyAtStart ? distanceToNearest(train.endMs, targets) : distance[Math.min(k + 1, last)]!,
  );
  return { profile, atStart, atEnd };
}

/** The spikes between two auxiliary ones: min(start, 2t₀ − t₁) and max(end, 2tₙ − tₙ₋₁). */
function withAuxiliary(train: SpikeTrain): Float64Array {
  const times = timesOrEdges(train);
  const n = times.length;
  const first = n > 1 ? Math.min(train.startMs, 2 * times[0]! - times[1]!) : train.startMs;
  const last = n > 1 ? Math.max(train.endMs, 2 * times[n - 1]! - times[n - 2]!) : train.endMs;
  return Float64Array.of(first, ...times, last);
}

/** Distance to the nearest of ascending times, by bisection. */
function distanceToNearest(t: number, times: Float64Array): number {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= t) low = middle;
    else high = middle;
  }
  return Math.min(Math.abs(t - times[low]!), Math.abs(times[high]! - t));
}
