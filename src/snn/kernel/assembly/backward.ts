// Steps of one chunk backward, 8 trials side by side. Equals reference/backward.ts bit for bit, equations there.
import {
  CELL_BITS,
  CELL_MASK,
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_COUNT_GRADIENT,
  CHUNK_STEP_PTR,
  CHUNK_SUMS,
  CHUNK_TRIALS,
  CROSSINGS,
  CROSSING_BYTES,
  DECAY_GRADIENTS,
  EDGES,
  EDGE_BYTES,
  EDGE_PLACES,
  INPUT_SIZE,
  LANE_MASKS,
  MOTIONS,
  MOTION_BYTES,
  NARROW_LANES,
  ROWS,
  ROW_BYTES,
  ROW_EDGES,
  SIZE,
  STEPS,
  TAPED_HALF_BYTES,
  TAPED_ROW_BYTES,
  TAPE_END_BYTES,
  W_LIVE,
  W_P,
  W_Q,
  W_STASH,
  W_SUMS,
  W_X,
  X_V_THRESH,
  edgeSums,
  padded,
  sumsBytes,
  tapeEnds,
  tapeHeld,
  tapeRows,
} from '../layout';
import { context, field, highMask, lowMask, splat0, splat1, splat2, splat3 } from './memory';

/** All adjoints and sums 0. */
export function resetAdjoints(workspace: usize, record: usize): void {
  const size = context(SIZE);
  const n = padded(size);
  const decays = context(DECAY_GRADIENTS);
  memory.fill(workspace + n * W_X, 0, n * (W_Q - W_X));
  if (decays != 0) memory.fill(workspace + n * W_Q, 0, n * (W_SUMS - W_Q));
  memory.fill(workspace + n * W_SUMS, 0, n * (W_STASH - W_SUMS));
  memory.fill(workspace + n * W_LIVE, 0, n);
  memory.fill(<usize>field(record, CHUNK_SUMS), 0, sumsBytes(size, context(EDGE_PLACES), decays));
}

/** Takes what a touch loads, so that no compiler leaves it out. */
let touched: i32 = 0;

// Loads the beginning of a row's edges, for all rows before the first is worked on: their latencies overlap.
// @ts-ignore: decorator
@inline
function touchRow(row: usize, sums: usize): i32 {
  const edge = <usize>context(EDGES) + <usize>load<u32>(row);
  return load<i32>(edge) + load<i32>(edge, 56) + load<i32>(sums + (<usize>load<u32>(row) >> 1));
}

// What a spike in one lane brings to the sums of its row's edges: P of their targets, in the lane that `p` points to; Q where `decays`.
// @ts-ignore: decorator
@inline
function collectRow(record: usize, row: usize, p: usize, decays: bool): void {
  const edges = <usize>context(EDGES);
  const begin = <usize>load<u32>(row);
  const end = edges + <usize>load<u32>(row, 4);
  const sums = <usize>field(record, CHUNK_SUMS);
  let sum = sums + edgeSums(context(SIZE)) + (begin >> 1);
  if (!decays) {
    for (let edge = edges + begin; edge < end; edge += EDGE_BYTES) {
      store<f32>(sum, load<f32>(sum) + load<f32>(p + <usize>load<u32>(edge)));
      sum += 4;
    }
    return;
  }
  const later = <usize>context(EDGE_PLACES) << 2;
  for (let edge = edges + begin; edge < end; edge += EDGE_BYTES) {
    const target = p + <usize>load<u32>(edge);
    store<f32>(sum, load<f32>(sum) + load<f32>(target));
    store<f32>(sum + later, load<f32>(sum + later) + load<f32>(target + <usize>padded(context(SIZE)) * (W_Q - W_P)));
    sum += 4;
  }
}

// @ts-ignore: decorator
@inline
function collectInputs(workspace: usize, record: usize, t: i32, decays: bool): void {
  const n = padded(context(SIZE));
  const steps = context(STEPS);
  const trials = field(record, CHUNK_TRIALS);
  const rows = <usize>context(ROWS);
  for (let lane = 0; lane < trials; lane++) {
    const stepPtr = <usize>field(record, CHUNK_STEP_PTR) + <usize>((lane * (steps + 1) + t) * 4);
    const cells = <usize>field(record, CHUNK_CELLS) + <usize>(lane * field(record, CHUNK_CELL_CAPACITY) * 4);
    const end = cells + (<usize>load<i32>(stepPtr, 4) << 2);
    const p = workspace + n * W_P + <usize>(lane << 2);
    const begin = cells + (<usize>load<i32>(stepPtr) << 2);
    const sums = <usize>field(record, CHUNK_SUMS) + edgeSums(context(SIZE));
    for (let k = begin; k < end; k += 4) touched += touchRow(rows + <usize>load<u32>(k) * ROW_BYTES, sums);
    for (let k = begin; k < end; k += 4) collectRow(record, rows + <usize>load<u32>(k) * ROW_BYTES, p, decays);
  }
}

// Four lanes of Σ lift · P over a row's edges at even places, then over those at odd places.
// @ts-ignore: decorator
@inline
function gatherFour(k: usize, end: usize, p: usize): v128 {
  let even = f32x4.splat(0);
  let odd = even;
  for (; k < end; k += ROW_EDGES * EDGE_BYTES) {
    const pair = v128.load(k);
    even = f32x4.add(even, f32x4.mul(splat1(pair), v128.load(p + <usize>load<u32>(k))));
    odd = f32x4.add(odd, f32x4.mul(splat3(pair), v128.load(p + <usize>load<u32>(k, 8))));
  }
  return f32x4.add(even, odd);
}

// What the step's spikes bring, row by row, trials ascending.
// @ts-ignore: decorator
@inline
function collectSpikes(workspace: usize, record: usize, rows: usize, end: usize, decays: bool): void {
  const p = workspace + padded(context(SIZE)) * W_P;
  const edgeRows = <usize>context(ROWS) + <usize>context(INPUT_SIZE) * ROW_BYTES;
  for (; rows < end; rows += TAPED_ROW_BYTES) {
    let lanes = <i32>(load<u32>(rows, 4) >> 8);
    while (lanes != 0) {
      collectRow(record, edgeRows + <usize>load<u32>(rows) * ROW_BYTES, p + <usize>(ctz(lanes) << 2), decays);
      lanes &= lanes - 1;
    }
  }
}

// Cells near threshold: from x = dL/dV after the reset to λ = dL/dV before it, in the lanes near threshold; `half` is the first row's V and U.
function backThroughSpikes(workspace: usize, rows: usize, end: usize, half: usize, gradients: usize): void {
  const n = padded(context(SIZE));
  const p = workspace + n * W_P;
  const xs = workspace + n * W_X;
  const allSums = workspace + n * W_SUMS;
  const live = workspace + n * W_LIVE;
  const crossings = <usize>context(CROSSINGS);
  const edges = <usize>context(EDGES);
  const edgeRows = <usize>context(ROWS) + <usize>context(INPUT_SIZE) * ROW_BYTES;
  for (; rows < end; rows += TAPED_ROW_BYTES) {
    const i = <usize>load<u32>(rows);
    const lanes = load<u32>(rows, 4);
    const k = edges + <usize>load<u32>(edgeRows + i * ROW_BYTES);
    const last = edges + <usize>load<u32>(edgeRows + i * ROW_BYTES, 4);
    const crossing = crossings + i * CROSSING_BYTES;
    const row = i << 5;
    const sums = allSums + (i << 7);
    const active = lanes & 0xff;
    const spikes = lanes >> 8;
    if ((active & 0xf0) == 0 || (active & 0x0f) == 0) {
      const shift = <u32>((active & 0x0f) == 0) << 2;
      const at = <usize>(shift << 2);
      const sum = f32x4.add(v128.load(gradients + row + at), gatherFour(k, last, p + at));
      crossThreshold(crossing, xs + row + at, sums + at, half, sum, (active >> shift) & 15, (spikes >> shift) & 15);
      half += TAPED_HALF_BYTES;
    } else {
      let even0 = f32x4.splat(0);
      let even1 = even0;
      let odd0 = even0;
      let odd1 = even0;
      for (let at = k; at < last; at += ROW_EDGES * EDGE_BYTES) {
        const pair = v128.load(at);
        const target0 = p + <usize>load<u32>(at);
        const target1 = p + <usize>load<u32>(at, 8);
        const lift0 = splat1(pair);
        const lift1 = splat3(pair);
        even0 = f32x4.add(even0, f32x4.mul(lift0, v128.load(target0)));
        even1 = f32x4.add(even1, f32x4.mul(lift0, v128.load(target0, 16)));
        odd0 = f32x4.add(odd0, f32x4.mul(lift1, v128.load(target1)));
        odd1 = f32x4.add(odd1, f32x4.mul(lift1, v128.load(target1, 16)));
      }
      const sum0 = f32x4.add(v128.load(gradients + row), f32x4.add(even0, odd0));
      const sum1 = f32x4.add(v128.load(gradients + row, 16), f32x4.add(even1, odd1));
      crossThreshold(crossing, xs + row, sums, half, sum0, active & 15, spikes & 15);
      half += TAPED_HALF_BYTES;
      crossThreshold(crossing, xs + row + 16, sums + 16, half, sum1, active >> 4, spikes >> 4);
      half += TAPED_HALF_BYTES;
    }
    const bits = live + ((i >> 6) << 3);
    store<u64>(bits, load<u64>(bits) | (<u64>1 << (i & 63)));
  }
}

// Four lanes: slope, the jump of the reset, the sums of vThresh, vReset and a, and λ in place of x. `half` holds V and U.
// @ts-ignore: decorator
@inline
function crossThreshold(
  crossing: usize,
  xAt: usize,
  sums: usize,
  half: usize,
  spikeGradient: v128,
  activeLanes: u32,
  spikeLanes: u32,
): void {
  const active = v128.load(LANE_MASKS + (<usize>activeLanes << 4));
  const v = v128.load(half);
  const x = v128.load(xAt);
  const one = f32x4.splat(1);
  const constants = v128.load(crossing, X_V_THRESH); // vThresh, vReset, inverseWidth, height
  const distance = f32x4.mul(f32x4.abs(f32x4.sub(v, splat0(constants))), splat2(constants));
  const slope = f32x4.mul(splat3(constants), f32x4.pmax(f32x4.splat(0), f32x4.sub(one, distance)));
  const jump = f32x4.mul(x, f32x4.sub(splat1(constants), v));
  const q = v128.and(f32x4.mul(slope, f32x4.add(spikeGradient, jump)), active);
  v128.store(sums, f32x4.sub(v128.load(sums), q));
  v128.store(sums, f32x4.add(v128.load(sums, 32), f32x4.mul(q, v128.load(half, 16))), 32);
  if (spikeLanes == 0) {
    v128.store(xAt, f32x4.add(x, q));
    return;
  }
  const spikes = v128.load(LANE_MASKS + (<usize>spikeLanes << 4));
  v128.store(sums, f32x4.add(v128.load(sums, 64), v128.and(x, spikes)), 64);
  v128.store(xAt, f32x4.add(v128.andnot(x, spikes), q));
}

// Takes x of held lanes aside: their V did not move, so nothing but x passes the step.
function stashHeld(workspace: usize, held: usize, end: usize): void {
  const n = padded(context(SIZE));
  let stash = workspace + n * W_STASH;
  for (; held < end; held += 4) {
    const word = load<u32>(held);
    const lanes = <i32>(word >> CELL_BITS);
    const x = workspace + n * W_X + (<usize>(word & CELL_MASK) << 5);
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    v128.store(stash, x0);
    v128.store(stash, x1, 16);
    v128.store(x, v128.andnot(x0, lowMask(lanes)));
    v128.store(x, v128.andnot(x1, highMask(lanes)), 16);
    stash += 32;
  }
}

function unstashHeld(workspace: usize, held: usize, end: usize): void {
  const n = padded(context(SIZE));
  let stash = workspace + n * W_STASH;
  for (; held < end; held += 4) {
    const word = load<u32>(held);
    const lanes = <i32>(word >> CELL_BITS);
    const x = workspace + n * W_X + (<usize>(word & CELL_MASK) << 5);
    v128.store(x, v128.bitselect(v128.load(stash), v128.load(x), lowMask(lanes)));
    v128.store(x, v128.bitselect(v128.load(stash, 16), v128.load(x, 16), highMask(lanes)), 16);
    stash += 32;
  }
}

// Q ← P + b·Q (where `decays`), P ← λ + b·P, of one receptor and four lanes.
// @ts-ignore: decorator
@inline
function decayAdjoint(p: usize, q: usize, b: v128, lambda: v128, decays: bool): void {
  const before = v128.load(p);
  if (decays) v128.store(q, f32x4.add(before, f32x4.mul(b, v128.load(q))));
  v128.store(p, f32x4.add(lambda, f32x4.mul(b, before)));
}

// The linear part of one cell, four lanes: adjoints of its currents, x.
// @ts-ignore: decorator
@inline
function backThroughHalf(constants: v128, x: usize, p: usize, q: usize, decays: bool): void {
  const lambda = v128.load(x);
  decayAdjoint(p, q, splat2(constants), lambda, decays);
  decayAdjoint(p + 32, q + 32, splat3(constants), lambda, decays);
  v128.store(x, f32x4.mul(splat1(constants), lambda));
}

// The step's linear part in every cell whose adjoints are not all zero, in the low four lanes alone where `narrow`.
// @ts-ignore: decorator
@inline
function backThroughStep(workspace: usize, decays: bool, narrow: bool): void {
  const size = context(SIZE);
  const n = padded(size);
  const live = workspace + n * W_LIVE;
  const xs = workspace + n * W_X;
  const ps = workspace + n * W_P;
  const qs = workspace + n * W_Q;
  const motions = <usize>context(MOTIONS);
  for (let block = 0; block < size; block += 64) {
    let bits = load<u64>(live + <usize>(block >> 3));
    while (bits != 0) {
      const i = <usize>block + <usize>ctz(bits);
      bits &= bits - 1;
      const constants = v128.load(motions + i * MOTION_BYTES); // drive, a, bE, bI
      const x = xs + (i << 5);
      const p = ps + (i << 6);
      const q = qs + (i << 6);
      backThroughHalf(constants, x, p, q, decays);
      if (!narrow) backThroughHalf(constants, x + 16, p + 16, q + 16, decays);
    }
  }
}

/** dL/dcounts of the chunk, lanes side by side; unused lanes are 0. */
export function spreadGradients(record: usize, gradients: usize): void {
  const size = context(SIZE);
  const trials = field(record, CHUNK_TRIALS);
  const from = <usize>field(record, CHUNK_COUNT_GRADIENT);
  memory.fill(gradients, 0, <usize>size << 5);
  for (let lane = 0; lane < trials; lane++) {
    for (let i = 0; i < size; i++) {
      const x = load<f32>(from + (<usize>(lane * size + i) << 2));
      store<f32>(gradients + <usize>(((i << 3) + lane) << 2), x);
    }
  }
}

/** Steps to > t ≥ from of a chunk, whose tape begins at `from`. */
export function backwardSteps(
  workspace: usize,
  record: usize,
  from: i32,
  to: i32,
  tape: usize,
  gradients: usize,
): void {
  if (context(DECAY_GRADIENTS) != 0) backwardStepsOf(workspace, record, from, to, tape, gradients, true);
  else backwardStepsOf(workspace, record, from, to, tape, gradients, false);
}

// @ts-ignore: decorator
@inline
function backwardStepsOf(
  workspace: usize,
  record: usize,
  from: i32,
  to: i32,
  tape: usize,
  gradients: usize,
  decays: bool,
): void {
  const size = <usize>context(SIZE);
  const span = <usize>(to - from);
  const rows = tape + tapeRows(size, span);
  const held = tape + tapeHeld(size, span);
  for (let t = to - 1; t >= from; t--) {
    const ends = tape + tapeEnds(size, span) + <usize>(t - from) * TAPE_END_BYTES;
    collectInputs(workspace, record, t, decays);
    const begin = rows + <usize>load<u32>(ends, 4);
    const end = rows + <usize>load<u32>(ends + TAPE_END_BYTES, 4);
    collectSpikes(workspace, record, begin, end, decays);
    backThroughSpikes(workspace, begin, end, tape + <usize>load<u32>(ends), gradients);
    const heldBegin = held + <usize>load<u32>(ends, 8);
    const heldEnd = held + <usize>load<u32>(ends + TAPE_END_BYTES, 8);
    stashHeld(workspace, heldBegin, heldEnd);
    if (field(record, CHUNK_TRIALS) <= NARROW_LANES) backThroughStep(workspace, decays, true);
    else backThroughStep(workspace, decays, false);
    unstashHeld(workspace, heldBegin, heldEnd);
  }
}

// @ts-ignore: decorator
@inline
function sumLanes(at: usize): f32 {
  let sum: f32 = 0;
  for (let lane: usize = 0; lane < 32; lane += 4) sum += load<f32>(at + lane);
  return sum;
}

/** The sums kept per trial, and x before the first step, over the trials in order, into the chunk's. */
export function finishSums(workspace: usize, record: usize): void {
  const size = <usize>context(SIZE);
  const n = padded(context(SIZE));
  const out = <usize>field(record, CHUNK_SUMS);
  for (let i: usize = 0; i < size; i++) {
    const sums = workspace + n * W_SUMS + (i << 7);
    store<f32>(out + (i << 2), sumLanes(sums));
    store<f32>(out + ((size + i) << 2), sumLanes(sums + 64));
    store<f32>(out + ((2 * size + i) << 2), sumLanes(sums + 32));
    store<f32>(out + ((3 * size + i) << 2), sumLanes(workspace + n * W_X + (i << 5)));
  }
}
