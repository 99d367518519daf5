/** The current interspike interval of a train as a function of time, and walking two trains together. Knows no distance. */
import { firstIntervalMs, lastIntervalMs, type SpikeTrain, timesOrEdges } from './spike-train.ts';

/** Consecutive pieces of the window between spikes; piece k reaches from edgesMs[k] to edgesMs[k + 1]. */
export interface IntervalProfile {
  /** [m + 1] ascending. */
  readonly edgesMs: Float64Array;
  /** [m] the edge-corrected interval that holds in each piece. */
  readonly isiMs: Float64Array;
  /** [m] index of the spike before each piece, −1 in front of the first. */
  readonly before: Int32Array;
}

/** The profile of one train; pieces of no length are left out. cost: O(n). */
export function intervalProfile(train: SpikeTrain): IntervalProfile {
  const times = timesOrEdges(train);
  const n = times.length;
  const edges = [train.startMs];
  const isi: number[] = [];
  const before: number[] = [];
  for (let k = -1; k < n; k++) {
    const end = k + 1 < n ? times[k + 1]! : train.endMs;
    if (end === edges[edges.length - 1]) continue;
    edges.push(end);
    before.push(k);
    if (k < 0) isi.push(firstIntervalMs(times, train.startMs));
    else isi.push(k + 1 < n ? end - times[k]! : lastIntervalMs(times, train.endMs));
  }
  return { edgesMs: Float64Array.from(edges), isiMs: Float64Array.from(isi), before: Int32Array.from(before) };
}

/** Calls `visit(piece of a, piece of b, from, to)` for every stretch in which both profiles stay in one piece. */
export function eachCommonPiece(
  a: IntervalProfile,
  b: IntervalProfile,
  visit: (pieceA: number, pieceB: number, fromMs: number, toMs: number) => void,
): void {
  let i = 0;
  let j = 0;
  let from = a.edgesMs[0]!;
  while (i < a.isiMs.length && j < b.isiMs.length) {
    const endA = a.edgesMs[i + 1]!;
    const endB = b.edgesMs[j + 1]!;
    const to = Math.min(endA, endB);
    visit(i, j, from, to);
    if (endA === to) i++;
    if (endB === to) j++;
    from = to;
  }
}
