/** The untrained network beside a training: its readouts, trained on the same trials and schedule. Depends on nothing that trains the network. */
import * as tf from '@tensorflow/tfjs-core';
import { trialsOf } from '../../odour/draw-trial.ts';
import type { Split } from '../../odour/odour-task.ts';
import { kernelTrialsOf } from '../network/kernel-task.ts';
import type { Model } from '../network/network.ts';
import { kernelParametersOf, spikeCounts } from '../network/simulate.ts';
import { readoutLogits } from '../readout/readout.ts';
import { ReadoutTrainer } from '../readout/readout-trainer.ts';
import { cosineRate } from '../readout/scheduled-adam.ts';
import { type Score, scoreLogits } from '../readout/score.ts';
import { byDuration, epochOrder, newReadout } from './run-readouts.ts';
import type { TrainingSetup } from './training-settings.ts';

export class BaselineRun {
  private readonly setup: TrainingSetup;
  private readonly trainers: readonly ReadoutTrainer[];
  private readonly stepsPerEpoch: number;

  constructor(setup: TrainingSetup) {
    const { settings, task } = setup;
    this.setup = setup;
    const names = [settings.readout, ...settings.otherReadouts];
    this.trainers = names.map((name) => new ReadoutTrainer(newReadout(setup, 'untrained ', name)));
    this.stepsPerEpoch = Math.ceil((task.odours.length * task.trials.train) / settings.batch);
  }

  get totalSteps(): number {
    return this.setup.settings.epochs * this.stepsPerEpoch;
  }

  /**
   * The readouts after all epochs: to the bit those that a TrainingRun with `baseline` gives its untrained network
   * (test/snn/baseline-run.test.ts). `onStep` may wait. Cost: one forward pass a training trial.
   */
  async run(onStep: (step: number) => Promise<void> | void = () => undefined): Promise<void> {
    const { settings, kernel, model, task } = this.setup;
    kernel.setParameters(kernelParametersOf(model.network, settings.surrogate));
    for (let step = 0, order = epochOrder(this.setup, 0); step < this.totalSteps; step++) {
      const at = step % this.stepsPerEpoch;
      if (at === 0 && step > 0) order = epochOrder(this.setup, step / this.stepsPerEpoch);
      const trials = byDuration(task, order.slice(at * settings.batch, (at + 1) * settings.batch));
      const labels = Int32Array.from(trials, (trial) => trial.odour);
      const { counts } = kernel.forwardTrials(kernelTrialsOf(trials), false);
      this.trainReadouts(counts, labels, cosineRate(1, step, this.totalSteps) * settings.readoutLearningRate);
      await onStep(step + 1);
    }
  }

  private trainReadouts(counts: Float32Array, labels: Int32Array, rate: number): void {
    const tensor = tf.tensor2d(counts, [labels.length, counts.length / labels.length]);
    for (const trainer of this.trainers) trainer.step(tensor, labels, rate);
    tensor.dispose();
  }

  /** By readout, with `untrained ` in front as in a training's metrics. */
  scores(split: Split): Readonly<Record<string, Score>> {
    const { kernel, settings, model, task } = this.setup;
    kernel.setParameters(kernelParametersOf(model.network, settings.surrogate));
    const trials = trialsOf(task, split);
    const counts = spikeCounts(kernel, { trials: kernelTrialsOf(trials) }, { batch: settings.batch });
    const labels = Int32Array.from(trials, (trial) => trial.odour);
    const scored = this.trainers.map(({ readout }): [string, Score] => {
      const logits = readoutLogits(readout.snapshot(), model.network.topology, counts);
      return [readout.name, scoreLogits(logits, labels, readout.classes.length)];
    });
    return Object.fromEntries(scored);
  }

  /** The untrained network with these readouts. */
  model(provenance: Model['provenance']): Model {
    const { network, typeNames, typeIdx, steps } = this.setup.model;
    const readouts = this.trainers.map(({ readout }) => readout.snapshot());
    return { network, readouts, steps, typeNames, typeIdx, provenance };
  }

  dispose(): void {
    for (const trainer of this.trainers) trainer.dispose();
  }
}
