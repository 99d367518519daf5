/**
 * Where everything lies in the kernel's linear memory. The one statement of it: compiled by AssemblyScript into the kernel and by TypeScript
 * into what fills and reads that memory, so it holds whole numbers and + − × alone. Knows no equations.
 */

/** Trials side by side in a chunk: 8 floats, two vectors. */
export const LANES = 8;
/** Bytes of one value in each lane. */
export const LANE_BYTES: usize = 32;
/** The context: 32-bit words that describe the network and where its arrays lie. */
export const CONTEXT: usize = 1024;
/** [16] vectors: the lane mask of each 4-bit number. */
export const LANE_MASKS: usize = 2048;
/** First byte after the fixed places. */
export const HEAP: usize = 4096;

// Words of the context.
export const INPUT_SIZE = 0;
export const SIZE = 1;
export const STEPS = 2;
export const GAIN_COUNT = 3;
export const EDGE_COUNT = 4;
export const FREE_WEIGHTS = 5;
/** [R]: see ROW_BYTES */
export const FORWARD_ROWS = 6;
/** [S]: see SEGMENT_BYTES */
export const SEGMENTS = 7;
export const GAIN_EDGES = 8;
export const FORWARD_EDGES = 9;
export const BACKWARD_EDGES = 10;
export const CELLS = 11;
export const V_REST = 12;
export const ON_THRESHOLD = 13;
export const OFF_THRESHOLD = 14;
export const PADDED_INPUTS = 15;
export const MIN_STEPS = 16;
export const DURATION_CHOICES = 17;
export const SEED = 18;
export const CHUNKS = 19;
export const WORKSPACES = 20;
export const WORKSPACE_BYTES = 21;
export const CHECKPOINT_STEPS = 22;
/** [N + 1] byte offset of each cell's first backward edge */
export const BACKWARD_ROWS = 23;
/** 1 where the gradients by bE and bI are wanted. */
export const DECAY_GRADIENTS = 24;

// Words of a chunk's record.
export const CHUNK_WORDS = 16;
/** Lanes in use. */
export const CHUNK_TRIALS = 0;
/** [L][T + 1] i32 */
export const CHUNK_STEP_PTR = 1;
/** [L][capacity] u32 */
export const CHUNK_CELLS = 2;
export const CHUNK_CELL_CAPACITY = 3;
/** Address of [L] (split, odour, trial), or 0 when spikes are given. */
export const CHUNK_DRAWN = 4;
/** [L][N] f32 */
export const CHUNK_COUNTS = 5;
/** [L][N] f32 */
export const CHUNK_COUNT_GRADIENT = 6;
/** 0: the workspace's, one checkpoint interval long. */
export const CHUNK_TAPE = 7;
export const CHUNK_SNAPSHOTS = 8;
export const CHUNK_SUMS = 9;
/** u32 */
export const CHUNK_EVENTS = 10;
/** Bits 1 V, 2 Ie, 4 Ii. */
export const CHUNK_NON_FINITE = 11;

/** One row of forward edges: bytes of its first edge and of the end, bytes of its first segment and of the end. */
export const ROW_BYTES: usize = 16;
/** One segment, a row's edges with one gain: bytes of the last edge's end, bytes of the gain's sum. */
export const SEGMENT_BYTES: usize = 8;

// One cell's constants: 12 words; bytes from its first.
export const CELL_BYTES: usize = 48;
export const C_DRIVE: usize = 0;
export const C_A: usize = 4;
export const C_KE: usize = 8;
export const C_KI: usize = 12;
export const C_BE: usize = 16;
export const C_BI: usize = 20;
export const C_FLOOR: usize = 24;
export const C_V_THRESH: usize = 28;
export const C_V_RESET: usize = 32;
export const C_INVERSE_WIDTH: usize = 36;
export const C_HEIGHT: usize = 40;
export const C_REFRACTORY: usize = 44;

/** n: cells and at least one row that stays 0, rounded up to whole words of 64. */
export function padded(size: i32): usize {
  return (size + 64) & ~63;
}

// A thread's workspace: arrays one after the other, bytes a cell before each, n = padded(N). [n][8] f32 is 32 n bytes.
/** [n] (Ie [8], Ii [8]), decayed, of the next step. */
export const W_CURRENT: usize = 0;
/** [n][8] V before the first taped step, or of the latest step when nothing is taped. */
export const W_V: usize = W_CURRENT + 2 * LANE_BYTES;
/** [n][8] i32 last step in which refractoriness holds V. */
export const W_HELD_UNTIL: usize = W_V + LANE_BYTES;
/** A snapshot is what lies before here: V, currents, held-until. [n][8] adjoint x of V after the reset. */
export const W_X: usize = W_HELD_UNTIL + LANE_BYTES;
/** [n] (P of E [8], Q of E [8], P of I [8], Q of I [8]): what one spike reads lies in one cache line. Without decay gradients [n] (P of E [8], P of I [8]). */
export const W_PQ: usize = W_X + LANE_BYTES;
/** [n] (drive [8], a [8]) */
export const W_SUMS: usize = W_PQ + 4 * LANE_BYTES;
/** [n] (vThresh [8], vReset [8]) */
export const W_RESET_SUMS: usize = W_SUMS + 2 * LANE_BYTES;
/** [n][8] x of held cells during a step. */
export const W_STASH: usize = W_RESET_SUMS + 2 * LANE_BYTES;
/** [n] u32 cells that spiked in this step, cell | lanes << CELL_BITS. */
export const W_SPIKES: usize = W_STASH + LANE_BYTES;
/** [n] u32 cells with a lane held. */
export const W_HELD_CELLS: usize = W_SPIKES + 4;
/** [n] u8 lanes near or above threshold. */
export const W_MASK: usize = W_HELD_CELLS + 4;
/** [n] u8 1 when the cell is in the list of held cells. */
export const W_HELD_FLAG: usize = W_MASK + 1;
/** [n/64] u64 cells whose adjoints are not all zero; n bytes are kept. */
export const W_LIVE: usize = W_HELD_FLAG + 1;
/** [n][8] dL/dcounts. */
export const W_GRADIENT: usize = W_LIVE + 2;
/** Bytes a cell; room for drawing and the shared tape follow. */
export const W_CELL_BYTES: usize = W_GRADIENT + LANE_BYTES;

// Room for drawing: the key schedule [5] (two vectors), where each list ends [8], then a list of cells for each of 8 steps, u32.
/** Steps that one draw serves. */
export const DRAWN_STEPS = 8;
export const DRAW_KEYS: usize = 0;
export const DRAW_ENDS: usize = DRAW_KEYS + 5 * 32;
export const DRAW_LISTS: usize = DRAW_ENDS + 32;
export function drawRoom(size: i32): usize {
  return padded(size) * W_CELL_BYTES;
}
/** The tape of one checkpoint interval. */
export function sharedTape(size: i32, inputSize: i32): usize {
  return drawRoom(size) + DRAW_LISTS + padded(inputSize) * DRAWN_STEPS * 4;
}
export function snapshotBytes(size: i32): usize {
  return padded(size) * W_X;
}

/** Low bits of a word that number a cell; its lanes lie above them. The most cells that a network may have is 2^24. */
export const CELL_BITS = 24;
export const CELL_MASK = 0xffffff;
/** An active row: the cell, then lanes near threshold | lanes that spiked << 8. */
export const TAPED_ROW_BYTES = 8;

// A tape of S steps: V [S][N][8] f32, active rows [S][N], held rows [S][N] u32 (cell | lanes << CELL_BITS), active ends, held ends [S + 1] i32.
export function tapeRows(size: usize, steps: usize): usize {
  return steps * size * LANE_BYTES;
}
export function tapeHeld(size: usize, steps: usize): usize {
  return tapeRows(size, steps) + steps * size * TAPED_ROW_BYTES;
}
export function tapeRowEnds(size: usize, steps: usize): usize {
  return tapeHeld(size, steps) + steps * size * 4;
}
export function tapeHeldEnds(size: usize, steps: usize): usize {
  return tapeRowEnds(size, steps) + (steps + 1) * 4;
}
export function tapeBytes(size: usize, steps: usize): usize {
  return tapeHeldEnds(size, steps) + (steps + 1) * 4;
}

// Sums of a chunk: gain f64 [G], (Σ w·P, Σ w·Q) [N](E, I), a, drive, vThresh, vReset [N], Σ P of free weights [E], f32.
export function targetSums(gains: usize): usize {
  return gains * 8;
}
export function cellSums(gains: usize, size: usize): usize {
  return targetSums(gains) + size * 16;
}
export function weightSums(gains: usize, size: usize): usize {
  return cellSums(gains, size) + size * 16;
}
export function sumsBytes(gains: usize, size: usize, freeWeights: usize): usize {
  return weightSums(gains, size) + freeWeights * 4;
}
