/** Which trials to simulate when not all: spread evenly over odours first. Knows no spikes. */
import { trialsOf } from '../odor/draw-trial.ts';
import type { OdorTask, Split, Trial } from '../odor/odor-task.ts';

/** `count` trials of a split (or all, if fewer): number 0 of odours spread evenly; past one trial an odour, further numbers. */
export function spreadTrials(task: OdorTask, split: Split, count: number): Trial[] {
  const all = trialsOf(task, split).sort((a, b) => a.trial - b.trial || a.odour - b.odour);
  if (all.length <= count) return all;
  const from = Math.max(count, Math.min(all.length, task.odours.length));
  return Array.from({ length: count }, (_, k) => all[Math.floor((k * from) / count)]!);
}
