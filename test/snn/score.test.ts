/** One scoring for training and evaluation: accuracy, ties and cross-entropy, against their definitions. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { calibrate } from '../../src/analysis/classification/calibration.ts';
import { classify } from '../../src/analysis/classification/classify.ts';
import { countCorrect, predictedClasses, scoreLogits } from '../../src/snn/readout/score.ts';

describe('score', () => {
  it('ranks the lower class first among equal logits, in training as in evaluation', () => {
    const tied = [0, 7, 7];
    for (const [label, right] of [
      [1, 1],
      [2, 0],
    ] as const) {
      assert.equal(scoreLogits(tied, [label], 3).accuracy, right, `label ${label}`);
      assert.equal(classify(tied, [label], 3).top1, right, `label ${label}`);
      assert.equal(countCorrect(tied, [label]), right, `label ${label}`);
    }
    assert.deepEqual([...predictedClasses(tied, 3)], [1]);
  });

  it('a readout that tells nothing apart scores chance: one class in C, five in C among the first five', () => {
    const classes = 8;
    const labels = Array.from({ length: classes }, (_, c) => c);
    const { accuracy, top5, crossEntropy } = scoreLogits(new Float64Array(classes * classes), labels, classes);
    assert.deepEqual([accuracy, top5], [1 / 8, 5 / 8]);
    assert.ok(Math.abs(crossEntropy - Math.log(8)) < 1e-12);
  });

  it('gives training and evaluation the same accuracy and top-5 on any logits, however many are equal', () => {
    const row = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 7, maxLength: 7 });
    const trial = fc.tuple(row, fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(trial, { minLength: 1, maxLength: 20 }), (trials) => {
        const logits = trials.flatMap(([values]) => values);
        const labels = trials.map(([, label]) => label);
        const score = scoreLogits(Float32Array.from(logits), labels, 7);
        const classified = classify(logits, labels, 7);
        assert.deepEqual([score.accuracy, score.top5], [classified.top1, classified.top5]);
        assert.equal(countCorrect(logits, labels) / labels.length, classified.top1);
        const onDiagonal = classified.confusion.filter(({ actual, predicted }) => actual === predicted);
        assert.equal(onDiagonal.reduce((sum, { count }) => sum + count, 0) / labels.length, score.accuracy);
        assert.equal(score.crossEntropy, calibrate(logits, labels, 7).crossEntropy);
      }),
    );
  });

  it('has the cross-entropy of the soft-max, also where logits are large', () => {
    const logits = [2, 0, -1, 5000, 5000.5, 4000];
    const byHand = [
      -Math.log(Math.exp(0) / (Math.exp(2) + Math.exp(0) + Math.exp(-1))),
      -Math.log(1 / (1 + Math.exp(0.5))),
    ];
    const { crossEntropy } = scoreLogits(logits, [1, 0], 3);
    assert.ok(Math.abs(crossEntropy - (byHand[0]! + byHand[1]!) / 2) < 1e-12, `${crossEntropy}`);
  });

  it('refuses logits and labels that do not fit, and says both', () => {
    assert.throws(() => scoreLogits([1, 2, 3], [0], 2), /^RangeError: score: 3 logits, expected \[1, 2\]$/);
    assert.throws(() => scoreLogits([1, 2], [2], 2), /label 2 of trial 0, expected 0 … 1/);
    assert.throws(() => scoreLogits([1, 2], [0.5], 2), /label 0.5 of trial 0/);
  });
});
