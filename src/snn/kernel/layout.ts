/**
 * Where everything lies in the kernel's linear memory. The one statement of it: compiled by AssemblyScript into the kernel and by TypeScript
 * into what fills and reads that memory, so it holds whole numbers and + − × alone. Knows no equations.
 */

/** Trials side by side in a chunk: 8 floats, two vectors. */
export const LANES = 8;
/** A chunk of so few trials is worked on in one vector. */
export const NARROW_LANES = 4;
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
/** Places of edges: rows of cells are filled up to whole pairs. */
export const EDGE_PLACES = 3;
/** [R]: see ROW_BYTES */
export const ROWS = 4;
/** [EDGE_PLACES]: see EDGE_BYTES */
export const EDGES = 5;
/** [N]: see MOTION_BYTES */
export const MOTIONS = 6;
/** [N]: see CROSSING_BYTES */
export const CROSSINGS = 7;
/** [N] f32 each */
export const FLOORS = 8;
export const THRESHOLDS = 9;
export const V_REST = 10;
export const ON_THRESHOLD = 11;
export const OFF_THRESHOLD = 12;
export const PADDED_INPUTS = 13;
export const MIN_STEPS = 14;
export const DURATION_CHOICES = 15;
export const SEED = 16;
export const CHUNKS = 17;
export const WORKSPACES = 18;
export const WORKSPACE_BYTES = 19;
export const CHECKPOINT_STEPS = 20;
/** 1 where the gradients by bE and bI are wanted. */
export const DECAY_GRADIENTS = 21;

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

/** One row of edges: bytes to its first edge and to its end. */
export const ROW_BYTES: usize = 8;
/** One edge: bytes to its target's current or P, as both lie alike, and its lift, f32. */
export const EDGE_BYTES: usize = 8;
/** Edges of a cell's row are gathered so many at a time; a place that fills it up has lift 0 and a target that stays 0. */
export const ROW_EDGES: usize = 2;

// What moves a cell: 4 words, bytes from the first.
export const MOTION_BYTES: usize = 16;
export const M_DRIVE: usize = 0;
export const M_A: usize = 4;
export const M_BE: usize = 8;
export const M_BI: usize = 12;

// What happens near threshold: 8 words.
export const CROSSING_BYTES: usize = 32;
export const X_V_THRESH: usize = 0;
export const X_V_RESET: usize = 4;
export const X_INVERSE_WIDTH: usize = 8;
export const X_HEIGHT: usize = 12;
export const X_FLOOR: usize = 16;
export const X_REFRACTORY: usize = 20;

/** n: cells and at least one row that stays 0, rounded up to whole words of 64. */
export function padded(size: i32): usize {
  return (size + 64) & ~63;
}

// A thread's workspace: arrays one after the other, bytes a cell before each, n = padded(N). [n][8] f32 is 32 n bytes.
/** [n] (kE·Ie [8], −kI·Ii [8]), decayed, of the next step. */
export const W_CURRENT: usize = 0;
/** [n][8] V after the latest step's reset. */
export const W_V: usize = W_CURRENT + 2 * LANE_BYTES;
/** [n][8] U = dV/da after the latest step's reset; kept where something is taped or will be. */
export const W_U: usize = W_V + LANE_BYTES;
/** [n][8] i32 last step in which refractoriness holds V. */
export const W_HELD_UNTIL: usize = W_U + LANE_BYTES;
/** A snapshot is what lies before here: currents, V, U, held-until. [n][8] adjoint x of V after the reset. */
export const W_X: usize = W_HELD_UNTIL + LANE_BYTES;
/** [n] (P of E [8], P of I [8]) */
export const W_P: usize = W_X + LANE_BYTES;
/** [n] (Q of E [8], Q of I [8]) */
export const W_Q: usize = W_P + 2 * LANE_BYTES;
/** [n] (vThresh [8], a [8], vReset [8], unused [8]): the sums of a trial. */
export const W_SUMS: usize = W_Q + 2 * LANE_BYTES;
/** [n][8] x of held cells during a step. */
export const W_STASH: usize = W_SUMS + 4 * LANE_BYTES;
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

/** V and U of four lanes. */
export const TAPED_HALF_BYTES: usize = 32;
/** Ends of halves, rows and held rows after a step. */
export const TAPE_END_BYTES: usize = 12;

// A tape of S steps: (V [4], U [4]) of each half of a row with active lanes, [S][N][2] at most, then active rows [S][N] and held rows [S][N] u32
// (cell | lanes << CELL_BITS), then where each of the three ends after each step, [S + 1] bytes from its beginning.
export function tapeRows(size: usize, steps: usize): usize {
  return steps * size * 2 * TAPED_HALF_BYTES;
}
export function tapeHeld(size: usize, steps: usize): usize {
  return tapeRows(size, steps) + steps * size * TAPED_ROW_BYTES;
}
export function tapeEnds(size: usize, steps: usize): usize {
  return tapeHeld(size, steps) + steps * size * 4;
}
export function tapeBytes(size: usize, steps: usize): usize {
  return tapeEnds(size, steps) + (steps + 1) * TAPE_END_BYTES;
}

// Sums of a chunk, f32: vThresh, vReset, a, x before the first step [N] each, Σ P of each place of an edge, and Σ Q where `decays`.
export function edgeSums(size: usize): usize {
  return size * 16;
}
export function edgeDecaySums(size: usize, places: usize): usize {
  return edgeSums(size) + places * 4;
}
export function sumsBytes(size: usize, places: usize, decays: usize): usize {
  return edgeDecaySums(size, places) + decays * places * 4;
}
