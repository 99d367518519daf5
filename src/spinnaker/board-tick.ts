/**
 * One tick of all IF_curr_exp cells in the board's integers, cells at rest skipped. Knows no synapse and no network.
 * For each cell, slot = what its ring buffer holds for this tick (excitatory, inhibitory), s its shift, all sums wrapping at 32 bits:
 *   Ie += ((slotE << sE)·initE) >> 32;  Ii likewise
 *   refractory ≤ 0 ? alpha = (((Ie − Ii + iOffset)·R) >> 15) + vRest, V = alpha − ((expTc·(alpha − V)) >> 15) : refractory −= 1
 *   V ≥ vThresh → spike: V = vReset, refractory = steps;  Ie = (Ie·decayE) >> 32;  Ii likewise
 * Source: IF_curr_exp.aplx, sPyNNaker 7.4.1. Pinned bit for bit by test/spinnaker/firmware.test.ts.
 */
import type { BoardCells } from './board-cells.ts';
import { multiplyHigh, multiplyS1615 } from './fixed-point.ts';

/** State of all cells, [N] each. */
export interface BoardState {
  readonly v: Int32Array;
  readonly currentE: Int32Array;
  readonly currentI: Int32Array;
  readonly refractory: Int32Array;
  /** 1: without input, this cell's state stays as it is. */
  readonly asleep: Uint8Array;
}

/** A core's state before its first tick. */
export function initialState(cells: BoardCells): BoardState {
  const zeros = () => new Int32Array(cells.size);
  return {
    v: Int32Array.from(cells.vInit),
    currentE: zeros(),
    currentI: zeros(),
    refractory: zeros(),
    asleep: new Uint8Array(cells.size),
  };
}

/** Left shifts of the ring-buffer values, [N] each. */
export interface BoardShifts {
  readonly shiftE: Uint8Array;
  readonly shiftI: Uint8Array;
}

/** Slots of one tick, [N, 2] (excitatory, inhibitory), seen also as one 32-bit word a cell. */
export interface TickSlots {
  readonly pairs: Uint16Array;
  readonly words: Uint32Array;
}

/** N cells' empty slots. */
export function emptySlots(size: number): TickSlots {
  const words = new Uint32Array(size);
  return { pairs: new Uint16Array(words.buffer), words };
}

function takeSlots(cells: BoardCells, shifts: BoardShifts, state: BoardState, slots: TickSlots, i: number): void {
  const excitatory = slots.pairs[2 * i]!;
  const inhibitory = slots.pairs[2 * i + 1]!;
  slots.words[i] = 0;
  if (excitatory !== 0) state.currentE[i]! += multiplyHigh(excitatory << shifts.shiftE[i]!, cells.initE[i]!);
  if (inhibitory !== 0) state.currentI[i]! += multiplyHigh(inhibitory << shifts.shiftI[i]!, cells.initI[i]!);
  state.asleep[i] = 0;
}

/** Runs one tick, clears `slots`, writes the cells that fire to `fired` (ascending) and returns how many. Allocates nothing. */
export function tick(
  cells: BoardCells,
  shifts: BoardShifts,
  state: BoardState,
  slots: TickSlots,
  fired: Int32Array,
): number {
  const { v, currentE, currentI, refractory, asleep } = state;
  const { vRest, vReset, vThresh, iOffset, resistance, expTc, refractorySteps, decayE, decayI } = cells;
  let count = 0;
  for (let i = 0; i < cells.size; i++) {
    if (slots.words[i]! !== 0) takeSlots(cells, shifts, state, slots, i);
    else if (asleep[i]! === 1) continue;
    const ie = currentE[i]!;
    const ii = currentI[i]!;
    const before = v[i]!;
    let now = before;
    if (refractory[i]! <= 0) {
      const alpha = (multiplyS1615((ie - ii + iOffset[i]!) | 0, resistance[i]!) + vRest[i]!) | 0;
      now = (alpha - Math.floor((expTc[i]! * ((alpha - before) | 0)) / 32768)) | 0;
      if (now === before && ie === 0 && ii === 0) asleep[i] = 1;
    } else {
      refractory[i]!--;
    }
    if (now >= vThresh[i]!) {
      now = vReset[i]!;
      refractory[i] = refractorySteps[i]!;
      fired[count++] = i;
      asleep[i] = 0;
    }
    v[i] = now;
    if (ie !== 0) currentE[i] = multiplyHigh(ie, decayE[i]!);
    if (ii !== 0) currentI[i] = multiplyHigh(ii, decayI[i]!);
  }
  return count;
}
