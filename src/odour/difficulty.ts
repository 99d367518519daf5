/** How alike the odours of a task are at its input: silent ones, identical ones, nearest neighbours. Knows no DoOR, no network. */

import { digestOf } from '../base/digest.ts';
import { dot } from '../base/numbers.ts';

/** The two odours nearest to each other in the direction of their responses. */
export interface Neighbours {
  readonly odour: number;
  readonly nearest: number;
  readonly cosine: number;
}

function rowsOf(drive: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: drive.length / width }, (_, row) => drive.subarray(row * width, (row + 1) * width));
}

/** Odours that drive no cell. `drive` [C, nIn]: how far each odour lifts each cell above its baseline, ≥ 0. */
export function silentOdours(drive: Float32Array, nIn: number): number[] {
  return rowsOf(drive, nIn).flatMap((row, odour) => (row.every((x) => x === 0) ? [odour] : []));
}

/** Groups of two or more odours, none of them silent, that drive every cell alike. */
export function identicalOdours(drive: Float32Array, nIn: number): number[][] {
  const groups = new Map<string, number[]>();
  rowsOf(drive, nIn).forEach((row, odour) => {
    const key = digestOf(new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    groups.set(key, [...(groups.get(key) ?? []), odour]);
  });
  const silent = new Set(silentOdours(drive, nIn));
  return [...groups.values()].filter((group) => group.length > 1 && !silent.has(group[0]!));
}

function nearest(
  rows: readonly Float32Array[],
  norms: readonly number[],
  among: readonly number[],
  odour: number,
): Neighbours {
  let best: Neighbours = { odour, nearest: -1, cosine: -1 };
  for (const other of among) {
    if (other === odour) continue;
    const cosine = dot(rows[odour]!, rows[other]!) / (norms[odour]! * norms[other]!);
    if (cosine > best.cosine) best = { odour, nearest: other, cosine };
  }
  return best;
}

/** Of each odour that is not silent the nearest other one. cost: C² · nIn. */
export function nearestNeighbours(drive: Float32Array, nIn: number): Neighbours[] {
  const rows = rowsOf(drive, nIn);
  const norms = rows.map((row) => Math.sqrt(dot(row, row)));
  const heard = rows.flatMap((_, row) => (norms[row]! > 0 ? [row] : []));
  return heard.length < 2 ? [] : heard.map((row) => nearest(rows, norms, heard, row));
}
