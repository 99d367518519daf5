// Steps of one chunk forward, 8 trials side by side, spikes delivered row by row. Equals reference/forward.ts bit for bit.
import {
  CELL_BITS,
  CELL_MASK,
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_COUNTS,
  CHUNK_EVENTS,
  CHUNK_NON_FINITE,
  CHUNK_STEP_PTR,
  CHUNK_TRIALS,
  CROSSINGS,
  CROSSING_BYTES,
  EDGES,
  EDGE_BYTES,
  FLOORS,
  INPUT_SIZE,
  MOTIONS,
  MOTION_BYTES,
  NARROW_LANES,
  ROWS,
  ROW_BYTES,
  SIZE,
  STEPS,
  TAPED_HALF_BYTES,
  TAPED_ROW_BYTES,
  TAPE_END_BYTES,
  THRESHOLDS,
  V_REST,
  W_CURRENT,
  W_HELD_CELLS,
  W_HELD_FLAG,
  W_HELD_UNTIL,
  W_MASK,
  W_SPIKES,
  W_U,
  W_V,
  X_FLOOR,
  X_REFRACTORY,
  X_V_RESET,
  X_V_THRESH,
  padded,
  tapeEnds,
  tapeHeld,
  tapeRows,
} from '../layout';
import { context, field, highMask, lowMask, splat0, splat1, splat2, splat3 } from './memory';

/** Cells in the list of held cells; a thread's own, like all globals of an instance. */
let heldCount: i32 = 0;

/** [N][8] vRest: V before the first step. */
function restoreRest(workspace: usize): void {
  const size = context(SIZE);
  const rest = <usize>context(V_REST);
  let v = workspace + padded(size) * W_V;
  for (let i = 0; i < size; i++) {
    const x = v128.load32_splat(rest + (<usize>i << 2));
    v128.store(v, x);
    v128.store(v, x, 16);
    v += 32;
  }
}

/** V = vRest, U = 0, no currents, nothing held, no counts. */
export function resetState(workspace: usize, record: usize): void {
  const size = context(SIZE);
  const n = padded(size);
  restoreRest(workspace);
  memory.fill(workspace + n * W_CURRENT, 0, n * 64);
  memory.fill(workspace + n * W_U, 0, n * 32);
  memory.fill(workspace + n * W_HELD_UNTIL, 0xff, n * 32);
  memory.fill(workspace + n * W_HELD_FLAG, 0, n);
  memory.fill(workspace + n * W_MASK, 0, n);
  heldCount = 0;
  memory.fill(<usize>field(record, CHUNK_COUNTS), 0, <usize>(field(record, CHUNK_TRIALS) * size * 4));
  store<i32>(record + (CHUNK_EVENTS << 2), 0);
}

/** The list of held cells from their last held steps, before step t. */
export function rebuildHeldList(workspace: usize, t: i32): void {
  const size = context(SIZE);
  const n = padded(size);
  const until = workspace + n * W_HELD_UNTIL;
  memory.fill(workspace + n * W_HELD_FLAG, 0, n);
  heldCount = 0;
  for (let i = 0; i < size; i++) {
    const low = i32x4.ge_s(v128.load(until + (<usize>i << 5)), i32x4.splat(t));
    const high = i32x4.ge_s(v128.load(until + (<usize>i << 5), 16), i32x4.splat(t));
    if (v128.any_true(v128.or(low, high))) listHeld(workspace, i);
  }
}

// @ts-ignore: decorator
@inline
function listHeld(workspace: usize, cell: i32): void {
  const n = padded(context(SIZE));
  const flag = workspace + n * W_HELD_FLAG + <usize>cell;
  if (load<u8>(flag) != 0) return;
  store<u8>(flag, 1);
  store<u32>(workspace + n * W_HELD_CELLS + (<usize>heldCount << 2), cell);
  heldCount++;
}

// V ← ((drive + a·V) + kE·Ie) − kI·Ii and U ← V + a·U (where `traced`) from both after the reset, then currents decay; four lanes at `at`.
// Returns V.
// @ts-ignore: decorator
@inline
function integrateHalf(constants: v128, v: usize, u: usize, current: usize, traced: bool): v128 {
  const a = splat1(constants);
  const before = v128.load(v);
  if (traced) v128.store(u, f32x4.add(before, f32x4.mul(a, v128.load(u))));
  const e = v128.load(current);
  const i = v128.load(current, 32);
  const after = f32x4.add(f32x4.add(f32x4.add(splat0(constants), f32x4.mul(a, before)), e), i);
  v128.store(v, after);
  v128.store(current, f32x4.mul(splat2(constants), e));
  v128.store(current, f32x4.mul(splat3(constants), i), 32);
  return after;
}

// A step of all cells, in the low four lanes alone where `narrow`. Marks lanes above their floor where `taped`, else lanes that spike.
// @ts-ignore: decorator
@inline
function integrate(workspace: usize, taped: bool, traced: bool, narrow: bool): void {
  const size = <usize>context(SIZE);
  const n = padded(context(SIZE));
  let current = workspace + n * W_CURRENT;
  let v = workspace + n * W_V;
  let u = workspace + n * W_U;
  let mask = workspace + n * W_MASK;
  let motion = <usize>context(MOTIONS);
  let mark = <usize>context(taped ? FLOORS : THRESHOLDS);
  const end = motion + size * MOTION_BYTES;
  while (motion < end) {
    const constants = v128.load(motion); // drive, a, bE, bI
    const level = v128.load32_splat(mark);
    const low = integrateHalf(constants, v, u, current, traced);
    let lanes = i32x4.bitmask(taped ? f32x4.gt(low, level) : f32x4.ge(low, level));
    if (!narrow) {
      const high = integrateHalf(constants, v + 16, u + 16, current + 16, traced);
      lanes |= i32x4.bitmask(taped ? f32x4.gt(high, level) : f32x4.ge(high, level)) << 4;
    }
    store<u8>(mask, lanes);
    v += 32;
    u += 32;
    current += 64;
    mask++;
    mark += 4;
    motion += MOTION_BYTES;
  }
}

function integrateTaped(workspace: usize, narrow: bool): void {
  if (narrow) integrate(workspace, true, true, true);
  else integrate(workspace, true, true, false);
}
function integrateTraced(workspace: usize, narrow: bool): void {
  if (narrow) integrate(workspace, false, true, true);
  else integrate(workspace, false, true, false);
}
function integratePlain(workspace: usize, narrow: bool): void {
  if (narrow) integrate(workspace, false, false, true);
  else integrate(workspace, false, false, false);
}

// Puts V of held lanes back to vReset and U to 0, mends their marks, tapes who was held.
function holdCells(workspace: usize, t: i32, taped: bool): void {
  const n = padded(context(SIZE));
  const cells = workspace + n * W_HELD_CELLS;
  const now = i32x4.splat(t);
  let k = 0;
  while (k < heldCount) {
    const i = load<u32>(cells + (<usize>k << 2));
    const row = <usize>i << 5;
    const until = workspace + n * W_HELD_UNTIL + row;
    const held0 = i32x4.ge_s(v128.load(until), now);
    const held1 = i32x4.ge_s(v128.load(until, 16), now);
    const held = i32x4.bitmask(held0) | (i32x4.bitmask(held1) << 4);
    if (held == 0) {
      heldCount--;
      store<u8>(workspace + n * W_HELD_FLAG + <usize>i, 0);
      store<u32>(cells + (<usize>k << 2), load<u32>(cells + (<usize>heldCount << 2)));
      continue;
    }
    const crossing = <usize>context(CROSSINGS) + <usize>i * CROSSING_BYTES;
    resetLanes(workspace, row, v128.load32_splat(crossing, X_V_RESET), held0, held1);
    const vReset = load<f32>(crossing, X_V_RESET);
    const marked = taped ? vReset > load<f32>(crossing, X_FLOOR) : vReset >= load<f32>(crossing, X_V_THRESH);
    const mask = workspace + n * W_MASK + <usize>i;
    store<u8>(mask, marked ? load<u8>(mask) | held : load<u8>(mask) & ~held);
    if (taped) {
      store<u32>(heldEnd, i | (held << CELL_BITS));
      heldEnd += 4;
    }
    k++;
  }
}

// V = vReset and U = 0 in the lanes of two masks.
// @ts-ignore: decorator
@inline
function resetLanes(workspace: usize, row: usize, reset: v128, low: v128, high: v128): void {
  const n = padded(context(SIZE));
  const v = workspace + n * W_V + row;
  const u = workspace + n * W_U + row;
  v128.store(v, v128.bitselect(reset, v128.load(v), low));
  v128.store(v, v128.bitselect(reset, v128.load(v, 16), high), 16);
  v128.store(u, v128.andnot(v128.load(u), low));
  v128.store(u, v128.andnot(v128.load(u, 16), high), 16);
}

// Counts the spikes of one cell, resets it and starts its refractoriness.
// @ts-ignore: decorator
@inline
function spikeCell(workspace: usize, record: usize, t: i32, i: i32, spikes: i32, counted: bool): void {
  const size = context(SIZE);
  if (counted) {
    const counts = <usize>field(record, CHUNK_COUNTS) + (<usize>i << 2);
    let lanes = spikes;
    while (lanes != 0) {
      const count = counts + <usize>(ctz(lanes) * size * 4);
      store<f32>(count, load<f32>(count) + 1);
      lanes &= lanes - 1;
    }
  }
  const row = <usize>i << 5;
  const low = lowMask(spikes);
  const high = highMask(spikes);
  const crossing = <usize>context(CROSSINGS) + <usize>i * CROSSING_BYTES;
  resetLanes(workspace, row, v128.load32_splat(crossing, X_V_RESET), low, high);
  const refractory = load<i32>(crossing, X_REFRACTORY);
  if (refractory == 0) return;
  const until = workspace + padded(size) * W_HELD_UNTIL + row;
  const last = i32x4.splat(t + refractory);
  v128.store(until, v128.bitselect(last, v128.load(until), low));
  v128.store(until, v128.bitselect(last, v128.load(until, 16), high), 16);
  listHeld(workspace, i);
}

// Tapes cell i, near threshold in the lanes `active`: the row, V and U of the halves with such lanes. Returns its lanes that spike.
// @ts-ignore: decorator
@inline
function tapeRow(workspace: usize, i: i32, active: i32): i32 {
  const n = padded(context(SIZE));
  const v = workspace + n * W_V + (<usize>i << 5);
  const u = workspace + n * W_U + (<usize>i << 5);
  const threshold = v128.load32_splat(<usize>context(THRESHOLDS) + (<usize>i << 2));
  const v0 = v128.load(v);
  const v1 = v128.load(v, 16);
  const spikes = active & (i32x4.bitmask(f32x4.ge(v0, threshold)) | (i32x4.bitmask(f32x4.ge(v1, threshold)) << 4));
  store<u32>(rowEnd, i);
  store<u32>(rowEnd, active | (spikes << 8), 4);
  rowEnd += TAPED_ROW_BYTES;
  // Both halves are written, and what is not needed is written over.
  v128.store(halfEnd, v0);
  v128.store(halfEnd, v128.load(u), 16);
  halfEnd += <usize>((active & 0x0f) != 0) * TAPED_HALF_BYTES;
  v128.store(halfEnd, v1);
  v128.store(halfEnd, v128.load(u, 16), 16);
  halfEnd += <usize>((active & 0xf0) != 0) * TAPED_HALF_BYTES;
  return spikes;
}

// From marks to lists: rows near threshold for the tape, rows that spike for delivery.
// @ts-ignore: decorator
@inline
function listRows(workspace: usize, record: usize, t: i32, taped: bool, counted: bool): void {
  const size = context(SIZE);
  const n = padded(size);
  const mask = workspace + n * W_MASK;
  const used = (1 << field(record, CHUNK_TRIALS)) - 1;
  spikeEnd = workspace + n * W_SPIKES;
  for (let block = 0; block < size; block += 8) {
    let marks = load<u64>(mask + <usize>block);
    while (marks != 0) {
      const place = <i32>(ctz(marks) & ~7);
      const active = <i32>((marks >> place) & 0xff) & used;
      marks &= ~(<u64>0xff << place);
      if (active == 0) continue;
      const i = block + (place >> 3);
      const spikes = taped ? tapeRow(workspace, i, active) : active;
      store<u32>(spikeEnd, i | (spikes << CELL_BITS));
      spikeEnd += <usize>(spikes != 0) << 2;
    }
  }
  for (let at = workspace + n * W_SPIKES; at < spikeEnd; at += 4) {
    const word = load<u32>(at);
    spikeCell(workspace, record, t, <i32>(word & CELL_MASK), <i32>(word >> CELL_BITS), counted);
  }
}

/** Where the next half, row and held row of the tape go; a thread's own. */
let halfEnd: usize = 0;
let rowEnd: usize = 0;
let heldEnd: usize = 0;

/** End of the list of cells that spiked in this step. */
let spikeEnd: usize = 0;

/** Takes what a touch loads, so that no compiler leaves it out. */
let touched: i32 = 0;

// @ts-ignore: decorator
@inline
function deliverLane(edge: usize, end: usize, current: usize): void {
  for (; edge < end; edge += EDGE_BYTES) {
    const target = current + <usize>load<u32>(edge);
    store<f32>(target, load<f32>(target) + load<f32>(edge, 4));
  }
}

// @ts-ignore: decorator
@inline
function deliverLanes(edge: usize, end: usize, current: usize, lanes: i32): void {
  const low = lowMask(lanes);
  const high = highMask(lanes);
  for (; edge < end; edge += EDGE_BYTES) {
    const target = current + <usize>load<u32>(edge);
    const weight = v128.load32_splat(edge, 4);
    const x0 = v128.load(target);
    const x1 = v128.load(target, 16);
    v128.store(target, v128.bitselect(f32x4.add(x0, weight), x0, low));
    v128.store(target, v128.bitselect(f32x4.add(x1, weight), x1, high), 16);
  }
}

// Spikes of step t enter the currents of step t + 1: input cells first, then the network's, ascending in every lane.
function deliver(workspace: usize, record: usize, t: i32): u32 {
  const steps = context(STEPS);
  const n = padded(context(SIZE));
  const current = workspace + n * W_CURRENT;
  const edges = <usize>context(EDGES);
  const trials = field(record, CHUNK_TRIALS);
  const rows = <usize>context(ROWS);
  let bytes: u32 = 0;
  for (let lane = 0; lane < trials; lane++) {
    const stepPtr = <usize>field(record, CHUNK_STEP_PTR) + <usize>((lane * (steps + 1) + t) * 4);
    const cells = <usize>field(record, CHUNK_CELLS) + <usize>(lane * field(record, CHUNK_CELL_CAPACITY) * 4);
    const end = cells + (<usize>load<i32>(stepPtr, 4) << 2);
    const first = cells + (<usize>load<i32>(stepPtr) << 2);
    // Loads where rows begin, all before the first is delivered: their latencies overlap.
    for (let k = first; k < end; k += 4) {
      touched += load<i32>(edges + <usize>load<u32>(rows + <usize>load<u32>(k) * ROW_BYTES));
    }
    for (let k = first; k < end; k += 4) {
      const row = rows + <usize>load<u32>(k) * ROW_BYTES;
      const begin = <usize>load<u32>(row);
      const stop = <usize>load<u32>(row, 4);
      bytes += <u32>(stop - begin);
      deliverLane(edges + begin, edges + stop, current + <usize>(lane << 2));
    }
  }
  const cellRows = rows + <usize>context(INPUT_SIZE) * ROW_BYTES;
  for (let k = workspace + n * W_SPIKES; k < spikeEnd; k += 4) {
    const word = load<u32>(k);
    const row = cellRows + <usize>(word & CELL_MASK) * ROW_BYTES;
    let lanes = <i32>(word >> CELL_BITS);
    const edge = edges + <usize>load<u32>(row);
    const end = edges + <usize>load<u32>(row, 4);
    bytes += <u32>popcnt(lanes) * <u32>(end - edge);
    if (popcnt(lanes) > 2) {
      deliverLanes(edge, end, current, lanes);
      continue;
    }
    while (lanes != 0) {
      deliverLane(edge, end, current + <usize>(ctz(lanes) << 2));
      lanes &= lanes - 1;
    }
  }
  return bytes / <u32>EDGE_BYTES;
}

// Where halves, rows and held rows end after step t of a tape that begins at step `from`.
function tapeStep(tape: usize, from: i32, to: i32, t: i32): void {
  const size = <usize>context(SIZE);
  const span = <usize>(to - from);
  const ends = tape + tapeEnds(size, span) + <usize>(t + 1 - from) * TAPE_END_BYTES;
  store<u32>(ends, <u32>(halfEnd - tape));
  store<u32>(ends, <u32>(rowEnd - tape - tapeRows(size, span)), 4);
  store<u32>(ends, <u32>(heldEnd - tape - tapeHeld(size, span)), 8);
}

/**
 * Steps from ≤ t < to of a chunk; fills the tape (of the steps from `from` on) unless it is 0, keeps U where `traced` or taped, counts
 * spikes if asked to.
 */
export function forwardSteps(
  workspace: usize,
  record: usize,
  from: i32,
  to: i32,
  tape: usize,
  traced: bool,
  counted: bool,
): void {
  const size = <usize>context(SIZE);
  const span = <usize>(to - from);
  const taped = tape != 0;
  const narrow = field(record, CHUNK_TRIALS) <= NARROW_LANES;
  halfEnd = tape;
  rowEnd = tape + tapeRows(size, span);
  heldEnd = tape + tapeHeld(size, span);
  if (taped) tapeStep(tape, from, to, from - 1);
  let events: u32 = 0;
  for (let t = from; t < to; t++) {
    if (taped) integrateTaped(workspace, narrow);
    else if (traced) integrateTraced(workspace, narrow);
    else integratePlain(workspace, narrow);
    holdCells(workspace, t, taped);
    if (taped) {
      listRows(workspace, record, t, true, counted);
      tapeStep(tape, from, to, t);
    } else listRows(workspace, record, t, false, counted);
    if (t + 1 < context(STEPS)) events += deliver(workspace, record, t);
  }
  if (!counted) return;
  const total = record + (CHUNK_EVENTS << 2);
  store<u32>(total, load<u32>(total) + events);
  if (to == context(STEPS)) store<i32>(record + (CHUNK_NON_FINITE << 2), nonFinite(workspace));
}

// x·0 is NaN for what is not finite. Bits: 1 V (after the reset), 2 Ie, 4 Ii.
function nonFinite(workspace: usize): i32 {
  const size = context(SIZE);
  let sumV = f32x4.splat(0);
  let sumE = sumV;
  let sumI = sumV;
  const zero = f32x4.splat(0);
  let current = workspace + padded(size) * W_CURRENT;
  let v = workspace + padded(size) * W_V;
  for (let i = 0; i < size; i++) {
    for (let half: usize = 0; half < 32; half += 16) {
      sumV = f32x4.add(sumV, f32x4.mul(zero, v128.load(v + half)));
      sumE = f32x4.add(sumE, f32x4.mul(zero, v128.load(current + half)));
      sumI = f32x4.add(sumI, f32x4.mul(zero, v128.load(current + half, 32)));
    }
    v += 32;
    current += 64;
  }
  return isNaNAny(sumV) | (isNaNAny(sumE) << 1) | (isNaNAny(sumI) << 2);
}

// @ts-ignore: decorator
@inline
function isNaNAny(x: v128): i32 {
  return i32x4.bitmask(f32x4.ne(x, x)) != 0 ? 1 : 0;
}
