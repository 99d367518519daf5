/** The readout's standardisation, logits and gradients, against their definitions. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '../../src/base/random.ts';
import { LinearReadout, standardisation } from '../../src/snn/readout/linear-readout.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';

const cells = 6;
const slice = { name: 'KC', offset: 2, size: 3 };
const trials = 400;

/** Counts [B, N] around 0, 1, … 5 · 10 with spreads that differ. */
function someCounts(): Float32Array {
  const random = new RandomStream([3, 0x74657374]);
  return Float32Array.from({ length: trials * cells }, (_, at) => {
    const cell = at % cells;
    return 10 * cell + random.below(1 + 3 * cell);
  });
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return { mean, variance: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length };
}

const column = (counts: Float32Array, cell: number) => Array.from(counts).filter((_, at) => at % cells === cell);

describe('standardisation', () => {
  const counts = someCounts();

  it('leaves counts of variance v with mean 0 and variance v/(v + 1)', () => {
    const { mean, scale } = standardisation(counts, cells, slice);
    for (let i = 0; i < slice.size; i++) {
      const raw = column(counts, slice.offset + i);
      const { variance } = moments(raw);
      assert.ok(variance > 1);
      const standard = moments(raw.map((count) => (count - mean[i]!) * scale[i]!));
      assert.ok(Math.abs(standard.mean) < 1e-5, `mean ${standard.mean}`);
      assert.ok(Math.abs(standard.variance - variance / (variance + 1)) < 1e-5, `variance ${standard.variance}`);
    }
  });

  it('not centred leaves the mean in the counts, with the same scale', () => {
    const { mean, scale } = standardisation(counts, cells, slice, false);
    assert.deepEqual([...mean], [0, 0, 0]);
    assert.deepEqual(scale, standardisation(counts, cells, slice).scale);
  });

  it('leaves a silent cell at 0', () => {
    const { mean, scale } = standardisation(new Float32Array(trials * cells), cells, slice);
    assert.deepEqual([...mean, ...scale], [0, 0, 0, 1, 1, 1]);
  });
});

describe('the linear readout', () => {
  before(() => openBackend('wasm'));

  const classes = ['a', 'b', 'c', 'd'];
  const labels = Int32Array.of(2, 0, 3, 2, 1);
  const counts = someCounts().subarray(0, labels.length * cells);
  const standard = standardisation(someCounts(), cells, slice);
  const smoothing = 0.1;
  const weights = Float32Array.from({ length: 12 }, (_, i) => Math.sin(1 + i));
  const biases = Float32Array.of(0.3, -0.2, 0.1, 0.5);

  /** Mean cross-entropy in f64, by its definition. */
  function expectedLoss(weight: ArrayLike<number>, bias: ArrayLike<number>, spikes: ArrayLike<number>): number {
    let loss = 0;
    labels.forEach((label, b) => {
      const logits = classes.map((_, c) => {
        let sum = bias[c]!;
        for (let i = 0; i < 3; i++)
          sum += weight[c * 3 + i]! * standard.scale[i]! * (spikes[b * cells + 2 + i]! - standard.mean[i]!);
        return sum;
      });
      const norm = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
      logits.forEach((x, c) => {
        loss -= ((c === label ? 1 - smoothing : 0) + smoothing / 4) * (x - norm);
      });
    });
    return loss / labels.length;
  }

  function central(at: (moved: Float64Array) => number, values: ArrayLike<number>): number[] {
    return Array.from(values, (_, i) => {
      const moved = (h: number) => Float64Array.from(values, (v, j) => (j === i ? v + h : v));
      return (at(moved(1e-4)) - at(moved(-1e-4))) / 2e-4;
    });
  }

  function assertClose(got: ArrayLike<number>, expected: readonly number[], what: string): void {
    assert.equal(got.length, expected.length);
    expected.forEach((x, i) => {
      assert.ok(Math.abs(got[i]! - x) < 2e-5, `${what} ${i}: ${got[i]}, expected ${x}`);
    });
  }

  it('has the cross-entropy of smoothed labels and its gradients by weight, bias and counts', () => {
    const readout = new LinearReadout('KC', slice, classes, standard, smoothing);
    const spikes = tf.variable(tf.tensor2d(counts, [labels.length, cells]));
    readout.weight.assign(tf.tensor2d(weights, [4, 3]));
    readout.bias.assign(tf.tensor2d(biases, [4, 1]));
    const { value, grads } = tf.variableGrads(
      () => readout.crossEntropy(spikes as unknown as tf.Tensor2D, labels, true).loss,
      [readout.weight, readout.bias, spikes],
    );
    assertClose(value.dataSync(), [expectedLoss(weights, biases, counts)], 'loss');
    const gradient = (of: tf.Variable) => grads[of.name]!.dataSync();
    assertClose(
      gradient(readout.weight),
      central((w) => expectedLoss(w, biases, counts), weights),
      'weight',
    );
    assertClose(
      gradient(readout.bias),
      central((b) => expectedLoss(weights, b, counts), biases),
      'bias',
    );
    assertClose(
      gradient(spikes),
      central((s) => expectedLoss(weights, biases, s), counts),
      'count',
    );
    readout.dispose();
  });
});
