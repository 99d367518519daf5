// Where everything lies in linear memory, in the words of wasm/memory-layout.ts, which fills it. Knows no equations.

/** Trials side by side in a chunk: 8 floats, two vectors. */
export const LANES: i32 = 8;
/** The context: 32-bit words that describe the network and where its arrays lie. */
export const CONTEXT: usize = 1024;
/** [16] vectors: the lane mask of each 4-bit number. */
export const LANE_MASKS: usize = 2048;

// Words of the context, in the order of contextNames.
export const INPUT_SIZE: i32 = 0;
export const SIZE: i32 = 1;
export const STEPS: i32 = 2;
export const GAIN_COUNT: i32 = 3;
export const EDGE_COUNT: i32 = 4;
export const FREE_WEIGHTS: i32 = 5;
export const FORWARD_ROWS: i32 = 6; // [R]: see ROW_BYTES
export const SEGMENTS: i32 = 7; // [S]: see SEGMENT_BYTES
export const GAIN_EDGES: i32 = 8;
export const FORWARD_EDGES: i32 = 9;
export const BACKWARD_EDGES: i32 = 10;
export const CELLS: i32 = 11;
export const V_REST: i32 = 12;
export const ON_THRESHOLD: i32 = 13;
export const OFF_THRESHOLD: i32 = 14;
export const PADDED_INPUTS: i32 = 15;
export const MIN_STEPS: i32 = 16;
export const DURATION_CHOICES: i32 = 17;
export const SEED: i32 = 18;
export const CHUNKS: i32 = 19;
export const WORKSPACES: i32 = 20;
export const WORKSPACE_BYTES: i32 = 21;
export const CHECKPOINT_STEPS: i32 = 22;
export const BACKWARD_ROWS: i32 = 23; // [N + 1] byte offset of each cell's first backward edge

// Words of a chunk's record, in the order of chunkNames.
export const CHUNK_WORDS: i32 = 16;
export const CHUNK_TRIALS: i32 = 0; // lanes in use
export const CHUNK_STEP_PTR: i32 = 1; // [L][T + 1] i32
export const CHUNK_CELLS: i32 = 2; // [L][capacity] u16
export const CHUNK_CELL_CAPACITY: i32 = 3;
export const CHUNK_DRAWN: i32 = 4; // address of [L] (split, odour, trial), or 0 when spikes are given
export const CHUNK_COUNTS: i32 = 5; // [L][N] f32
export const CHUNK_COUNT_GRADIENT: i32 = 6; // [L][N] f32
export const CHUNK_TAPE: i32 = 7; // 0: the workspace's, one checkpoint interval long
export const CHUNK_SNAPSHOTS: i32 = 8;
export const CHUNK_SUMS: i32 = 9;
export const CHUNK_EVENTS: i32 = 10; // u32
export const CHUNK_NON_FINITE: i32 = 11; // bits 1 V, 2 Ie, 4 Ii

/** One row of forward edges: bytes of its first edge and of the end, bytes of its first segment and of the end. */
export const ROW_BYTES: usize = 16;
/** One segment, a row's edges with one gain: bytes of the last edge's end, bytes of the gain's sum. */
export const SEGMENT_BYTES: usize = 8;

/** One cell's constants: 12 words. */
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

// @ts-ignore: decorator
@inline
export function context(index: i32): i32 {
  return load<i32>(CONTEXT + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function chunkRecord(chunk: i32): usize {
  return <usize>context(CHUNKS) + <usize>(chunk * CHUNK_WORDS * 4);
}

// @ts-ignore: decorator
@inline
export function field(record: usize, index: i32): i32 {
  return load<i32>(record + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function lowMask(mask: i32): v128 {
  return v128.load(LANE_MASKS + (<usize>(mask & 15) << 4));
}

// @ts-ignore: decorator
@inline
export function highMask(mask: i32): v128 {
  return v128.load(LANE_MASKS + (<usize>(mask >> 4) << 4));
}

/** Value k of four side by side, in all four places: one load serves several constants. */
// @ts-ignore: decorator
@inline
export function splat0(four: v128): v128 {
  return v128.shuffle<i32>(four, four, 0, 0, 0, 0);
}
// @ts-ignore: decorator
@inline
export function splat1(four: v128): v128 {
  return v128.shuffle<i32>(four, four, 1, 1, 1, 1);
}
// @ts-ignore: decorator
@inline
export function splat2(four: v128): v128 {
  return v128.shuffle<i32>(four, four, 2, 2, 2, 2);
}
// @ts-ignore: decorator
@inline
export function splat3(four: v128): v128 {
  return v128.shuffle<i32>(four, four, 3, 3, 3, 3);
}

// A thread's workspace: arrays one after the other, n = N + 1 rounded up to 64: at least one row stays 0. [n][8] f32 is 32 n bytes.
// @ts-ignore: decorator
@inline
export function padded(size: i32): usize {
  return (<usize>size + 64) & ~63;
}
/** [n] (Ie [8], Ii [8]), decayed, of the next step. */
export const W_CURRENT: usize = 0;
/** [n][8] V before the first taped step, or of the latest step when nothing is taped. */
export const W_V: usize = 64;
/** [n][8] i32 last step in which refractoriness holds V. */
export const W_HELD_UNTIL: usize = 96;
/** [n][8] adjoint x of V after the reset. */
export const W_X: usize = 128;
/** [n] (P of E [8], Q of E [8], P of I [8], Q of I [8]): what one spike reads lies in one cache line. */
export const W_PQ: usize = 160;
/** [n] (drive [8], a [8]) */
export const W_SUMS: usize = 288;
/** [n] (vThresh [8], vReset [8]) */
export const W_RESET_SUMS: usize = 352;
/** [n][8] x of held cells during a step. */
export const W_STASH: usize = 416;
/** [n] u32 cells that spiked in this step, cell | lanes << 16. */
export const W_SPIKES: usize = 448;
/** [n] u32 cells with a lane held. */
export const W_HELD_CELLS: usize = 452;
/** [n] u8 lanes near or above threshold. */
export const W_MASK: usize = 456;
/** [n] u8 1 when the cell is in the list of held cells. */
export const W_HELD_FLAG: usize = 457;
/** [n/64] u64 cells whose adjoints are not all zero; n bytes are kept. */
export const W_LIVE: usize = 458;
/** Bytes a cell; [inputs] u16 of drawn odd steps and the shared tape follow. */
export const W_CELL_BYTES: usize = 459;

/** Word of a taped row: cell | lanes near threshold << 16 | lanes that spiked << 24. */
// A tape of S steps: V [S][N][8] f32, active rows [S][N] u32, held rows [S][N] u32, active ends [S + 1], held ends [S + 1] i32.
