/**
 * What can be watched while a training runs: metrics.jsonl, a TensorBoard file and a W&B offline run that grow with it, with the clock, in a
 * folder that is not hashed. A disk that refuses them costs the logs, not the training.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tensorboardEvent, tensorboardHead } from '../../src/formats/logs/tensorboard-events.ts';
import { WandbLog } from '../../src/formats/logs/wandb-run.ts';
import type { EpochRecord, TestRecord } from '../../src/snn/training/epoch-record.ts';
import {
  configEvent,
  epochEvent,
  type RunNames,
  summaryScalars,
  testScalars,
  wandbEpoch,
} from '../../src/snn/training/training-log.ts';
import type { StepReport } from '../../src/snn/training/training-run.ts';

const metricsFile = 'metrics.jsonl';

export class LiveLog {
  private readonly folder: string;
  private readonly warn: (message: string) => void;
  private readonly config: Readonly<Record<string, unknown>>;
  private readonly wandb: WandbLog;
  private readonly wandbFile: string;
  private readonly began = Date.now();
  private epoch: EpochRecord | undefined;
  private epochs: EpochRecord[] = [];
  private broken = false;

  constructor(
    folder: string,
    names: RunNames,
    config: Readonly<Record<string, unknown>>,
    warn: (message: string) => void,
  ) {
    this.folder = folder;
    this.warn = warn;
    this.config = config;
    this.wandb = new WandbLog({ ...names, startTime: Math.floor(this.began / 1000), config });
    const stamp = new Date(this.began).toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
    this.wandbFile = join('wandb', `offline-run-${stamp}-${names.id}`, `run-${names.id}.wandb`);
  }

  /** `known`: epochs of a run that goes on. */
  async open(known: readonly EpochRecord[]): Promise<void> {
    const seconds = this.began / 1000;
    await this.append(metricsFile, this.line({ kind: 'config', config: this.config }));
    await this.append('tensorboard/events.out.tfevents.live.cc-snn', tensorboardHead(seconds));
    await this.event(tensorboardEvent(configEvent(this.config, seconds)));
    await this.append(this.wandbFile, this.wandb.head());
    for (const record of known) {
      await this.noteEpoch(record);
      await this.append(this.wandbFile, this.wandb.step(record.steps, this.timed(wandbEpoch(record))));
    }
    this.epoch = undefined;
  }

  /** Before the step that ends the epoch is told. */
  async noteEpoch(record: EpochRecord): Promise<void> {
    this.epoch = record;
    this.epochs.push(record);
    await this.append(metricsFile, this.line({ kind: 'epoch', ...record }));
    await this.event(tensorboardEvent(epochEvent(record, record.steps, Date.now() / 1000)));
  }

  async noteStep(report: StepReport, samplesPerSecond: number): Promise<void> {
    const { step, epoch, loss, accuracy, learningRate } = report;
    const figures = { 'step/loss': loss, 'step/accuracy': accuracy, learningRate, samplesPerSecond };
    await this.append(
      metricsFile,
      this.line({ kind: 'step', step, epoch, loss, accuracy, learningRate, samplesPerSecond }),
    );
    await this.event(tensorboardEvent({ step, wallTime: Date.now() / 1000, scalars: figures }));
    const ended = this.epoch === undefined ? {} : wandbEpoch(this.epoch);
    this.epoch = undefined;
    await this.append(this.wandbFile, this.wandb.step(step, this.timed({ ...ended, ...figures })));
  }

  async end(step: number, test: TestRecord): Promise<void> {
    await this.append(metricsFile, this.line({ kind: 'test', ...test }));
    await this.event(tensorboardEvent({ step, wallTime: Date.now() / 1000, scalars: testScalars(test) }));
    const summary = summaryScalars({ epochs: this.epochs, test, config: this.config });
    await this.append(this.wandbFile, this.wandb.end(this.timed(summary)));
  }

  private line(record: object): string {
    return `${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`;
  }

  /** W&B's own names for the clock. */
  private timed(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const now = Date.now();
    return { ...values, _timestamp: now / 1000, _runtime: (now - this.began) / 1000 };
  }

  private event(bytes: Uint8Array): Promise<void> {
    return this.append('tensorboard/events.out.tfevents.live.cc-snn', bytes);
  }

  private async append(name: string, data: string | Uint8Array): Promise<void> {
    if (this.broken) return;
    try {
      const path = join(this.folder, name);
      await mkdir(join(path, '..'), { recursive: true });
      await appendFile(path, data);
    } catch (error) {
      this.broken = true;
      this.warn(`the live logs end here: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
