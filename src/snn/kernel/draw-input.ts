/**
 * The spikes of one trial from a KernelTask: as odour's drawTrial, on thresholds instead of probabilities.
 * Knows no odour names and no network. Pinned against drawTrial by test/snn/kernel/draw-input.test.ts.
 */
import { drawDuration, drawSpikes } from '../../base/draw-spikes.ts';
import { deriveKey } from '../../base/random.ts';
import type { KernelInput, KernelTask, KernelTrial } from './kernel.ts';

/** @throws RangeError when a trial's odour has no thresholds or a number is no unsigned 32-bit word. */
export function checkTask(task: KernelTask, inputSize: number): void {
  const { onThreshold, offThreshold, minSteps, maxSteps } = task;
  if (offThreshold.length !== inputSize) {
    throw new RangeError(`kernel: task.offThreshold has ${offThreshold.length} values, expected nIn = ${inputSize}`);
  }
  if (inputSize > 0 && onThreshold.length % inputSize !== 0) {
    throw new RangeError(`kernel: task.onThreshold has ${onThreshold.length} values, expected C · ${inputSize}`);
  }
  if (!(minSteps >= 0 && maxSteps >= minSteps)) {
    throw new RangeError(`kernel: task runs ${minSteps} … ${maxSteps} steps, expected 0 ≤ minSteps ≤ maxSteps`);
  }
}

export function checkTrial(task: KernelTask, trial: KernelTrial): void {
  const odours = task.onThreshold.length / task.offThreshold.length;
  const whole = (x: number) => Number.isInteger(x) && x >= 0 && x < 4294967296;
  if (!(whole(trial.odour) && trial.odour < odours)) {
    throw new RangeError(`kernel: trial.odour is ${trial.odour}, expected 0 … ${odours - 1}`);
  }
  if (!whole(trial.split)) throw new RangeError(`kernel: trial.split is ${trial.split}, expected a 32-bit number`);
  if (!whole(trial.trial)) throw new RangeError(`kernel: trial.trial is ${trial.trial}, expected a 32-bit number`);
}

/** The trial's spikes as base/draw-spikes.ts defines them. cost: nIn·T/8 draws of two words. */
export function drawInput(task: KernelTask, trial: KernelTrial, steps: number): KernelInput {
  checkTrial(task, trial);
  const n = task.offThreshold.length;
  const key = deriveKey([task.seed, trial.split], trial.odour, trial.trial);
  const on = task.onThreshold.subarray(trial.odour * n, (trial.odour + 1) * n);
  const onSteps = drawDuration(key, task.minSteps, task.maxSteps);
  return drawSpikes(key, { on, off: task.offThreshold, onSteps }, steps);
}
