/**
 * Which input cells fire in which step of one trial. Knows no odour names, no network, no files.
 *
 * Definition (every number is an unsigned 32-bit word, threefry is Threefry-2x32-20):
 * - trial key = threefry(key (seed, split number), counter (odour, trial)), both words;
 * - n = maxSteps − minSteps + 1; duration = minSteps + ⌊word₀(threefry(trial key, counter (0xffffffff, 0))) · n / 2^32⌋ steps;
 * - cell i fires in step t as base/draw-spikes.ts says of the trial key and the threshold ⌊p · 2^32⌋,
 *   p = onProbability[odour, i] while t < duration, else offProbability[i]; odour C, the number of odours, is clean air: offProbability throughout.
 * Pinned by test/odour/draw-trial.test.ts (a direct transcription, a golden digest, binomial bounds).
 */
import { drawDuration, drawSpikes } from '../base/draw-spikes.ts';
import { deriveKey, type RandomKey } from '../base/random.ts';
import { type OdourTask, type SpikeEvents, type Split, splits, type Trial } from './odour-task.ts';

/** The random key of one trial. */
function trialKey(task: OdourTask, trial: Trial): RandomKey {
  return deriveKey([task.seed, splits[trial.split]], trial.odour, trial.trial);
}

/** Steps for which the odour is on. */
export function durationSteps(task: OdourTask, trial: Trial): number {
  const min = Math.round(task.durationMs.min / task.dtMs);
  const max = Math.round(task.durationMs.max / task.dtMs);
  return drawDuration(trialKey(task, trial), min, max);
}

/** Every trial of a split, by odour, then by number; `epoch` picks fresh trials of `train` and changes nothing elsewhere. */
export function trialsOf(task: OdourTask, split: Split, epoch = 0): Trial[] {
  const count = task.trials[split];
  const first = split === 'train' ? epoch * count : 0;
  return task.odours.flatMap((_, odour) =>
    Array.from({ length: count }, (_, k): Trial => ({ split, odour, trial: first + k })),
  );
}

/** Trials `first` … `first + count − 1` of a split without odour; no trial of an odour shares a draw with them. */
export function restTrials(task: OdourTask, split: Split, count: number, first = 0): Trial[] {
  return Array.from({ length: count }, (_, k): Trial => ({ split, odour: task.odours.length, trial: first + k }));
}

/** ⌊p · 2^32⌋ of each probability; exact, since p is a 32-bit float. */
function thresholds(probability: Float32Array): Float64Array {
  return Float64Array.from(probability, (p) => Math.floor(p * 4294967296));
}

function checkTrial(task: OdourTask, trial: Trial): void {
  if (!(trial.odour >= 0 && trial.odour <= task.odours.length && Number.isInteger(trial.odour))) {
    throw new RangeError(`drawTrial: odour ${trial.odour} of ${task.odours.length}`);
  }
  if (!(Number.isInteger(trial.trial) && trial.trial >= 0 && trial.trial < 4294967296)) {
    throw new RangeError(`drawTrial: trial ${trial.trial} is not an unsigned 32-bit number`);
  }
}

/** The spikes of one trial (the definition above). cost: nIn · T / 8 draws. */
export function drawTrial(task: OdourTask, trial: Trial): SpikeEvents {
  checkTrial(task, trial);
  const { inputSize, steps } = task;
  const off = thresholds(task.offProbability);
  const rest = trial.odour === task.odours.length;
  const on = rest
    ? off
    : thresholds(task.onProbability.subarray(trial.odour * inputSize, (trial.odour + 1) * inputSize));
  return drawSpikes(trialKey(task, trial), { on, off, onSteps: durationSteps(task, trial) }, steps);
}
