/** How far several models of one task agree: in what training changed, in their patterns of activity, in their errors. Runs no network. */
import { dot, mean } from '../../base/numbers.ts';
import type { Model } from '../../snn/network/network.ts';

/** Pearson r of two rows; null where one of them does not vary. */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const centred = (row: ArrayLike<number>): Float64Array => {
    const centre = mean(row);
    return Float64Array.from(row, (value) => value - centre);
  };
  const [x, y] = [centred(a), centred(b)];
  const norm = Math.sqrt(dot(x, x) * dot(y, y));
  return norm === 0 ? null : dot(x, y) / norm;
}

export interface Agreement {
  /** Pairs of models that could be compared. */
  readonly pairs: number;
  /** Pearson r over all of them; null for no pair. */
  readonly mean: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

/** r of every pair of rows, one row a model; pairs of which one does not vary are left out. */
export function agreementOf(rows: readonly ArrayLike<number>[]): Agreement {
  const found: number[] = [];
  for (const [i, row] of rows.entries())
    for (const other of rows.slice(i + 1)) {
      const r = correlation(row, other);
      if (r !== null) found.push(r);
    }
  if (found.length === 0) return { pairs: 0, mean: null, least: null, most: null };
  return { pairs: found.length, mean: mean(found), least: Math.min(...found), most: Math.max(...found) };
}

/** What is trained, by cell type: mean over the cells of a type; gains by their names. Not the start: see `changesOf`. */
function valuesOf({ network, typeIdx, typeNames }: Model): ReadonlyMap<string, Float64Array> {
  const { cells, gainNa } = network;
  const byType = (values: ArrayLike<number>): Float64Array => {
    const sums = new Float64Array(typeNames.length);
    const counts = new Float64Array(typeNames.length);
    for (let i = 0; i < typeIdx.length; i++) {
      sums[typeIdx[i]!]! += values[i]!;
      counts[typeIdx[i]!]! += 1;
    }
    return sums.map((sum, t) => (counts[t] === 0 ? 0 : sum / counts[t]!));
  };
  return new Map([
    ['vThresh', byType(cells.vThreshMv)],
    ['tauM', byType(cells.tauMMs)],
    ['iOffset', byType(cells.iOffsetNa)],
    ...(gainNa === undefined ? [] : ([['gain', Float64Array.from(gainNa)]] as const)),
  ]);
}

/**
 * What training changed of each kind of parameter, as shares of the start (of iOffset, which begins at 0, as it is): the start is
 * common to all models, so that values themselves would agree whatever training did. Throws RangeError where model and start differ in shape.
 */
export function changesOf(model: Model, start: Model): ReadonlyMap<string, Float64Array> {
  const before = valuesOf(start);
  return new Map(
    [...valuesOf(model)].map(([name, values]) => {
      const own = before.get(name);
      if (own === undefined || own.length !== values.length)
        throw new RangeError(`changesOf: ${name} of the model and of its start are not of one network`);
      return [name, values.map((value, k) => (own[k] === 0 ? value : value / own[k]! - 1))];
    }),
  );
}

/** Upper triangle of the dissimilarities 1 − r between the patterns [C, n] of every two odours; a pattern that does not vary is 1 from all. */
export function dissimilarities(patterns: Float64Array, odours: number): Float64Array {
  const n = patterns.length / odours;
  const row = (c: number): Float64Array => patterns.subarray(c * n, (c + 1) * n);
  const out: number[] = [];
  for (let a = 0; a < odours; a++)
    for (let b = a + 1; b < odours; b++) out.push(1 - (correlation(row(a), row(b)) ?? 0));
  return Float64Array.from(out);
}
