/** A projection's edges as a list ⇄ CSR. Knows no types and no randomness. */
import type { Projection } from '../pathway.ts';

/** Edges in any order. */
export interface EdgeList {
  readonly pre: Int32Array;
  readonly post: Int32Array;
  readonly synCount: Int32Array;
  readonly sign: Int8Array;
}

/** The edges of a projection in CSR order; fresh arrays. */
export function edgesOf({ rowPtr, colIdx, synCount, sign }: Projection): EdgeList {
  const pre = new Int32Array(colIdx.length);
  for (let row = 0; row + 1 < rowPtr.length; row++) pre.fill(row, rowPtr[row], rowPtr[row + 1]);
  return { pre, post: colIdx.slice(), synCount: synCount.slice(), sign: sign.slice() };
}

/** The projection of such edges between the same populations as `like`. Pairs must be distinct. cost: O(E log E). */
export function projectionOfEdges(like: Projection, { pre, post, synCount, sign }: EdgeList): Projection {
  const order = Array.from(pre, (_, e) => e).sort((a, b) => pre[a]! - pre[b]! || post[a]! - post[b]!);
  const rowPtr = new Int32Array(like.rowPtr.length);
  for (const row of pre) rowPtr[row + 1]! += 1;
  for (let row = 0; row + 1 < rowPtr.length; row++) rowPtr[row + 1]! += rowPtr[row]!;
  return {
    pre: like.pre,
    post: like.post,
    rowPtr,
    colIdx: Int32Array.from(order, (e) => post[e]!),
    synCount: Int32Array.from(order, (e) => synCount[e]!),
    sign: Int8Array.from(order, (e) => sign[e]!),
  };
}
