/** Small random networks, parameters and inputs for the kernel tests, from one seed. */
import { RandomStream } from '../../../src/base/random.ts';
import type { KernelInput, KernelNetwork, KernelParameters } from '../../../src/snn/kernel/kernel.ts';

export interface NetworkShape {
  readonly inputSize: number;
  readonly size: number;
  readonly steps: number;
  readonly gainCount: number;
  /** Probability of each of the (inputSize + N)·N pairs, self-loops among them. */
  readonly density: number;
}

/** Edges with 0 … 4 synapses (0: a zero weight), both receptors, gains at random. */
export function randomNetwork(shape: NetworkShape, seed: number): KernelNetwork {
  const stream = new RandomStream([seed, 1]);
  const rowPtr = [0];
  const columns: { colIdx: number; receptor: number; synCount: number; gainIdx: number }[] = [];
  for (let row = 0; row < shape.inputSize + shape.size; row++) {
    for (let colIdx = 0; colIdx < shape.size; colIdx++) {
      if (stream.uniform() >= shape.density) continue;
      const receptor = stream.uniform() < 0.35 && row >= shape.inputSize ? 1 : 0;
      columns.push({ colIdx, receptor, synCount: stream.below(5), gainIdx: stream.below(shape.gainCount) });
    }
    rowPtr.push(columns.length);
  }
  return {
    ...{ inputSize: shape.inputSize, size: shape.size, steps: shape.steps, gainCount: shape.gainCount },
    rowPtr: Int32Array.from(rowPtr),
    colIdx: Int32Array.from(columns, (edge) => edge.colIdx),
    receptor: Uint8Array.from(columns, (edge) => edge.receptor),
    synCount: Int32Array.from(columns, (edge) => edge.synCount),
    gainIdx: Int32Array.from(columns, (edge) => edge.gainIdx),
  };
}

export interface ParameterStyle {
  readonly maxRefractory: number;
  readonly freeWeights: boolean;
  /** Scales all gains: large ones saturate cells. */
  readonly loudness: number;
  readonly damping: number;
  /** Range of the surrogate's half-width, mV. */
  readonly width: readonly [number, number];
}

/** Thresholds of 5 … 15 mV above reset; some cells driven above threshold, some never reached. */
export function randomParameters(network: KernelNetwork, style: ParameterStyle, seed: number): KernelParameters {
  const stream = new RandomStream([seed, 2]);
  const uniform = (low: number, high: number) => low + (high - low) * stream.uniform();
  const cells = (make: () => number) => Float32Array.from({ length: network.size }, make);
  const weight = Float32Array.from(network.synCount, (count) => style.loudness * count * uniform(0.2, 0.8));
  const a = cells(() => uniform(0.85, 0.97));
  const rest = cells(() => uniform(-1, 1));
  return {
    gain: Float32Array.from({ length: network.gainCount }, () => style.loudness * uniform(0.1, 0.8)),
    ...(style.freeWeights ? { weight } : {}),
    a,
    bE: cells(() => uniform(0.6, 0.9)),
    bI: cells(() => uniform(0.7, 0.95)),
    kE: cells(() => uniform(0.5, 1.5)),
    kI: cells(() => uniform(0.2, 1)),
    drive: cells(() => uniform(0, 1)).map((x, i) => (1 - a[i]!) * rest[i]! + (x > 0.9 ? 2 : x * 0.3)),
    vRest: rest,
    vThresh: cells(() => uniform(5, 15)),
    vReset: cells(() => uniform(-3, 1)),
    refractorySteps: Int32Array.from({ length: network.size }, () => stream.below(style.maxRefractory + 1)),
    surrogateWidth: cells(() => uniform(...style.width)),
    damping: style.damping,
  };
}

/** One trial in which every input cell fires with probability p in each step. */
export function randomInput(network: KernelNetwork, p: number, seed: number): KernelInput {
  const stream = new RandomStream([seed, 3]);
  const cells: number[] = [];
  const stepPtr = new Int32Array(network.steps + 1);
  for (let t = 0; t < network.steps; t++) {
    for (let i = 0; i < network.inputSize; i++) if (stream.uniform() < p) cells.push(i);
    stepPtr[t + 1] = cells.length;
  }
  return { stepPtr, cell: Uint16Array.from(cells) };
}

/** dL/dcounts [B, N] in (−1, 1), for a linear loss. */
export function randomCountGradient(length: number, seed: number): Float32Array {
  const stream = new RandomStream([seed, 4]);
  return Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
}
