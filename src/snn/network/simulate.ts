/** A network as the kernel wants it, and spike counts of many trials. Knows no training and no files. */
import type { Kernel, KernelInput, KernelNetwork, KernelParameters, KernelTrial } from '../kernel/kernel.ts';
import type { SpikingNetwork, Topology } from './network.ts';
import { stepConstants } from './step-constants.ts';

/** The triangle that stands for ds/dV in the backward pass. */
export interface Surrogate {
  /** Half-width of the triangle, relative to vThresh − vReset. */
  readonly relativeWidth: number;
  /** Factor on its slope; damping / relativeWidth ≤ 1 keeps the factor through a spike within [−1, 1]. */
  readonly damping: number;
}

/** For runs without a gradient, where it has no effect. */
const noSurrogate: Surrogate = { relativeWidth: 1, damping: 0 };

/** The part of a network that training does not change; arrays are shared, not copied. */
export function kernelNetworkOf(network: { readonly topology: Topology }, steps: number): KernelNetwork {
  const { inputSize, size, rowPtr, colIdx, receptor, synCount, gainIdx, gainNames } = network.topology;
  if (!(Number.isInteger(steps) && steps > 0)) throw new RangeError(`kernelNetworkOf: steps is ${steps}, want ≥ 1`);
  return { inputSize, size, rowPtr, colIdx, receptor, synCount, gainIdx, gainCount: gainNames.length, steps };
}

/**
 * The kernel's parameters of a network: gains where it has them (the same arithmetic as in training, hence the same spikes), else
 * one weight an edge. Runs without a gradient need no surrogate. cost: O(N) exponentials.
 */
export function kernelParametersOf(network: SpikingNetwork, surrogate: Surrogate = noSurrogate): KernelParameters {
  const { cells, topology } = network;
  const constants = stepConstants(cells, network.dtMs);
  const surrogateWidth = cells.vThreshMv.map((v, i) => surrogate.relativeWidth * (v - cells.vResetMv[i]!));
  const shared = {
    ...constants,
    vRest: cells.vRestMv,
    vThresh: cells.vThreshMv,
    vReset: cells.vResetMv,
    refractorySteps: cells.refractorySteps,
    surrogateWidth,
    damping: surrogate.damping,
  };
  return network.gainNa === undefined
    ? { gain: new Float32Array(topology.gainNames.length), weight: network.weightNa, ...shared }
    : { gain: network.gainNa, ...shared };
}

/** Trials that the kernel draws (after setTask) or ready input spikes. */
export type TrialSource = { readonly trials: readonly KernelTrial[] } | { readonly inputs: readonly KernelInput[] };

/**
 * Spike counts [B, N] of all trials, in batches; rows in the order of the trials whatever the batch size and threads.
 * `onBatch(done)` is called after each batch. The kernel's parameters must be set. cost: the kernel's forward pass.
 */
export function spikeCounts(
  kernel: Kernel,
  source: TrialSource,
  options: { readonly batch?: number; readonly onBatch?: (done: number) => void } = {},
): Float32Array {
  const batch = options.batch ?? 32;
  const total = 'trials' in source ? source.trials.length : source.inputs.length;
  let counts: Float32Array | undefined;
  for (let from = 0; from < total; from += batch) {
    const part =
      'trials' in source
        ? kernel.forwardTrials(source.trials.slice(from, from + batch), false)
        : kernel.forward(source.inputs.slice(from, from + batch), false);
    const n = part.counts.length / Math.min(batch, total - from);
    counts ??= new Float32Array(total * n);
    counts.set(part.counts, from * n);
    options.onBatch?.(Math.min(total, from + batch));
  }
  return counts ?? new Float32Array(0);
}
