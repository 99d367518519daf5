/** One network on several simulators, each beside the trained model: accuracy, agreement of answers, spike-train distances. Knows no simulator. */
import type { PopulationSlice } from '../../snn/network/network.ts';
import type { Raster } from '../simulators/raster.ts';
import { compareTrials, type PopulationComparison } from './comparison.ts';

/** What one simulator made of common trials. */
export interface SystemRun {
  /** [B] class named in each trial. */
  readonly classes: ArrayLike<number>;
  /** Spikes of the first trials; all runs of a comparison that have any have as many. */
  readonly spikes?: readonly Raster[];
}

export interface SystemResult {
  readonly correct: number;
  readonly accuracy: number;
  /** Share of trials in which the trained model names the same class, right or wrong. */
  readonly sameClass: number;
  /** Trials that only the trained model, and only this simulator, named rightly: whether a difference of accuracies is one. */
  readonly onlyTrainedRight: number;
  readonly onlyHereRight: number;
  /** Against the trained model; absent for that itself and for runs without spikes of their own. */
  readonly populations?: readonly PopulationComparison[];
}

function resultOf(odours: ArrayLike<number>, trained: SystemRun, run: SystemRun): Omit<SystemResult, 'populations'> {
  const count = (holds: (b: number) => boolean) => Array.from(odours).filter((_, b) => holds(b)).length;
  const right = (of: SystemRun, b: number) => of.classes[b] === odours[b];
  const correct = count((b) => right(run, b));
  return {
    correct,
    accuracy: correct / odours.length,
    sameClass: count((b) => run.classes[b] === trained.classes[b]) / odours.length,
    onlyTrainedRight: count((b) => right(trained, b) && !right(run, b)),
    onlyHereRight: count((b) => right(run, b) && !right(trained, b)),
  };
}

/** Results by name; `trained` itself comes first under that name. Throws RangeError where a run has other numbers of trials. */
export function sideBySide(
  odours: ArrayLike<number>,
  populations: readonly PopulationSlice[],
  trained: SystemRun,
  others: Readonly<Record<string, SystemRun>>,
): Record<string, SystemResult> {
  const results: Record<string, SystemResult> = { trained: resultOf(odours, trained, trained) };
  for (const [name, run] of Object.entries(others)) {
    if (run.classes.length !== odours.length) {
      throw new RangeError(`sideBySide: ${name} has ${run.classes.length} trials, want ${odours.length}`);
    }
    const result = resultOf(odours, trained, run);
    results[name] =
      run.spikes === undefined
        ? result
        : { ...result, populations: compareTrials(trained.spikes ?? [], run.spikes, populations) };
  }
  return results;
}
