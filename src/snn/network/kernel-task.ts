/** An odour task and its trials in the kernel's words. Knows no network and no training. */
import { type OdourTask, splits, type Trial } from '../../odour/odour-task.ts';
import type { KernelTask, KernelTrial } from '../kernel/kernel.ts';

/** ⌊p·2^32⌋ of each probability, exact since p is an f32; throws RangeError at p = 1, which no 32-bit threshold can hold. */
function thresholds(name: string, probability: Float32Array): Uint32Array {
  return Uint32Array.from(probability, (p, i) => {
    if (!(p >= 0 && p < 1)) throw new RangeError(`kernelTaskOf: ${name}[${i}] is ${p}, want 0 ≤ p < 1`);
    return Math.floor(p * 4294967296);
  });
}

/** The task with thresholds instead of probabilities, clean air as one odour more: the kernel draws the same spikes as odour/draw-trial.ts. */
export function kernelTaskOf(task: OdourTask): KernelTask {
  const offThreshold = thresholds('offProbability', task.offProbability);
  const onThreshold = new Uint32Array(task.onProbability.length + offThreshold.length);
  onThreshold.set(thresholds('onProbability', task.onProbability));
  onThreshold.set(offThreshold, task.onProbability.length);
  return {
    onThreshold,
    offThreshold,
    seed: task.seed,
    minSteps: Math.round(task.durationMs.min / task.dtMs),
    maxSteps: Math.round(task.durationMs.max / task.dtMs),
  };
}

/** Trials with the split's number. */
export function kernelTrialsOf(trials: readonly Trial[]): KernelTrial[] {
  return trials.map(({ split, odour, trial }) => ({ split: splits[split], odour, trial }));
}
