// Steps of one chunk backward, 8 trials side by side. Equals reference/backward.ts bit for bit, equations there.
import {
  BACKWARD_EDGES,
  CELLS,
  CELL_BYTES,
  CHUNK_CELLS,
  CHUNK_CELL_CAPACITY,
  CHUNK_COUNT_GRADIENT,
  CHUNK_STEP_PTR,
  CHUNK_SUMS,
  CHUNK_TRIALS,
  C_A,
  C_BE,
  C_BI,
  C_FLOOR,
  C_HEIGHT,
  C_INVERSE_WIDTH,
  C_V_RESET,
  C_V_THRESH,
  EDGE_COUNT,
  EDGE_PTR,
  FORWARD_EDGES,
  FREE_WEIGHTS,
  GAIN_COUNT,
  GAIN_EDGES,
  INPUT_SIZE,
  LANES,
  SEGMENT_GAIN,
  SEGMENT_PTR,
  SIZE,
  STEPS,
  W_LIVE,
  W_PQ,
  W_RESET_SUMS,
  W_STASH,
  W_SUMS,
  W_V,
  W_X,
  context,
  field,
  highMask,
  lowMask,
  padded,
} from './layout';

// Sums of a chunk: gain f64 [G], (Σ w·P, Σ w·Q) [N](E, I), a, drive, vThresh, vReset [N], Σ P of free weights [E].
// @ts-ignore: decorator
@inline
function targetSums(record: usize): usize {
  return <usize>field(record, CHUNK_SUMS) + <usize>(context(GAIN_COUNT) * 8);
}
// @ts-ignore: decorator
@inline
function cellSums(record: usize): usize {
  return targetSums(record) + <usize>(context(SIZE) * 16);
}
// @ts-ignore: decorator
@inline
function weightSums(record: usize): usize {
  return cellSums(record) + <usize>(context(SIZE) * 16);
}

/** All adjoints and sums 0. */
export function resetAdjoints(workspace: usize, record: usize): void {
  const size = context(SIZE);
  const n = padded(size);
  memory.fill(workspace + n * W_X, 0, n * (W_STASH - W_X));
  memory.fill(workspace + n * W_LIVE, 0, n);
  const sums = <usize>field(record, CHUNK_SUMS);
  const weights = <usize>(context(FREE_WEIGHTS) != 0 ? context(EDGE_COUNT) * 4 : 0);
  memory.fill(sums, 0, weightSums(record) - sums + weights);
}

// What a spike in one lane brings to the sums of its row's gains (or weights) and targets.
function collectRow(record: usize, row: i32, pq: usize): void {
  const edgePtr = <usize>context(EDGE_PTR);
  const edges = <usize>context(FORWARD_EDGES);
  const gainEdges = <usize>context(GAIN_EDGES);
  const gains = <usize>field(record, CHUNK_SUMS);
  const targets = targetSums(record);
  const first = load<i32>(<usize>context(SEGMENT_PTR) + (<usize>row << 2));
  const last = load<i32>(<usize>context(SEGMENT_PTR) + (<usize>row << 2), 4);
  const begin = load<i32>(edgePtr + (<usize>first << 2));
  let k = <usize>begin << 3;
  for (let segment = first; segment < last; segment++) {
    const end = <usize>load<i32>(edgePtr + (<usize>segment << 2), 4) << 3;
    let sum: f32 = 0;
    for (; k < end; k += 8) {
      const target = <usize>load<u32>(edges + k);
      const weight = load<f32>(edges + k, 4);
      const from = pq + (target << 1);
      const x = load<f32>(from);
      const to = targets + (target >> 2);
      store<f32>(to, load<f32>(to) + weight * x);
      store<f32>(to, load<f32>(to, 4) + weight * load<f32>(from, 32), 4);
      sum += load<f32>(gainEdges + (k >> 1)) * x;
    }
    const gain = gains + (<usize>load<i32>(<usize>context(SEGMENT_GAIN) + (<usize>segment << 2)) << 3);
    store<f64>(gain, load<f64>(gain) + <f64>sum);
  }
  if (context(FREE_WEIGHTS) != 0) collectWeights(record, <usize>begin << 3, k, pq);
}

// Σ P of each free weight of a row.
function collectWeights(record: usize, k: usize, end: usize, pq: usize): void {
  const edges = <usize>context(FORWARD_EDGES);
  const weights = weightSums(record);
  for (; k < end; k += 8) {
    const sum = weights + (k >> 1);
    store<f32>(sum, load<f32>(sum) + load<f32>(pq + (<usize>load<u32>(edges + k) << 1)));
  }
}

function collectInputs(workspace: usize, record: usize, t: i32): void {
  const n = padded(context(SIZE));
  const steps = context(STEPS);
  const trials = field(record, CHUNK_TRIALS);
  for (let lane = 0; lane < trials; lane++) {
    const stepPtr = <usize>field(record, CHUNK_STEP_PTR) + <usize>((lane * (steps + 1) + t) * 4);
    const cells = <usize>field(record, CHUNK_CELLS) + <usize>(lane * field(record, CHUNK_CELL_CAPACITY) * 2);
    const end = cells + (<usize>load<i32>(stepPtr, 4) << 1);
    const pq = workspace + n * W_PQ + <usize>(lane << 2);
    for (let k = cells + (<usize>load<i32>(stepPtr) << 1); k < end; k += 2) {
      collectRow(record, <i32>load<u16>(k), pq);
    }
  }
}

// @ts-ignore: decorator
@inline
function firstEdge(row: i32): i32 {
  const segment = load<i32>(<usize>context(SEGMENT_PTR) + (<usize>row << 2));
  return load<i32>(<usize>context(EDGE_PTR) + (<usize>segment << 2));
}

// Cell i: from x = dL/dV after the reset to λ = dL/dV before it, in the lanes near threshold.
function backThroughSpike(workspace: usize, record: usize, word: u32, v: usize, gradients: usize): void {
  const i = <i32>(word & 0xffff);
  const active = <i32>((word >> 16) & 0xff);
  const spikes = <i32>(word >> 24);
  const size = context(SIZE);
  const n = padded(size);
  const pq = workspace + n * W_PQ;
  const row = context(INPUT_SIZE) + i;
  const edges = <usize>context(BACKWARD_EDGES);
  let k = edges + (<usize>firstEdge(row) << 3);
  const end = edges + (<usize>firstEdge(row + 1) << 3);
  let even0 = f32x4.splat(0);
  let even1 = even0;
  let odd0 = even0;
  let odd1 = even0;
  for (; k + 24 < end; k += 32) {
    const target0 = pq + <usize>load<u32>(k);
    const target1 = pq + <usize>load<u32>(k, 8);
    const target2 = pq + <usize>load<u32>(k, 16);
    const target3 = pq + <usize>load<u32>(k, 24);
    const weight0 = v128.load32_splat(k, 4);
    const weight1 = v128.load32_splat(k, 12);
    even0 = f32x4.add(even0, f32x4.mul(weight0, v128.load(target0)));
    even1 = f32x4.add(even1, f32x4.mul(weight0, v128.load(target0, 16)));
    odd0 = f32x4.add(odd0, f32x4.mul(weight1, v128.load(target1)));
    odd1 = f32x4.add(odd1, f32x4.mul(weight1, v128.load(target1, 16)));
    const weight2 = v128.load32_splat(k, 20);
    const weight3 = v128.load32_splat(k, 28);
    even0 = f32x4.add(even0, f32x4.mul(weight2, v128.load(target2)));
    even1 = f32x4.add(even1, f32x4.mul(weight2, v128.load(target2, 16)));
    odd0 = f32x4.add(odd0, f32x4.mul(weight3, v128.load(target3)));
    odd1 = f32x4.add(odd1, f32x4.mul(weight3, v128.load(target3, 16)));
  }
  for (; k < end; k += 16) {
    const target = pq + <usize>load<u32>(k);
    const weight = v128.load32_splat(k, 4);
    even0 = f32x4.add(even0, f32x4.mul(weight, v128.load(target)));
    even1 = f32x4.add(even1, f32x4.mul(weight, v128.load(target, 16)));
    if (k + 8 >= end) break;
    const oddTarget = pq + <usize>load<u32>(k, 8);
    const oddWeight = v128.load32_splat(k, 12);
    odd0 = f32x4.add(odd0, f32x4.mul(oddWeight, v128.load(oddTarget)));
    odd1 = f32x4.add(odd1, f32x4.mul(oddWeight, v128.load(oddTarget, 16)));
  }
  const count = gradients + (<usize>i << 5);
  const sum0 = f32x4.add(v128.load(count), f32x4.add(even0, odd0));
  const sum1 = f32x4.add(v128.load(count, 16), f32x4.add(even1, odd1));
  let lanes = spikes;
  while (lanes != 0) {
    collectRow(record, row, pq + <usize>(ctz(lanes) << 2));
    lanes &= lanes - 1;
  }
  const cell = <usize>context(CELLS) + <usize>i * CELL_BYTES;
  const x = workspace + n * W_X + (<usize>i << 5);
  const sums = workspace + n * W_RESET_SUMS + (<usize>i << 6);
  crossThreshold(cell, x, sums, v + (<usize>i << 5), sum0, lowMask(active), lowMask(spikes));
  crossThreshold(cell, x + 16, sums + 16, v + (<usize>i << 5) + 16, sum1, highMask(active), highMask(spikes));
  const live = workspace + n * W_LIVE + <usize>((i >> 6) << 3);
  store<u64>(live, load<u64>(live) | (<u64>1 << (i & 63)));
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
  active: v128,
  spikes: v128,
): void {
  const v = v128.load(vAt);
  const x = v128.load(xAt);
  const one = f32x4.splat(1);
  const distance = f32x4.mul(
    f32x4.abs(f32x4.sub(v, v128.load32_splat(cell, C_V_THRESH))),
    v128.load32_splat(cell, C_INVERSE_WIDTH),
  );
  const slope = f32x4.mul(
    v128.load32_splat(cell, C_HEIGHT),
    f32x4.pmax(f32x4.splat(0), f32x4.sub(one, distance)),
  );
  const jump = f32x4.mul(x, f32x4.sub(v128.load32_splat(cell, C_V_RESET), v));
  const q = v128.and(f32x4.mul(slope, f32x4.add(spikeGradient, jump)), active);
  v128.store(sums, f32x4.sub(v128.load(sums), q));
  v128.store(sums, f32x4.add(v128.load(sums, 32), v128.and(x, spikes)), 32);
  v128.store(xAt, f32x4.add(v128.andnot(x, spikes), q));
}

// Takes x of held lanes aside: their V did not move, so nothing but x passes the step.
function stashHeld(workspace: usize, held: usize, end: usize): void {
  const n = padded(context(SIZE));
  let stash = workspace + n * W_STASH;
  for (; held < end; held += 4) {
    const word = load<u32>(held);
    const lanes = <i32>(word >> 16);
    const x = workspace + n * W_X + (<usize>(word & 0xffff) << 5);
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
    const lanes = <i32>(word >> 16);
    const x = workspace + n * W_X + (<usize>(word & 0xffff) << 5);
    v128.store(x, v128.bitselect(v128.load(stash), v128.load(x), lowMask(lanes)));
    v128.store(x, v128.bitselect(v128.load(stash, 16), v128.load(x, 16), highMask(lanes)), 16);
    stash += 32;
  }
}

// Q ← P + b·Q, P ← λ + b·P, of one receptor and four lanes.
// @ts-ignore: decorator
@inline
function decayAdjoint(pq: usize, b: v128, lambda: v128): void {
  const p = v128.load(pq);
  v128.store(pq, f32x4.add(p, f32x4.mul(b, v128.load(pq, 32))), 32);
  v128.store(pq, f32x4.add(lambda, f32x4.mul(b, p)));
}

// The step's linear part in every cell whose adjoints are not all zero. `before` is V of the step before, before its reset.
// @ts-ignore: decorator
@inline
function backThroughStep(workspace: usize, before: usize, first: bool): void {
  const size = context(SIZE);
  const n = padded(size);
  const live = workspace + n * W_LIVE;
  const cells = <usize>context(CELLS);
  for (let block = 0; block < size; block += 64) {
    let bits = load<u64>(live + <usize>(block >> 3));
    while (bits != 0) {
      const i = <usize>block + <usize>ctz(bits);
      bits &= bits - 1;
      const cell = cells + i * CELL_BYTES;
      const x = workspace + n * W_X + (i << 5);
      const pq = workspace + n * W_PQ + (i << 7);
      const sums = workspace + n * W_SUMS + (i << 6);
      const lambda0 = v128.load(x);
      const lambda1 = v128.load(x, 16);
      const bE = v128.load32_splat(cell, C_BE);
      const bI = v128.load32_splat(cell, C_BI);
      decayAdjoint(pq, bE, lambda0);
      decayAdjoint(pq + 16, bE, lambda1);
      decayAdjoint(pq + 64, bI, lambda0);
      decayAdjoint(pq + 80, bI, lambda1);
      let v0 = v128.load(before + (i << 5));
      let v1 = v128.load(before + (i << 5), 16);
      if (!first) {
        const threshold = v128.load32_splat(cell, C_V_THRESH);
        const reset = v128.load32_splat(cell, C_V_RESET);
        v0 = v128.bitselect(reset, v0, f32x4.ge(v0, threshold));
        v1 = v128.bitselect(reset, v1, f32x4.ge(v1, threshold));
      }
      v128.store(sums, f32x4.add(v128.load(sums), lambda0));
      v128.store(sums, f32x4.add(v128.load(sums, 16), lambda1), 16);
      v128.store(sums, f32x4.add(v128.load(sums, 32), f32x4.mul(lambda0, v0)), 32);
      v128.store(sums, f32x4.add(v128.load(sums, 48), f32x4.mul(lambda1, v1)), 48);
      const a = v128.load32_splat(cell, C_A);
      v128.store(x, f32x4.mul(a, lambda0));
      v128.store(x, f32x4.mul(a, lambda1), 16);
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
  const size = context(SIZE);
  const row = <usize>size << 5;
  const span = <usize>(to - from);
  const rows = tape + span * row;
  const held = rows + span * (<usize>size << 2);
  const rowEnds = held + span * (<usize>size << 2);
  const heldEnds = rowEnds + ((span + 1) << 2);
  for (let t = to - 1; t >= from; t--) {
    const place = <usize>(t - from) << 2;
    const v = tape + <usize>(t - from) * row;
    collectInputs(workspace, record, t);
    const end = rows + (<usize>load<i32>(rowEnds + place, 4) << 2);
    for (let k = rows + (<usize>load<i32>(rowEnds + place) << 2); k < end; k += 4) {
      backThroughSpike(workspace, record, load<u32>(k), v, gradients);
    }
    const heldBegin = held + (<usize>load<i32>(heldEnds + place) << 2);
    const heldEnd = held + (<usize>load<i32>(heldEnds + place, 4) << 2);
    stashHeld(workspace, heldBegin, heldEnd);
    const before = t == from ? workspace + padded(size) * W_V : v - row;
    if (t == 0) backThroughStep(workspace, before, true);
    else backThroughStep(workspace, before, false);
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
  const out = cellSums(record);
  for (let i: usize = 0; i < size; i++) {
    const sums = workspace + n * W_SUMS + (i << 6);
    const resets = workspace + n * W_RESET_SUMS + (i << 6);
    store<f32>(out + (i << 2), sumLanes(sums + 32));
    store<f32>(out + ((size + i) << 2), sumLanes(sums));
    store<f32>(out + ((2 * size + i) << 2), sumLanes(resets));
    store<f32>(out + ((3 * size + i) << 2), sumLanes(resets + 32));
  }
}
