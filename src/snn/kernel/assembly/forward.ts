// Steps of one chunk forward, 8 trials side by side, spikes delivered row by row. Equals reference/forward.ts bit for bit.
import {
  CELLS,
  CELL_BITS,
  CELL_BYTES,
  CELL_MASK,
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_COUNTS,
  CHUNK_EVENTS,
  CHUNK_NON_FINITE,
  CHUNK_STEP_PTR,
  CHUNK_TRIALS,
  C_BE,
  C_FLOOR,
  C_REFRACTORY,
  C_V_RESET,
  C_V_THRESH,
  FORWARD_EDGES,
  FORWARD_ROWS,
  INPUT_SIZE,
  ROW_BYTES,
  SIZE,
  STEPS,
  TAPED_ROW_BYTES,
  V_REST,
  W_CURRENT,
  W_HELD_CELLS,
  W_HELD_FLAG,
  W_HELD_UNTIL,
  W_MASK,
  W_SPIKES,
  W_V,
  padded,
  tapeHeld,
  tapeHeldEnds,
  tapeRowEnds,
  tapeRows,
} from '../layout';
import { context, field, highMask, lowMask, splat0, splat1, splat2, splat3 } from './memory';

/** Cells in the list of held cells; a thread's own, like all globals of an instance. */
let heldCount: i32 = 0;

/** [N][8] vRest: V before the first step. */
export function restoreRest(workspace: usize): void {
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

/** V = vRest, no currents, nothing held, no counts. */
export function resetState(workspace: usize, record: usize): void {
  const size = context(SIZE);
  const n = padded(size);
  restoreRest(workspace);
  memory.fill(workspace + n * W_CURRENT, 0, n * 64);
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

// V ← ((drive + a·V) + kE·Ie) − kI·Ii from V after the reset, then currents decay. Marks lanes near threshold (or that spike).
function integrate(first: bool, taped: bool, from: usize, to: usize, current: usize, mask: usize): void {
  let cell = <usize>context(CELLS);
  const end = cell + <usize>context(SIZE) * CELL_BYTES;
  while (cell < end) {
    let v0 = v128.load(from);
    let v1 = v128.load(from, 16);
    const early = v128.load(cell); // drive, a, kE, kI
    const late = v128.load(cell, C_BE); // bE, bI, floor, vThresh
    const threshold = splat3(late);
    if (!first) {
      const reset = v128.load32_splat(cell, C_V_RESET);
      v0 = v128.bitselect(reset, v0, f32x4.ge(v0, threshold));
      v1 = v128.bitselect(reset, v1, f32x4.ge(v1, threshold));
    }
    const e0 = v128.load(current);
    const e1 = v128.load(current, 16);
    const i0 = v128.load(current, 32);
    const i1 = v128.load(current, 48);
    const drive = splat0(early);
    const a = splat1(early);
    const kE = splat2(early);
    const kI = splat3(early);
    v0 = f32x4.add(drive, f32x4.mul(a, v0));
    v1 = f32x4.add(drive, f32x4.mul(a, v1));
    v0 = f32x4.sub(f32x4.add(v0, f32x4.mul(kE, e0)), f32x4.mul(kI, i0));
    v1 = f32x4.sub(f32x4.add(v1, f32x4.mul(kE, e1)), f32x4.mul(kI, i1));
    v128.store(to, v0);
    v128.store(to, v1, 16);
    const bE = splat0(late);
    const bI = splat1(late);
    v128.store(current, f32x4.mul(bE, e0));
    v128.store(current, f32x4.mul(bE, e1), 16);
    v128.store(current, f32x4.mul(bI, i0), 32);
    v128.store(current, f32x4.mul(bI, i1), 48);
    if (taped) {
      const floor = splat2(late);
      store<u8>(mask, i32x4.bitmask(f32x4.gt(v0, floor)) | (i32x4.bitmask(f32x4.gt(v1, floor)) << 4));
    } else {
      store<u8>(mask, i32x4.bitmask(f32x4.ge(v0, threshold)) | (i32x4.bitmask(f32x4.ge(v1, threshold)) << 4));
    }
    from += 32;
    to += 32;
    current += 64;
    mask++;
    cell += CELL_BYTES;
  }
}

// Puts V of held lanes back to vReset, mends their marks, tapes who was held; returns the end of the tape's list.
function holdCells(workspace: usize, t: i32, v: usize, taped: bool, list: usize): usize {
  const n = padded(context(SIZE));
  const cells = workspace + n * W_HELD_CELLS;
  const now = i32x4.splat(t);
  let k = 0;
  while (k < heldCount) {
    const i = load<u32>(cells + (<usize>k << 2));
    const until = workspace + n * W_HELD_UNTIL + (<usize>i << 5);
    const held0 = i32x4.ge_s(v128.load(until), now);
    const held1 = i32x4.ge_s(v128.load(until, 16), now);
    const held = i32x4.bitmask(held0) | (i32x4.bitmask(held1) << 4);
    if (held == 0) {
      heldCount--;
      store<u8>(workspace + n * W_HELD_FLAG + <usize>i, 0);
      store<u32>(cells + (<usize>k << 2), load<u32>(cells + (<usize>heldCount << 2)));
      continue;
    }
    const cell = <usize>context(CELLS) + <usize>i * CELL_BYTES;
    const reset = v128.load32_splat(cell, C_V_RESET);
    const row = v + (<usize>i << 5);
    v128.store(row, v128.bitselect(reset, v128.load(row), held0));
    v128.store(row, v128.bitselect(reset, v128.load(row, 16), held1), 16);
    const vReset = load<f32>(cell, C_V_RESET);
    const marked = taped ? vReset > load<f32>(cell, C_FLOOR) : vReset >= load<f32>(cell, C_V_THRESH);
    const mask = workspace + n * W_MASK + <usize>i;
    store<u8>(mask, marked ? load<u8>(mask) | held : load<u8>(mask) & ~held);
    if (taped) {
      store<u32>(list, i | (held << CELL_BITS));
      list += 4;
    }
    k++;
  }
  return list;
}

// Counts the spikes of one cell and starts its refractoriness.
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
  const refractory = load<i32>(<usize>context(CELLS) + <usize>i * CELL_BYTES, C_REFRACTORY);
  if (refractory == 0) return;
  const until = workspace + padded(size) * W_HELD_UNTIL + (<usize>i << 5);
  const last = i32x4.splat(t + refractory);
  v128.store(until, v128.bitselect(last, v128.load(until), lowMask(spikes)));
  v128.store(until, v128.bitselect(last, v128.load(until, 16), highMask(spikes)), 16);
  listHeld(workspace, i);
}

// From marks to lists: rows near threshold for the tape, rows that spike for delivery. Returns the end of the tape's list.
function listRows(
  workspace: usize,
  record: usize,
  t: i32,
  v: usize,
  taped: bool,
  counted: bool,
  list: usize,
): usize {
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
      let spikes = active;
      if (taped) {
        const threshold = v128.load32_splat(<usize>context(CELLS) + <usize>i * CELL_BYTES, C_V_THRESH);
        const row = v + (<usize>i << 5);
        spikes =
          i32x4.bitmask(f32x4.ge(v128.load(row), threshold)) |
          (i32x4.bitmask(f32x4.ge(v128.load(row, 16), threshold)) << 4);
        spikes &= used;
        store<u32>(list, i);
        store<u32>(list, active | (spikes << 8), 4);
        list += TAPED_ROW_BYTES;
      }
      if (spikes == 0) continue;
      store<u32>(spikeEnd, i | (spikes << CELL_BITS));
      spikeEnd += 4;
      spikeCell(workspace, record, t, i, spikes, counted);
    }
  }
  return list;
}

/** End of the list of cells that spiked in this step. */
let spikeEnd: usize = 0;

/** Takes what a touch loads, so that no compiler leaves it out. */
let touched: i32 = 0;

// @ts-ignore: decorator
@inline
function deliverLane(edge: usize, end: usize, current: usize): void {
  for (; edge < end; edge += 8) {
    const target = current + <usize>load<u32>(edge);
    store<f32>(target, load<f32>(target) + load<f32>(edge, 4));
  }
}

// @ts-ignore: decorator
@inline
function deliverLanes(edge: usize, end: usize, current: usize, lanes: i32): void {
  const low = lowMask(lanes);
  const high = highMask(lanes);
  for (; edge < end; edge += 8) {
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
  const edges = <usize>context(FORWARD_EDGES);
  const trials = field(record, CHUNK_TRIALS);
  const rows = <usize>context(FORWARD_ROWS);
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
  return bytes >> 3;
}

/** Steps from ≤ t < to of a chunk; fills the tape (of the steps from `from` on) unless it is 0, counts spikes if asked to. */
export function forwardSteps(
  workspace: usize,
  record: usize,
  from: i32,
  to: i32,
  tape: usize,
  counted: bool,
): void {
  const size = context(SIZE);
  const n = padded(size);
  const row = <usize>size << 5;
  const span = <usize>(to - from);
  const current = workspace + n * W_CURRENT;
  const mask = workspace + n * W_MASK;
  const rows = tape + tapeRows(size, span);
  const held = tape + tapeHeld(size, span);
  const rowEnds = tape + tapeRowEnds(size, span);
  const heldEnds = tape + tapeHeldEnds(size, span);
  let rowList = rows;
  let heldList = held;
  let events: u32 = 0;
  let before = workspace + n * W_V;
  for (let t = from; t < to; t++) {
    const v = tape == 0 ? before : tape + <usize>(t - from) * row;
    if (t == 0) {
      if (tape != 0) integrate(true, true, before, v, current, mask);
      else integrate(true, false, before, v, current, mask);
    } else if (tape != 0) integrate(false, true, before, v, current, mask);
    else integrate(false, false, before, v, current, mask);
    heldList = holdCells(workspace, t, v, tape != 0, heldList);
    rowList = listRows(workspace, record, t, v, tape != 0, counted, rowList);
    if (tape != 0) {
      const place = <usize>(t - from) << 2;
      store<i32>(rowEnds + place, <i32>((rowList - rows) / TAPED_ROW_BYTES), 4);
      store<i32>(heldEnds + place, <i32>((heldList - held) >> 2), 4);
    }
    if (t + 1 < context(STEPS)) events += deliver(workspace, record, t);
    before = v;
  }
  if (tape != 0) {
    store<i32>(rowEnds, 0);
    store<i32>(heldEnds, 0);
  }
  if (counted) {
    const total = record + (CHUNK_EVENTS << 2);
    store<u32>(total, load<u32>(total) + events);
    if (to == context(STEPS)) store<i32>(record + (CHUNK_NON_FINITE << 2), nonFinite(workspace, before));
  }
}

// x·0 is NaN for what is not finite. Bits: 1 V (after the reset), 2 Ie, 4 Ii.
function nonFinite(workspace: usize, v: usize): i32 {
  const size = context(SIZE);
  let sumV = f32x4.splat(0);
  let sumE = sumV;
  let sumI = sumV;
  const zero = f32x4.splat(0);
  let cell = <usize>context(CELLS);
  let current = workspace + padded(size) * W_CURRENT;
  for (let i = 0; i < size; i++) {
    const reset = v128.load32_splat(cell, C_V_RESET);
    const threshold = v128.load32_splat(cell, C_V_THRESH);
    for (let half: usize = 0; half < 32; half += 16) {
      const x = v128.load(v + half);
      sumV = f32x4.add(sumV, f32x4.mul(zero, v128.bitselect(reset, x, f32x4.ge(x, threshold))));
      sumE = f32x4.add(sumE, f32x4.mul(zero, v128.load(current + half)));
      sumI = f32x4.add(sumI, f32x4.mul(zero, v128.load(current + half, 32)));
    }
    v += 32;
    current += 64;
    cell += CELL_BYTES;
  }
  return isNaNAny(sumV) | (isNaNAny(sumE) << 1) | (isNaNAny(sumI) << 2);
}

// @ts-ignore: decorator
@inline
function isNaNAny(x: v128): i32 {
  return i32x4.bitmask(f32x4.ne(x, x)) != 0 ? 1 : 0;
}
