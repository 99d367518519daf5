// Draws the input spikes of one trial: the definition of base/draw-spikes.ts, eight cells and eight steps at a time. Knows no network.
import {
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_DRAWN,
  CHUNK_STEP_PTR,
  DRAWN_STEPS,
  DRAW_ENDS,
  DRAW_KEYS,
  DRAW_LISTS,
  DURATION_CHOICES,
  INPUT_SIZE,
  MIN_STEPS,
  OFF_THRESHOLD,
  ON_THRESHOLD,
  PADDED_INPUTS,
  SEED,
  STEPS,
  padded,
} from '../layout';
import { context, field } from './memory';

const PARITY: u32 = 0x1bd11bda;
/** Counter words as in base/draw-spikes.ts. */
const DURATION_COUNTER: u32 = 0xffffffff;
const TIE_COUNTER: u32 = 0x80000000;
/** Bytes to the keys of the last four rounds. */
const LAST_KEYS: usize = 128;

// Threefry-2x32-20, scalar: two words packed as x0 | x1 << 32.
function threefry(key0: u32, key1: u32, counter0: u32, counter1: u32): u64 {
  const key2 = PARITY ^ key0 ^ key1;
  let x0: u32 = counter0 + key0;
  let x1: u32 = counter1 + key1;
  for (let round: u32 = 0; round < 5; round++) {
    const odd = (round & 1) != 0;
    x0 += x1;
    x1 = rotl<u32>(x1, odd ? 17 : 13) ^ x0;
    x0 += x1;
    x1 = rotl<u32>(x1, odd ? 29 : 15) ^ x0;
    x0 += x1;
    x1 = rotl<u32>(x1, odd ? 16 : 26) ^ x0;
    x0 += x1;
    x1 = rotl<u32>(x1, odd ? 24 : 6) ^ x0;
    const turn = (round + 1) % 3;
    x0 += turn == 0 ? key0 : turn == 1 ? key1 : key2;
    x1 += (turn == 0 ? key1 : turn == 1 ? key2 : key0) + round + 1;
  }
  return <u64>x0 | (<u64>x1 << 32);
}

// @ts-ignore: decorator
@inline
function turned(x: v128, left: i32): v128 {
  if (left == 16) return v128.shuffle<u8>(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  if (left == 24) return v128.shuffle<u8>(x, x, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left));
}

// The key schedule of Threefry-2x32-20: what is added to both words after each four rounds, as vectors.
function storeKeys(room: usize, key0: u32, key1: u32): void {
  const key2 = PARITY ^ key0 ^ key1;
  for (let group: u32 = 0; group < 5; group++) {
    const turn = (group + 1) % 3;
    const low = turn == 0 ? key0 : turn == 1 ? key1 : key2;
    const high = (turn == 0 ? key1 : turn == 1 ? key2 : key0) + group + 1;
    v128.store(room + <usize>(group << 5), i32x4.splat(low));
    v128.store(room + <usize>(group << 5), i32x4.splat(high), 16);
  }
}

/** High bytes of four thresholds, each in all four bytes of its word. */
// @ts-ignore: decorator
@inline
function highBytes(thresholds: v128): v128 {
  return v128.shuffle<u8>(thresholds, thresholds, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
}

// Bytes 0xff where the odour is on: `left` of a vector's four steps are.
// @ts-ignore: decorator
@inline
function onBytes(left: i32): v128 {
  if (left >= 4) return i32x4.splat(-1);
  return i32x4.splat(left <= 0 ? 0 : (1 << (left << 3)) - 1);
}

// A byte equal to its threshold's high byte: 24 more bits decide.
function wins(cell: i32, t: i32, threshold: u32, key: u64): bool {
  const word = <u32>threefry(<u32>key, <u32>(key >> 32), cell, TIE_COUNTER + <u32>t);
  return word >>> 8 < (threshold & 0xffffff);
}

// Appends to the lists of 8 steps the cells i … i + 7 that fire. Bit (word, half, cell of 4, step of 4) of `below` and `equal`.
// @ts-ignore: decorator
@inline
function append(room: usize, t: i32, i: i32, below: u64, equal: u64, on: usize, off: usize, onSteps: i32, key: u64): void {
  while (below != 0) {
    const place = <i32>ctz(below);
    const cell = i + ((place >> 2) & 7);
    const step = (place & 3) | ((place >> 5) << 2);
    if (((equal >> place) & 1) != 0) {
      const threshold = load<u32>((t + step < onSteps ? on : off) + (<usize>cell << 2));
      if (!wins(cell, t + step, threshold, key)) {
        below &= below - 1;
        continue;
      }
    }
    const at = room + DRAW_ENDS + <usize>(step << 2);
    const end = <usize>load<u32>(at);
    store<u32>(end, cell);
    store<u32>(at, end + 4);
    below &= below - 1;
  }
}

// @ts-ignore: decorator
@inline
function atMost(bytes: v128, thresholds: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.le_u(bytes, thresholds)));
}
// @ts-ignore: decorator
@inline
function equalTo(bytes: v128, thresholds: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.eq(bytes, thresholds)));
}

// Steps t … t + 7 of all cells, eight cells at a time: x and y are the counters, then the words, of cells i … i + 3 and i + 4 … i + 7.
function drawBlock(room: usize, t: i32, on: usize, off: usize, onSteps: i32, key: u64): void {
  const inputs = context(INPUT_SIZE);
  const key0 = i32x4.splat(<u32>key);
  const first = i32x4.add(i32x4(0, 1, 2, 3), key0);
  const counter1 = i32x4.splat((t >>> 3) + <u32>(key >> 32));
  const onLow = onBytes(onSteps - t);
  const onHigh = onBytes(onSteps - t - 4);
  for (let i = 0; i < inputs; i += 8) {
    let x0 = i32x4.add(i32x4.splat(i), first);
    let y0 = i32x4.add(x0, i32x4.splat(4));
    let x1 = counter1;
    let y1 = counter1;
    for (let keys = room; ; keys += 64) {
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = v128.xor(turned(x1, 13), x0);
      y1 = v128.xor(turned(y1, 13), y0);
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = v128.xor(turned(x1, 15), x0);
      y1 = v128.xor(turned(y1, 15), y0);
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = v128.xor(turned(x1, 26), x0);
      y1 = v128.xor(turned(y1, 26), y0);
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = i32x4.add(v128.xor(turned(x1, 6), x0), v128.load(keys, 16));
      y1 = i32x4.add(v128.xor(turned(y1, 6), y0), v128.load(keys, 16));
      x0 = i32x4.add(x0, v128.load(keys));
      y0 = i32x4.add(y0, v128.load(keys));
      if (keys == room + LAST_KEYS) break;
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = v128.xor(turned(x1, 17), x0);
      y1 = v128.xor(turned(y1, 17), y0);
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = v128.xor(turned(x1, 29), x0);
      y1 = v128.xor(turned(y1, 29), y0);
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = v128.xor(turned(x1, 16), x0);
      y1 = v128.xor(turned(y1, 16), y0);
      x0 = i32x4.add(x0, x1);
      y0 = i32x4.add(y0, y1);
      x1 = i32x4.add(v128.xor(turned(x1, 24), x0), v128.load(keys, 48));
      y1 = i32x4.add(v128.xor(turned(y1, 24), y0), v128.load(keys, 48));
      x0 = i32x4.add(x0, v128.load(keys, 32));
      y0 = i32x4.add(y0, v128.load(keys, 32));
    }
    const place = <usize>i << 2;
    const xOn = highBytes(v128.load(on + place));
    const yOn = highBytes(v128.load(on + place, 16));
    const xOff = highBytes(v128.load(off + place));
    const yOff = highBytes(v128.load(off + place, 16));
    const xLow = v128.bitselect(xOn, xOff, onLow);
    const yLow = v128.bitselect(yOn, yOff, onLow);
    const xHigh = v128.bitselect(xOn, xOff, onHigh);
    const yHigh = v128.bitselect(yOn, yOff, onHigh);
    const below = atMost(x0, xLow) | (atMost(y0, yLow) << 16) | (atMost(x1, xHigh) << 32) | (atMost(y1, yHigh) << 48);
    if (below == 0) continue;
    const equal = equalTo(x0, xLow) | (equalTo(y0, yLow) << 16) | (equalTo(x1, xHigh) << 32) | (equalTo(y1, yHigh) << 48);
    append(room, t, i, below, equal, on, off, onSteps, key);
  }
}

/** Fills stepPtr and cells of one lane; `room` as in layout.ts. */
export function drawTrial(record: usize, lane: i32, room: usize): void {
  const steps = context(STEPS);
  const trial = <usize>field(record, CHUNK_DRAWN) + <usize>(lane * 12);
  const odour = load<u32>(trial, 4);
  const key = threefry(context(SEED), load<u32>(trial), odour, load<u32>(trial, 8));
  const word = <u64>(<u32>threefry(<u32>key, <u32>(key >> 32), DURATION_COUNTER, 0));
  const onSteps = context(MIN_STEPS) + <i32>((word * <u64>context(DURATION_CHOICES)) >> 32);
  const off = <usize>context(OFF_THRESHOLD);
  const on = <usize>context(ON_THRESHOLD) + <usize>odour * <usize>(context(PADDED_INPUTS) * 4);
  const stepPtr = <usize>field(record, CHUNK_STEP_PTR) + <usize>(lane * (steps + 1) * 4);
  const cells = <usize>field(record, CHUNK_CELLS) + <usize>(lane * field(record, CHUNK_CELL_CAPACITY) * 4);
  const listBytes = padded(context(INPUT_SIZE)) << 2;
  let end = cells;
  storeKeys(room + DRAW_KEYS, <u32>key, <u32>(key >> 32));
  store<i32>(stepPtr, 0);
  for (let t = 0; t < steps; t += DRAWN_STEPS) {
    for (let s = 0; s < DRAWN_STEPS; s++) {
      store<u32>(room + <usize>(s << 2), room + DRAW_LISTS + <usize>s * listBytes, DRAW_ENDS);
    }
    drawBlock(room, t, on, off, onSteps, key);
    const count = min(DRAWN_STEPS, steps - t);
    for (let s = 0; s < count; s++) {
      const list = room + DRAW_LISTS + <usize>s * listBytes;
      const bytes = <usize>load<u32>(room + <usize>(s << 2), DRAW_ENDS) - list;
      memory.copy(end, list, bytes);
      end += bytes;
      store<i32>(stepPtr + (<usize>(t + s + 1) << 2), <i32>((end - cells) >> 2));
    }
  }
}
