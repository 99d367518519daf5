/**
 * The trained network in 64-bit floats, event by event: the yardstick for the board, NEST and Brian2. Knows no files, no gradients.
 *   Ie = bE·Ie + Σ w s_pre[t − L]; Ii likewise; V = r > 0 ? V : drive + a·V + kE·Ie − kI·Ii; V ≥ vThresh → spike, V = vReset, r = R
 * The same equations as snn/kernel (f32); L is the platform's latency in steps. Pinned by test/spinnaker/float-simulator.test.ts.
 */
import type { CellParameters, SpikingNetwork } from '../../snn/network/network.ts';
import { cellStepConstants } from '../../snn/network/step-constants.ts';
import type { InputSpikes } from './integer-simulator.ts';
import { type Raster, RasterBuilder } from './raster.ts';

interface Constants {
  readonly a: Float64Array;
  readonly bE: Float64Array;
  readonly bI: Float64Array;
  readonly kE: Float64Array;
  readonly kI: Float64Array;
  readonly drive: Float64Array;
}

function constantsOf(cells: CellParameters, dtMs: number): Constants {
  const size = cells.tauMMs.length;
  const names = ['a', 'bE', 'bI', 'kE', 'kI', 'drive'] as const;
  const out = Object.fromEntries(names.map((name) => [name, new Float64Array(size)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  for (let i = 0; i < size; i++) {
    const cell = {
      tauMMs: cells.tauMMs[i]!,
      cmNf: cells.cmNf[i]!,
      vRestMv: cells.vRestMv[i]!,
      iOffsetNa: cells.iOffsetNa[i]!,
      tauSynEMs: cells.tauSynEMs[i]!,
      tauSynIMs: cells.tauSynIMs[i]!,
    };
    const constants = cellStepConstants(cell, dtMs);
    for (const name of names) out[name][i] = constants[name];
  }
  return out;
}

/** The largest values met in a run, for choosing the board's ranges. */
export interface FloatPeaks {
  /** [N, 2] nA, Σ w of the spikes that arrive in one step, by receptor. */
  readonly input: Float64Array;
  /** [N, 2] nA, synaptic current. */
  readonly current: Float64Array;
}

export interface FloatRun {
  readonly spikes: Raster;
  /** [T, n] V after the update, before the reset, of the cells asked for. */
  readonly vMv?: Float64Array;
}

export interface FloatRunOptions {
  /** Raised in place where a run goes higher. */
  readonly peaks?: FloatPeaks;
  readonly voltagesOf?: Int32Array;
}

/** Room for the peaks of N cells. */
function noPeaks(size: number): FloatPeaks {
  return { input: new Float64Array(2 * size), current: new Float64Array(2 * size) };
}

function notePeaks(peaks: FloatPeaks, input: Float64Array, current: Float64Array): void {
  for (let i = 0; i < input.length; i++) {
    if (input[i]! > peaks.input[i]!) peaks.input[i] = input[i]!;
    if (current[i]! > peaks.current[i]!) peaks.current[i] = current[i]!;
  }
}

/** One network at one latency, ready to run from rest. */
export class FloatSimulator {
  private readonly network: SpikingNetwork;
  private readonly constants: Constants;
  private readonly weight: Float64Array;
  private readonly target: Int32Array;
  private readonly latencySteps: number;

  constructor(network: SpikingNetwork, latencySteps = 1) {
    if (!(Number.isInteger(latencySteps) && latencySteps >= 1)) {
      throw new RangeError(`FloatSimulator: latencySteps is ${latencySteps}, want ≥ 1`);
    }
    const { topology } = network;
    this.network = network;
    this.latencySteps = latencySteps;
    this.constants = constantsOf(network.cells, network.dtMs);
    this.weight = Float64Array.from(network.weightNa);
    this.target = topology.colIdx.map((cell, e) => 2 * cell + topology.receptor[e]!);
  }

  /** Runs the steps that `input` has. cost: about 4 ns a cell and step, 2 ns a synaptic event. */
  run(input: InputSpikes, options: FloatRunOptions = {}): FloatRun {
    const { size, inputSize } = this.network.topology;
    const steps = input.stepPtr.length - 1;
    const slots = this.latencySteps + 1;
    const ring = Array.from({ length: slots }, () => new Float64Array(2 * size));
    const v = Float64Array.from(this.network.cells.vRestMv);
    const current = new Float64Array(2 * size);
    const refractory = new Int32Array(size);
    const fired = new Int32Array(size);
    const builder = new RasterBuilder(steps);
    const watched = options.voltagesOf ?? new Int32Array(0);
    const vMv = new Float64Array(steps * watched.length);
    for (let t = 0; t < steps; t++) {
      const arriving = ring[t % slots]!;
      this.addInput(arriving, current);
      if (options.peaks !== undefined) notePeaks(options.peaks, arriving, current);
      arriving.fill(0);
      const count = this.updateCells(v, current, refractory, fired);
      builder.add(fired, count);
      this.note(v, fired, count, watched, vMv.subarray(t * watched.length, (t + 1) * watched.length));
      const later = ring[(t + this.latencySteps) % slots]!;
      for (let k = input.stepPtr[t]!; k < input.stepPtr[t + 1]!; k++) this.deliver(input.cell[k]!, later);
      for (let k = 0; k < count; k++) this.deliver(inputSize + fired[k]!, later);
    }
    const spikes = builder.build();
    return options.voltagesOf === undefined ? { spikes } : { spikes, vMv };
  }

  private addInput(arriving: Float64Array, current: Float64Array): void {
    const { bE, bI } = this.constants;
    for (let i = 0; i < bE.length; i++) {
      current[2 * i] = bE[i]! * current[2 * i]! + arriving[2 * i]!;
      current[2 * i + 1] = bI[i]! * current[2 * i + 1]! + arriving[2 * i + 1]!;
    }
  }

  /** Leaves V of a cell that fires as it is; `note` resets it. */
  private updateCells(v: Float64Array, current: Float64Array, refractory: Int32Array, fired: Int32Array): number {
    const { a, kE, kI, drive } = this.constants;
    const { vThreshMv, refractorySteps } = this.network.cells;
    let count = 0;
    for (let i = 0; i < v.length; i++) {
      if (refractory[i]! > 0) refractory[i]! -= 1;
      else v[i] = drive[i]! + a[i]! * v[i]! + kE[i]! * current[2 * i]! - kI[i]! * current[2 * i + 1]!;
      if (v[i]! < vThreshMv[i]!) continue;
      refractory[i] = refractorySteps[i]!;
      fired[count++] = i;
    }
    return count;
  }

  private note(v: Float64Array, fired: Int32Array, count: number, watched: Int32Array, row: Float64Array): void {
    for (let k = 0; k < watched.length; k++) row[k] = v[watched[k]!]!;
    const { vResetMv } = this.network.cells;
    for (let k = 0; k < count; k++) v[fired[k]!] = vResetMv[fired[k]!]!;
  }

  private deliver(row: number, slot: Float64Array): void {
    const { rowPtr } = this.network.topology;
    const end = rowPtr[row + 1]!;
    for (let e = rowPtr[row]!; e < end; e++) slot[this.target[e]!]! += this.weight[e]!;
  }
}

/** Peaks over all inputs, [N, 2] each. cost: one run an input. */
export function peaksOver(network: SpikingNetwork, inputs: Iterable<InputSpikes>): FloatPeaks {
  const simulator = new FloatSimulator(network);
  const peaks = noPeaks(network.topology.size);
  for (const input of inputs) simulator.run(input, { peaks });
  return peaks;
}
