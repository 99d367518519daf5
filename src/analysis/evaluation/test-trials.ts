/** The trials that an evaluation rests on: test trials of every odour, and trials without odour. Knows no network. */
import { drawTrial, durationSteps, restTrials, trialsOf } from '../../odour/draw-trial.ts';
import type { OdourTask, SpikeEvents } from '../../odour/odour-task.ts';

export interface TestTrials {
  readonly events: readonly SpikeEvents[];
  /** [B] odour of each trial. */
  readonly labels: Int32Array;
  /** [B] steps for which it was on. */
  readonly onSteps: Int32Array;
}

/** All test trials. cost: one draw a trial. */
export function drawTestTrials(
  task: OdourTask,
  options: { readonly onTrial?: (done: number, total: number) => void } = {},
): TestTrials {
  const trials = trialsOf(task, 'test');
  const events = trials.map((trial, b) => {
    const drawn = drawTrial(task, trial);
    options.onTrial?.(b + 1, trials.length);
    return drawn;
  });
  return {
    events,
    labels: Int32Array.from(trials, ({ odour }) => odour),
    onSteps: Int32Array.from(trials, (trial) => durationSteps(task, trial)),
  };
}

/** Test trials without odour: every input cell fires at its rate at rest. */
export function drawBlanks(task: OdourTask, count: number): SpikeEvents[] {
  return restTrials(task, 'test', count).map((trial) => drawTrial(task, trial));
}

/** Spikes [B, nIn] of each input cell in each trial. */
export function inputCellCounts(events: readonly SpikeEvents[], inputSize: number): Float32Array {
  const counts = new Float32Array(events.length * inputSize);
  events.forEach(({ cell }, b) => {
    for (const i of cell) counts[b * inputSize + i]!++;
  });
  return counts;
}
