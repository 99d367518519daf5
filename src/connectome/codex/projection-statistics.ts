/** Counts and spreads of one projection. Knows no tables and no rules. */

import { ascending, mean, quantile, significant } from '../../base/numbers.ts';
import type { Population, Projection } from '../pathway.ts';

export interface CountSpread {
  readonly mean: number;
  readonly median: number;
  readonly max: number;
}

interface DegreeSpread extends CountSpread {
  /** Cells with at least one edge; the others are left out of the spread. */
  readonly cells: number;
}

export interface ProjectionStatistics {
  readonly pre: string;
  readonly post: string;
  readonly pairs: number;
  readonly synapses: number;
  readonly excitatoryPairs: number;
  readonly inhibitoryPairs: number;
  /** Synapses a pair. */
  readonly weight: CountSpread;
  /** Targets a presynaptic cell. */
  readonly outDegree: DegreeSpread;
  /** Sources a postsynaptic cell. */
  readonly inDegree: DegreeSpread;
  /** Pairs whose cells lie on one side, on both, or where a side is not known. */
  readonly sides: { readonly same: number; readonly crossing: number; readonly unknown: number };
}

/** Mean, median and maximum; zeros for no values. */
function spreadOf(values: Int32Array): CountSpread {
  if (values.length === 0) return { mean: 0, median: 0, max: 0 };
  const sorted = ascending(values);
  return { mean: significant(mean(sorted), 4), median: quantile(sorted, 0.5), max: sorted[sorted.length - 1]! };
}

function degreeSpread(degrees: Int32Array): DegreeSpread {
  const connected = degrees.filter((degree) => degree > 0);
  return { cells: connected.length, ...spreadOf(connected) };
}

/** Out-degree of each presynaptic cell, [nPre]. */
function outDegrees({ rowPtr }: Projection): Int32Array {
  return Int32Array.from({ length: rowPtr.length - 1 }, (_, i) => rowPtr[i + 1]! - rowPtr[i]!);
}

/** In-degree of each of `size` postsynaptic cells, [nPost]. */
function inDegrees({ colIdx }: Projection, size: number): Int32Array {
  const degrees = new Int32Array(size);
  for (const post of colIdx) degrees[post]! += 1;
  return degrees;
}

function sidesOf({ rowPtr, colIdx }: Projection, pre: Population, post: Population): ProjectionStatistics['sides'] {
  let [same, crossing, unknown] = [0, 0, 0];
  for (let row = 0; row < pre.size; row++) {
    for (let e = rowPtr[row]!; e < rowPtr[row + 1]!; e++) {
      const [from, to] = [pre.side[row]!, post.side[colIdx[e]!]!];
      if (from === 0 || to === 0) unknown += 1;
      else if (from === to) same += 1;
      else crossing += 1;
    }
  }
  return { same, crossing, unknown };
}

/** The statistics of a projection between these two populations. */
export function projectionStatistics(projection: Projection, pre: Population, post: Population): ProjectionStatistics {
  const excitatoryPairs = projection.sign.reduce((n, sign) => n + Number(sign > 0), 0);
  return {
    pre: projection.pre,
    post: projection.post,
    pairs: projection.colIdx.length,
    synapses: projection.synCount.reduce((a, b) => a + b, 0),
    excitatoryPairs,
    inhibitoryPairs: projection.colIdx.length - excitatoryPairs,
    weight: spreadOf(projection.synCount),
    outDegree: degreeSpread(outDegrees(projection)),
    inDegree: degreeSpread(inDegrees(projection, post.size)),
    sides: sidesOf(projection, pre, post),
  };
}
