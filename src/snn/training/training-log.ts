/** A training history in the forms that people and tools read: JSON lines, a summary, TensorBoard, Weights & Biases. Knows no files, no clock. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOfJson } from '../../base/digest.ts';
import { encodeTensorboardEvents } from '../../formats/logs/tensorboard-events.ts';
import { encodeWandbRun } from '../../formats/logs/wandb-run.ts';
import { type EpochRecord, scalarsOf, type TestRecord } from './epoch-record.ts';

/** All records of a run; `test` once it is known. */
export interface TrainingHistory {
  readonly epochs: readonly EpochRecord[];
  readonly test?: TestRecord;
  /** Settings, for logs that hold them (canonical JSON data). */
  readonly config: Readonly<Record<string, unknown>>;
}

/** One canonical JSON line an epoch, and one for the test split; without clock or host, so it can be hashed. */
export function metricsLines(history: TrainingHistory): string {
  const records: unknown[] = [...history.epochs, ...(history.test === undefined ? [] : [history.test])];
  return records.map((record) => `${canonicalJson(record)}\n`).join('');
}

/** The file of TensorBoard: every number of every epoch; wall time is the epoch, in seconds. */
export function tensorboardFile(history: TrainingHistory): Uint8Array {
  const steps = history.epochs.map((record) => ({
    step: record.epoch,
    wallTime: record.epoch,
    scalars: epochScalars(record),
  }));
  const last = history.epochs.length;
  if (history.test !== undefined) {
    steps.push({ step: last, wallTime: last, scalars: scalarsOf(history.test) });
  }
  return encodeTensorboardEvents(steps);
}

/** An offline run of Weights & Biases; path below the output folder, and bytes. Its id and time follow from the settings alone. */
export function wandbRun(history: TrainingHistory): { readonly path: string; readonly bytes: Uint8Array } {
  const id = digestOfJson(history.config).slice(0, 8);
  const bytes = encodeWandbRun({
    id,
    project: 'cc-snn',
    name: `train-${id}`,
    startTime: 0,
    config: history.config,
    history: history.epochs.map((record) => ({ step: record.epoch, values: epochScalars(record) })),
    summary: summaryScalars(history),
  });
  return { path: `offline-run-19700101_000000-${id}/run-${id}.wandb`, bytes };
}

/** Headline figures of a run for `pipeline metrics`: last validation, test, rates, gradient health. */
export function summaryScalars(history: TrainingHistory): Record<string, number> {
  const last = history.epochs.at(-1);
  const accuracy = (split: string, of: Readonly<Record<string, { readonly accuracy: number }>>) =>
    Object.fromEntries(Object.entries(of).map(([name, m]) => [`${split}/${name}/accuracy`, m.accuracy]));
  return {
    epochs: history.epochs.length,
    ...(last === undefined ? {} : accuracy('validation', last.validation)),
    ...(history.test === undefined ? {} : accuracy('test', history.test.test)),
    ...(last === undefined ? {} : scalarsOf((history.test ?? last).activity.rateHz, 'rate_hz/')),
    ...(last?.activity.active['KC'] === undefined
      ? {}
      : { 'active/KC': (history.test ?? last).activity.active['KC']!.mean }),
    'gradient/skipped': history.epochs.reduce((sum, record) => sum + record.gradient.skipped, 0),
    'gradient/largestNorm': history.epochs.reduce((most, record) => Math.max(most, record.gradient.largestNorm), 0),
  };
}

function epochScalars({ epoch: _, steps: __, ...record }: EpochRecord): Record<string, number> {
  return scalarsOf(record);
}
