/** A network that runs trials one by one, names the odour, and replays the whole test. Knows no page. */

import type { OdourTask, Trial } from '../../odour/odour-task.ts';
import type { Kernel, KernelInput } from '../../snn/kernel/kernel.ts';
import { openKernel } from '../../snn/kernel/open-kernel.ts';
import { kernelTaskOf, kernelTrialsOf } from '../../snn/network/kernel-task.ts';
import type { Model, SpikingNetwork } from '../../snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf } from '../../snn/network/simulate.ts';
import { readoutLogits } from '../../snn/readout/readout.ts';

/** What one trial did. */
export interface LiveRecord {
  /** [T, N] 0 | 1 */
  readonly spikes: Uint8Array;
  /** [N] */
  readonly counts: Float32Array;
  /** [C] softmax of the readout's logits: how sure it is of each odour; empty where the model has no readout. */
  readonly chances: Float64Array;
}

/** One model with a kernel of its own, one thread. */
export class LiveModel {
  private readonly model: Model;
  private readonly kernel: Kernel;

  constructor(model: Model) {
    this.model = model;
    this.kernel = openKernel('wasm', kernelNetworkOf(model.network, model.steps), { decayGradients: false });
    this.setNetwork(model.network);
  }

  /** Other cells or weights on the same connections. cost: O(E). */
  setNetwork(network: SpikingNetwork): void {
    this.kernel.setParameters(kernelParametersOf(network));
  }

  /** One trial; the same equations and bits as `train` and `evaluate`. */
  run(input: KernelInput): LiveRecord {
    const { size } = this.model.network.topology;
    const { spikes } = this.kernel.record(input);
    const counts = new Float32Array(size);
    eachSpike(spikes, size, (_, cell) => {
      counts[cell]! += 1;
    });
    return {
      spikes,
      counts,
      chances: this.model.readouts.length === 0 ? new Float64Array(0) : softmax(this.logits(counts)),
    };
  }

  /** Draw trials of this task inside the kernel from now on. */
  setTask(task: OdourTask): void {
    this.kernel.setTask(kernelTaskOf(task));
  }

  /** The odour named in each trial. */
  name(trials: readonly Trial[]): Int32Array {
    const { counts } = this.kernel.forwardTrials(kernelTrialsOf(trials), false);
    const logits = this.logits(counts);
    const classes = logits.length / trials.length;
    return Int32Array.from(trials, (_, b) => mostLikely(logits.subarray(b * classes, (b + 1) * classes)));
  }

  close(): void {
    this.kernel.close();
  }

  private logits(counts: Float32Array): Float64Array {
    return readoutLogits(this.model.readouts[0]!, this.model.network.topology, counts);
  }
}

/** Calls `of(step, cell)` for each spike of [T, N], steps ascending, then cells. cost: T·N/4 words, and the spikes. */
export function eachSpike(spikes: Uint8Array, size: number, of: (step: number, cell: number) => void): void {
  const words = new Uint32Array(spikes.buffer, spikes.byteOffset, spikes.length >> 2);
  const at = (place: number): void => {
    if (spikes[place] === 1) of(Math.floor(place / size), place % size);
  };
  for (let w = 0; w < words.length; w++) if (words[w] !== 0) for (let b = 0; b < 4; b++) at(4 * w + b);
  for (let place = 4 * words.length; place < spikes.length; place++) at(place);
}

/** The first of the largest. */
export function mostLikely(values: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if (values[c]! > values[best]!) best = c;
  return best;
}

function softmax(logits: Float64Array): Float64Array {
  const most = logits[mostLikely(logits)]!;
  const weights = logits.map((logit) => Math.exp(logit - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
