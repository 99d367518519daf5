/** Spikes of all cells of one run, by step, and plain comparisons of two such runs. Knows no network equations. */
import type { PopulationSlice } from '../../snn/network/network.ts';

/** CSR over steps: cells that fire in step t are cell[stepPtr[t]] … cell[stepPtr[t + 1] − 1], ascending. */
export interface Raster {
  /** [T + 1] */
  readonly stepPtr: Int32Array;
  readonly cell: Int32Array;
}

/** Grows a raster step by step. */
export class RasterBuilder {
  private readonly stepPtr: Int32Array;
  private cell: Int32Array = new Int32Array(4096);
  private end = 0;
  private step = 0;
  constructor(steps: number) {
    this.stepPtr = new Int32Array(steps + 1);
  }

  /** The first `count` of `fired` are the next step's cells. */
  add(fired: Int32Array, count: number): void {
    if (this.end + count > this.cell.length) {
      const larger = new Int32Array(Math.max(2 * this.cell.length, this.end + count));
      larger.set(this.cell.subarray(0, this.end));
      this.cell = larger;
    }
    this.cell.set(fired.subarray(0, count), this.end);
    this.end += count;
    this.stepPtr[++this.step] = this.end;
  }

  build(): Raster {
    return { stepPtr: this.stepPtr, cell: this.cell.slice(0, this.end) };
  }
}

/** Spikes of each cell, [N]. */
export function countsOf(raster: Raster, size: number): Float32Array {
  const counts = new Float32Array(size);
  for (const cell of raster.cell) counts[cell]! += 1;
  return counts;
}

/** Spikes of two runs within one population. */
export interface RasterAgreement {
  readonly population: string;
  /** Spikes of the first run and of the second. */
  readonly first: number;
  readonly second: number;
  /** Spikes of the same cell in the same step. */
  readonly common: number;
  /** Σ |count difference| over cells. */
  readonly countDistance: number;
  /** First step in which the runs differ, or −1. */
  readonly firstDifference: number;
}

/** Agreement of two runs by population. Throws RangeError when their numbers of steps differ. */
export function agreementOf(a: Raster, b: Raster, populations: readonly PopulationSlice[]): RasterAgreement[] {
  if (a.stepPtr.length !== b.stepPtr.length) {
    throw new RangeError(`agreementOf: ${a.stepPtr.length - 1} steps against ${b.stepPtr.length - 1}`);
  }
  const size = Math.max(0, ...populations.map((p) => p.offset + p.size));
  const common = new Int32Array(size);
  const firstDifference = new Int32Array(size).fill(-1);
  for (let t = 0; t + 1 < a.stepPtr.length; t++) compareStep(a, b, t, common, firstDifference);
  const countsA = countsOf(a, size);
  const countsB = countsOf(b, size);
  return populations.map(({ name, offset, size: cells }) => {
    const slice = (values: ArrayLike<number>) => Array.prototype.slice.call(values, offset, offset + cells) as number[];
    const sum = (values: ArrayLike<number>) => slice(values).reduce((x, y) => x + y, 0);
    const differing = slice(firstDifference).filter((t) => t >= 0);
    return {
      population: name,
      first: sum(countsA),
      second: sum(countsB),
      common: sum(common),
      countDistance: slice(countsA).reduce((d, n, i) => d + Math.abs(n - countsB[offset + i]!), 0),
      firstDifference: differing.length === 0 ? -1 : Math.min(...differing),
    };
  });
}

/** Merges the two ascending cell lists of step t. */
function compareStep(a: Raster, b: Raster, t: number, common: Int32Array, firstDifference: Int32Array): void {
  let i = a.stepPtr[t]!;
  let j = b.stepPtr[t]!;
  const endA = a.stepPtr[t + 1]!;
  const endB = b.stepPtr[t + 1]!;
  while (i < endA || j < endB) {
    const cellA = i < endA ? a.cell[i]! : Number.POSITIVE_INFINITY;
    const cellB = j < endB ? b.cell[j]! : Number.POSITIVE_INFINITY;
    const cell = Math.min(cellA, cellB);
    if (cellA === cellB) common[cell]! += 1;
    else if (firstDifference[cell]! < 0) firstDifference[cell] = t;
    if (cellA === cell) i++;
    if (cellB === cell) j++;
  }
}

/** Sums over populations. */
export function totalAgreement(parts: readonly RasterAgreement[]): Omit<RasterAgreement, 'population'> {
  const sum = (key: 'first' | 'second' | 'common' | 'countDistance') => parts.reduce((s, p) => s + p[key], 0);
  const differing = parts.map((p) => p.firstDifference).filter((t) => t >= 0);
  return {
    first: sum('first'),
    second: sum('second'),
    common: sum('common'),
    countDistance: sum('countDistance'),
    firstDifference: differing.length === 0 ? -1 : Math.min(...differing),
  };
}
