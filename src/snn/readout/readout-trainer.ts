/** One readout with its own optimizer: trained beside a network without training it. Knows no spikes but their counts. */
import * as tf from '@tensorflow/tfjs-core';
import { exp, log } from '../../base/exp.ts';
import type { LinearReadout } from './linear-readout.ts';
import { argmaxRows } from './readout.ts';
import { ScheduledAdam } from './scheduled-adam.ts';

/** Sums over samples, so that batches add up. */
export interface ReadoutSums {
  samples: number;
  crossEntropy: number;
  correct: number;
}

export class ReadoutTrainer {
  readonly readout: LinearReadout;
  readonly adam: ScheduledAdam;
  constructor(readout: LinearReadout) {
    this.readout = readout;
    this.adam = new ScheduledAdam(
      [
        { name: `${readout.name}/weight`, variable: readout.weight, rate: 1 },
        { name: `${readout.name}/bias`, variable: readout.bias, rate: 1 },
      ],
      0,
    );
  }

  /** One step on counts [B, N]; returns the loss before it. */
  step(counts: tf.Tensor2D, labels: Int32Array, learningRate: number): ReadoutSums {
    this.adam.learningRate = learningRate;
    return tf.tidy(() => {
      let logits: Float32Array = new Float32Array(0);
      const variables = [this.readout.weight, this.readout.bias];
      const { value, grads } = tf.variableGrads(() => {
        const result = this.readout.crossEntropy(counts, labels, false);
        logits = result.logits;
        return result.loss;
      }, variables);
      this.adam.applyGradients(grads);
      const crossEntropy = value.dataSync()[0]! * labels.length;
      return { samples: labels.length, crossEntropy, correct: countCorrect(logits, labels) };
    });
  }

  dispose(): void {
    this.adam.dispose();
    this.readout.dispose();
  }
}

/** How many rows of logits [B, C] are largest at their label. */
export function countCorrect(logits: Float32Array, labels: Int32Array): number {
  const best = argmaxRows(logits, logits.length / labels.length);
  return best.reduce((sum, c, b) => sum + (c === labels[b] ? 1 : 0), 0);
}

/** Accuracy figures of a split. */
export interface ReadoutMetrics {
  readonly crossEntropy: number;
  readonly accuracy: number;
  readonly top5: number;
}

/** Metrics of logits [B, C] against labels [B]; cross-entropy in nats, f64. Ties count against the label. */
export function readoutMetrics(logits: Float32Array, labels: Int32Array): ReadoutMetrics {
  const classes = logits.length / labels.length;
  let crossEntropy = 0;
  let first = 0;
  let five = 0;
  labels.forEach((label, b) => {
    const row = logits.subarray(b * classes, (b + 1) * classes);
    const own = row[label]!;
    const largest = row.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
    let sum = 0;
    let above = 0;
    row.forEach((v, c) => {
      sum += exp(v - largest);
      if (v > own || (v === own && c !== label)) above += 1;
    });
    crossEntropy += log(sum) + largest - own;
    if (above === 0) first += 1;
    if (above < 5) five += 1;
  });
  const n = labels.length;
  return { crossEntropy: crossEntropy / n, accuracy: first / n, top5: five / n };
}
