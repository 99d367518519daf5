/** One trial of a trained model with all that happens in it: spikes, and voltages of chosen cells. Knows no training and no files. */
import type { KernelInput } from '../kernel/kernel.ts';
import { openKernel } from '../kernel/open-kernel.ts';
import type { Model } from './network.ts';
import { kernelNetworkOf, kernelParametersOf } from './simulate.ts';

/** What one trial did. */
export interface TrialRecord {
  /** [T, N] 0 | 1, cells in the order of `model.network.topology.populations`. */
  readonly spikes: Uint8Array;
  /** [N] spikes of each cell: what the readouts see. */
  readonly counts: Float32Array;
  /** [T, n] mV before the reset, of the cells asked for, in their order. */
  readonly vMv?: Float32Array;
}

/**
 * The exact trial that `train` and `evaluate` see for this input (of `drawTrial`, say): the same equations, the same bits.
 * @throws RangeError where the input or a cell number does not fit the network. cost: one forward pass.
 */
export function simulateTrial(model: Model, input: KernelInput, voltagesOf: readonly number[] = []): TrialRecord {
  const { network, steps } = model;
  const { size } = network.topology;
  const strange = voltagesOf.find((cell) => !(Number.isInteger(cell) && cell >= 0 && cell < size));
  if (strange !== undefined) throw new RangeError(`simulateTrial: cell ${strange}, want 0 … ${size - 1}`);
  const kernel = openKernel('wasm', kernelNetworkOf(network, steps));
  try {
    kernel.setParameters(kernelParametersOf(network));
    const record = kernel.record(input, voltagesOf.length === 0 ? undefined : Int32Array.from(voltagesOf));
    const counts = new Float32Array(size);
    for (const [at, spike] of record.spikes.entries()) counts[at % size]! += spike;
    return { ...record, counts };
  } finally {
    kernel.close();
  }
}
