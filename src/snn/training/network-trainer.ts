/** One optimizer step of the network and its main readout: loss, gradients, guard, update, bounds. Knows no epochs and no files. */
import * as tf from '@tensorflow/tfjs-core';
import type { KernelTrial } from '../kernel/kernel.ts';
import type { NetworkParameters } from '../parameters/network-parameters.ts';
import type { LinearReadout } from '../readout/linear-readout.ts';
import { ScheduledAdam } from '../readout/scheduled-adam.ts';
import { countCorrect } from '../readout/score.ts';
import { addReadout, type EpochSums } from './epoch-sums.ts';
import type { GradientGuard, GuardVerdict, NamedGradient } from './gradient-guard.ts';
import { narrowed, type RateTerms, rateTerms, trialCorrelations } from './rate-terms.ts';
import type { TrainingSetup } from './training-settings.ts';

export interface NetworkStep {
  /** [B, N] of the network before the update, as loss and accuracy are; trials without odour are not among them. */
  readonly counts: Float32Array;
  readonly loss: number;
  readonly accuracy: number;
}

export class NetworkTrainer {
  readonly parameters: NetworkParameters;
  readonly readout: LinearReadout;
  readonly guard: GradientGuard;
  readonly adam: ScheduledAdam;
  private readonly setup: TrainingSetup;
  private readonly startCorrelations: Readonly<Record<string, number>>;

  constructor(parameters: NetworkParameters, readout: LinearReadout, setup: TrainingSetup, guard: GradientGuard) {
    const { learningRate, readoutLearningRate } = setup.settings;
    this.parameters = parameters;
    this.readout = readout;
    this.setup = setup;
    this.guard = guard;
    this.startCorrelations = trialCorrelations(setup.model.network.topology, setup.calibrationCounts);
    this.adam = new ScheduledAdam(
      [
        ...parameters.variables.map((variable, g) => {
          const { name, spec } = parameters.groups[g]!;
          return { name, variable, rate: learningRate * spec.learningRate };
        }),
        { name: `${readout.name}/weight`, variable: readout.weight, rate: readoutLearningRate },
        { name: `${readout.name}/bias`, variable: readout.bias, rate: readoutLearningRate },
      ],
      0,
    );
  }

  /**
   * `share` scales all learning rates; sums are added to. Trials after those of the labels are without odour: they enter the rate terms alone.
   * Throws the guard's UserError.
   */
  step(trials: readonly KernelTrial[], labels: Int32Array, share: number, step: number, sums: EpochSums): NetworkStep {
    this.adam.learningRate = share;
    let result: NetworkStep | undefined;
    tf.tidy(() => {
      result = this.scopedStep(trials, labels, step, sums);
    });
    return result!;
  }

  dispose(): void {
    this.adam.dispose();
    this.parameters.dispose();
    this.readout.dispose();
  }

  private scopedStep(trials: readonly KernelTrial[], labels: Int32Array, step: number, sums: EpochSums): NetworkStep {
    const { gradients, counts, logits, crossEntropy, rates } = this.forward(trials, labels);
    const prior = this.parameters.priorValue();
    const verdict = this.judge(gradients, step);
    if (verdict.factor > 0) {
      this.adam.applyGradients(this.clipped(gradients, verdict.factor));
      sums.projected += this.parameters.project();
    }
    const correct = countCorrect(logits, labels);
    const loss = crossEntropy + rates.value + prior;
    const samples = labels.length;
    addReadout(sums, this.readout.name, { samples, crossEntropy: crossEntropy * samples, correct });
    addStep(sums, loss, prior, rates, verdict);
    return {
      counts: counts.subarray(0, samples * this.setup.model.network.topology.size),
      loss,
      accuracy: correct / samples,
    };
  }

  /** Cross-entropy + rate terms through the kernel, and their gradients. */
  private forward(trials: readonly KernelTrial[], labels: Int32Array) {
    const { kernel, settings, model } = this.setup;
    const seconds = (model.steps * model.network.dtMs) / 1000;
    const bands = settings.bands.map((band) =>
      narrowed({ ...band, weight: band.weight * settings.rateStrength }, settings.rateMargin),
    );
    let counts: Float32Array = new Float32Array(0);
    let logits: Float32Array = counts;
    let crossEntropy = 0;
    let rates: RateTerms = { terms: {}, value: 0, gradient: counts };
    const { grads } = tf.variableGrads(() => {
      const spikes = this.parameters.counts(kernel, trials);
      counts = spikes.dataSync<'float32'>();
      const read = this.readout.crossEntropy(spikes, labels, settings.objective === 'odours');
      logits = read.logits;
      crossEntropy = read.loss.dataSync()[0]!;
      const restTrials = trials.length - labels.length;
      rates = rateTerms(model.network.topology, bands, counts, seconds, {
        restTrials,
        startCorrelations: this.startCorrelations,
      });
      return addScalars(read.loss, rateLoss(spikes, rates));
    }, [...this.parameters.variables, this.readout.weight, this.readout.bias]);
    return { gradients: grads, counts, logits, crossEntropy, rates };
  }

  private judge(gradients: tf.NamedTensorMap, step: number): GuardVerdict {
    const named = this.parameters.groups.map(({ name, elementNames }, g): NamedGradient => {
      const values = gradients[this.parameters.variables[g]!.name]!.dataSync<'float32'>();
      return { name, elementNames, values };
    });
    return this.guard.check(named, step);
  }

  /** Network gradients scaled by the guard's factor, plus the prior's 2λu; readout gradients as they are. */
  private clipped(gradients: tf.NamedTensorMap, factor: number): tf.NamedTensorMap {
    const out = { ...gradients };
    this.parameters.variables.forEach((variable, g) => {
      const { priorStrength } = this.parameters.groups[g]!.spec;
      const scaled = tf.mul(out[variable.name]!, factor);
      out[variable.name] = priorStrength === 0 ? scaled : tf.add(scaled, tf.mul(variable, 2 * priorStrength));
    });
    return out;
  }
}

function addStep(sums: EpochSums, loss: number, prior: number, rates: RateTerms, verdict: GuardVerdict): void {
  sums.steps += 1;
  sums.loss += loss;
  sums.prior += prior;
  for (const [name, value] of Object.entries(rates.terms)) sums.rateTerms[name] = (sums.rateTerms[name] ?? 0) + value;
  if (verdict.factor === 0) sums.skipped += 1;
  if (verdict.norm > sums.largestNorm) {
    sums.largestNorm = verdict.norm;
    sums.leading = verdict.leading;
  }
}

/** The rate terms as a differentiable scalar of counts [B, N]. */
function rateLoss(counts: tf.Tensor2D, rates: RateTerms): tf.Scalar {
  const op = tf.customGrad((..._) => {
    const gradFunc = (dy: tf.Tensor): tf.Tensor => tf.mul(tf.tensor2d(rates.gradient, counts.shape), dy);
    return { value: tf.scalar(rates.value), gradFunc };
  });
  return op(counts) as tf.Scalar;
}

/** a + b with its own gradient, since tfjs-core's Node bundle registers none. */
function addScalars(a: tf.Scalar, b: tf.Scalar): tf.Scalar {
  const op = tf.customGrad((...args) => {
    const [x, y] = args as tf.Tensor[];
    return { value: tf.add(x!, y!), gradFunc: (dy: tf.Tensor) => [dy.clone(), dy.clone()] };
  });
  return op(a, b) as tf.Scalar;
}
