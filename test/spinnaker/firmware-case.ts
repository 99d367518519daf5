/** Random cells and ring-buffer contents for the comparison with the board's firmware; the same seed gives the same case everywhere. */
import { RandomStream } from '../../src/base/random.ts';
import type { BoardCellParameters } from '../../src/spinnaker/firmware/board-cells.ts';
import { boardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import type { BoardShifts } from '../../src/spinnaker/firmware/board-tick.ts';
import { BoardTicker, emptySlots } from '../../src/spinnaker/firmware/board-tick.ts';
import { toS1615 } from '../../src/spinnaker/firmware/fixed-point.ts';

export interface FirmwareCase {
  readonly size: number;
  readonly ticks: number;
  readonly parameters: BoardCellParameters;
  /** One shift a receptor, as on a core. */
  readonly shifts: readonly [number, number];
  /** [T, N, 2] */
  readonly slots: Uint16Array;
}

/** Everything observed after each tick, and its spikes; [T, N]. */
export interface FirmwareTrace {
  readonly v: Int32Array;
  readonly currentE: Int32Array;
  readonly currentI: Int32Array;
  readonly refractory: Int32Array;
  readonly spikes: Uint8Array;
}

/** Seeds from here on have cm = tauM, so R = 1 as in every exported network: the quick way of board-tick.ts. */
const unitResistanceSeed = 4;

/** Thresholds, time constants, capacities, refractory times and inputs over wide ranges; every 16th slot is near full. */
export function firmwareCase(seed: number, size = 256, ticks = 3000): FirmwareCase {
  const stream = new RandomStream([seed, 0x5b1]);
  const draw = (low: number, high: number) =>
    Int32Array.from({ length: size }, () => toS1615(low + (high - low) * stream.uniform(), 'parameter'));
  const drawn: BoardCellParameters = {
    vInit: draw(-70, -50),
    vRest: draw(-70, -55),
    cm: draw(0.2, 40),
    tauM: draw(2, 60),
    iOffset: draw(-1, 3),
    vReset: draw(-80, -60),
    tauRefrac: draw(0, 3.5),
    vThresh: draw(-56, -45),
    tauSynE: draw(1, 20),
    tauSynI: draw(1, 20),
  };
  const parameters = seed < unitResistanceSeed ? drawn : { ...drawn, cm: drawn.tauM };
  const shifts = [stream.below(11), stream.below(11)] as const;
  const slots = new Uint16Array(ticks * size * 2);
  for (let i = 0; i < slots.length; i++) {
    if (stream.below(8) !== 0) continue;
    const scale = 2 ** (15 - shifts[i % 2]!) * (stream.below(16) === 0 ? 200 : 4);
    slots[i] = Math.min(65535, Math.floor(stream.uniform() * scale));
  }
  return { size, ticks, parameters, shifts, slots };
}

/** The same case on the project's simulator. */
export function traceOf(given: FirmwareCase): FirmwareTrace {
  const { size, ticks } = given;
  const shifts: BoardShifts = {
    shiftE: new Uint8Array(size).fill(given.shifts[0]),
    shiftI: new Uint8Array(size).fill(given.shifts[1]),
  };
  const ticker = new BoardTicker(boardCells(given.parameters), shifts);
  const slots = emptySlots(size);
  const fired = new Int32Array(size);
  const ints = () => new Int32Array(ticks * size);
  const trace = {
    v: ints(),
    currentE: ints(),
    currentI: ints(),
    refractory: ints(),
    spikes: new Uint8Array(ticks * size),
  };
  for (let t = 0; t < ticks; t++) {
    slots.pairs.set(given.slots.subarray(2 * t * size, 2 * (t + 1) * size));
    const count = ticker.tick(slots, fired);
    const state = ticker.states();
    trace.v.set(state.v, t * size);
    trace.currentE.set(state.currentE, t * size);
    trace.currentI.set(state.currentI, t * size);
    trace.refractory.set(state.refractory, t * size);
    for (let k = 0; k < count; k++) trace.spikes[t * size + fired[k]!] = 1;
  }
  return trace;
}
