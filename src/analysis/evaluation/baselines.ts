/** What can be told from the input alone: observers, nearest centroids, a learner. Knows no network. */

import { drawTrial, durationSteps, trialsOf } from '../../odour/draw-trial.ts';
import type { OdourTask } from '../../odour/odour-task.ts';
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
  /** The odour whose expected counts above rest are nearest. */
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

export interface LearnerOptions {
  /** Training trials of each odour for the logistic regression; 0 leaves it out. */
  readonly trialsPerOdour: number;
  readonly onTrial?: (done: number, total: number) => void;
}

/** Counts of training trials and their odours; trials are drawn, counted and let go one by one. */
function trainingCounts(task: OdourTask, groups: InputGroups, { trialsPerOdour, onTrial }: LearnerOptions) {
  const trials = trialsOf(task, 'train').filter(({ trial }) => trial < trialsPerOdour);
  const counter = new InputCounter(groups, trials.length);
  trials.forEach((trial, k) => {
    counter.add(drawTrial(task, trial), durationSteps(task, trial));
    onTrial?.(k + 1, trials.length);
  });
  return { counts: counter.result(), labels: trials.map(({ odour }) => odour) };
}

/** All baselines of the test trials. cost: B·C·G·32, a draw a training trial, and the fit. */
export function inputBaselines(task: OdourTask, test: TestTrials, learner: LearnerOptions, seed: number): Baselines {
  const groups = inputGroups(task);
  const counts = countsOf(groups, test);
  const classes = task.odours.length;
  const scored = (scores: Float64Array, calibrated = false) =>
    score(scores, test.labels, classes, { seed, calibrated });
  const rest = restCounts(task, groups);
  const aboveRest = counts.total.map((count, k) => count - rest[k % groups.count]!);
  const expected = expectedAboveRest(task, groups);
  const base: Baselines = {
    knownWindow: scored(knownWindowLogLikelihood(groups, counts), true),
    totalCounts: scored(totalCountsLogLikelihood(task, groups, counts), true),
    centroidCosine: scored(centroidScores(aboveRest, expected, classes, 'cosine')),
    centroidEuclid: scored(centroidScores(aboveRest, expected, classes, 'euclid')),
  };
  const training = trainingCounts(task, groups, learner);
  if (training.labels.length === 0) return base;
  const model = fitLogistic(training.counts.total, training.labels, classes);
  return { ...base, logistic: scored(logisticLogits(model, counts.total), true) };
}

/** [G] mean counts of a trial without odour. */
function restCounts(task: OdourTask, groups: InputGroups): Float64Array {
  return groups.offProbability.map((off, g) => task.steps * groups.size[g]! * off);
}

/** [C, G] mean counts above rest of a trial with the mean duration: its direction is that of any duration. */
function expectedAboveRest(task: OdourTask, groups: InputGroups): Float64Array {
  const onSteps = (task.durationMs.min + task.durationMs.max) / 2 / task.dtMs;
  return groups.onProbability.map((on, k) => {
    const g = k % groups.count;
    return groups.size[g]! * onSteps * (on - groups.offProbability[g]!);
  });
}
