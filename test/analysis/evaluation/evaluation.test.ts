/** Parts of the evaluation that need no network: which readout is held against the observer, accuracy by duration. */
import assert from 'node:assert/strict';
import { classify } from '../../../src/analysis/classification/classify.ts';
import { type Evaluation, joinEvaluation } from '../../../src/analysis/evaluation/evaluation.ts';
import { accuracyByDuration } from '../../../src/analysis/evaluation/readout-accuracy.ts';

const labels = Array.from({ length: 60 }, (_, b) => b % 20);
const right = labels.flatMap((label) => Array.from({ length: 20 }, (_, c) => (c === label ? 1 : 0)));
const often = right.map((value, k) => (Math.floor(k / 20) % 3 === 0 ? 1 - value : value));

describe('the evaluation', () => {
  it('holds the best of the readouts against the ideal observer', () => {
    const scored = (logits: readonly number[]) => ({ classification: classify(logits, labels, 20) });
    const alarm = (...readouts: readonly (readonly number[])[]): boolean => {
      const parts = {
        task: { odours: new Array(20).fill({}) },
        trained: { readouts: readouts.map((logits) => ({ scored: scored(logits) })) },
        baselines: { knownWindow: scored(often) },
      };
      return joinEvaluation(parts as unknown as Omit<Evaluation, 'chance' | 'leakage'>, 1).leakage.alarm;
    };
    assert.deepEqual([alarm(often), alarm(often, right), alarm(right, often)], [false, true, true]);
  });

  it('gives accuracy in equal parts of the trials ordered by duration, whatever their order', () => {
    const onSteps = Int32Array.of(400, 100, 300, 200, 500, 120);
    const correct = Uint8Array.of(1, 0, 1, 1, 1, 0);
    assert.deepEqual(accuracyByDuration(correct, onSteps, 0.5, 3), [
      { meanMs: 55, trials: 2, accuracy: 0 },
      { meanMs: 125, trials: 2, accuracy: 1 },
      { meanMs: 225, trials: 2, accuracy: 1 },
    ]);
    assert.equal(accuracyByDuration(correct, onSteps, 0.5, 10).length, 6);
  });
});
