/**
 * A whole network in the board's integers, event by event: the ticks of board-tick.ts joined by 16-bit ring buffers. Knows no files.
 * A spike of step t reaches its targets in step t + delay, before they are updated; a slot holds min(65535, Σ words), and each addition
 * cut short is counted. No packet is late here, but all spikes of cells may be made to look so, as they do after a reset (colour.ts). Pinned by test/spinnaker/integer-simulator.test.ts.
 */
import { boardCells } from '../firmware/board-cells.ts';
import { type BoardNetwork, cellShifts, populationIdxOf } from '../firmware/board-network.ts';
import { BoardTicker, emptySlots, type TickSlots } from '../firmware/board-tick.ts';
import { type Raster, RasterBuilder } from './raster.ts';

/** Input spikes, CSR over steps. */
export interface InputSpikes {
  readonly stepPtr: Int32Array;
  readonly cell: Uint16Array | Uint32Array | Int32Array;
}

export interface BoardRun {
  readonly spikes: Raster;
  /** [P] additions to a full ring buffer, by post population. */
  readonly saturations: Int32Array;
  /** [P, 2] largest slot value met, by post population and receptor; only when asked for. */
  readonly peakSlots?: Uint16Array;
  /** Synapses passed over because their spike looked later than their delay. */
  readonly skipped: number;
}

export interface BoardRunOptions {
  /** Whether to note the fullest slots. */
  readonly peaks?: boolean;
  /** Ticks that spikes between cells look late, 0 … 15; those of input cells never do: the host numbers them anew. */
  readonly lateTicks?: number;
  /** Ticks to run where more than the input has steps: the rest is without input, and its spikes are not in the raster. */
  readonly ticks?: number;
  /** Told of the ticker after each tick, before spikes of that tick arrive anywhere, and of the saturations so far. */
  readonly watch?: (tick: number, cells: BoardTicker, saturations: Int32Array) => void;
}

/** One network, ready to run; `run` starts from rest each time. Same input, same output, everywhere. */
export class IntegerSimulator {
  private readonly network: BoardNetwork;
  private readonly cells: BoardTicker;
  private readonly population: Int32Array;
  /** [E] place of an edge's target in a tick's slots; 16 bits, where they do, keep more of it in the cache. */
  private readonly target: Uint16Array | Int32Array;
  private readonly ring: readonly TickSlots[];

  constructor(network: BoardNetwork) {
    const { wiring, delaySteps, word } = network;
    if (word.length !== wiring.colIdx.length) {
      throw new RangeError(`IntegerSimulator: ${word.length} weights for ${wiring.colIdx.length} edges`);
    }
    this.network = network;
    this.cells = new BoardTicker(boardCells(network.parameters), cellShifts(network));
    if (this.cells.size !== wiring.size) {
      throw new RangeError(`IntegerSimulator: parameters of ${this.cells.size} cells, want ${wiring.size}`);
    }
    this.population = populationIdxOf(wiring);
    const places = 2 * wiring.size <= 65536 ? new Uint16Array(word.length) : new Int32Array(word.length);
    this.target = places.map((_, e) => 2 * wiring.colIdx[e]! + wiring.receptor[e]!);
    const longest = typeof delaySteps === 'number' ? delaySteps : delaySteps.reduce((a, b) => Math.max(a, b), 1);
    const shortest = typeof delaySteps === 'number' ? delaySteps : delaySteps.reduce((a, b) => Math.min(a, b), longest);
    if (!(Number.isInteger(longest) && shortest >= 1)) throw new RangeError(`IntegerSimulator: a delay of ${shortest}`);
    this.ring = Array.from({ length: longest + 1 }, () => emptySlots(wiring.size));
  }

  /** Runs the steps that `input` has, or `ticks`. cost: about 5 ns a cell and step that is not at rest, 2 ns a synaptic event. */
  run(input: InputSpikes, options: BoardRunOptions = {}): BoardRun {
    const { wiring } = this.network;
    const { lateTicks = 0, watch } = options;
    const steps = input.stepPtr.length - 1;
    const ticks = Math.max(steps, options.ticks ?? steps);
    this.cells.reset();
    const fired = new Int32Array(wiring.size);
    const builder = new RasterBuilder(steps);
    const saturations = new Int32Array(wiring.populations.length);
    const peakSlots = new Uint16Array(2 * wiring.populations.length);
    let skipped = 0;
    for (const slots of this.ring) slots.words.fill(0);
    for (let t = 0; t < ticks; t++) {
      const slots = this.ring[t % this.ring.length]!;
      if (options.peaks === true) this.notePeaks(slots, peakSlots);
      const count = this.cells.tick(slots, fired);
      watch?.(t, this.cells, saturations);
      if (t < steps) builder.add(fired, count);
      const end = t < steps ? input.stepPtr[t + 1]! : 0;
      for (let k = t < steps ? input.stepPtr[t]! : 0; k < end; k++) this.deliver(input.cell[k]!, t, 0, saturations);
      for (let k = 0; k < count; k++) skipped += this.deliver(wiring.inputSize + fired[k]!, t, lateTicks, saturations);
    }
    const run = { spikes: builder.build(), saturations, skipped };
    return options.peaks === true ? { ...run, peakSlots } : run;
  }

  /** Adds the weights of one row to the slots of the steps in which they arrive; returns how many were passed over as too late. */
  private deliver(row: number, t: number, late: number, saturations: Int32Array): number {
    const { wiring, delaySteps } = this.network;
    const begin = wiring.rowPtr[row]!;
    const end = wiring.rowPtr[row + 1]!;
    const { ring } = this;
    if (typeof delaySteps === 'number') {
      if (delaySteps <= late) return end - begin;
      this.add(begin, end, ring[(t + delaySteps - late) % ring.length]!.pairs, saturations);
      return 0;
    }
    let skipped = 0;
    for (let e = begin; e < end; e++) {
      if (delaySteps[e]! <= late) skipped++;
      else this.add(e, e + 1, ring[(t + delaySteps[e]! - late) % ring.length]!.pairs, saturations);
    }
    return skipped;
  }

  private add(begin: number, end: number, pairs: Uint16Array, saturations: Int32Array): void {
    const { target } = this;
    const { word } = this.network;
    for (let e = begin; e < end; e++) {
      const place = target[e]!;
      const sum = pairs[place]! + word[e]!;
      if (sum > 65535) {
        saturations[this.population[place >> 1]!]! += 1;
        pairs[place] = 65535;
      } else {
        pairs[place] = sum;
      }
    }
  }

  private notePeaks(slots: TickSlots, peaks: Uint16Array): void {
    for (let i = 0; i < this.cells.size; i++) {
      if (slots.words[i] === 0) continue;
      for (const receptor of [0, 1]) {
        const place = 2 * this.population[i]! + receptor;
        peaks[place] = Math.max(peaks[place]!, slots.pairs[2 * i + receptor]!);
      }
    }
  }
}
