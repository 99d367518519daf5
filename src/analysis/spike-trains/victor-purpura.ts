/** The Victor–Purpura distance of two spike trains. Knows no windows. */
import type { SpikeTrain } from './spike-train.ts';

/**
 * Least cost of turning one train into the other: 1 for adding or deleting a spike, shiftCostHz·|Δt| for moving one.
 * A metric for shiftCostHz > 0; 0 counts spikes only. cost: O(n₁·n₂) time, O(n₂) memory. Source: Victor & Purpura 1996, doi:10.1152/jn.1996.76.2.1310.
 */
export function victorPurpuraDistance(a: SpikeTrain, b: SpikeTrain, shiftCostHz: number): number {
  if (!(shiftCostHz >= 0)) throw new RangeError(`victorPurpuraDistance: shift cost ${shiftCostHz} Hz, expected ≥ 0`);
  const perMs = shiftCostHz / 1000;
  let row = Float64Array.from({ length: b.timesMs.length + 1 }, (_, j) => j);
  let next = new Float64Array(row.length);
  a.timesMs.forEach((s, i) => {
    next[0] = i + 1;
    for (let j = 1; j < row.length; j++) {
      const moved = row[j - 1]! + perMs * Math.abs(s - b.timesMs[j - 1]!);
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, moved);
    }
    [row, next] = [next, row];
  });
  return row[row.length - 1]!;
}
