/** Penalties that keep firing within physiological bands, with their gradients by spike counts. Knows no network dynamics. */
import type { Topology } from '../network/network.ts';
import { type PhysiologyKey, physiology } from '../network/physiology.ts';
import { sliceOf } from '../network/topology.ts';

/**
 * What a band bounds: `cellTrial` each cell's count in each trial, `cell` each cell's mean over the batch, `population` the mean over
 * cells and trials, `active` the fraction of cells with a spike, each trial.
 */
export type BandScope = 'cellTrial' | 'cell' | 'population' | 'active';

/** One band; lo and hi in Hz (fractions for `active`); either may be absent. */
export interface RateBand {
  readonly population: string;
  readonly scope: BandScope;
  readonly lo?: number;
  readonly hi?: number;
  readonly weight: number;
}

/** The limits of physiology.ts, each on a quantity that the loss can push. */
export const defaultBands: readonly RateBand[] = [
  { population: 'LN', scope: 'cellTrial', ...rangeOf('lnRate'), weight: 1 },
  { population: 'PN', scope: 'cellTrial', ...rangeOf('pnRate'), weight: 1 },
  { population: 'APL', scope: 'cellTrial', ...rangeOf('aplRate'), weight: 1 },
  { population: 'MBON', scope: 'cellTrial', ...rangeOf('mbonRate'), weight: 1 },
  { population: 'DAN', scope: 'cellTrial', ...rangeOf('danRate'), weight: 1 },
  { population: 'KC', scope: 'active', ...rangeOf('kcActive'), weight: 1 },
  { population: 'KC', scope: 'population', ...rangeOf('kcLeastRate'), ...rangeOf('kcRate'), weight: 1 },
  { population: 'PN', scope: 'population', ...rangeOf('pnMeanRate'), weight: 1 },
];

function rangeOf(key: PhysiologyKey): Pick<RateBand, 'lo' | 'hi'> {
  const { lo, hi } = physiology[key];
  return { ...(lo === undefined ? {} : { lo }), ...(hi === undefined ? {} : { hi }) };
}

export interface RateTerms {
  /** Weighted value of each band, by its name, e.g. `KC active 0.03–0.08`. */
  readonly terms: Readonly<Record<string, number>>;
  /** Their sum. */
  readonly value: number;
  /** [B, N] its gradient by the counts. */
  readonly gradient: Float32Array;
}

/** The name of a band in metrics. */
export function bandName(band: RateBand): string {
  const range = `${band.lo ?? ''}–${band.hi ?? ''}`;
  return `${band.population} ${band.scope} ${range}`;
}

/**
 * Squared relative hinges of counts [B, N] over a trial of `seconds`: h(x) = ((x − hi)/hi)² above hi, ((lo − x)/lo)² below lo, else 0;
 * cellTrial: mean over trials of the sum over cells; cell: sum over cells; population: one; active: mean over trials. The step of
 * `active` counts as slope 1 for silent and single spikes and 1/count above. Populations that are absent are passed over.
 * cost: O(B·N). Pinned by test/snn/rate-terms.test.ts.
 */
export function rateTerms(
  topology: Pick<Topology, 'populations' | 'size'>,
  bands: readonly RateBand[],
  counts: Float32Array,
  seconds: number,
): RateTerms {
  const gradient = new Float32Array(counts.length);
  const terms: Record<string, number> = {};
  let value = 0;
  for (const band of bands) {
    if (!topology.populations.some((p) => p.name === band.population)) continue;
    const { offset, size } = sliceOf(topology, band.population);
    const view: CountView = { counts, gradient, n: topology.size, offset, size, trials: counts.length / topology.size };
    const term = band.weight * scopes[band.scope](view, band, seconds);
    terms[bandName(band)] = term;
    value += term;
  }
  return { terms, value, gradient };
}

interface CountView {
  readonly counts: Float32Array;
  readonly gradient: Float32Array;
  readonly n: number;
  readonly offset: number;
  readonly size: number;
  readonly trials: number;
}

/** [h, dh/dx] */
function hinge(band: RateBand, x: number): readonly [number, number] {
  if (band.hi !== undefined && x > band.hi) {
    const over = (x - band.hi) / band.hi;
    return [over * over, (2 * over) / band.hi];
  }
  if (band.lo !== undefined && x < band.lo) {
    const under = (band.lo - x) / band.lo;
    return [under * under, (-2 * under) / band.lo];
  }
  return [0, 0];
}

type Scope = (view: CountView, band: RateBand, seconds: number) => number;

const scopes: Readonly<Record<BandScope, Scope>> = {
  cellTrial(view, band, seconds) {
    let sum = 0;
    for (let b = 0; b < view.trials; b++) {
      const row = b * view.n + view.offset;
      for (let i = row; i < row + view.size; i++) {
        const [h, slope] = hinge(band, view.counts[i]! / seconds);
        if (h === 0) continue;
        sum += h / view.trials;
        view.gradient[i]! += (band.weight * slope) / seconds / view.trials;
      }
    }
    return sum;
  },

  cell(view, band, seconds) {
    let sum = 0;
    for (let i = 0; i < view.size; i++) {
      let spikes = 0;
      for (let b = 0; b < view.trials; b++) spikes += view.counts[b * view.n + view.offset + i]!;
      const [h, slope] = hinge(band, spikes / view.trials / seconds);
      sum += h;
      addToRows(view, view.offset + i, 1, (band.weight * slope) / seconds / view.trials);
    }
    return sum;
  },

  population(view, band, seconds) {
    let spikes = 0;
    for (let b = 0; b < view.trials; b++) {
      for (let i = 0; i < view.size; i++) spikes += view.counts[b * view.n + view.offset + i]!;
    }
    const [h, slope] = hinge(band, spikes / view.trials / view.size / seconds);
    addToRows(view, view.offset, view.size, (band.weight * slope) / seconds / view.trials / view.size);
    return h;
  },

  active(view, band) {
    let sum = 0;
    for (let b = 0; b < view.trials; b++) {
      const row = b * view.n + view.offset;
      let active = 0;
      for (let i = row; i < row + view.size; i++) active += view.counts[i]! > 0 ? 1 : 0;
      const [h, slope] = hinge(band, active / view.size);
      if (h === 0) continue;
      sum += h / view.trials;
      const by = (band.weight * slope) / view.size / view.trials;
      for (let i = row; i < row + view.size; i++) view.gradient[i]! += by / Math.max(1, view.counts[i]!);
    }
    return sum;
  },
};

function addToRows(view: CountView, first: number, size: number, by: number): void {
  if (by === 0) return;
  for (let b = 0; b < view.trials; b++) {
    for (let i = first; i < first + size; i++) view.gradient[b * view.n + i]! += by;
  }
}
