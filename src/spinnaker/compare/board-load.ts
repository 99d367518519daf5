/**
 * How busy the board's cores would be: simulated spikes and events per tick → cycles against the tick's budget. Knows no placement.
 * An estimate, for advice: instructions that the firmware's routines take in an emulator (on the real network's busiest ticks 116–132 a cell, 415–545 a
 * spike, 24–35 a synaptic event; the upper ends are taken) × 1.4 cycles an instruction. The tick's own cost, which is the operating part of the
 * firmware, is a free parameter. Not measured on a board.
 */
import { populationIdxOf, type Wiring } from '../firmware/board-network.ts';
import type { InputSpikes } from '../simulators/integer-simulator.ts';
import type { Raster } from '../simulators/raster.ts';

export interface CycleCosts {
  readonly tick: number;
  readonly cell: number;
  /** Packet, table look-up, transfer of the row. */
  readonly spike: number;
  readonly event: number;
}

const cyclesPerInstruction = 1.4;
const cyclesOf = (instructions: number) => Math.ceil(instructions * cyclesPerInstruction);

export const defaultCosts: CycleCosts = {
  tick: 5000,
  cell: cyclesOf(132),
  spike: cyclesOf(545),
  event: cyclesOf(35),
};
/** Cycles of a core in one millisecond (200 MHz). */
export const cyclesPerMs = 200_000;

/** One core: consecutive cells of one population. */
export interface CoreSlice {
  readonly population: string;
  /** First cell and one past the last, within the population. */
  readonly begin: number;
  readonly end: number;
}

export interface CoreLoad extends CoreSlice {
  readonly meanSpikes: number;
  readonly peakSpikes: number;
  readonly meanEvents: number;
  readonly peakEvents: number;
  /** Share of a 1 ms tick, in real time: 1 = full. */
  readonly meanLoad: number;
  readonly peakLoad: number;
}

/** [cores] number of each cell's core. */
function coreOfCells(wiring: Wiring, cores: readonly CoreSlice[]): Int32Array {
  const core = new Int32Array(wiring.size);
  cores.forEach(({ population, begin, end }, c) => {
    const { offset } = wiring.populations.find((p) => p.name === population)!;
    core.fill(c, offset + begin, offset + end);
  });
  return core;
}

interface Deliveries {
  /** [rows, cores] synapses of a row on a core. */
  readonly events: Uint16Array;
  /** Packets of a row go to every core of each population that it projects to. */
  readonly reaches: (row: number, core: number) => boolean;
}

function deliveriesOf(wiring: Wiring, cores: readonly CoreSlice[]): Deliveries {
  const rows = wiring.inputSize + wiring.size;
  const core = coreOfCells(wiring, cores);
  const population = populationIdxOf(wiring);
  const events = new Uint16Array(rows * cores.length);
  const count = wiring.populations.length;
  const projects = new Uint8Array((count + 1) * count);
  for (let row = 0; row < rows; row++) {
    const pre = row < wiring.inputSize ? count : population[row - wiring.inputSize]!;
    for (let e = wiring.rowPtr[row]!; e < wiring.rowPtr[row + 1]!; e++) {
      events[row * cores.length + core[wiring.colIdx[e]!]!]! += 1;
      projects[pre * count + population[wiring.colIdx[e]!]!] = 1;
    }
  }
  const post = cores.map((c) => wiring.populations.findIndex((p) => p.name === c.population));
  const reaches = (row: number, c: number) =>
    projects[(row < wiring.inputSize ? count : population[row - wiring.inputSize]!) * count + post[c]!] === 1;
  return { events, reaches };
}

/** Load of each core over some simulated trials. cost: one addition a spike and core. */
export function coreLoads(
  wiring: Wiring,
  cores: readonly CoreSlice[],
  trials: readonly { readonly input: InputSpikes; readonly spikes: Raster }[],
  costs: CycleCosts = defaultCosts,
): CoreLoad[] {
  const { events, reaches } = deliveriesOf(wiring, cores);
  const sum = { spikes: new Float64Array(cores.length), events: new Float64Array(cores.length) };
  const peak = {
    spikes: new Float64Array(cores.length),
    events: new Float64Array(cores.length),
    cycles: new Float64Array(cores.length),
  };
  let ticks = 0;
  for (const { input, spikes } of trials) {
    for (let t = 0; t + 1 < spikes.stepPtr.length; t++, ticks++) {
      const rows = [
        ...input.cell.subarray(input.stepPtr[t]!, input.stepPtr[t + 1]!),
        ...spikes.cell.subarray(spikes.stepPtr[t]!, spikes.stepPtr[t + 1]!).map((cell) => wiring.inputSize + cell),
      ];
      for (let c = 0; c < cores.length; c++) {
        let s = 0;
        let e = 0;
        for (const row of rows) {
          if (!reaches(row, c)) continue;
          s += 1;
          e += events[row * cores.length + c]!;
        }
        sum.spikes[c]! += s;
        sum.events[c]! += e;
        peak.spikes[c] = Math.max(peak.spikes[c]!, s);
        peak.events[c] = Math.max(peak.events[c]!, e);
        peak.cycles[c] = Math.max(peak.cycles[c]!, s * costs.spike + e * costs.event);
      }
    }
  }
  return cores.map((core, c) => {
    const fixed = costs.tick + costs.cell * (core.end - core.begin);
    const meanSpikes = sum.spikes[c]! / ticks;
    const meanEvents = sum.events[c]! / ticks;
    return {
      ...core,
      meanSpikes,
      peakSpikes: peak.spikes[c]!,
      meanEvents,
      peakEvents: peak.events[c]!,
      meanLoad: (fixed + meanSpikes * costs.spike + meanEvents * costs.event) / cyclesPerMs,
      peakLoad: (fixed + peak.cycles[c]!) / cyclesPerMs,
    };
  });
}

/** Smallest whole slow-down at which the busiest tick of the busiest core takes at most `share` of its time. */
export function advisedTimeScaleFactor(loads: readonly CoreLoad[], share = 0.5): number {
  return Math.max(1, Math.ceil(Math.max(0, ...loads.map((load) => load.peakLoad)) / share));
}
