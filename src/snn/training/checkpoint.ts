/** The whole state of a training run ⇄ bytes: resumed, a run goes on with the bits it would have had. Knows no files. */
import * as tf from '@tensorflow/tfjs-core';
import { type Digest, digestOf, digestOfJson } from '../../base/digest.ts';
import { userError } from '../../base/located-error.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
  tensor,
  tensorData,
} from '../../formats/safetensors.ts';
import { encodeModel } from '../network/model-file.ts';
import type { ScheduledAdam } from '../readout/scheduled-adam.ts';
import type { EpochRecord } from './epoch-record.ts';
import type { EpochSums } from './epoch-sums.ts';
import type { TrainingRun } from './training-run.ts';

const FORMAT = 'cc-snn checkpoint 3';

/** What is not an array. */
interface Header {
  readonly format: string;
  /** Digest of the start and the settings that the state belongs to, but for the number of epochs. */
  readonly line: Digest;
  readonly epochs: number;
  readonly step: number;
  /** Steps each optimizer has applied: the main one leaves out exploded steps. */
  readonly iterations: Readonly<Record<string, number>>;
  readonly skippedInARow: number;
  readonly sums: EpochSums;
  readonly history: readonly EpochRecord[];
}

/** Bytes of the run's state: offsets, readouts, both moments of Adam, sums of the present epoch, history. cost: one copy. */
export function encodeCheckpoint(run: TrainingRun): Uint8Array {
  const tensors: Record<string, Tensor> = {};
  for (const [name, variable] of Object.entries(variablesOf(run))) {
    tensors[name] = tensor(variable.dataSync<'float32'>().slice(), variable.shape);
  }
  const header: Header = {
    format: FORMAT,
    line: lineOf(run),
    epochs: run.setup.settings.epochs,
    step: run.step,
    iterations: Object.fromEntries(Object.entries(optimizersOf(run)).map(([name, adam]) => [name, adam.iterations])),
    skippedInARow: run.main.guard.skippedInARow,
    sums: run.sums,
    history: run.history,
  };
  // Not canonical JSON: the order of names in the history decides the order of lines in plots and logs.
  return encodeSafetensors({ tensors, metadata: { checkpoint: JSON.stringify(header) } });
}

/** Puts a fresh run into the state of a checkpoint; throws a UserError where it belongs to another start or other settings. */
export function restoreCheckpoint(run: TrainingRun, bytes: Uint8Array): void {
  const { file, header } = readCheckpoint(bytes);
  if (header.epochs !== run.setup.settings.epochs || header.line !== lineOf(run)) {
    throw userError(
      'checkpoint: it belongs to a run with other data or settings',
      'resume with the parameters it was made with, or start without it',
    );
  }
  assign(run, file, header);
}

/**
 * Puts a fresh run of more epochs into the state of a shorter one's checkpoint; all else must be equal. The learning rate follows the longer
 * run's schedule from there on, so the result is not that of the longer run from its start. Throws a UserError where they do not fit.
 */
export function extendCheckpoint(run: TrainingRun, bytes: Uint8Array): void {
  const { file, header } = readCheckpoint(bytes);
  if (header.line !== lineOf(run)) {
    throw userError(
      'input checkpoint: it belongs to a training with other data or settings than train.epochs',
      'take data and parameters as they were, and change train.epochs alone',
    );
  }
  if (header.step >= run.totalSteps) {
    const epochs = header.history.length;
    throw userError(
      `input checkpoint: it has ${epochs} epochs already, train.epochs is ${run.setup.settings.epochs}`,
      `set train.epochs to more than ${epochs}`,
    );
  }
  assign(run, file, header);
}

function readCheckpoint(bytes: Uint8Array): { readonly file: TensorFile; readonly header: Header } {
  const file = decodeSafetensors(bytes);
  const header = JSON.parse(file.metadata['checkpoint'] ?? '{}') as Partial<Header>;
  if (header.format !== FORMAT)
    throw new RangeError(`checkpoint: format '${header.format}', this version reads '${FORMAT}'`);
  return { file, header: header as Header };
}

function assign(run: TrainingRun, file: TensorFile, header: Header): void {
  const { step, iterations, skippedInARow, sums, history } = header;
  for (const [name, variable] of Object.entries(variablesOf(run))) {
    const data = tensorData(file, name, Float32Array);
    tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
  }
  for (const [name, adam] of Object.entries(optimizersOf(run))) adam.resumeAt(iterations[name]!);
  run.main.guard.skippedInARow = skippedInARow;
  run.step = step;
  run.sums = sums;
  run.history = [...history];
}

function optimizersOf(run: TrainingRun): Record<string, ScheduledAdam> {
  const beside = [...run.others, ...run.untrained].map((trainer) => [trainer.readout.name, trainer.adam] as const);
  return Object.fromEntries([['network', run.main.adam] as const, ...beside]);
}

function variablesOf(run: TrainingRun): Record<string, tf.Variable> {
  return Object.assign({}, ...Object.values(optimizersOf(run)).map((adam) => adam.state()));
}

/** Digest of all that decides the steps to come but the number of epochs: start, calibration, task, settings, backend. */
function lineOf(run: TrainingRun): Digest {
  const { model, calibrationCounts, task, settings } = run.setup;
  const { epochs: _, ...others } = settings;
  const { onProbability, offProbability, ...taskHead } = task;
  const bytesOf = (array: Float32Array) => digestOf(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return digestOfJson({
    start: digestOf(encodeModel({ ...model, readouts: [], provenance: {} })),
    arrays: [calibrationCounts, onProbability, offProbability].map(bytesOf),
    task: taskHead,
    settings: plain(others),
    backend: tf.getBackend(),
  });
}

/** Settings as JSON: an infinite bound becomes a text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, v: unknown) => (v === Number.POSITIVE_INFINITY ? 'Infinity' : v)));
}
