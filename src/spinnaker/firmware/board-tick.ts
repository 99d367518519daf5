/**
 * One tick of all IF_curr_exp cells in the board's integers. Knows no synapse and no network.
 * For each cell, slot = what its ring buffer holds for this tick (excitatory, inhibitory), s its shift, all sums wrapping at 32 bits:
 *   Ie += ((slotE << sE)·initE) >> 32;  Ii likewise
 *   refractory ≤ 0 ? alpha = (((Ie − Ii + iOffset)·R) >> 15) + vRest, V = alpha − ((expTc·(alpha − V)) >> 15) : refractory −= 1
 *   V ≥ vThresh → spike: V = vReset, refractory = steps;  Ie = (Ie·decayE) >> 32;  Ii likewise
 * What every tick reads of a cell is one record of doubles that hold integers: with R = 1 and nothing near a wrap, floors of products are the
 * board's shifts, without a branch that depends on data. Any other cell takes the careful way. Source: IF_curr_exp.aplx, sPyNNaker 7.4.1.
 * Both ways are pinned bit for bit by test/spinnaker/firmware.test.ts.
 */
import type { BoardCells } from './board-cells.ts';
import { s1615One, timesShare } from './fixed-point.ts';

const twoToMinus15 = 2 ** -15;
const twoToMinus32 = 2 ** -32;
const twoTo31 = 2 ** 31;
const twoTo32 = 2 ** 32;
/** Slots (16 bits) shifted further would leave 32 bits. */
const largestShift = 15;

/** Doubles of a record, and where each quantity lies in it. */
const recordSize = 10;
const atV = 0;
const atCurrentE = 1;
const atCurrentI = 2;
/** iOffset + vRest */
const atDrive = 3;
const atVThresh = 4;
/** expTc/2^15, decay/2^32, init·2^shift/2^32: what the board's products with them are shifted by is in them. */
const atExpTc = 5;
const atDecayE = 6;
const atDecayI = 7;
const atInitE = 8;
const atInitI = 9;

/** Left shifts of the ring-buffer values, [N] each. */
export interface BoardShifts {
  readonly shiftE: Uint8Array;
  readonly shiftI: Uint8Array;
}

/** Slots of one tick, [N, 2] (excitatory, inhibitory), seen also as one 32-bit word a cell. */
export interface TickSlots {
  readonly pairs: Uint16Array;
  readonly words: Int32Array;
}

/** N cells' empty slots. */
export function emptySlots(size: number): TickSlots {
  const words = new Int32Array(size);
  return { pairs: new Uint16Array(words.buffer), words };
}

/** State of all cells on a core, [N] each. */
export interface CellStates {
  readonly v: Int32Array;
  readonly currentE: Int32Array;
  readonly currentI: Int32Array;
  readonly refractory: Int32Array;
}

function initShare(init: number, shift: number, cell: number): number {
  if (shift > largestShift)
    throw new RangeError(`cell ${cell}: a ring-buffer shift of ${shift}, want ≤ ${largestShift}`);
  return init * twoToMinus32 * 2 ** shift;
}

function packRecords(cells: BoardCells, shifts: BoardShifts): Float64Array {
  const records = new Float64Array(recordSize * cells.size);
  for (let i = 0; i < cells.size; i++) {
    const at = recordSize * i;
    records[at + atV] = cells.vInit[i]!;
    records[at + atDrive] = cells.iOffset[i]! + cells.vRest[i]!;
    records[at + atVThresh] = cells.vThresh[i]!;
    records[at + atExpTc] = cells.expTc[i]! * twoToMinus15;
    records[at + atDecayE] = cells.decayE[i]! * twoToMinus32;
    records[at + atDecayI] = cells.decayI[i]! * twoToMinus32;
    records[at + atInitE] = initShare(cells.initE[i]!, shifts.shiftE[i]!, i);
    records[at + atInitI] = initShare(cells.initI[i]!, shifts.shiftI[i]!, i);
  }
  return records;
}

const never = Number.NEGATIVE_INFINITY;

/** While currents are ≥ 0 and Ie + Ii + |alpha − V| is below this, no sum of a tick wraps; −∞ where a cell has another R than 1. */
function plainLimit(cells: BoardCells): number {
  let largest = 0;
  for (let i = 0; i < cells.size; i++) {
    if (cells.resistance[i] !== s1615One) return never;
    const offset = cells.iOffset[i]!;
    largest = Math.max(largest, Math.abs(offset), Math.abs(offset + cells.vRest[i]!));
  }
  return twoTo31 - largest;
}

/** A sum of two 32-bit numbers, the first ≥ 0, as 32 bits hold it. */
function wrapped(sum: number): number {
  return sum >= twoTo31 ? sum - twoTo32 : sum;
}

/** All cells of a network, ticking. */
export class BoardTicker {
  readonly size: number;
  private readonly cells: BoardCells;
  private readonly start: Float64Array;
  private readonly records: Float64Array;
  private readonly plainLimit: number;
  private limit: number;
  private time = 0;
  /** [N] the first tick in which V moves again. */
  private readonly wakes: Int32Array;

  /** Throws RangeError on a shift that would leave 32 bits. */
  constructor(cells: BoardCells, shifts: BoardShifts) {
    this.size = cells.size;
    this.cells = cells;
    this.start = packRecords(cells, shifts);
    this.records = this.start.slice();
    this.plainLimit = plainLimit(cells);
    this.limit = this.plainLimit;
    this.wakes = new Int32Array(cells.size);
  }

  /** Back to the state before the first tick. */
  reset(): void {
    this.records.set(this.start);
    this.wakes.fill(0);
    this.limit = this.plainLimit;
    this.time = 0;
  }

  /** A copy of all states. */
  states(): CellStates {
    const column = (at: number) => Int32Array.from({ length: this.size }, (_, i) => this.records[recordSize * i + at]!);
    return {
      v: column(atV),
      currentE: column(atCurrentE),
      currentI: column(atCurrentI),
      refractory: this.wakes.map((tick) => Math.max(0, tick - this.time)),
    };
  }

  /** Runs one tick, clears `slots`, writes the cells that fire to `fired` (ascending) and returns how many. Allocates nothing. */
  tick(slots: TickSlots, fired: Int32Array): number {
    const { records, wakes, size, time } = this;
    const { words } = slots;
    const { vReset, refractorySteps } = this.cells;
    let { limit } = this;
    let count = 0;
    for (let i = 0, at = 0; i < size; i++, at += recordSize) {
      const word = words[i]!;
      let ie = records[at + atCurrentE]! + Math.floor((word & 65535) * records[at + atInitE]!);
      let ii = records[at + atCurrentI]! + Math.floor((word >>> 16) * records[at + atInitI]!);
      let v = records[at]!;
      const alpha = ie - ii + records[at + atDrive]!;
      const distance = alpha - v;
      if (ie + ii + Math.abs(distance) < limit) {
        if (wakes[i]! <= time) v = alpha - Math.floor(records[at + atExpTc]! * distance);
      } else {
        ie = wrapped(ie);
        ii = wrapped(ii);
        if (wakes[i]! <= time) v = this.carefulMembrane(i, ie, ii, v);
        if (ie < 0 || ii < 0) limit = never;
      }
      if (v >= records[at + atVThresh]!) {
        v = vReset[i]!;
        wakes[i] = time + 1 + refractorySteps[i]!;
        fired[count++] = i;
      }
      records[at] = v;
      records[at + atCurrentE] = timesShare(ie, records[at + atDecayE]!);
      records[at + atCurrentI] = timesShare(ii, records[at + atDecayI]!);
    }
    words.fill(0);
    this.limit = limit;
    this.time++;
    return count;
  }

  /** V after the membrane's step, for any R and with every wrap; expTc is at most 1.0, so that its products with half words fit. */
  private carefulMembrane(i: number, ie: number, ii: number, v: number): number {
    const { iOffset, resistance, vRest, expTc } = this.cells;
    const current = (ie - ii + iOffset[i]!) | 0;
    const half = Math.floor(resistance[i]! * (current & 32767) * twoToMinus15);
    const alpha = (Math.imul(resistance[i]!, current >> 15) + half + vRest[i]!) | 0;
    const distance = (alpha - v) | 0;
    return (alpha - Math.imul(expTc[i]!, distance >> 15) - (Math.imul(expTc[i]!, distance & 32767) >> 15)) | 0;
  }
}
