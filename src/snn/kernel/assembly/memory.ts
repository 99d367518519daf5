// Reads of the context, of a chunk's record and of lane masks. Knows no equations.
import { CHUNKS, CHUNK_WORDS, CONTEXT, LANE_MASKS } from '../layout';

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
