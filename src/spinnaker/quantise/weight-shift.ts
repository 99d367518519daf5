/**
 * sPyNNaker's rule for ring-buffer shifts and weight words, as release 7.4.1 applies it. Knows no calibration and no cells.
 *   word = (rint(|w|·2^(15 − shift)) & 0xffff) << 16 | delay << (log2 n + 1) | receptor << log2 n | cell
 * Pinned by test/spinnaker/quantise.test.ts and, against the data of a virtual board, by spinnaker-run.
 */
import { roundHalfEven } from '../firmware/fixed-point.ts';
import type { ProjectionEdges } from './projections.ts';

/** The most a ring buffer can hold, and the largest weight word. */
export const slotMax = 65535;
/** Slots shifted further would leave the 32-bit current. */
export const shiftMax = 15;

/** The shift that sPyNNaker gives a receptor whose ring buffer is expected to stay below `maxWeight` nA: least s ≥ 0 with 2^s > maxWeight. */
export function shiftFor(maxWeight: number): number {
  let shift = 0;
  while (2 ** shift <= maxWeight) shift++;
  return shift;
}

/** nA that a ring buffer can hold at a shift: 65536 units of 2^(shift − 15). */
export function slotRange(shift: number): number {
  return 2 ** (shift + 1);
}

/** The least shift whose ring buffer holds `most` nA. */
export function tightShift(most: number): number {
  let shift = 0;
  while (shift < shiftMax && roundedWord(most, shift) > slotMax) shift++;
  return shift;
}

/** A `max_expected_summed_weight` that makes sPyNNaker choose this shift. */
export function expectedWeightFor(shift: number): number {
  return 0.75 * 2 ** shift;
}

/** rint(w·2^(15 − shift)), before sPyNNaker cuts it to 16 bits. */
export function roundedWord(weightNa: number, shift: number): number {
  return roundHalfEven(Math.abs(weightNa) * 2 ** (15 - shift));
}

/** nA of a word; exact, so that sPyNNaker's own rounding returns the same word. */
export function weightOf(word: number, shift: number): number {
  return word * 2 ** (shift - 15);
}

/** Most edges onto one cell. */
function maxFanIn(projection: ProjectionEdges): number {
  const fanIn = new Map<number, number>();
  let most = 0;
  for (const cell of projection.postCell) {
    const n = (fanIn.get(cell) ?? 0) + 1;
    fanIn.set(cell, n);
    if (n > most) most = n;
  }
  return most;
}

/**
 * Stock shifts [P, 2] with one delay throughout: the bound is Σ over incoming projections of max |w| · max fan-in, every presynaptic cell
 * firing in the same step, and at least the largest weight.
 */
export function stockShifts(
  projections: readonly ProjectionEdges[],
  weightNa: ArrayLike<number>,
  populations: number,
): Uint8Array {
  const bound = new Float64Array(2 * populations);
  for (const projection of projections) {
    let largest = 0;
    for (const e of projection.edge) largest = Math.max(largest, Math.abs(weightNa[e]!));
    bound[2 * projection.postIdx + projection.receptorIdx]! += largest * maxFanIn(projection);
  }
  return Uint8Array.from(bound, shiftFor);
}
