/**
 * The seam between the trainer and the code that steps cells: flat arrays in, spike counts and gradients out.
 * Two implementations, `reference` (readable TypeScript) and `wasm`, must agree bit for bit. Imports base at most.
 *
 * One step (dt) of cell i, r = refractory counter:
 *   Ie ← bE·Ie + Σ w⁺ s_pre[t−1];  Ii ← bI·Ii + Σ w⁻ s_pre[t−1]
 *   V  ← r > 0 ? V : drive + a·V + kE·Ie − kI·Ii        (drive holds vRest and the offset current)
 *   s  ← V ≥ vThresh; spike: V ← vReset, r ← R; else r ← max(0, r − 1)
 * Initial state: V = vRest, Ie = Ii = 0, r = 0. Input spikes of step t−1 arrive at t, like all others.
 */

import type { DrawnSpikes } from '../../base/draw-spikes.ts';
import { LANES } from './layout.ts';

/**
 * Connections by presynaptic cell. Rows 0 … inputSize−1 are the input cells, row inputSize + i is cell i.
 * The weight of edge e is gain[gainIdx[e]] · synCount[e] (or one free value an edge); its receptor says which current it feeds.
 */
export interface KernelNetwork {
  readonly inputSize: number;
  /** N spiking cells. */
  readonly size: number;
  /** [inputSize + N + 1] */
  readonly rowPtr: Int32Array;
  /** [E] postsynaptic cell 0 … N−1. */
  readonly colIdx: Int32Array;
  /** [E] 0 excitatory, 1 inhibitory. */
  readonly receptor: Uint8Array;
  /** [E] synapses of the pair. */
  readonly synCount: Int32Array;
  /** [E] which gain, 0 … gainCount−1. */
  readonly gainIdx: Int32Array;
  readonly gainCount: number;
  /** T */
  readonly steps: number;
}

/** Everything that training may change, resolved to step constants. f32 throughout. */
export interface KernelParameters {
  /** [G] nA per synapse, ≥ 0 … */
  readonly gain: Float32Array;
  /** … or, when given, [E] the free weight of each edge instead of gain·synCount. */
  readonly weight?: Float32Array;
  /** [N] exp(−dt/tauM) */
  readonly a: Float32Array;
  /** [N] exp(−dt/tauSynE) */
  readonly bE: Float32Array;
  /** [N] exp(−dt/tauSynI) */
  readonly bI: Float32Array;
  /** [N] mV per nA: (tauM/cm)(1 − a)·(tauSynE/dt)(1 − bE) */
  readonly kE: Float32Array;
  readonly kI: Float32Array;
  /** [N] mV: (1 − a)·vRest + (tauM/cm)(1 − a)·iOffset */
  readonly drive: Float32Array;
  /** [N] mV each */
  readonly vRest: Float32Array;
  readonly vThresh: Float32Array;
  readonly vReset: Float32Array;
  readonly refractorySteps: Int32Array;
  /** [N] half-width of the triangular surrogate, mV: ds/dV = (damping/width)·max(0, 1 − |V − vThresh|/width). */
  readonly surrogateWidth: Float32Array;
  readonly damping: number;
}

/** Spikes that enter, one entry a trial: CSR over steps, cells ascending within a step. */
export type KernelInput = DrawnSpikes;

/** Instead of ready spikes: trials that the kernel draws itself, equal to odour/ bit for bit. */
export interface KernelTask {
  readonly onThreshold: Uint32Array; // [C, nIn] a spike where draw < threshold; clean air, if it is drawn, is one of the C
  readonly offThreshold: Uint32Array; // [nIn]
  readonly seed: number;
  readonly minSteps: number;
  readonly maxSteps: number;
}
/** One trial of a task: `split` is 0 train, 1 validation, 2 test. */
export interface KernelTrial {
  readonly split: number;
  readonly odour: number;
  readonly trial: number;
}

/** What a batch of trials gives. */
export interface KernelCounts {
  /** [B, N] spikes of each cell in each trial. */
  readonly counts: Float32Array;
  /** Synaptic events delivered, for reports. */
  readonly events: number;
  /** What overflowed to Infinity or NaN, by name ('V', 'Ie', 'Ii'); empty as a rule. */
  readonly nonFinite: readonly string[];
}

/** Trials of a batch are summed in chunks of this many, then the chunks in order: the same bits for any number of threads. */
export const chunkSize: number = LANES;

/** The parameters that have a gradient; `weight` where weights are free. */
export const gradientNames = ['gain', 'weight', 'a', 'bE', 'bI', 'kE', 'kI', 'drive', 'vThresh', 'vReset'] as const;

/** dL/dparameter, in the parameter's shape, summed over the batch in a fixed order, f32. With free weights `gain` holds zeros. */
export type KernelGradients = Readonly<Pick<KernelParameters, (typeof gradientNames)[number]>> & {
  /** Which of these hold an Infinity or NaN, by name; empty as a rule. */
  readonly nonFinite: readonly string[];
};

/** Full state of one trial, for traces, analyses and equality tests. */
export interface KernelRecord {
  /** [T, N] 0 | 1 */
  readonly spikes: Uint8Array;
  /** [T, n] V after the update and before the reset, of the cells asked for. */
  readonly vMv?: Float32Array;
}

/** A running kernel for one network; synchronous; threads, if any, live until close(). */
export interface Kernel {
  readonly name: 'reference' | 'wasm';
  readonly threads: number;
  setParameters(parameters: KernelParameters): void;
  /** Draw inputs inside the kernel from now on in forwardTrials. */
  setTask(task: KernelTask): void;
  /** Runs a batch; keeps the tape for backward when `tape`. Order of trials is the order of rows. */
  forward(inputs: readonly KernelInput[], tape: boolean): KernelCounts;
  forwardTrials(trials: readonly KernelTrial[], tape: boolean): KernelCounts;
  /** Exact gradients of L for the batch of the last forward with tape, given dL/dcounts [B, N]. */
  backward(countGradient: Float32Array): KernelGradients;
  /** One trial with its spikes, and V of some cells. */
  record(input: KernelInput, voltagesOf?: Int32Array): KernelRecord;
  close(): void;
}
