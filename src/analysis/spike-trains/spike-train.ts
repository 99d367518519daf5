/** One spike train on an observation window, and its edge-corrected interspike intervals. Knows no distance and no network. */

export interface SpikeTrain {
  /** [n] strictly ascending spike times within [startMs, endMs]. */
  readonly timesMs: Float64Array;
  readonly startMs: number;
  readonly endMs: number;
}

/** The minimum relevant time scale in ms (0: none), or 'auto': the root mean square of all intervals of the trains compared. */
export type RelevantTimeScale = number | 'auto';

/** A checked spike train. Throws RangeError where times leave the window, repeat, or are out of order, naming the spike. */
export function spikeTrain(timesMs: ArrayLike<number>, startMs: number, endMs: number): SpikeTrain {
  if (!(Number.isFinite(startMs) && Number.isFinite(endMs) && startMs < endMs)) {
    throw new RangeError(
      `spikeTrain: window [${startMs}, ${endMs}] ms, expected two finite numbers, the first smaller`,
    );
  }
  const times = Float64Array.from(timesMs);
  for (let i = 0; i < times.length; i++) {
    const t = times[i]!;
    if (!(t >= startMs && t <= endMs)) {
      throw new RangeError(`spikeTrain: spike ${i} at ${t} ms lies outside [${startMs}, ${endMs}] ms`);
    }
    if (i > 0 && !(t > times[i - 1]!)) {
      throw new RangeError(`spikeTrain: spike ${i} at ${t} ms does not follow spike ${i - 1} at ${times[i - 1]} ms`);
    }
  }
  return { timesMs: times, startMs, endMs };
}

/** Throws RangeError unless all trains share one window. */
export function sameWindow(trains: readonly SpikeTrain[]): void {
  const [first] = trains;
  trains.forEach((train, k) => {
    if (train.startMs !== first!.startMs || train.endMs !== first!.endMs) {
      throw new RangeError(
        `spike trains: train ${k} is seen in [${train.startMs}, ${train.endMs}] ms, train 0 in [${first!.startMs}, ${first!.endMs}] ms; cut them to one window`,
      );
    }
  });
}

/** The times that interval measures work on: an empty train stands for spikes at both edges. */
export function timesOrEdges(train: SpikeTrain): Float64Array {
  return train.timesMs.length > 0 ? train.timesMs : Float64Array.of(train.startMs, train.endMs);
}

/** The interval that reaches over the start: max(t₀ − start, t₁ − t₀), with one spike t₀ − start. */
export function firstIntervalMs(times: Float64Array, startMs: number): number {
  const lead = times[0]! - startMs;
  return times.length > 1 ? Math.max(lead, times[1]! - times[0]!) : lead;
}

/** The interval that reaches over the end: max(end − tₙ, tₙ − tₙ₋₁), with one spike end − tₙ. */
export function lastIntervalMs(times: Float64Array, endMs: number): number {
  const n = times.length;
  const tail = endMs - times[n - 1]!;
  return n > 1 ? Math.max(tail, times[n - 1]! - times[n - 2]!) : tail;
}

/** All edge-corrected intervals of one train: an empty train is one interval, a spike at an edge begins or ends there. */
function intervalsMs(train: SpikeTrain): number[] {
  const { timesMs: times, startMs, endMs } = train;
  const n = times.length;
  if (n === 0) return [endMs - startMs];
  if (n === 1) return [times[0]! - startMs, endMs - times[0]!];
  const inner = Array.from({ length: n - 1 }, (_, i) => times[i + 1]! - times[i]!);
  if (times[0]! > startMs) inner.unshift(firstIntervalMs(times, startMs));
  if (times[n - 1]! < endMs) inner.push(lastIntervalMs(times, endMs));
  return inner;
}

/** The minimum relevant time scale in ms: 'auto' is √mean(ISI²) over the edge-corrected intervals of all trains (Satuvuori 2017). */
export function timeScaleMs(trains: readonly SpikeTrain[], scale: RelevantTimeScale): number {
  if (scale !== 'auto') {
    if (!(scale >= 0)) throw new RangeError(`timeScaleMs: ${scale} ms, expected a number ≥ 0 or 'auto'`);
    return scale;
  }
  const all = trains.flatMap(intervalsMs);
  return all.length === 0 ? 0 : Math.sqrt(all.reduce((sum, isi) => sum + isi * isi, 0) / all.length);
}
