/** One readout with its own optimizer: trained beside a network without training it. Knows no spikes but their counts. */
import * as tf from '@tensorflow/tfjs-core';
import type { LinearReadout } from './linear-readout.ts';
import { ScheduledAdam } from './scheduled-adam.ts';
import { countCorrect } from './score.ts';

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
