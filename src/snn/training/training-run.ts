/** The training loop: fresh trials each epoch, one step a batch, validation after each epoch, test at the end. Knows no files, no clock. */
import * as tf from '@tensorflow/tfjs-core';
import { restTrials, trialsOf } from '../../odour/draw-trial.ts';
import type { Split, Trial } from '../../odour/odour-task.ts';
import type { KernelParameters, KernelTrial } from '../kernel/kernel.ts';
import { type ActivitySummary, spikesPerType, summariseActivity } from '../network/activity-summary.ts';
import { kernelTrialsOf } from '../network/kernel-task.ts';
import type { Model, Readout } from '../network/network.ts';
import { kernelParametersOf, spikeCounts } from '../network/simulate.ts';
import { NetworkParameters } from '../parameters/network-parameters.ts';
import type { LinearReadout } from '../readout/linear-readout.ts';
import { readoutLogits } from '../readout/readout.ts';
import { ReadoutTrainer } from '../readout/readout-trainer.ts';
import { cosineRate } from '../readout/scheduled-adam.ts';
import { type Score, scoreLogits } from '../readout/score.ts';
import { type EpochRecord, epochRecord, type TestRecord } from './epoch-record.ts';
import { addReadout, addSpikes, type EpochSums, emptySums } from './epoch-sums.ts';
import { GradientGuard } from './gradient-guard.ts';
import { NetworkTrainer } from './network-trainer.ts';
import { byDuration, epochOrder, newReadout } from './run-readouts.ts';
import type { TrainingSetup } from './training-settings.ts';

/** Trials without odour on which validation and test read the network's rest. */
const REST_READ = 24;

/** What a step tells the outside. */
export interface StepReport {
  /** Steps done, of the whole run and of it. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly samples: number;
  /** Of the network. */
  readonly learningRate: number;
  readonly loss: number;
  /** Of this batch through the main readout. */
  readonly accuracy: number;
}

export interface TrainingHooks {
  /** After each step; false stops the run there. May wait, e.g. to let signals in. */
  readonly onStep?: (report: StepReport) => Promise<boolean> | boolean;
  /** After each epoch's validation. */
  readonly onEpoch?: (record: EpochRecord) => Promise<void> | void;
}

export class TrainingRun {
  readonly setup: TrainingSetup;
  readonly main: NetworkTrainer;
  /** Readouts that do not train the network: of the trained network, then of the untrained one. */
  readonly others: readonly ReadoutTrainer[];
  readonly untrained: readonly ReadoutTrainer[];
  readonly stepsPerEpoch: number;
  /** Optimizer steps done. */
  step = 0;
  history: EpochRecord[] = [];
  sums: EpochSums;
  private startParameters: KernelParameters | undefined;
  private readonly untrainedCounts = new Map<Split, Float32Array>();

  constructor(setup: TrainingSetup) {
    const { settings, task, model } = setup;
    this.setup = setup;
    const readout = (prefix: string, population: string) => newReadout(setup, prefix, population);
    const parameters = new NetworkParameters(settings.parameters, model, settings);
    this.main = new NetworkTrainer(
      parameters,
      readout('', settings.readout),
      setup,
      new GradientGuard(settings.limits),
    );
    this.others = settings.otherReadouts.map((name) => new ReadoutTrainer(readout('', name)));
    const beside = settings.baseline ? [settings.readout, ...settings.otherReadouts] : [];
    this.untrained = beside.map((name) => new ReadoutTrainer(readout('untrained ', name)));
    this.stepsPerEpoch = Math.ceil((task.odours.length * task.trials.train) / settings.batch);
    this.sums = emptySums(model.network.topology.size);
  }

  get totalSteps(): number {
    return this.setup.settings.epochs * this.stepsPerEpoch;
  }

  /** Trains from the present step to the end; true when done, false when a hook stopped it (a later run goes on with the same bits). */
  async run(hooks: TrainingHooks = {}): Promise<boolean> {
    while (this.step < this.totalSteps) {
      const epoch = Math.floor(this.step / this.stepsPerEpoch);
      const order = epochOrder(this.setup, epoch);
      for (let at = this.step % this.stepsPerEpoch; at < this.stepsPerEpoch; at++) {
        const { batch } = this.setup.settings;
        const report = this.trainStep(epoch, order.slice(at * batch, (at + 1) * batch));
        if (at === this.stepsPerEpoch - 1) {
          const record = this.finishEpoch(epoch);
          await hooks.onEpoch?.(record);
        }
        if ((await hooks.onStep?.(report)) === false) return this.step === this.totalSteps;
      }
    }
    return true;
  }

  /** Metrics on the test split; call once, after training. */
  test(): TestRecord {
    const trained = this.evaluate('test');
    return {
      test: trained.metrics,
      activity: trained.activity,
      rest: trained.rest,
      ...(this.untrained.length === 0
        ? {}
        : {
            untrainedActivity: summariseActivity(this.setup.model, this.countsOfUntrained('test')),
            untrainedRest: this.restOf(this.setup.model.network, 'test'),
          }),
    };
  }

  /** The trained network with its readouts, the main one first. */
  trainedModel(provenance: Model['provenance']): Model {
    const readouts = [this.main.readout, ...this.others.map((other) => other.readout)];
    return this.asModel(
      this.main.parameters.network(),
      readouts.map((r) => r.snapshot()),
      provenance,
    );
  }

  /** The start with its readouts. */
  untrainedModel(provenance: Model['provenance']): Model {
    return this.asModel(
      this.setup.model.network,
      this.untrained.map((u) => u.readout.snapshot()),
      provenance,
    );
  }

  dispose(): void {
    this.main.dispose();
    for (const trainer of [...this.others, ...this.untrained]) trainer.dispose();
  }

  private asModel(network: Model['network'], readouts: readonly Readout[], provenance: Model['provenance']): Model {
    const { typeNames, typeIdx, steps } = this.setup.model;
    return { network, readouts, steps, typeNames, typeIdx, provenance };
  }

  private trainStep(epoch: number, batch: readonly Trial[]): StepReport {
    const { settings, kernel, model } = this.setup;
    const trials = byDuration(this.setup.task, batch);
    const labels = Int32Array.from(trials, (trial) => trial.odour);
    const share = cosineRate(1, this.step, this.totalSteps);
    const kernelTrials = kernelTrialsOf(trials);
    const rest = restTrials(this.setup.task, 'train', settings.restTrials, this.step * settings.restTrials);
    const result = this.main.step([...kernelTrials, ...kernelTrialsOf(rest)], labels, share, this.step, this.sums);
    this.trainReadouts(this.others, result.counts, labels, share);
    if (this.untrained.length > 0) {
      this.startParameters ??= kernelParametersOf(model.network, settings.surrogate);
      kernel.setParameters(this.startParameters);
      const { counts } = kernel.forwardTrials(kernelTrials, false);
      this.trainReadouts(this.untrained, counts, labels, share);
    }
    addSpikes(this.sums, result.counts);
    this.step += 1;
    const { loss, accuracy } = result;
    return {
      step: this.step,
      steps: this.totalSteps,
      epoch: epoch + 1,
      samples: trials.length,
      learningRate: this.learningRateAt(this.step - 1),
      loss,
      accuracy,
    };
  }

  private learningRateAt(step: number): number {
    return cosineRate(1, step, this.totalSteps) * this.setup.settings.learningRate;
  }

  private trainReadouts(
    trainers: readonly ReadoutTrainer[],
    counts: Float32Array,
    labels: Int32Array,
    share: number,
  ): void {
    if (trainers.length === 0) return;
    const rate = share * this.setup.settings.readoutLearningRate;
    const tensor = tf.tensor2d(counts, [labels.length, counts.length / labels.length]);
    for (const trainer of trainers) addReadout(this.sums, trainer.readout.name, trainer.step(tensor, labels, rate));
    tensor.dispose();
  }

  private finishEpoch(epoch: number): EpochRecord {
    const { model } = this.setup;
    const { metrics, activity, rest } = this.evaluate('validation');
    const trials = this.sums.readouts[this.main.readout.name]!.samples;
    const record = epochRecord(epoch + 1, this.step, this.sums, {
      learningRate: this.learningRateAt(this.step - 1),
      validation: metrics,
      activity,
      rest,
      spikesPerType: spikesPerType(model, this.sums.spikes, trials),
    });
    this.history.push(record);
    this.sums = emptySums(model.network.topology.size);
    return record;
  }

  private evaluate(split: Split): { metrics: Record<string, Score>; activity: ActivitySummary; rest: ActivitySummary } {
    const { kernel, settings, model } = this.setup;
    const trials = this.trialsOf(split);
    const labels = Int32Array.from(trials, (trial) => trial.odour);
    kernel.setParameters(kernelParametersOf(this.main.parameters.network(), settings.surrogate));
    const counts = spikeCounts(kernel, { trials }, { batch: settings.batch });
    const metrics: Record<string, Score> = {};
    const readOut = (readouts: readonly LinearReadout[], of: Float32Array) => {
      for (const readout of readouts) {
        const logits = readoutLogits(readout.snapshot(), model.network.topology, of);
        metrics[readout.name] = scoreLogits(logits, labels, readout.classes.length);
      }
    };
    readOut([this.main.readout, ...this.others.map((o) => o.readout)], counts);
    if (this.untrained.length > 0)
      readOut(
        this.untrained.map((u) => u.readout),
        this.countsOfUntrained(split),
      );
    const rest = this.restOf(this.main.parameters.network(), split);
    return { metrics, activity: summariseActivity(model, counts), rest };
  }

  /** What a network does in trials of a split without odour. */
  private restOf(network: Model['network'], split: Split): ActivitySummary {
    const { kernel, settings, model, task } = this.setup;
    kernel.setParameters(kernelParametersOf(network, settings.surrogate));
    const trials = kernelTrialsOf(restTrials(task, split, REST_READ));
    return summariseActivity(model, spikeCounts(kernel, { trials }, { batch: settings.batch }));
  }

  /** The untrained network's counts never change: computed once a split. */
  private countsOfUntrained(split: Split): Float32Array {
    const known = this.untrainedCounts.get(split);
    if (known !== undefined) return known;
    const { kernel, settings, model } = this.setup;
    kernel.setParameters(kernelParametersOf(model.network, settings.surrogate));
    const counts = spikeCounts(kernel, { trials: this.trialsOf(split) }, { batch: settings.batch });
    this.untrainedCounts.set(split, counts);
    return counts;
  }

  private trialsOf(split: Split): KernelTrial[] {
    return kernelTrialsOf(trialsOf(this.setup.task, split));
  }
}
