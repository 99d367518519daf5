/** A training history in the forms that people and tools read: JSON lines, a summary, TensorBoard, Weights & Biases. Knows no files, no clock. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { type EventStep, encodeTensorboardEvents } from '../../formats/logs/tensorboard-events.ts';
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
  const steps = history.epochs.map((record) => epochEvent(record, record.epoch, record.epoch));
  const last = history.epochs.length;
  if (history.test !== undefined) steps.push({ step: last, wallTime: last, scalars: testScalars(history.test) });
  return encodeTensorboardEvents([configEvent(history.config, steps[0]?.wallTime ?? 0), ...steps]);
}

/** Settings as a text that TensorBoard shows. */
export function configEvent(config: Readonly<Record<string, unknown>>, wallTime: number): EventStep {
  const json = JSON.stringify(JSON.parse(canonicalJson(config)), null, 2);
  return { step: 0, wallTime, scalars: {}, texts: { config: json.replace(/^/gm, '    ') } };
}

/** One epoch: its numbers, and the spikes of all cell types as one distribution. */
export function epochEvent(record: EpochRecord, step: number, wallTime: number): EventStep {
  const histograms = { [spikesTag]: Object.values(record.spikesPerType) };
  return { step, wallTime, scalars: epochScalars(record), histograms };
}

const spikesTag = 'train/spikes per cell type';

/** How a run is told apart at W&B: by the key of the stage, so that other data, odours or settings are another run. */
export interface RunNames {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly group?: string;
  readonly tags?: readonly string[];
}

/** An offline run of Weights & Biases; path below the output folder, and bytes. Its time is 1970: the file is hashed. */
export function wandbRun(
  history: TrainingHistory,
  names: RunNames,
): { readonly path: string; readonly bytes: Uint8Array } {
  const bytes = encodeWandbRun({
    ...names,
    startTime: 0,
    config: history.config,
    history: history.epochs.map((record) => ({ step: record.epoch, values: wandbEpoch(record) })),
    summary: summaryScalars(history),
  });
  return { path: `offline-run-19700101_000000-${names.id}/run-${names.id}.wandb`, bytes };
}

/** One epoch as W&B draws it. */
export function wandbEpoch(record: EpochRecord): Record<string, unknown> {
  return { ...epochScalars(record), [spikesTag]: wandbHistogram(Object.values(record.spikesPerType)) };
}

function wandbHistogram(values: readonly number[], bins = 30): unknown {
  const least = Math.min(0, ...values);
  const width = (Math.max(...values, least) - least) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - least) / width))]!++;
  return { _type: 'histogram', values: counts, bins: Array.from({ length: bins + 1 }, (_, i) => least + i * width) };
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
    ...(last === undefined ? {} : scalarsOf((history.test ?? last).rest.rateHz, 'rest_hz/')),
    ...(last?.activity.active['KC'] === undefined
      ? {}
      : { 'active/KC': (history.test ?? last).activity.active['KC']!.mean }),
    'gradient/skipped': history.epochs.reduce((sum, record) => sum + record.gradient.skipped, 0),
    'gradient/largestNorm': history.epochs.reduce((most, record) => Math.max(most, record.gradient.largestNorm), 0),
  };
}

/** Training and validation figures by tag; the network's activity is that of validation trials. */
export function epochScalars(record: EpochRecord): Record<string, number> {
  const { epoch, steps: _, activity, rest, validation, spikesPerType: __, learningRate, ...others } = record;
  return {
    epoch,
    learningRate,
    ...scalarsOf(others),
    ...scalarsOf(validation, 'validation/'),
    ...scalarsOf(activity, 'validation/activity/'),
    ...scalarsOf(rest, 'validation/rest/'),
  };
}

/** Test figures, under tags that no validation figure has. */
export function testScalars({ test, ...rest }: TestRecord): Record<string, number> {
  return { ...scalarsOf(test, 'test/'), ...scalarsOf(rest, 'test/') };
}
