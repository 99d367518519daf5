/** Which cell answers which odour. Knows no populations and no input. */
import { mean, standardDeviation } from '../../base/numbers.ts';

/** Standard deviations above the mean of trials without odour (Turner 2008, doi:10.1152/jn.01283.2007). */
const DEVIATIONS = 3.5;

/**
 * [C, N] 1 where a cell answers an odour: its count exceeds the mean + 3.5 SD of its counts in trials without odour in at least half of the odour's trials.
 * Turner's criterion adapted to counts of whole trials (there: some 200 ms bin); a cell silent without odour answers with one spike.
 * `counts` [B, N], `blanks` [K, N] of trials as long. Throws RangeError without blank trials. cost: O((B + K)·N).
 */
export function answered(
  counts: ArrayLike<number>,
  labels: ArrayLike<number>,
  odours: number,
  blanks: ArrayLike<number>,
  cells: number,
): Uint8Array {
  const threshold = thresholds(blanks, cells);
  const above = new Int32Array(odours * cells);
  const trials = new Int32Array(odours);
  for (let b = 0; b < labels.length; b++) {
    const c = labels[b]!;
    trials[c]!++;
    for (let i = 0; i < cells; i++) if (counts[b * cells + i]! > threshold[i]!) above[c * cells + i]!++;
  }
  return Uint8Array.from(above, (n, k) => {
    const of = trials[Math.floor(k / cells)]!;
    return of > 0 && 2 * n >= of ? 1 : 0;
  });
}

function thresholds(blanks: ArrayLike<number>, cells: number): Float64Array {
  const trials = blanks.length / cells;
  if (!(trials >= 2)) throw new RangeError(`answered: ${trials} trials without odour, expected two or more`);
  const own = new Float64Array(trials);
  return Float64Array.from({ length: cells }, (_, i) => {
    for (let k = 0; k < trials; k++) own[k] = blanks[k * cells + i]!;
    return mean(own) + DEVIATIONS * standardDeviation(own);
  });
}

/** Share of odours answered by each of the cells [offset, offset + size) of a table [C, N]. */
export function answeredShares(table: Uint8Array, cells: number, offset: number, size: number): Float64Array {
  const odours = table.length / cells;
  const shares = new Float64Array(size);
  for (let c = 0; c < odours; c++) {
    for (let i = 0; i < size; i++) shares[i]! += table[c * cells + offset + i]! / odours;
  }
  return shares;
}
