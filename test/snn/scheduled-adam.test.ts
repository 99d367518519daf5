import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { cosineRate, ScheduledAdam } from '../../src/snn/readout/scheduled-adam.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';

/** Gradients that change from step to step. */
function gradientAt(step: number): tf.Tensor1D {
  return tf.tensor1d([Math.sin(step), 0.1 * Math.cos(3 * step), 5 + step]);
}

function adamInDouble(start: readonly number[], rate: number, count: number): number[] {
  const theta = [...start];
  const m = theta.map(() => 0);
  const v = theta.map(() => 0);
  for (let step = 0; step < count; step++) {
    gradientAt(step)
      .dataSync()
      .forEach((g, i) => {
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.999 * v[i]! + 0.001 * g * g;
        const mHat = m[i]! / (1 - 0.9 ** (step + 1));
        theta[i]! -= (rate * mHat) / (Math.sqrt(v[i]! / (1 - 0.999 ** (step + 1))) + 1e-8);
      });
  }
  return theta;
}

function steps(adam: tf.Optimizer, variable: tf.Variable, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    tf.tidy(() => adam.applyGradients({ [variable.name]: gradientAt(step) }));
  }
}

describe('scheduled Adam', () => {
  before(() => openBackend('wasm'));

  it('moves as Adam in f64, and as tf.train.adam, whose bias correction is rounded to f32', () => {
    const ours = tf.variable(tf.tensor1d([1, -2, 3]));
    const theirs = tf.variable(tf.tensor1d([1, -2, 3]));
    steps(new ScheduledAdam([{ name: 'x', variable: ours, rate: 1 }], 0.05), ours, 0, 40);
    steps(tf.train.adam(0.05, 0.9, 0.999, 1e-8), theirs, 0, 40);
    const expected = theirs.dataSync();
    const exact = adamInDouble([1, -2, 3], 0.05, 40);
    ours.dataSync().forEach((x, i) => {
      assert.ok(Math.abs(x - exact[i]!) < 3e-6, `${x} against ${exact[i]}`);
      assert.ok(Math.abs(x - expected[i]!) < 1e-4, `${x} against ${expected[i]}`);
    });
    assert.ok(Math.abs(ours.dataSync()[2]! - 3) > 1);
  });

  it('restored in the middle goes on with the same bits', () => {
    const whole = tf.variable(tf.tensor1d([1, -2, 3]));
    steps(new ScheduledAdam([{ name: 'x', variable: whole, rate: 0.5 }], 0.05), whole, 0, 20);
    const first = tf.variable(tf.tensor1d([1, -2, 3]));
    const before = new ScheduledAdam([{ name: 'x', variable: first, rate: 0.5 }], 0.05);
    steps(before, first, 0, 9);
    const second = tf.variable(tf.zeros([3]));
    const after = new ScheduledAdam([{ name: 'x', variable: second, rate: 0.5 }], 0.05);
    const saved = before.state();
    for (const [name, variable] of Object.entries(after.state())) variable.assign(tf.tensor(saved[name]!.dataSync()));
    after.resumeAt(before.iterations);
    steps(after, second, 9, 20);
    assert.deepEqual(second.dataSync(), whole.dataSync());
  });

  it('follows half a cosine from the first rate to 0', () => {
    for (let step = 0; step <= 50; step++) {
      const expected = 0.01 * 0.5 * (1 + Math.cos((Math.PI * step) / 50));
      assert.ok(Math.abs(cosineRate(0.01, step, 50) - expected) < 1e-10);
    }
  });
});
