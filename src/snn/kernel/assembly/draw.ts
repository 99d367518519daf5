// Draws the input spikes of one trial: the definition of odour/draw-trial.ts, eight cells at a time. Knows no network.
import {
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_DRAWN,
  CHUNK_STEP_PTR,
  DURATION_CHOICES,
  INPUT_SIZE,
  MIN_STEPS,
  OFF_THRESHOLD,
  ON_THRESHOLD,
  PADDED_INPUTS,
  SEED,
  STEPS,
} from '../layout';
import { context, field } from './memory';

const PARITY: u32 = 0x1bd11bda;

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

// Eight cells: those whose word is below the threshold fire, and are appended in ascending order.
// @ts-ignore: decorator
@inline
function append(low: v128, high: v128, threshold: usize, cell: i32, end: usize): usize {
  let fires =
    i32x4.bitmask(i32x4.lt_u(low, v128.load(threshold))) |
    (i32x4.bitmask(i32x4.lt_u(high, v128.load(threshold, 16))) << 4);
  while (fires != 0) {
    store<u16>(end, <u16>(cell + ctz(fires)));
    end += 2;
    fires &= fires - 1;
  }
  return end;
}

// @ts-ignore: decorator
@inline
function thresholdOf(on: usize, t: i32, duration: i32): usize {
  return t < duration ? on : <usize>context(OFF_THRESHOLD);
}

/** Fills stepPtr and cells of one lane; `odd` is room for one step's cells. */
export function drawTrial(record: usize, lane: i32, odd: usize): void {
  const steps = context(STEPS);
  const inputs = context(INPUT_SIZE);
  const trial = <usize>field(record, CHUNK_DRAWN) + <usize>(lane * 12);
  const odour = load<u32>(trial, 4);
  const key = threefry(context(SEED), load<u32>(trial), odour, load<u32>(trial, 8));
  const key0 = <u32>key;
  const key1 = <u32>(key >> 32);
  const word = <u64>(<u32>threefry(key0, key1, 0xffffffff, 0));
  const duration = context(MIN_STEPS) + <i32>((word * <u64>context(DURATION_CHOICES)) >> 32);
  const on = <usize>context(ON_THRESHOLD) + <usize>odour * <usize>(context(PADDED_INPUTS) * 4);
  const stepPtr = <usize>field(record, CHUNK_STEP_PTR) + <usize>(lane * (steps + 1) * 4);
  const cells = <usize>field(record, CHUNK_CELLS) + <usize>(lane * field(record, CHUNK_CELL_CAPACITY) * 2);
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const key2 = PARITY ^ key0 ^ key1;
  const k2 = i32x4.splat(key2);
  const k2a = i32x4.splat(key2 + 1);
  const k0b = i32x4.splat(key0 + 2);
  const k1c = i32x4.splat(key1 + 3);
  const k2d = i32x4.splat(key2 + 4);
  const k0e = i32x4.splat(key0 + 5);
  const first = i32x4.add(i32x4(0, 1, 2, 3), k0);
  const four = i32x4.splat(4);
  let end = cells;
  store<i32>(stepPtr, 0);
  for (let t = 0; t < steps; t += 2) {
    const even = thresholdOf(on, t, duration);
    const next = thresholdOf(on, t + 1, duration);
    const counter1 = i32x4.splat((t >>> 1) + key1);
    let oddEnd = odd;
    for (let i = 0; i < inputs; i += 8) {
      let x0 = i32x4.add(i32x4.splat(i), first);
      let y0 = i32x4.add(x0, four);
      let x1 = counter1;
      let y1 = counter1;
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
      x1 = v128.xor(turned(x1, 6), x0);
      y1 = v128.xor(turned(y1, 6), y0);
      x0 = i32x4.add(x0, k1);
      y0 = i32x4.add(y0, k1);
      x1 = i32x4.add(x1, k2a);
      y1 = i32x4.add(y1, k2a);
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
      x1 = v128.xor(turned(x1, 24), x0);
      y1 = v128.xor(turned(y1, 24), y0);
      x0 = i32x4.add(x0, k2);
      y0 = i32x4.add(y0, k2);
      x1 = i32x4.add(x1, k0b);
      y1 = i32x4.add(y1, k0b);
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
      x1 = v128.xor(turned(x1, 6), x0);
      y1 = v128.xor(turned(y1, 6), y0);
      x0 = i32x4.add(x0, k0);
      y0 = i32x4.add(y0, k0);
      x1 = i32x4.add(x1, k1c);
      y1 = i32x4.add(y1, k1c);
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
      x1 = v128.xor(turned(x1, 24), x0);
      y1 = v128.xor(turned(y1, 24), y0);
      x0 = i32x4.add(x0, k1);
      y0 = i32x4.add(y0, k1);
      x1 = i32x4.add(x1, k2d);
      y1 = i32x4.add(y1, k2d);
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
      x1 = v128.xor(turned(x1, 6), x0);
      y1 = v128.xor(turned(y1, 6), y0);
      x0 = i32x4.add(x0, k2);
      y0 = i32x4.add(y0, k2);
      x1 = i32x4.add(x1, k0e);
      y1 = i32x4.add(y1, k0e);
      const place = <usize>i << 2;
      end = append(x0, y0, even + place, i, end);
      oddEnd = append(x1, y1, next + place, i, oddEnd);
    }
    store<i32>(stepPtr + (<usize>(t + 1) << 2), <i32>((end - cells) >> 1));
    if (t + 1 == steps) break;
    memory.copy(end, odd, oddEnd - odd);
    end += oddEnd - odd;
    store<i32>(stepPtr + (<usize>(t + 2) << 2), <i32>((end - cells) >> 1));
  }
}
