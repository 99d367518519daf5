/** Baselines: observers against likelihoods by brute force, chance on odours that cannot be told apart, the alarm for leaks. */
import assert from 'node:assert/strict';
import { knownWindowLogLikelihood, totalCountsLogLikelihood } from '../../../src/analysis/baselines/ideal-observer.ts';
import { InputCounter, type InputCounts } from '../../../src/analysis/baselines/input-counts.ts';
import { inputGroups } from '../../../src/analysis/baselines/input-groups.ts';
import { leakageCheck } from '../../../src/analysis/baselines/leakage.ts';
import { centroidScores, centroidsOf } from '../../../src/analysis/baselines/nearest-centroid.ts';
import { classify } from '../../../src/analysis/classification/classify.ts';
import { drawTrial, durationSteps, trialsOf } from '../../../src/odour/draw-trial.ts';
import type { OdourTask } from '../../../src/odour/odour-task.ts';
import { plantedTask } from '../../rig/planted-task.ts';

function countsOf(task: OdourTask): { counts: InputCounts; labels: number[] } {
  const trials = trialsOf(task, 'test');
  const counter = new InputCounter(inputGroups(task), trials.length);
  for (const trial of trials) counter.add(drawTrial(task, trial), durationSteps(task, trial));
  return { counts: counter.result(), labels: trials.map((trial) => trial.odour) };
}

const task = plantedTask({
  seed: 4,
  odours: 5,
  inputSize: 12,
  steps: 40,
  trials: { train: 1, validation: 1, test: 20 },
});

/** The task with every cell twice: the twins form groups of two. */
function doubled(of: OdourTask): OdourTask {
  const { inputSize, odours } = of;
  const on = new Float32Array(odours.length * inputSize * 2);
  odours.forEach((_, c) => {
    for (let i = 0; i < inputSize; i++) {
      on[c * 2 * inputSize + 2 * i] = on[c * 2 * inputSize + 2 * i + 1] = of.onProbability[c * inputSize + i]!;
    }
  });
  const offProbability = new Float32Array(2 * inputSize).fill(of.offProbability[0]!);
  return { ...of, inputSize: 2 * inputSize, onProbability: on, offProbability };
}

describe('baselines', () => {
  it('the observer who knows the window gives the log-likelihood of the spikes, cell by cell and step by step', () => {
    const twins = doubled(task);
    const groups = inputGroups(twins);
    assert.equal(groups.count, new Set(groups.groupIdx).size);
    assert.ok(groups.count <= 12 && groups.size.every((size) => size % 2 === 0));
    const { counts } = countsOf(twins);
    const got = knownWindowLogLikelihood(groups, counts);
    trialsOf(twins, 'test')
      .slice(0, 10)
      .forEach((trial, b) => {
        const events = drawTrial(twins, trial);
        const on = durationSteps(twins, trial);
        const brute = task.odours.map((_, c) => {
          let sum = 0;
          for (let t = 0; t < on; t++) {
            const fired = new Set(events.cell.slice(events.stepPtr[t]!, events.stepPtr[t + 1]!));
            for (let i = 0; i < twins.inputSize; i++) {
              const p = twins.onProbability[c * twins.inputSize + i]!;
              sum += Math.log(fired.has(i) ? p : 1 - p);
            }
          }
          return sum;
        });
        for (let c = 1; c < brute.length; c++) {
          const difference = got[b * brute.length + c]! - got[b * brute.length]!;
          assert.ok(Math.abs(difference - (brute[c]! - brute[0]!)) < 1e-8, `trial ${b}, odour ${c}`);
        }
      });
  });

  it('with the odour always on for one time, total counts tell what a Poisson likelihood tells', () => {
    const fixed: OdourTask = { ...task, durationMs: { min: 30, max: 30 } };
    const groups = inputGroups(fixed);
    const { counts } = countsOf(fixed);
    const got = totalCountsLogLikelihood(fixed, groups, counts, 3);
    const lambda = (c: number, g: number) =>
      groups.size[g]! * (30 * groups.onProbability[c * groups.count + g]! + 10 * groups.offProbability[g]!);
    for (let b = 0; b < 10; b++) {
      for (let c = 0; c < 5; c++) {
        let want = 0;
        for (let g = 0; g < groups.count; g++) {
          want += counts.total[b * groups.count + g]! * Math.log(lambda(c, g)) - lambda(c, g);
        }
        assert.ok(Math.abs(got[b * 5 + c]! - want) < 1e-8);
      }
    }
  });

  it('observers rank as they know: window ≥ counts ≥ nearest centroid ≫ chance, on 100 odours of a planted task', () => {
    const hard = plantedTask({
      seed: 9,
      odours: 100,
      inputSize: 16,
      steps: 16,
      trials: { train: 1, validation: 1, test: 4 },
    });
    const groups = inputGroups(hard);
    const { counts, labels } = countsOf(hard);
    const accuracy = (scores: Float64Array) => classify(scores, labels, 100).top1;
    const known = accuracy(knownWindowLogLikelihood(groups, counts));
    const totals = accuracy(totalCountsLogLikelihood(hard, groups, counts));
    const centroids = Float64Array.from(groups.onProbability, (p, k) => p * groups.size[k % groups.count]!);
    const cosine = accuracy(centroidScores(counts.total, centroids, 100, 'cosine'));
    assert.ok(known >= totals && totals > cosine && cosine > 0.1, `${known} ${totals} ${cosine}`);
  });

  it('odours with identical input are told apart at chance by everyone', () => {
    const same: OdourTask = { ...task, onProbability: task.onProbability.map((_, k) => task.onProbability[k % 12]!) };
    const groups = inputGroups(same);
    const { counts, labels } = countsOf(same);
    for (const scores of [
      knownWindowLogLikelihood(groups, counts),
      totalCountsLogLikelihood(same, groups, counts),
      centroidScores(counts.total, Float64Array.from(groups.onProbability), 5, 'cosine'),
      centroidScores(counts.total, Float64Array.from(groups.onProbability), 5, 'euclid'),
    ]) {
      assert.ok(Math.abs(classify(scores, labels, 5).top1 - 0.2) < 1e-12);
    }
  });

  it('centroids are means, and the nearest is the nearest', () => {
    const rows = Float64Array.of(1, 0, 3, 0, 0, 2);
    const centroids = centroidsOf(rows, [0, 0, 1], 2);
    assert.deepEqual([...centroids], [2, 0, 0, 2]);
    const scores = centroidScores(Float64Array.of(0.2, 1), centroids, 2, 'euclid');
    const squares = [(0.2 - 2) ** 2 + 1, 0.2 ** 2 + 1];
    assert.ok(Math.abs(scores[0]! - scores[1]! - (squares[1]! - squares[0]!)) < 1e-12);
  });

  it('the alarm rings for a network that beats the ideal observer, not for one that equals it', () => {
    const labels = Array.from({ length: 60 }, (_, b) => b % 20);
    const right = labels.flatMap((label) => Array.from({ length: 20 }, (_, c) => (c === label ? 1 : 0)));
    const wrong = right.map((value, k) => (Math.floor(k / 20) % 3 === 0 ? 1 - value : value));
    const [good, poor] = [classify(right, labels, 20), classify(wrong, labels, 20)];
    assert.equal(leakageCheck(good, poor).alarm, true);
    assert.equal(leakageCheck(poor, good).alarm, false);
    assert.equal(leakageCheck(poor, poor).alarm, false);
  });
});
