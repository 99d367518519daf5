/**
 * Which of many cells fire in which step, each with its own chance: the one definition of every drawn trial. Knows no odours and no network.
 *
 * Definition (all numbers unsigned; threefry is Threefry-2x32-20; assembly/draw.ts of the kernel equals it bit for bit):
 * - a cell's threshold in a step is h·2^24 + l, l < 2^24: its chance times 2^32;
 * - b = byte t mod 8 of the two words of threefry(key, (cell, ⌊t/8⌋)), the least byte of word 0 first;
 * - the cell fires in step t ⇔ b < h, or b = h and ⌊word₀(threefry(key, (cell, 2^31 + t))) / 2^8⌋ < l.
 * So a draw of two words serves 8 steps, and one in 256 needs another: the chance is the threshold over 2^32, exactly.
 * Pinned by test/base/draw-spikes.test.ts.
 */
import { draw, type RandomKey, threefry } from './random.ts';

/** Cell numbers, as narrow as they fit. */
export type CellNumbers = Uint16Array | Uint32Array;

/** Spikes of one trial, CSR over steps: step t holds cell[stepPtr[t] … stepPtr[t+1]), ascending. */
export interface DrawnSpikes {
  /** [T + 1] */
  readonly stepPtr: Int32Array;
  readonly cell: CellNumbers;
}

/** Chances times 2^32, [cells] each: `on` in the first `onSteps` steps, `off` after them. */
export interface SpikeChances {
  readonly on: ArrayLike<number>;
  readonly off: ArrayLike<number>;
  readonly onSteps: number;
}

/** Counter word that no cell has: its draw is a trial's duration. */
const DURATION_COUNTER = 0xffffffff;
/** Counter word from which on the draws of ties lie. */
const TIE_COUNTER = 0x80000000;
/** Steps that one draw serves. */
const BLOCK = 8;

/** A whole number min … max, uniform, from a trial's key. */
export function drawDuration(key: RandomKey, min: number, max: number): number {
  const [word] = draw(key, DURATION_COUNTER, 0);
  return min + Math.floor((word * (max - min + 1)) / 4294967296);
}

/** Cell numbers below `size`: 16 bits each where they fit. */
export function cellNumbers(size: number, values: ArrayLike<number>): CellNumbers {
  return size > 65536 ? Uint32Array.from(values) : Uint16Array.from(values);
}

/** The spikes of `steps` steps (the definition above). cost: cells · T / 8 draws of two words. */
export function drawSpikes(key: RandomKey, chances: SpikeChances, steps: number): DrawnSpikes {
  const size = chances.off.length;
  const stepPtr = new Int32Array(steps + 1);
  const lists = Array.from({ length: BLOCK }, () => new Uint32Array(size));
  const ends = new Int32Array(BLOCK);
  let cell = new Uint32Array(64 + size);
  let end = 0;
  for (let t = 0; t < steps; t += BLOCK) {
    drawBlock(key, chances, t, lists, ends);
    for (let s = 0; s < BLOCK && t + s < steps; s++) {
      if (end + ends[s]! > cell.length) cell = grown(cell, end + size);
      cell.set(lists[s]!.subarray(0, ends[s]!), end);
      end += ends[s]!;
      stepPtr[t + s + 1] = end;
    }
  }
  return { stepPtr, cell: cellNumbers(size, cell.subarray(0, end)) };
}

/** Cells that fire in steps t … t + 7, one list a step. */
function drawBlock(
  [key0, key1]: RandomKey,
  { on, off, onSteps }: SpikeChances,
  t: number,
  lists: readonly Uint32Array[],
  ends: Int32Array,
): void {
  const words = new Uint32Array(2);
  const tie = new Uint32Array(2);
  ends.fill(0);
  for (let i = 0; i < off.length; i++) {
    threefry(key0, key1, i, t / BLOCK, words);
    for (let s = 0; s < BLOCK; s++) {
      const threshold = t + s < onSteps ? on[i]! : off[i]!;
      const high = Math.floor(threshold / 16777216);
      const byte = (words[s >>> 2]! >>> (8 * (s & 3))) & 0xff;
      if (byte > high) continue;
      if (byte === high) {
        threefry(key0, key1, i, TIE_COUNTER + t + s, tie);
        if (tie[0]! >>> 8 >= threshold % 16777216) continue;
      }
      lists[s]![ends[s]!++] = i;
    }
  }
}

function grown(cell: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, 2 * cell.length));
  larger.set(cell);
  return larger;
}
