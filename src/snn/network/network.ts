/** A spiking network in PyNN's terms, resolved to numbers: what is trained, evaluated, exported and run. Knows no files and no gradients. */

import type { KernelNetwork, KernelParameters } from '../kernel/kernel.ts';

/** A run of consecutive cells. */
export interface PopulationSlice {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** The kernel's connections with names; postsynaptic cells ascend within a row. */
export interface Topology extends Omit<KernelNetwork, 'gainCount' | 'steps'> {
  readonly inputPopulation: string;
  readonly populations: readonly PopulationSlice[];
  /** e.g. `PN→KC exc`. */
  readonly gainNames: readonly string[];
}

/** PyNN IF_curr_exp parameters, one value a cell, [N] each. */
export interface CellParameters {
  readonly vRestMv: Float32Array;
  readonly vResetMv: Float32Array;
  readonly vThreshMv: Float32Array;
  readonly tauMMs: Float32Array;
  readonly cmNf: Float32Array;
  readonly iOffsetNa: Float32Array;
  readonly tauSynEMs: Float32Array;
  readonly tauSynIMs: Float32Array;
  /** Refractory steps R ≥ 0 (tau_refrac = R·dt). */
  readonly refractorySteps: Int32Array;
}

/** Cells, connections and weights, in PyNN's terms. */
export interface SpikingNetwork {
  readonly topology: Topology;
  readonly cells: CellParameters;
  /** [E] ≥ 0, nA (the receptor carries the sign). */
  readonly weightNa: Float32Array;
  /** [G] nA a synapse; there where every weightNa[e] is fround(gainNa[gainIdx[e]]·synCount[e]), absent where edges have free weights. */
  readonly gainNa?: Float32Array;
  readonly dtMs: number;
}

/** Linear readout of spike counts: logit_c = Σ_i weight[c, i]·scale[i]·(count_i − mean_i) + bias_c. */
export interface Readout {
  readonly population: string;
  readonly classes: readonly string[];
  /** [C, n] */
  readonly weight: Float32Array;
  /** [C] */
  readonly bias: Float32Array;
  /** [n] */
  readonly mean: Float32Array;
  /** [n] */
  readonly scale: Float32Array;
}

/** What `train` writes and `evaluate`, `export` and students read. */
export interface Model {
  readonly network: SpikingNetwork;
  /** The main readout first; others (PN, KC) may follow. */
  readonly readouts: readonly Readout[];
  /** T, steps of one trial. */
  readonly steps: number;
  /** [N] cell type of each cell, as names. */
  readonly typeNames: readonly string[];
  readonly typeIdx: Int32Array;
  /** How it was trained: settings, epochs, seed, final metrics (canonical JSON data). */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** The per-step constants of the cell equations (docs/training.md), from PyNN parameters with SpiNNaker's input factor. */
export type StepConstants = Pick<KernelParameters, 'a' | 'bE' | 'bI' | 'kE' | 'kI' | 'drive'>;
