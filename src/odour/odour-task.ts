/** The odour classification task: which input cell fires with which probability, for which odour, and which trials exist. Knows no network. */
import type { DrawnSpikes } from '../base/draw-spikes.ts';

/** The splits of trials; the number enters the random key. */
export const splits = { train: 0, validation: 1, test: 2 } as const;
/** The name of a split. */
export type Split = keyof typeof splits;

/** One odour, one class. */
export interface Odour {
  /** InChIKey. */
  readonly key: string;
  readonly name: string;
}

/** The classification task: what `orn-spikes` writes. */
export interface OdourTask {
  /** [C] the classes, in the order of the response matrix. */
  readonly odours: readonly Odour[];
  /** The input population, e.g. ORN; its cells are in the pathway's order. */
  readonly population: string;
  /** Number of input cells nIn. */
  readonly inputSize: number;
  /** T, steps of dtMs. */
  readonly steps: number;
  readonly dtMs: number;
  /** The odour is on from step 0 for a whole number of steps, uniform in [minMs, maxMs] (both included). */
  readonly durationMs: { readonly min: number; readonly max: number };
  /** [C, nIn] probability of a spike in one step while the odour is on. */
  readonly onProbability: Float32Array;
  /** [nIn] probability of a spike in one step otherwise. */
  readonly offProbability: Float32Array;
  readonly seed: number;
  /** Trials an odour in each split; `train` is per epoch: epoch e has trials e·train … (e+1)·train − 1. */
  readonly trials: Readonly<Record<Split, number>>;
  /** Rules, counts and sources, for reports (canonical JSON data). */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** One trial of the task: the same trial is the same spikes on every machine. */
export interface Trial {
  readonly split: Split;
  /** 0 … C − 1, or C for clean air: a trial without odour. */
  readonly odour: number;
  /** Number of the trial within its split and odour. */
  readonly trial: number;
}

/** Which cells fire in each step of one trial: CSR over steps, cells ascending within a step. */
export type SpikeEvents = DrawnSpikes;
