/** What a group of cells does at rest and what odours add to it, each with a 95 % interval over the unit that it rests on. Knows no populations. */
import { mean, quantile } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import type { OdourMeans } from './odour-means.ts';

export interface RestAndEvoked {
  /** Mean rate in trials without odour, Hz; over those trials. */
  readonly restHz: Interval;
  /** Highest mean rate at rest of a single cell, Hz. */
  readonly restMostHz: number;
  /** Mean rate in odour trials, Hz; over odours. */
  readonly odourHz: Interval;
  /** What odours add to rest, Hz; over odours and trials without odour. */
  readonly evokedHz: Interval;
  /** Rest over odour trials: the share of their spikes that are there without an odour; null for cells that are silent in both. */
  readonly restShare: Interval | null;
}

/** Share of the odours, at least one, that count as a cell's strongest. Free parameter. */
const STRONGEST = 0.05;
const RESAMPLES = 2000;

/** Of the cells `within`, from mean counts by odour and blanks [K, N], trials of `seconds`. The same seed is the same interval. */
export function restAndEvoked(
  means: OdourMeans,
  blanks: ArrayLike<number>,
  within: readonly number[],
  seconds: number,
  seed: number,
): RestAndEvoked {
  const byOdour = rowMeans(means.all, means.cells, within).map((count) => count / seconds);
  const byBlank = rowMeans(blanks, means.cells, within).map((count) => count / seconds);
  const restOfCell = columnMeans(blanks, means.cells, within).map((count) => count / seconds);
  const both = [byOdour, byBlank] as const;
  return {
    restHz: bootstrapOverClasses(byBlank, seed, RESAMPLES),
    restMostHz: restOfCell.reduce((most, hz) => Math.max(most, hz), 0),
    odourHz: bootstrapOverClasses(byOdour, seed, RESAMPLES),
    evokedHz: interval(both, ([odour, blank]) => odour! - blank!, seed)!,
    restShare: interval(both, ([odour, blank]) => blank! / odour!, seed),
  };
}

/**
 * Count in each cell's strongest odours over that at rest, of means over the cells `within`; over cells; null where trials do not split or no cell
 * fires at rest. Odours are picked in other trials than those that are read, so that noise alone gives 1. cost: O(n·C·log C).
 */
export function strongestOverRest(
  { odd, even, odours, cells, split }: OdourMeans,
  blanks: ArrayLike<number>,
  within: readonly number[],
  seed: number,
): Interval | null {
  if (!split) return null;
  const restOfCell = columnMeans(blanks, cells, within);
  const picked = Math.max(1, Math.round(STRONGEST * odours));
  const order = Array.from({ length: odours }, (_, c) => c);
  const strongest = Float64Array.from(within, (cell) => {
    const at = (c: number) => c * cells + cell;
    const best = [...order].sort((a, b) => odd[at(b)]! - odd[at(a)]! || a - b).slice(0, picked);
    return mean(best.map((c) => even[at(c)]!));
  });
  return pairedRatio(strongest, restOfCell, seed);
}

/** Mean of a over mean of b, both drawn together. */
function pairedRatio(a: Float64Array, b: Float64Array, seed: number): Interval | null {
  const indices = Float64Array.from(a, (_, i) => i);
  const meanOf = (values: Float64Array, drawn: ArrayLike<number>) => mean(Array.from(drawn, (i) => values[i]!));
  return resampled([indices], ([drawn]) => meanOf(a, drawn!) / meanOf(b, drawn!), seed);
}

/** A statistic of the means of independent samples. */
function interval(
  samples: readonly Float64Array[],
  of: (means: readonly number[]) => number,
  seed: number,
): Interval | null {
  return resampled(samples, (drawn) => of(drawn.map(mean)), seed);
}

/** A statistic with its 95 % interval over draws with replacement from each sample; null where it is not a finite number. */
function resampled(
  samples: readonly Float64Array[],
  of: (drawn: readonly Float64Array[]) => number,
  seed: number,
): Interval | null {
  const whole = of(samples);
  if (!Number.isFinite(whole)) return null;
  const random = new RandomStream([seed, 0x72657374]);
  const again = Array.from({ length: RESAMPLES }, () =>
    of(samples.map((sample) => sample.map(() => sample[random.below(sample.length)]!))),
  );
  const sorted = Float64Array.from(again.filter(Number.isFinite)).sort();
  return { mean: whole, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** [R] mean over some columns of each row of a matrix [R, columns]. */
function rowMeans(matrix: ArrayLike<number>, columns: number, within: readonly number[]): Float64Array {
  return Float64Array.from({ length: matrix.length / columns }, (_, r) =>
    mean(within.map((i) => matrix[r * columns + i]!)),
  );
}

/** Mean over the rows of some columns. */
function columnMeans(matrix: ArrayLike<number>, columns: number, within: readonly number[]): Float64Array {
  const rows = Array.from({ length: matrix.length / columns }, (_, r) => r);
  return Float64Array.from(within, (i) => mean(rows.map((r) => matrix[r * columns + i]!)));
}

/**
 * [C, C] Pearson r between the patterns of odours, a row from the odd trials with a column from the even ones; NaN where one is flat.
 * cost: O(C²·n).
 */
export function patternCorrelations(odd: Float64Array, even: Float64Array, odours: number): Float64Array {
  const n = odd.length / odours;
  const unit = (matrix: Float64Array) =>
    Array.from({ length: odours }, (_, c) => {
      const row = matrix.slice(c * n, (c + 1) * n);
      const centre = mean(row);
      const moved = row.map((x) => x - centre);
      const norm = Math.sqrt(moved.reduce((sum, x) => sum + x * x, 0));
      return moved.map((x) => x / norm);
    });
  const [first, second] = [unit(odd), unit(even)];
  return Float64Array.from({ length: odours * odours }, (_, k) => {
    const [a, b] = [first[Math.floor(k / odours)]!, second[k % odours]!];
    let sum = 0;
    for (let i = 0; i < n; i++) sum += a[i]! * b[i]!;
    return sum;
  });
}

/** Mean r of different odours of one network over that of another, both over the pairs that both have; over odours; null without a pair. */
export function correlationRatio(
  own: Float64Array,
  other: Float64Array,
  odours: number,
  seed: number,
): Interval | null {
  const usable = own.map((r, k) => (Number.isFinite(r + other[k]!) && Math.floor(k / odours) !== k % odours ? 1 : 0));
  const odourNumbers = Float64Array.from({ length: odours }, (_, c) => c);
  const times = new Float64Array(odours);
  const ratio = ([drawn]: readonly Float64Array[]): number => {
    times.fill(0);
    for (const c of drawn!) times[c]!++;
    let [a, b] = [0, 0];
    for (let k = 0; k < usable.length; k++) {
      const weight = usable[k]! * times[Math.floor(k / odours)]! * times[k % odours]!;
      if (weight === 0) continue;
      a += weight * own[k]!;
      b += weight * other[k]!;
    }
    return a / b;
  };
  return resampled([odourNumbers], ratio, seed);
}
