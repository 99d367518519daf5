/**
 * One tick of all IF_curr_exp cells in the board's integers, cells at rest skipped. Knows no synapse and no network.
 * For each cell, slot = what its ring buffer holds for this tick (excitatory, inhibitory), s its shift, all sums wrapping at 32 bits:
 *   Ie += ((slotE << sE)·initE) >> 32;  Ii likewise
 *   refractory ≤ 0 ? alpha = (((Ie − Ii + iOffset)·R) >> 15) + vRest, V = alpha − ((expTc·(alpha − V)) >> 15) : refractory −= 1
 *   V ≥ vThresh → spike: V = vReset, refractory = steps;  Ie = (Ie·decayE) >> 32;  Ii likewise
 * A cell's state and constants share one 64-byte record (memory traffic is what costs); doubles carry the products, exactly, and what could
 * wrap goes through 64-bit integers. Source: IF_curr_exp.aplx, sPyNNaker 7.4.1. Pinned bit for bit by test/spinnaker/firmware.test.ts.
 */
import type { BoardCells } from './board-cells.ts';
import { multiplyS1615 } from './fixed-point.ts';

const twoToMinus15 = 1 / 32768;
const twoToMinus16 = 1 / 65536;
const twoTo31 = 2 ** 31;
const exactProduct = 2 ** 53;

/** Words of a record, and where each quantity lies in it. */
const recordWords = 16;
const atV = 0;
const atCurrentE = 1;
const atCurrentI = 2;
const atRefractory = 3;
const atVRest = 4;
const atVReset = 5;
const atVThresh = 6;
const atIOffset = 7;
const atResistance = 8;
const atExpTc = 9;
const atRefractorySteps = 10;
const atDecayE = 11;
const atDecayI = 12;
const atInitE = 13;
const atInitI = 14;
const atShifts = 15;

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

/** (x·u) >> 32 for a signed and an unsigned 32-bit number (u may be given as its signed bits); both products stay below 2^47. */
function multiplyHigh(x: number, u: number): number {
  return Math.floor((x * (u >>> 16) + Math.floor(x * (u & 65535) * twoToMinus16)) * twoToMinus16);
}

function packRecords(cells: BoardCells, shifts: BoardShifts): Int32Array {
  const records = new Int32Array(recordWords * cells.size);
  const columns: readonly [number, Int32Array | Uint32Array][] = [
    [atV, cells.vInit],
    [atVRest, cells.vRest],
    [atVReset, cells.vReset],
    [atVThresh, cells.vThresh],
    [atIOffset, cells.iOffset],
    [atResistance, cells.resistance],
    [atExpTc, cells.expTc],
    [atRefractorySteps, cells.refractorySteps],
    [atDecayE, cells.decayE],
    [atDecayI, cells.decayI],
    [atInitE, cells.initE],
    [atInitI, cells.initI],
  ];
  for (let i = 0; i < cells.size; i++) {
    for (const [at, values] of columns) records[recordWords * i + at] = values[i]!;
    records[recordWords * i + atShifts] = shifts.shiftE[i]! | (shifts.shiftI[i]! << 8);
  }
  return records;
}

/** State of all cells on a core, [N] each. */
export interface CellStates {
  readonly v: Int32Array;
  readonly currentE: Int32Array;
  readonly currentI: Int32Array;
  readonly refractory: Int32Array;
}

/** All cells of a network, ticking. */
export class BoardTicker {
  readonly size: number;
  private readonly start: Int32Array;
  private readonly records: Int32Array;
  /** 1: without input, this cell's state stays as it is. */
  private readonly asleep: Uint8Array;

  constructor(cells: BoardCells, shifts: BoardShifts) {
    this.size = cells.size;
    this.start = packRecords(cells, shifts);
    this.records = this.start.slice();
    this.asleep = new Uint8Array(cells.size);
  }

  /** Back to the state before the first tick. */
  reset(): void {
    this.records.set(this.start);
    this.asleep.fill(0);
  }

  /** A copy of all states. */
  states(): CellStates {
    const column = (at: number) =>
      Int32Array.from({ length: this.size }, (_, i) => this.records[recordWords * i + at]!);
    return {
      v: column(atV),
      currentE: column(atCurrentE),
      currentI: column(atCurrentI),
      refractory: column(atRefractory),
    };
  }

  /** Runs one tick, clears `slots`, writes the cells that fire to `fired` (ascending) and returns how many. Allocates nothing. */
  tick(slots: TickSlots, fired: Int32Array): number {
    const { records, asleep, size } = this;
    const { words } = slots;
    let count = 0;
    for (let i = 0; i < size; i++) {
      const word = words[i]!;
      const at = recordWords * i;
      if (word !== 0) {
        words[i] = 0;
        takeSlots(records, at, word);
      } else if (asleep[i]! === 1) continue;
      const ie = records[at + atCurrentE]!;
      const ii = records[at + atCurrentI]!;
      const before = records[at]!;
      let now = before;
      asleep[i] = 0;
      if (records[at + atRefractory]! <= 0) {
        now = membrane(records, at, ie - ii + records[at + atIOffset]!, before);
        if (now === before && ie === 0 && ii === 0) asleep[i] = 1;
      } else {
        records[at + atRefractory]!--;
      }
      if (now >= records[at + atVThresh]!) {
        now = records[at + atVReset]!;
        records[at + atRefractory] = records[at + atRefractorySteps]!;
        fired[count++] = i;
        asleep[i] = 0;
      }
      records[at] = now;
      if (ie !== 0) records[at + atCurrentE] = multiplyHigh(ie, records[at + atDecayE]!);
      if (ii !== 0) records[at + atCurrentI] = multiplyHigh(ii, records[at + atDecayI]!);
    }
    return count;
  }
}

/** Adds a tick's slots (excitatory in the low half of `word`) to the currents of the record at `at`. */
function takeSlots(records: Int32Array, at: number, word: number): void {
  const excitatory = word & 65535;
  const inhibitory = word >>> 16;
  const shifts = records[at + atShifts]!;
  if (excitatory !== 0) records[at + atCurrentE]! += multiplyHigh(excitatory << (shifts & 255), records[at + atInitE]!);
  if (inhibitory !== 0) records[at + atCurrentI]! += multiplyHigh(inhibitory << (shifts >> 8), records[at + atInitI]!);
}

/** V after the membrane's step; the range check makes the doubles exact. */
function membrane(records: Int32Array, at: number, current: number, v: number): number {
  const product = current * records[at + atResistance]!;
  const alpha = Math.floor(product * twoToMinus15) + records[at + atVRest]!;
  const distance = alpha - v;
  const magnitude = Math.max(Math.abs(current), Math.abs(alpha), Math.abs(distance));
  if (!(magnitude < twoTo31 && Math.abs(product) < exactProduct)) return wrappingMembrane(records, at, current, v);
  return alpha - Math.floor(records[at + atExpTc]! * distance * twoToMinus15);
}

/** The same with every wrap of the board's 32-bit sums. */
function wrappingMembrane(records: Int32Array, at: number, current: number, v: number): number {
  const alpha = (multiplyS1615(current | 0, records[at + atResistance]!) + records[at + atVRest]!) | 0;
  return (alpha - multiplyS1615((alpha - v) | 0, records[at + atExpTc]!)) | 0;
}
