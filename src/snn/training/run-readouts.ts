/** What a training and its baseline have in common: the readouts that they begin with, and the order of an epoch's trials. Trains nothing. */
import { RandomStream } from '../../base/random.ts';
import { durationSteps, trialsOf } from '../../odour/draw-trial.ts';
import type { OdourTask, Trial } from '../../odour/odour-task.ts';
import { sliceOf } from '../network/topology.ts';
import { LinearReadout, standardisation } from '../readout/linear-readout.ts';
import type { TrainingSetup } from './training-settings.ts';

/** Label of the random stream that orders the trials of an epoch. */
const ORDER = 0x6f726465;

/** A readout of a population before its first step. */
export function newReadout(setup: TrainingSetup, prefix: string, population: string): LinearReadout {
  const { model, calibrationCounts, task, settings } = setup;
  const { topology } = model.network;
  const slice = sliceOf(topology, population);
  const standard = standardisation(calibrationCounts, topology.size, slice, population === settings.readout);
  const classes = task.odours.map((odour) => odour.key);
  return new LinearReadout(prefix + population, slice, classes, standard, settings.labelSmoothing);
}

/** The trials of an epoch in random order: a function of seed and epoch alone. */
export function epochOrder({ task, settings }: TrainingSetup, epoch: number): Trial[] {
  return new RandomStream([settings.seed, ORDER], epoch).shuffle(trialsOf(task, 'train', epoch));
}

/**
 * The trials of a batch, short odours first. The kernel runs 8 trials side by side and works where any of them is near threshold, so trials whose
 * odours end together cost less; of equal ones the order stays.
 */
export function byDuration(task: OdourTask, trials: readonly Trial[]): Trial[] {
  const steps = new Map(trials.map((trial) => [trial, durationSteps(task, trial)]));
  return [...trials].sort((x, y) => steps.get(x)! - steps.get(y)!);
}
