/** One population under the test trials: rates, active cells, sparseness, answers, tuning. Knows no readout. */

import type { PopulationSlice } from '../../snn/network/network.ts';
import { answeredShares } from '../activity/answered.ts';
import { columnsOf, type OdourMeans } from '../activity/odour-means.ts';
import { type PatternStatistics, patternStatistics } from '../activity/patterns.ts';
import {
  type ActiveFraction,
  activeFraction,
  cellRatesHz,
  type RateSummary,
  summariseRates,
} from '../activity/rates.ts';
import { type RestAndEvoked, restAndEvoked } from '../activity/rest-and-evoked.ts';
import { pairCosines } from '../activity/separation.ts';
import { lifetimeSparseness, populationSparseness } from '../activity/sparseness.ts';
import { tuningCurve } from '../activity/tuning.ts';

export interface LayerActivity {
  readonly name: string;
  readonly cells: number;
  /** [n] mean rate of each cell over test trials, Hz. */
  readonly ratesHz: Float64Array;
  readonly rates: RateSummary;
  readonly rest: RestAndEvoked;
  readonly active: ActiveFraction;
  /** Of mean counts; silent cells left out. */
  readonly lifetime: readonly number[];
  readonly population: readonly number[];
  /** [n] share of odours that each cell answers. */
  readonly answered: Float64Array;
  readonly patterns: PatternStatistics | null;
  /** Cosine of each pair of odours. */
  readonly cosines: Float64Array;
  /** [C] Hz by rank of odour, where trials split in two. */
  readonly tuning: Float64Array | null;
}

/** Spikes of all cells that the layers are cut from. */
export interface RecordedCounts {
  readonly cells: number;
  /** [B, N] and [K, N]. */
  readonly counts: Float32Array;
  readonly blanks: Float32Array;
  readonly means: OdourMeans;
  /** [C, N] see answered(). */
  readonly answers: Uint8Array;
  readonly trialSeconds: number;
  /** Of the intervals. */
  readonly seed: number;
}

/** The numbers of a slice's cells in the network. */
export function cellsOf({ offset, size }: PopulationSlice): number[] {
  return Array.from({ length: size }, (_, i) => offset + i);
}

/** The activity of one slice. cost: O(B·n + C²·n). */
export function layerActivity(slice: PopulationSlice, recorded: RecordedCounts): LayerActivity {
  const { cells, counts, blanks, means, trialSeconds } = recorded;
  const { offset, size } = slice;
  const part = (matrix: Float64Array) => columnsOf(matrix, cells, offset, size);
  const [all, odd, even] = [part(means.all), part(means.odd), part(means.even)];
  const ratesHz = cellRatesHz(counts, cells, trialSeconds).slice(offset, offset + size);
  const curve = means.split ? tuningCurve(odd, even, means.odours) : null;
  return {
    name: slice.name,
    cells: size,
    ratesHz,
    rates: summariseRates(ratesHz),
    rest: restAndEvoked(means, blanks, cellsOf(slice), trialSeconds, recorded.seed),
    active: activeFraction(counts, cells, offset, size),
    lifetime: lifetimeSparseness(all, means.odours),
    population: populationSparseness(all, means.odours),
    answered: answeredShares(recorded.answers, cells, offset, size),
    patterns: means.split ? patternStatistics(all, odd, even, means.odours) : null,
    cosines: pairCosines(all, means.odours),
    tuning: curve === null ? null : curve.map((count) => count / trialSeconds),
  };
}
