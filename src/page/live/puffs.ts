/** One or two odours, each with its onset and duration → the spikes of the input cells. Knows no network. */
import type { DrawnSpikes } from '../../base/draw-spikes.ts';
import { deriveKey, type RandomKey, threefry } from '../../base/random.ts';
import { type OdourTask, splits } from '../../odour/odour-task.ts';

/** An odour and when it is there. */
export interface Puff {
  /** 0 … C − 1 */
  readonly odour: number;
  readonly onsetSteps: number;
  readonly durationSteps: number;
}

/** What the nose of one trial gets. */
export interface NoseInput {
  /** None, one or two; the first names the trial's random key. */
  readonly puffs: readonly Puff[];
  /** Number of the trial in the test split. */
  readonly trial: number;
  /** [nIn] silenced: 1, or none. */
  readonly silent?: Uint8Array;
  /** [nIn] added to the chance of a spike in a step, or none. */
  readonly added?: Float32Array;
}

/**
 * The spikes of one trial: cell i fires in step t as base/draw-spikes.ts says of the key of test trial (first odour, trial) and of the chance in that
 * step: the task's `on` of the odour that is there, of two the larger one, else `off`. One odour from step 0 for the task's own duration is the
 * task's own trial, bit for bit. Silent cells do not fire. Pinned by test/page/puffs.test.ts. cost: nIn · T / 8 draws.
 */
export function drawNose(task: OdourTask, nose: NoseInput): DrawnSpikes {
  const { steps, inputSize } = task;
  const key = noseKey(task, nose);
  const states = stepStates(nose.puffs, steps);
  const chances = Array.from({ length: 1 << nose.puffs.length }, (_, state) => thresholds(task, nose, state));
  const stepPtr = new Int32Array(steps + 1);
  const cells: number[] = [];
  const lists = Array.from({ length: BLOCK }, () => [] as number[]);
  for (let t = 0; t < steps; t += BLOCK) {
    const block = Math.min(BLOCK, steps - t);
    drawBlock(key, chances, states.subarray(t, t + block), t, lists);
    for (let s = 0; s < block; s++) {
      for (const cell of lists[s]!) if (nose.silent?.[cell] !== 1) cells.push(cell);
      stepPtr[t + s + 1] = cells.length;
      lists[s]!.length = 0;
    }
  }
  return { stepPtr, cell: inputSize > 65536 ? Uint32Array.from(cells) : Uint16Array.from(cells) };
}

/** Steps that one draw serves, and the counter from which on the draws of ties lie: base/draw-spikes.ts. */
const BLOCK = 8;
const TIE_COUNTER = 0x80000000;

/** Chances times 2^32 in two parts: the most significant byte, and the 24 bits below it. */
interface Thresholds {
  readonly high: Uint8Array;
  readonly low: Uint32Array;
}

/** Cells that fire in steps t … t + 7, a list each; a cell none of whose eight bytes is low enough is passed over at once. */
function drawBlock(
  [key0, key1]: RandomKey,
  chances: readonly Thresholds[],
  states: Uint8Array,
  t: number,
  lists: readonly number[][],
): void {
  const words = new Uint32Array(2);
  const tie = new Uint32Array(2);
  const most = mostOf(chances, states);
  for (let i = 0; i < most.length; i++) {
    threefry(key0, key1, i, t / BLOCK, words);
    const limit = most[i]!;
    if (limit < 127 && !anyBelow(words[0]!, limit + 1) && !anyBelow(words[1]!, limit + 1)) continue;
    for (let s = 0; s < states.length; s++) {
      const { high, low } = chances[states[s]!]!;
      const byte = (words[s >>> 2]! >>> (8 * (s & 3))) & 0xff;
      if (byte > high[i]!) continue;
      if (byte === high[i]!) {
        threefry(key0, key1, i, TIE_COUNTER + t + s, tie);
        if (tie[0]! >>> 8 >= low[i]!) continue;
      }
      lists[s]!.push(i);
    }
  }
}

/** Whether a byte of the word is below `limit` ≤ 128. */
function anyBelow(word: number, limit: number): boolean {
  return ((word - limit * 0x01010101) & ~word & 0x80808080) !== 0;
}

/** [nIn] the largest of the most significant bytes that the block's states have. */
function mostOf(chances: readonly Thresholds[], states: Uint8Array): Uint8Array {
  const [first, ...others] = [...new Set(states)].map((state) => chances[state]!.high);
  if (others.length === 0) return first!;
  return first!.map((high, i) => others.reduce((most, other) => Math.max(most, other[i]!), high));
}

/** As odour/draw-trial.ts says of a test trial; without an odour, of clean air. */
function noseKey(task: OdourTask, { puffs, trial }: NoseInput): RandomKey {
  return deriveKey([task.seed, splits.test], puffs[0]?.odour ?? task.odours.length, trial);
}

/** [T] which puffs are there, as bits. */
function stepStates(puffs: readonly Puff[], steps: number): Uint8Array {
  const states = new Uint8Array(steps);
  puffs.forEach(({ onsetSteps, durationSteps }, k) => {
    for (let t = Math.max(0, onsetSteps); t < Math.min(steps, onsetSteps + durationSteps); t++) states[t]! |= 1 << k;
  });
  return states;
}

/** The largest chance that 32 bits hold. */
const MOST_CHANCE = 1 - 2 ** -32;

/** [nIn] ⌊p·2^32⌋ */
function thresholds(task: OdourTask, { puffs, added }: NoseInput, state: number): Thresholds {
  const { inputSize, onProbability, offProbability } = task;
  const there = puffs.filter((_, k) => (state >> k) & 1).map(({ odour }) => odour * inputSize);
  const high = new Uint8Array(inputSize);
  const low = new Uint32Array(inputSize);
  for (let i = 0; i < inputSize; i++) {
    const p = there.reduce(
      (most, from) => Math.max(most, onProbability[from + i]!),
      there.length === 0 ? offProbability[i]! : 0,
    );
    const threshold = Math.floor(Math.min(MOST_CHANCE, p + (added?.[i] ?? 0)) * 4294967296);
    high[i] = threshold >>> 24;
    low[i] = threshold & 0xffffff;
  }
  return { high, low };
}
