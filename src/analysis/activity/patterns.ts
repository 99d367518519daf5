/** Odour patterns of a layer: how alike, how unequal and how many-dimensional they are, with trials split so that noise does not count. Knows no network. */
import { dot, mean, standardDeviation } from '../../base/numbers.ts';

export interface PatternStatistics {
  /** Mean Pearson r between patterns of different odours, one from each half of the trials. */
  readonly meanCorrelation: number;
  /** Mean Pearson r between the halves of one odour: 0 for noise alone. */
  readonly reliability: number;
  /** SD / mean over odours of the variance that both halves share. */
  readonly varianceCv: number;
  /** (Σλ)²/Σλ² of the covariance of patterns over odours (all trials). */
  readonly participationRatio: number;
  /** ‖C − I‖_F/√(n(n − 1)) of the odours' correlation matrix C (all trials). */
  readonly correlationNorm: number;
  /** Odours answered by at least one cell in both halves: only these enter. */
  readonly odours: number;
  /** The halves agree on an odour more than on different ones: reliability − meanCorrelation > 0.1 (free parameter). */
  readonly reliable: boolean;
}

/**
 * Statistics of mean counts [C, n] (all trials and two halves); null with fewer than two odours that vary. cost: O(C²·n).
 * Source of the measures: Wanner & Friedrich 2020, doi:10.1038/s41593-019-0576-z; participation ratio as in Litwin-Kumar 2017.
 */
export function patternStatistics(
  all: Float64Array,
  odd: Float64Array,
  even: Float64Array,
  odours: number,
): PatternStatistics | null {
  const n = all.length / odours;
  const rowsOf = (matrix: Float64Array) => Array.from({ length: odours }, (_, c) => centred(matrix, c, n));
  const [whole, first, second] = [rowsOf(all), rowsOf(odd), rowsOf(even)];
  const used = whole.map((_, c) => c).filter((c) => first[c]!.norm > 0 && second[c]!.norm > 0);
  if (used.length < 2) return null;
  const across: number[] = [];
  const own: number[] = [];
  let offDiagonal = 0;
  for (const c of used) {
    own.push(dot(first[c]!.row, second[c]!.row) / (first[c]!.norm * second[c]!.norm));
    for (const d of used) {
      if (d === c) continue;
      across.push(dot(first[c]!.row, second[d]!.row) / (first[c]!.norm * second[d]!.norm));
      offDiagonal += (dot(whole[c]!.row, whole[d]!.row) / (whole[c]!.norm * whole[d]!.norm)) ** 2;
    }
  }
  const variance = used.map((c) => dot(first[c]!.row, second[c]!.row) / n);
  const meanCorrelation = mean(across);
  const reliability = mean(own);
  return {
    meanCorrelation,
    reliability,
    varianceCv: standardDeviation(variance) / mean(variance),
    participationRatio: participationRatio(
      used.map((c) => all.subarray(c * n, (c + 1) * n)),
      n,
    ),
    correlationNorm: Math.sqrt(offDiagonal / (used.length * (used.length - 1))),
    odours: used.length,
    reliable: reliability - meanCorrelation > 0.1,
  };
}

/** Row c less its mean, and its length. */
function centred(matrix: Float64Array, c: number, n: number): { row: Float64Array; norm: number } {
  const raw = matrix.subarray(c * n, (c + 1) * n);
  const centre = mean(raw);
  const row = raw.map((x) => x - centre);
  return { row, norm: Math.sqrt(dot(row, row)) };
}

/** (tr G)²/‖G‖² of the Gram matrix of patterns less their mean over odours: the same eigenvalues as the covariance of cells. */
export function participationRatio(rows: readonly Float64Array[], n: number): number {
  const centre = new Float64Array(n);
  for (const row of rows) for (let i = 0; i < n; i++) centre[i]! += row[i]! / rows.length;
  const moved = rows.map((row) => row.map((x, i) => x - centre[i]!));
  let trace = 0;
  let squares = 0;
  moved.forEach((row, c) => {
    const own = dot(row, row);
    trace += own;
    squares += own * own;
    for (let d = 0; d < c; d++) squares += 2 * dot(row, moved[d]!) ** 2;
  });
  return (trace * trace) / squares;
}
