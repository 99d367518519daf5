/** What a network did in held-out trials: counts of all cells, spike trains of the network's. A plain record; knows no network and no files. */
import type { Odour } from '../../odour/odour-task.ts';

/** Cells of one population, in the record's numbering: the input population first, then the network's in the model's order. */
export interface RecordedPopulation {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Trials in the order in which they were run. */
export interface RecordedTrials {
  /** [B] 0 … C − 1, or C for a trial without odour. */
  readonly odour: Int32Array;
  /** [B] number of the trial within its odour. */
  readonly number: Int32Array;
  /** [B] steps for which the odour was on, from step 0; 0 in trials without odour. */
  readonly onSteps: Int32Array;
}

/** CSR over the network's cells: the spikes of cell i are cellPtr[i] … cellPtr[i + 1] − 1, by trial, then by step. */
export interface RecordedSpikes {
  /** [N + 1] */
  readonly cellPtr: Int32Array;
  /** [spikes] place of the trial in `trials`. */
  readonly trial: Uint16Array;
  /** [spikes] */
  readonly step: Uint16Array;
}

/** What `record` writes and every investigation reads. */
export interface ActivityRecord {
  /** [C] */
  readonly odours: readonly Odour[];
  readonly steps: number;
  readonly dtMs: number;
  /** Width of the bins that analyses over time use, ms. */
  readonly binMs: number;
  readonly inputSize: number;
  readonly populations: readonly RecordedPopulation[];
  readonly typeNames: readonly string[];
  /** [cells] */
  readonly typeIdx: Int32Array;
  readonly trials: RecordedTrials;
  /** [B, cells] */
  readonly counts: Uint16Array;
  readonly spikes: RecordedSpikes;
  /** [C, types of the input] chance of a spike in a step while the odour is on, over that without: what the input tells of the odours. */
  readonly drive: Float32Array;
  /** Names of the types of `drive`. */
  readonly driveTypes: readonly string[];
  /** Where model and task come from, and how they were run. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** The population; throws RangeError that lists those there are. */
export function recordedPopulation(record: ActivityRecord, name: string): RecordedPopulation {
  const found = record.populations.find((population) => population.name === name);
  if (found !== undefined) return found;
  const known = record.populations.map((population) => population.name).join(', ');
  throw new RangeError(`record: no population '${name}', there are ${known}`);
}

/** Number of cells, those of the input among them. */
export function cellsOfRecord(record: ActivityRecord): number {
  return record.typeIdx.length;
}

/** Places of the trials of one odour (C: without odour), in order. */
export function trialsWith(record: ActivityRecord, odour: number): number[] {
  return Array.from(record.trials.odour, (own, b) => (own === odour ? b : -1)).filter((b) => b >= 0);
}

/** Type of a cell, by name. */
export function typeOfCell(record: ActivityRecord, cell: number): string {
  return record.typeNames[record.typeIdx[cell]!]!;
}
