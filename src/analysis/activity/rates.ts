/** Mean rates of cells, their spread over a group of cells, and how many cells fire in a trial. Knows no odours. */
import { ascending, mean, quantile } from '../../base/numbers.ts';

export interface RateSummary {
  readonly cells: number;
  /** Of the cells' mean rates, Hz. */
  readonly meanHz: number;
  readonly medianHz: number;
  readonly p90Hz: number;
  readonly mostHz: number;
  /** Share of cells without a spike in any trial. */
  readonly silent: number;
}

export interface ActiveFraction {
  readonly mean: number;
  readonly p5: number;
  readonly p95: number;
  /** [B] share of the cells with at least one spike. */
  readonly perTrial: Float64Array;
}

/** Mean rate of each cell [N] over trials of counts [B, N], Hz. */
export function cellRatesHz(counts: ArrayLike<number>, cells: number, trialSeconds: number): Float64Array {
  const rates = new Float64Array(cells);
  for (let k = 0; k < counts.length; k++) rates[k % cells]! += counts[k]!;
  const seconds = (counts.length / cells) * trialSeconds;
  return rates.map((spikes) => spikes / seconds);
}

/** The spread of rates over some cells. Throws RangeError on no cells. */
export function summariseRates(ratesHz: ArrayLike<number>): RateSummary {
  if (ratesHz.length === 0) throw new RangeError('summariseRates: no cells');
  const sorted = ascending(ratesHz);
  return {
    cells: sorted.length,
    meanHz: mean(sorted),
    medianHz: quantile(sorted, 0.5),
    p90Hz: quantile(sorted, 0.9),
    mostHz: sorted[sorted.length - 1]!,
    silent: sorted.filter((rate) => rate === 0).length / sorted.length,
  };
}

/** Share of cells [offset, offset + size) with at least one spike, by trial of counts [B, N]. */
export function activeFraction(counts: ArrayLike<number>, cells: number, offset: number, size: number): ActiveFraction {
  const perTrial = new Float64Array(counts.length / cells);
  for (let b = 0; b < perTrial.length; b++) {
    let active = 0;
    for (let i = 0; i < size; i++) if (counts[b * cells + offset + i]! > 0) active++;
    perTrial[b] = active / size;
  }
  const sorted = ascending(perTrial);
  return { mean: mean(perTrial), p5: quantile(sorted, 0.05), p95: quantile(sorted, 0.95), perTrial };
}
