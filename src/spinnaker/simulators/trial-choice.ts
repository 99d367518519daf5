/** Which trials to simulate when not all: spread evenly over odours first. Knows no spikes. */
import { trialsOf } from '../../odour/draw-trial.ts';
import type { OdourTask, Split, Trial } from '../../odour/odour-task.ts';

/** `count` trials of a split (or all, if fewer): number 0 of odours spread evenly; past one trial an odour, further numbers. */
export function spreadTrials(task: OdourTask, split: Split, count: number): Trial[] {
  const all = trialsOf(task, split).sort((a, b) => a.trial - b.trial || a.odour - b.odour);
  if (all.length <= count) return all;
  const from = Math.max(count, Math.min(all.length, task.odours.length));
  return Array.from({ length: count }, (_, k) => all[Math.floor((k * from) / count)]!);
}
