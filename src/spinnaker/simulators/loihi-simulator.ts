/**
 * A whole network in Loihi's integers, event by event. Knows no files. In each step, with what spikes of the step before add to I:
 *   V += I − sgn(V)·⌈|V|·decayV/4096⌉ + bias, but not in the R steps after a spike;  V > threshold → spike, V = 0
 *   I −= sgn(I)·⌈|I|·decayI/4096⌉
 * Equal to brian2-loihi 0.5.2 spike by spike where there is no bias, which that has not (test/spinnaker/loihi.test.ts). Registers are of 24 bits
 * there and do not end here: how often V or I leave them is counted.
 */
import type { SpikingNetwork } from '../../snn/network/network.ts';
import type { InputSpikes } from './integer-simulator.ts';
import { type Raster, RasterBuilder } from './raster.ts';

/** A network in Loihi's integers. */
export interface LoihiNetwork {
  readonly network: SpikingNetwork;
  /** A cell spikes when its V is above this. */
  readonly threshold: number;
  /** [N] each, of 4096. */
  readonly decayV: Int32Array;
  readonly decayI: Int32Array;
  /** [N] added to V in each step. */
  readonly bias: Int32Array;
  /** [E] what a spike adds to I: negative where it inhibits. */
  readonly weight: Int32Array;
}

const register = 2 ** 23;

export interface LoihiRun {
  readonly spikes: Raster;
  /** Cells and steps in which V or I was too large for 24 bits. */
  readonly overflows: number;
}

function decayed(x: number, decay: number): number {
  const part = Math.ceil((Math.abs(x) * decay) / 4096);
  return x < 0 ? x + part : x - part;
}

export class LoihiSimulator {
  private readonly loihi: LoihiNetwork;

  constructor(loihi: LoihiNetwork) {
    this.loihi = loihi;
  }

  /** Runs the steps that `input` has, from V = I = 0. cost: about 5 ns a cell and step, 2 ns a synaptic event. */
  run(input: InputSpikes): LoihiRun {
    const { network } = this.loihi;
    const { size, inputSize } = network.topology;
    const steps = input.stepPtr.length - 1;
    const [v, current] = [new Float64Array(size), new Float64Array(size)];
    const wakes = new Int32Array(size);
    const fired = new Int32Array(size);
    const builder = new RasterBuilder(steps);
    let overflows = 0;
    for (let t = 0; t < steps; t++) {
      const { count, large } = this.tick(t, v, current, wakes, fired);
      overflows += large;
      builder.add(fired, count);
      for (let k = input.stepPtr[t]!; k < input.stepPtr[t + 1]!; k++) this.deliver(input.cell[k]!, current);
      for (let k = 0; k < count; k++) this.deliver(inputSize + fired[k]!, current);
    }
    return { spikes: builder.build(), overflows };
  }

  private tick(t: number, v: Float64Array, current: Float64Array, wakes: Int32Array, fired: Int32Array) {
    const { threshold, decayV, decayI, bias, network } = this.loihi;
    const { refractorySteps } = network.cells;
    let [count, large] = [0, 0];
    for (let i = 0; i < v.length; i++) {
      if (wakes[i]! <= t) {
        v[i] = decayed(v[i]!, decayV[i]!) + current[i]! + bias[i]!;
        if (v[i]! > threshold) {
          v[i] = 0;
          wakes[i] = t + 1 + refractorySteps[i]!;
          fired[count++] = i;
        }
      }
      if (Math.abs(v[i]!) >= register || Math.abs(current[i]!) >= register) large++;
      current[i] = decayed(current[i]!, decayI[i]!);
    }
    return { count, large };
  }

  private deliver(row: number, current: Float64Array): void {
    const { network, weight } = this.loihi;
    const { rowPtr, colIdx } = network.topology;
    const end = rowPtr[row + 1]!;
    for (let e = rowPtr[row]!; e < end; e++) current[colIdx[e]!]! += weight[e]!;
  }
}
