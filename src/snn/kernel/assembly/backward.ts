// Steps of one chunk backward, 8 trials side by side. Equals reference/backward.ts bit for bit, equations there.
import {
  BACKWARD_EDGES,
  BACKWARD_ROWS,
  CELLS,
  CELL_BITS,
  CELL_BYTES,
  CELL_MASK,
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_COUNT_GRADIENT,
  CHUNK_STEP_PTR,
  CHUNK_SUMS,
  CHUNK_TRIALS,
  C_A,
  C_BI,
  C_V_THRESH,
  DECAY_GRADIENTS,
  EDGE_COUNT,
  FORWARD_EDGES,
  FORWARD_ROWS,
  FREE_WEIGHTS,
  GAIN_COUNT,
  GAIN_EDGES,
  INPUT_SIZE,
  LANE_BYTES,
  LANE_MASKS,
  ROW_BYTES,
  SEGMENTS,
  SEGMENT_BYTES,
  SIZE,
  STEPS,
  TAPED_ROW_BYTES,
  W_LIVE,
  W_PQ,
  W_RESET_SUMS,
  W_STASH,
  W_SUMS,
  W_V,
  W_X,
  cellSums,
  padded,
  sumsBytes,
  tapeHeld,
  tapeHeldEnds,
  tapeRowEnds,
  tapeRows,
  targetSums,
  weightSums,
} from '../layout';
import { context, field, highMask, lowMask, splat0, splat1, splat2, splat3 } from './memory';

// Where a chunk's sums of targets, cells and free weights begin.
// @ts-ignore: decorator
@inline
function targetSumsOf(record: usize): usize {
  return <usize>field(record, CHUNK_SUMS) + targetSums(context(GAIN_COUNT));
}
// @ts-ignore: decorator
@inline
function cellSumsOf(record: usize): usize {
  return <usize>field(record, CHUNK_SUMS) + cellSums(context(GAIN_COUNT), context(SIZE));
}
// @ts-ignore: decorator
@inline
function weightSumsOf(record: usize): usize {
  return <usize>field(record, CHUNK_SUMS) + weightSums(context(GAIN_COUNT), context(SIZE));
}

/** All adjoints and sums 0. */
export function resetAdjoints(workspace: usize, record: usize): void {
  const size = context(SIZE);
  const n = padded(size);
  memory.fill(workspace + n * W_X, 0, n * (W_STASH - W_X));
  memory.fill(workspace + n * W_LIVE, 0, n);
  const sums = <usize>field(record, CHUNK_SUMS);
  const weights = context(FREE_WEIGHTS) != 0 ? context(EDGE_COUNT) : 0;
  memory.fill(sums, 0, sumsBytes(context(GAIN_COUNT), size, weights));
}

/** Takes what a touch loads, so that no compiler leaves it out. */
let touched: i32 = 0;

// Loads the beginnings of a row's edges and segments, all rows before the first is worked on: their latencies overlap.
// @ts-ignore: decorator
@inline
function touchRow(row: usize): i32 {
  const begin = <usize>load<u32>(row);
  const segments = <usize>load<u32>(row, 8);
  const edge = load<i32>(<usize>context(FORWARD_EDGES) + begin);
  const gainEdge = load<i32>(<usize>context(GAIN_EDGES) + (begin >> 1));
  return edge + gainEdge + load<i32>(<usize>context(SEGMENTS) + segments);
}

// What a spike in one lane brings to the sums of its row's gains (or weights) and targets; Σ w·Q where `decays`.
// @ts-ignore: decorator
@inline
function collectRowOf(record: usize, row: usize, pq: usize, decays: bool): void {
  const edges = <usize>context(FORWARD_EDGES);
  const gainEdges = <usize>context(GAIN_EDGES);
  const gains = <usize>field(record, CHUNK_SUMS);
  const targets = targetSumsOf(record);
  const begin = <usize>load<u32>(row);
  let segment = <usize>context(SEGMENTS) + <usize>load<u32>(row, 8);
  const last = <usize>context(SEGMENTS) + <usize>load<u32>(row, 12);
  let k = begin;
  for (; segment < last; segment += SEGMENT_BYTES) {
    const end = <usize>load<u32>(segment);
    let sum: f32 = 0;
    for (; k < end; k += 8) {
      const target = <usize>load<u32>(edges + k);
      const weight = load<f32>(edges + k, 4);
      const from = decays ? pq + (target << 1) : pq + target;
      const x = load<f32>(from);
      const to = targets + (target >> 2);
      store<f32>(to, load<f32>(to) + weight * x);
      if (decays) store<f32>(to, load<f32>(to, 4) + weight * load<f32>(from, LANE_BYTES), 4);
      sum += load<f32>(gainEdges + (k >> 1)) * x;
    }
    const gain = gains + <usize>load<u32>(segment, 4);
    store<f64>(gain, load<f64>(gain) + <f64>sum);
  }
  if (context(FREE_WEIGHTS) != 0) collectWeights(record, begin, k, pq, decays);
}

function collectRow(record: usize, row: usize, pq: usize): void {
  if (context(DECAY_GRADIENTS) != 0) collectRowOf(record, row, pq, true);
  else collectRowOf(record, row, pq, false);
}

// Σ P of each free weight of a row.
function collectWeights(record: usize, k: usize, end: usize, pq: usize, decays: bool): void {
  const edges = <usize>context(FORWARD_EDGES);
  const weights = weightSumsOf(record);
  for (; k < end; k += 8) {
    const sum = weights + (k >> 1);
    const target = <usize>load<u32>(edges + k);
    store<f32>(sum, load<f32>(sum) + load<f32>(decays ? pq + (target << 1) : pq + target));
  }
}

function collectInputs(workspace: usize, record: usize, t: i32): void {
  const n = padded(context(SIZE));
  const steps = context(STEPS);
  const trials = field(record, CHUNK_TRIALS);
  const rows = <usize>context(FORWARD_ROWS);
  for (let lane = 0; lane < trials; lane++) {
    const stepPtr = <usize>field(record, CHUNK_STEP_PTR) + <usize>((lane * (steps + 1) + t) * 4);
    const cells = <usize>field(record, CHUNK_CELLS) + <usize>(lane * field(record, CHUNK_CELL_CAPACITY) * 4);
    const end = cells + (<usize>load<i32>(stepPtr, 4) << 2);
    const pq = workspace + n * W_PQ + <usize>(lane << 2);
    const begin = cells + (<usize>load<i32>(stepPtr) << 2);
    for (let k = begin; k < end; k += 4) touched += touchRow(rows + <usize>load<u32>(k) * ROW_BYTES);
    for (let k = begin; k < end; k += 4) {
      collectRow(record, rows + <usize>load<u32>(k) * ROW_BYTES, pq);
    }
  }
}

// Four lanes of Σ gather · P over a row's edges at even places, then over those at odd places.
// @ts-ignore: decorator
@inline
function gatherFour(k: usize, end: usize, p: usize): v128 {
  let even = f32x4.splat(0);
  let odd = even;
  for (; k < end; k += 32) {
    const pair0 = v128.load(k);
    const pair1 = v128.load(k, 16);
    even = f32x4.add(even, f32x4.mul(splat1(pair0), v128.load(p + <usize>load<u32>(k))));
    odd = f32x4.add(odd, f32x4.mul(splat3(pair0), v128.load(p + <usize>load<u32>(k, 8))));
    even = f32x4.add(even, f32x4.mul(splat1(pair1), v128.load(p + <usize>load<u32>(k, 16))));
    odd = f32x4.add(odd, f32x4.mul(splat3(pair1), v128.load(p + <usize>load<u32>(k, 24))));
  }
  return f32x4.add(even, odd);
}

// What the step's spikes bring, row by row, trials ascending.
function collectSpikes(workspace: usize, record: usize, rows: usize, end: usize): void {
  const pq = workspace + padded(context(SIZE)) * W_PQ;
  const edgeRows = <usize>context(FORWARD_ROWS) + <usize>context(INPUT_SIZE) * ROW_BYTES;
  for (; rows < end; rows += TAPED_ROW_BYTES) {
    let lanes = <i32>(load<u32>(rows, 4) >> 8);
    while (lanes != 0) {
      const from = pq + <usize>(ctz(lanes) << 2);
      collectRow(record, edgeRows + <usize>load<u32>(rows) * ROW_BYTES, from);
      lanes &= lanes - 1;
    }
  }
}

// Cells near threshold: from x = dL/dV after the reset to λ = dL/dV before it, in the lanes near threshold.
function backThroughSpikes(workspace: usize, rows: usize, end: usize, v: usize, gradients: usize): void {
  const n = padded(context(SIZE));
  const p = workspace + n * W_PQ;
  const xs = workspace + n * W_X;
  const resetSums = workspace + n * W_RESET_SUMS;
  const live = workspace + n * W_LIVE;
  const cells = <usize>context(CELLS);
  const edges = <usize>context(BACKWARD_EDGES);
  const edgeRows = <usize>context(BACKWARD_ROWS);
  for (; rows < end; rows += TAPED_ROW_BYTES) {
    const i = <usize>load<u32>(rows);
    const lanes = load<u32>(rows, 4);
    const k = edges + <usize>load<u32>(edgeRows + (i << 2));
    const last = edges + <usize>load<u32>(edgeRows + (i << 2), 4);
    const cell = cells + i * CELL_BYTES;
    const row = i << 5;
    const active = lanes & 0xff;
    const spikes = lanes >> 8;
    if ((active & 0xf0) == 0 || (active & 0x0f) == 0) {
      const shift = <u32>((active & 0x0f) == 0) << 2;
      const half = <usize>(shift << 2);
      const sum = f32x4.add(v128.load(gradients + row + half), gatherFour(k, last, p + half));
      const sums = resetSums + (i << 6) + half;
      crossThreshold(cell, xs + row + half, sums, v + row + half, sum, (active >> shift) & 15, (spikes >> shift) & 15);
    } else {
      let even0 = f32x4.splat(0);
      let even1 = even0;
      let odd0 = even0;
      let odd1 = even0;
      for (let at = k; at < last; at += 32) {
        const pair = v128.load(at);
        const target0 = p + <usize>load<u32>(at);
        const target1 = p + <usize>load<u32>(at, 8);
        const weight0 = splat1(pair);
        const weight1 = splat3(pair);
        even0 = f32x4.add(even0, f32x4.mul(weight0, v128.load(target0)));
        even1 = f32x4.add(even1, f32x4.mul(weight0, v128.load(target0, 16)));
        odd0 = f32x4.add(odd0, f32x4.mul(weight1, v128.load(target1)));
        odd1 = f32x4.add(odd1, f32x4.mul(weight1, v128.load(target1, 16)));
        const next = v128.load(at, 16);
        const target2 = p + <usize>load<u32>(at, 16);
        const target3 = p + <usize>load<u32>(at, 24);
        const weight2 = splat1(next);
        const weight3 = splat3(next);
        even0 = f32x4.add(even0, f32x4.mul(weight2, v128.load(target2)));
        even1 = f32x4.add(even1, f32x4.mul(weight2, v128.load(target2, 16)));
        odd0 = f32x4.add(odd0, f32x4.mul(weight3, v128.load(target3)));
        odd1 = f32x4.add(odd1, f32x4.mul(weight3, v128.load(target3, 16)));
      }
      const sum0 = f32x4.add(v128.load(gradients + row), f32x4.add(even0, odd0));
      const sum1 = f32x4.add(v128.load(gradients + row, 16), f32x4.add(even1, odd1));
      crossThreshold(cell, xs + row, resetSums + (i << 6), v + row, sum0, active & 15, spikes & 15);
      crossThreshold(cell, xs + row + 16, resetSums + (i << 6) + 16, v + row + 16, sum1, active >> 4, spikes >> 4);
    }
    const bits = live + ((i >> 6) << 3);
    store<u64>(bits, load<u64>(bits) | (<u64>1 << (i & 63)));
  }
}

// Four lanes: slope, the jump of the reset, the sums of vThresh and vReset, and λ in place of x.
// @ts-ignore: decorator
@inline
function crossThreshold(
  cell: usize,
  xAt: usize,
  sums: usize,
  vAt: usize,
  spikeGradient: v128,
  activeLanes: u32,
  spikeLanes: u32,
): void {
  const active = v128.load(LANE_MASKS + (<usize>activeLanes << 4));
  const v = v128.load(vAt);
  const x = v128.load(xAt);
  const one = f32x4.splat(1);
  const constants = v128.load(cell, C_V_THRESH); // vThresh, vReset, inverseWidth, height
  const distance = f32x4.mul(f32x4.abs(f32x4.sub(v, splat0(constants))), splat2(constants));
  const slope = f32x4.mul(splat3(constants), f32x4.pmax(f32x4.splat(0), f32x4.sub(one, distance)));
  const jump = f32x4.mul(x, f32x4.sub(splat1(constants), v));
  const q = v128.and(f32x4.mul(slope, f32x4.add(spikeGradient, jump)), active);
  v128.store(sums, f32x4.sub(v128.load(sums), q));
  if (spikeLanes == 0) {
    v128.store(xAt, f32x4.add(x, q));
    return;
  }
  const spikes = v128.load(LANE_MASKS + (<usize>spikeLanes << 4));
  v128.store(sums, f32x4.add(v128.load(sums, 32), v128.and(x, spikes)), 32);
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
function decayAdjoint(pq: usize, b: v128, lambda: v128, decays: bool): void {
  const p = v128.load(pq);
  if (decays) v128.store(pq, f32x4.add(p, f32x4.mul(b, v128.load(pq, LANE_BYTES))), LANE_BYTES);
  v128.store(pq, f32x4.add(lambda, f32x4.mul(b, p)));
}

// The linear part of one cell, all lanes: adjoints of its currents, its sums, x. `before` is its V of the step before, before the reset.
// @ts-ignore: decorator
@inline
function backThroughCell(cell: usize, x: usize, pq: usize, sums: usize, before: usize, first: bool, decays: bool): void {
  const lambda0 = v128.load(x);
  const lambda1 = v128.load(x, 16);
  const early = v128.load(cell, C_A); // a, kE, kI, bE
  const late = v128.load(cell, C_BI); // bI, floor, vThresh, vReset
  const bE = splat3(early);
  const bI = splat0(late);
  const inhibitory = pq + (decays ? 2 * LANE_BYTES : LANE_BYTES);
  decayAdjoint(pq, bE, lambda0, decays);
  decayAdjoint(pq + 16, bE, lambda1, decays);
  decayAdjoint(inhibitory, bI, lambda0, decays);
  decayAdjoint(inhibitory + 16, bI, lambda1, decays);
  let v0 = v128.load(before);
  let v1 = v128.load(before, 16);
  if (!first) {
    const threshold = splat2(late);
    const reset = splat3(late);
    v0 = v128.bitselect(reset, v0, f32x4.ge(v0, threshold));
    v1 = v128.bitselect(reset, v1, f32x4.ge(v1, threshold));
  }
  v128.store(sums, f32x4.add(v128.load(sums), lambda0));
  v128.store(sums, f32x4.add(v128.load(sums, 16), lambda1), 16);
  v128.store(sums, f32x4.add(v128.load(sums, 32), f32x4.mul(lambda0, v0)), 32);
  v128.store(sums, f32x4.add(v128.load(sums, 48), f32x4.mul(lambda1, v1)), 48);
  const a = splat0(early);
  v128.store(x, f32x4.mul(a, lambda0));
  v128.store(x, f32x4.mul(a, lambda1), 16);
}

// Reads V of a step, [N][8], in one go: it comes from main memory, and so comes faster.
function touchTape(from: usize, size: i32): void {
  const end = from + (<usize>size << 5);
  let sink: i32 = 0;
  for (let at = from; at < end; at += 64) sink += load<i32>(at);
  touched += sink;
}

// The step's linear part in every cell whose adjoints are not all zero. `before` is V of the step before, before its reset.
// @ts-ignore: decorator
@inline
function backThroughStep(workspace: usize, before: usize, first: bool, decays: bool): void {
  const size = context(SIZE);
  const n = padded(size);
  const live = workspace + n * W_LIVE;
  const xs = workspace + n * W_X;
  const pqs = workspace + n * W_PQ;
  const sums = workspace + n * W_SUMS;
  const cells = <usize>context(CELLS);
  touchTape(before, size);
  for (let block = 0; block < size; block += 64) {
    let bits = load<u64>(live + <usize>(block >> 3));
    while (bits != 0) {
      const i = <usize>block + <usize>ctz(bits);
      bits &= bits - 1;
      const pq = pqs + (decays ? i << 7 : i << 6);
      backThroughCell(cells + i * CELL_BYTES, xs + (i << 5), pq, sums + (i << 6), before + (i << 5), first, decays);
    }
  }
}

function backThroughFirst(workspace: usize, before: usize): void {
  if (context(DECAY_GRADIENTS) != 0) backThroughStep(workspace, before, true, true);
  else backThroughStep(workspace, before, true, false);
}
function backThroughLater(workspace: usize, before: usize): void {
  if (context(DECAY_GRADIENTS) != 0) backThroughStep(workspace, before, false, true);
  else backThroughStep(workspace, before, false, false);
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
  const size = context(SIZE);
  const row = <usize>size << 5;
  const span = <usize>(to - from);
  const rows = tape + tapeRows(size, span);
  const held = tape + tapeHeld(size, span);
  const rowEnds = tape + tapeRowEnds(size, span);
  const heldEnds = tape + tapeHeldEnds(size, span);
  for (let t = to - 1; t >= from; t--) {
    const place = <usize>(t - from) << 2;
    const v = tape + <usize>(t - from) * row;
    collectInputs(workspace, record, t);
    const end = rows + <usize>load<i32>(rowEnds + place, 4) * TAPED_ROW_BYTES;
    const begin = rows + <usize>load<i32>(rowEnds + place) * TAPED_ROW_BYTES;
    collectSpikes(workspace, record, begin, end);
    backThroughSpikes(workspace, begin, end, v, gradients);
    const heldBegin = held + (<usize>load<i32>(heldEnds + place) << 2);
    const heldEnd = held + (<usize>load<i32>(heldEnds + place, 4) << 2);
    stashHeld(workspace, heldBegin, heldEnd);
    const before = t == from ? workspace + padded(size) * W_V : v - row;
    if (t == 0) backThroughFirst(workspace, before);
    else backThroughLater(workspace, before);
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

/** The sums kept per trial, over the trials in order, into the chunk's. */
export function finishSums(workspace: usize, record: usize): void {
  const size = <usize>context(SIZE);
  const n = padded(context(SIZE));
  const out = cellSumsOf(record);
  for (let i: usize = 0; i < size; i++) {
    const sums = workspace + n * W_SUMS + (i << 6);
    const resets = workspace + n * W_RESET_SUMS + (i << 6);
    store<f32>(out + (i << 2), sumLanes(sums + 32));
    store<f32>(out + ((size + i) << 2), sumLanes(sums));
    store<f32>(out + ((2 * size + i) << 2), sumLanes(resets));
    store<f32>(out + ((3 * size + i) << 2), sumLanes(resets + 32));
  }
}
