/**
 * Which input cells fire in which step of one trial. Knows no odour names, no network, no files.
 *
 * Definition (the WebAssembly twin equals it bit for bit; every number is an unsigned 32-bit word, threefry is Threefry-2x32-20):
 * - trial key = threefry(key (seed, split number), counter (odour, trial)), both words;
 * - n = maxSteps − minSteps + 1; duration = minSteps + ⌊word₀(threefry(trial key, counter (0xffffffff, 0))) · n / 2^32⌋ steps;
 * - cell i fires in step t ⇔ word_{t & 1}(threefry(trial key, counter (i, t >>> 1))) < ⌊p · 2^32⌋,
 *   p = onProbability[odour, i] while t < duration, else offProbability[i]; odour C, the number of odours, is clean air: offProbability throughout.
 * Pinned by test/odour/draw-trial.test.ts (a direct transcription, a golden digest, binomial bounds).
 */
import { deriveKey, draw, type RandomKey, threefry } from '../base/random.ts';
import { type OdourTask, type SpikeEvents, type Split, splits, type Trial } from './odour-task.ts';

/** Counter word that no cell has: its draw is the trial's duration. */
const DURATION_COUNTER = 0xffffffff;

/** The random key of one trial. */
function trialKey(task: OdourTask, trial: Trial): RandomKey {
  return deriveKey([task.seed, splits[trial.split]], trial.odour, trial.trial);
}

/** Steps for which the odour is on. */
export function durationSteps(task: OdourTask, trial: Trial): number {
  const min = Math.round(task.durationMs.min / task.dtMs);
  const max = Math.round(task.durationMs.max / task.dtMs);
  const [word] = draw(trialKey(task, trial), DURATION_COUNTER, 0);
  return min + Math.floor((word * (max - min + 1)) / 4294967296);
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
  if (task.inputSize > 65536) throw new RangeError(`drawTrial: inputSize ${task.inputSize}, the most is 65536`);
}

interface PairCounts {
  even: number;
  odd: number;
}

/** Spikes of one step pair: those of the even step go to `cell` from `end` on, those of the odd step to `odd`. */
function drawPair(
  key: RandomKey,
  pair: number,
  evenThreshold: Float64Array,
  oddThreshold: Float64Array,
  cell: Uint16Array,
  end: number,
  odd: Uint16Array,
  word: Uint32Array,
  counts: PairCounts,
): void {
  const [key0, key1] = key;
  let evenEnd = end;
  let oddEnd = 0;
  for (let i = 0; i < evenThreshold.length; i++) {
    threefry(key0, key1, i, pair, word);
    if (word[0]! < evenThreshold[i]!) cell[evenEnd++] = i;
    if (word[1]! < oddThreshold[i]!) odd[oddEnd++] = i;
  }
  counts.even = evenEnd - end;
  counts.odd = oddEnd;
}

/** The spikes of one trial (the definition above). cost: nIn · T / 2 draws; allocates only the result and two rows. */
export function drawTrial(task: OdourTask, trial: Trial): SpikeEvents {
  checkTrial(task, trial);
  const { inputSize, steps } = task;
  const off = thresholds(task.offProbability);
  const rest = trial.odour === task.odours.length;
  const on = rest
    ? off
    : thresholds(task.onProbability.subarray(trial.odour * inputSize, (trial.odour + 1) * inputSize));
  const key = trialKey(task, trial);
  const duration = durationSteps(task, trial);
  const stepPtr = new Int32Array(steps + 1);
  const odd = new Uint16Array(inputSize);
  const word = new Uint32Array(2);
  const counts: PairCounts = { even: 0, odd: 0 };
  let cell = new Uint16Array(16 * inputSize);
  let end = 0;
  for (let t = 0; t < steps; t += 2) {
    if (end + 2 * inputSize > cell.length) cell = grown(cell, end);
    drawPair(key, t >>> 1, t < duration ? on : off, t + 1 < duration ? on : off, cell, end, odd, word, counts);
    end += counts.even;
    stepPtr[t + 1] = end;
    if (t + 1 === steps) break;
    cell.set(odd.subarray(0, counts.odd), end);
    end += counts.odd;
    stepPtr[t + 2] = end;
  }
  return { stepPtr, cell: cell.slice(0, end) };
}

function grown(cell: Uint16Array, used: number): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(cell.length * 2);
  larger.set(cell.subarray(0, used));
  return larger;
}
