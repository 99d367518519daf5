/** What can be told from the input alone: observers, nearest centroids, a learner. Knows no network. */

import type { OdorTask } from '../../odor/odor-task.ts';
import { knownWindowLogLikelihood, totalCountsLogLikelihood } from '../baselines/ideal-observer.ts';
import { InputCounter, type InputCounts } from '../baselines/input-counts.ts';
import { type InputGroups, inputGroups } from '../baselines/input-groups.ts';
import { fitLogistic, logisticLogits } from '../baselines/logistic-regression.ts';
import { centroidScores } from '../baselines/nearest-centroid.ts';
import { type Scored, score } from './readout-accuracy.ts';
import type { TestTrials } from './test-trials.ts';

export interface Baselines {
  /** Ideal observer who knows when the odour was on: no readout of the input does better on average. */
  readonly knownWindow: Scored;
  /** Ideal observer of the total counts, duration unknown. */
  readonly totalCounts: Scored;
  /** The odour whose expected counts are nearest. */
  readonly centroidCosine: Scored;
  readonly centroidEuclid: Scored;
  /** Multinomial logistic regression of counts by group of input cells, learnt from training trials; absent where none were given. */
  readonly logistic?: Scored;
}

/** Counts by group of a list of trials. */
function countsOf(groups: InputGroups, trials: TestTrials): InputCounts {
  const counter = new InputCounter(groups, trials.labels.length);
  trials.events.forEach((events, b) => {
    counter.add(events, trials.onSteps[b]!);
  });
  return counter.result();
}

/** All baselines of the test trials; `training` trials for the learner may be none. cost: B·C·G·32, and the fit. */
export function inputBaselines(task: OdorTask, test: TestTrials, training: TestTrials, seed: number): Baselines {
  const groups = inputGroups(task);
  const counts = countsOf(groups, test);
  const classes = task.odours.length;
  const scored = (scores: Float64Array, calibrated = false) =>
    score(scores, test.labels, classes, { seed, calibrated });
  const expected = expectedCounts(task, groups);
  const base: Baselines = {
    knownWindow: scored(knownWindowLogLikelihood(groups, counts), true),
    totalCounts: scored(totalCountsLogLikelihood(task, groups, counts), true),
    centroidCosine: scored(centroidScores(counts.total, expected, classes, 'cosine')),
    centroidEuclid: scored(centroidScores(counts.total, expected, classes, 'euclid')),
  };
  if (training.labels.length === 0) return base;
  const model = fitLogistic(countsOf(groups, training).total, training.labels, classes);
  return { ...base, logistic: scored(logisticLogits(model, counts.total), true) };
}

/** [C, G] mean counts of a trial with the mean duration. */
function expectedCounts(task: OdorTask, groups: InputGroups): Float64Array {
  const onSteps = (task.durationMs.min + task.durationMs.max) / 2 / task.dtMs;
  return groups.onProbability.map((on, k) => {
    const g = k % groups.count;
    return groups.size[g]! * (onSteps * on + (task.steps - onSteps) * groups.offProbability[g]!);
  });
}
