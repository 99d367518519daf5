/** Accuracy, confusion, bootstrap and calibration: by hand, and planted truths recovered. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bootstrapOverClasses } from '../../../src/analysis/classification/bootstrap.ts';
import { calibrate } from '../../../src/analysis/classification/calibration.ts';
import { classify } from '../../../src/analysis/classification/classify.ts';
import { RandomStream } from '../../../src/base/random.ts';

describe('classification', () => {
  it('counts a small example as by hand; of equal logits the lower class ranks first', () => {
    const logits = [3, 1, 2, 0, 5, 5, 1, 0, 0];
    const result = classify(logits, [0, 2, 0], 3);
    assert.deepEqual([...result.predicted], [0, 1, 0]);
    assert.equal(result.top1, 2 / 3);
    assert.equal(result.top5, 1);
    assert.deepEqual(result.confusion, [
      { actual: 0, predicted: 0, count: 2 },
      { actual: 2, predicted: 1, count: 1 },
    ]);
    assert.equal(result.perClass[0]!.top1, 1);
    assert.ok(Number.isNaN(result.perClass[1]!.top1));
  });

  it('top-5 equals a sort of the logits, whatever they are', () => {
    const rows = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 }), { minLength: 1 });
    fc.assert(
      fc.property(rows, (given) => {
        const labels = given.map((_, b) => (b * 3) % 8);
        const result = classify(given.flat(), labels, 8);
        const byHand = given.map((row, b) =>
          row
            .map((value, c) => ({ value, c }))
            .sort((p, q) => q.value - p.value || p.c - q.c)
            .findIndex(({ c }) => c === labels[b]),
        );
        assert.equal(result.top1, byHand.filter((rank) => rank === 0).length / given.length);
        assert.equal(result.top5, byHand.filter((rank) => rank < 5).length / given.length);
        assert.equal(
          result.confusion.reduce((sum, { count }) => sum + count, 0),
          given.length,
        );
      }),
    );
  });

  it('refuses labels and sizes that do not fit', () => {
    assert.throws(() => classify([1, 2], [2], 2), /label 2 of trial 0, expected 0 … 1/);
    assert.throws(() => classify([1, 2, 3], [0], 2), /3 logits, expected \[1, 2\]/);
  });

  it('the bootstrap interval of many classes holds 95 %: the width that the normal law gives', () => {
    const random = new RandomStream([7, 7]);
    const values = Array.from({ length: 400 }, () => random.uniform() + random.uniform());
    const { mean, low, high } = bootstrapOverClasses(values, 3, 10000);
    const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400);
    // 2.5 % and 97.5 % lie 1.96 standard errors away; 90 % would be 16 % and 94 % 4 % narrower.
    for (const side of [mean - low, high - mean]) {
      const errors = side / (spread / Math.sqrt(400));
      assert.ok(Math.abs(errors - 1.96) < 0.03 * 1.96, `${errors} standard errors`);
    }
    assert.deepEqual(bootstrapOverClasses(values, 3, 50), bootstrapOverClasses(values, 3, 50));
    assert.deepEqual(bootstrapOverClasses([1, 1, Number.NaN]), { mean: 1, low: 1, high: 1 });
  });

  it('labels drawn from the stated probabilities are calibrated; logits ten times too sure are not', () => {
    const random = new RandomStream([5, 5]);
    const logits = Array.from({ length: 8000 * 3 }, () => 4 * random.uniform() - 2);
    const labels = Array.from({ length: 8000 }, (_, b) => {
      const weight = [0, 1, 2].map((c) => Math.exp(logits[b * 3 + c]!));
      const at = random.uniform() * (weight[0]! + weight[1]! + weight[2]!);
      return at < weight[0]! ? 0 : at < weight[0]! + weight[1]! ? 1 : 2;
    });
    assert.ok(calibrate(logits, labels, 3).expectedError < 0.02);
    const sure = calibrate(
      logits.map((x) => 10 * x),
      labels,
      3,
    );
    assert.ok(sure.expectedError > 0.2, `${sure.expectedError}`);
    assert.ok(Math.abs(calibrate([0, 0, 0, 0], [1], 4).crossEntropy - Math.log(4)) < 1e-12);
  });
});
