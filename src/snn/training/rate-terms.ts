/** Penalties that keep firing within physiological bands, with their gradients by spike counts. Knows no network dynamics. */
import { dot, mean, significant } from '../../base/numbers.ts';
import type { Topology } from '../network/network.ts';
import { type PhysiologyKey, physiology } from '../network/physiology.ts';
import { sliceOf } from '../network/topology.ts';

/**
 * What a band bounds. Of the trials it names: `cellTrial` each cell's count in each trial, `cell` each cell's mean over them, `population` the
 * mean over cells and trials, `active` the fraction of cells with a spike, each trial. Of both kinds: `evokedActive` the active fraction of
 * each odour trial less the mean one at rest, `restShare` the mean count at rest over that of odour trials. `correlation` the mean r between
 * the patterns of the batch's odour trials over that of the start (`startCorrelations`).
 */
export type BandScope = 'cellTrial' | 'cell' | 'population' | 'active' | 'evokedActive' | 'restShare' | 'correlation';

/** One band; lo and hi in Hz (fractions for `active`, `evokedActive`, `restShare`); either may be absent. */
export interface RateBand {
  readonly population: string;
  readonly scope: BandScope;
  /** Trials with an odour, or without; `evokedActive` and `restShare` take both. Left out: odour. */
  readonly trials?: 'odour' | 'rest';
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
  { population: 'PN', scope: 'population', trials: 'rest', ...rangeOf('pnRestRate'), weight: 1 },
  { population: 'PN', scope: 'population', ...rangeOf('pnMeanRate'), weight: 1 },
  { population: 'KC', scope: 'population', trials: 'rest', ...rangeOf('kcRestRate'), weight: 1 },
  { population: 'KC', scope: 'cell', trials: 'rest', ...rangeOf('kcRestMost'), weight: 0.1 },
  { population: 'KC', scope: 'evokedActive', ...rangeOf('kcAnswered'), weight: 1 },
  { population: 'KC', scope: 'restShare', ...rangeOf('kcRestShare'), weight: 1 },
  { population: 'KC', scope: 'correlation', ...rangeOf('kcCorrelation'), weight: 1 },
  { population: 'MBON', scope: 'population', trials: 'rest', ...rangeOf('mbonRestRate'), weight: 1 },
  { population: 'MBON', scope: 'restShare', ...rangeOf('mbonRestShare'), weight: 1 },
];

function rangeOf(key: PhysiologyKey): Pick<RateBand, 'lo' | 'hi'> {
  const { lo, hi } = physiology[key];
  return { ...(lo === undefined ? {} : { lo }), ...(hi === undefined ? {} : { hi }) };
}

/** The band with each limit moved inwards by a share of itself, so that a network that sits at its hinges lies within the limits. */
export function narrowed(band: RateBand, margin: number): RateBand {
  const { lo, hi } = band;
  return {
    ...band,
    ...(lo === undefined ? {} : { lo: significant(lo * (1 + margin)) }),
    ...(hi === undefined ? {} : { hi: significant(hi * (1 - margin)) }),
  };
}

/** What a batch's counts are seen with. */
export interface RateContext {
  /** The last trials of the batch, which are without odour. */
  readonly restTrials?: number;
  /** Mean r between odour trials at the start, by population; bands of `correlation` are passed over without it. */
  readonly startCorrelations?: Readonly<Record<string, number>>;
}

export interface RateTerms {
  /** Weighted value of each band, by its name, e.g. `KC rest population –0.1`. */
  readonly terms: Readonly<Record<string, number>>;
  /** Their sum. */
  readonly value: number;
  /** [B, N] its gradient by the counts. */
  readonly gradient: Float32Array;
}

/** The name of a band in metrics. */
export function bandName(band: RateBand): string {
  const range = `${band.lo ?? ''}–${band.hi ?? ''}`;
  return `${band.population} ${band.trials === 'rest' ? 'rest ' : ''}${band.scope} ${range}`;
}

/**
 * Relative hinges of counts [B, N] over a trial of `seconds`, of which the last `restTrials` are without odour: h(x) = ((x − hi)/hi)² above hi,
 * a straight line from 2·hi on so that one cell far out does not outweigh all, ((lo − x)/lo)² below lo, else 0; cellTrial: mean over trials of the sum over cells; cell: sum over cells; population and restShare:
 * one; active and evokedActive: mean over trials. The step of the active fraction counts as slope 1 for silent and single spikes and 1/count
 * above. Populations that are absent are passed over, and bands of rest where no trial is at rest.
 * cost: O(B·N). Pinned by test/snn/rate-terms.test.ts.
 */
export function rateTerms(
  topology: Pick<Topology, 'populations' | 'size'>,
  bands: readonly RateBand[],
  counts: Float32Array,
  seconds: number,
  { restTrials = 0, startCorrelations = {} }: RateContext = {},
): RateTerms {
  const gradient = new Float32Array(counts.length);
  const terms: Record<string, number> = {};
  const odourTrials = counts.length / topology.size - restTrials;
  let value = 0;
  for (const band of bands) {
    if (!topology.populations.some((p) => p.name === band.population)) continue;
    if (restTrials === 0 && needsRest(band)) continue;
    const { offset, size } = sliceOf(topology, band.population);
    const view = { counts, gradient, n: topology.size, offset, size };
    const odour = { ...view, first: 0, trials: odourTrials };
    const rest = { ...view, first: odourTrials, trials: restTrials };
    const of = band.trials === 'rest' ? rest : odour;
    const start = startCorrelations[band.population] ?? Number.NaN;
    const term = band.weight * scopes[band.scope](of, band, { seconds, rest, startCorrelation: start });
    terms[bandName(band)] = term;
    value += term;
  }
  return { terms, value, gradient };
}

function needsRest(band: RateBand): boolean {
  return band.trials === 'rest' || band.scope === 'evokedActive' || band.scope === 'restShare';
}

/** Cells [offset, offset + size) in rows [first, first + trials) of counts [B, n] and their gradient. */
interface CountView {
  readonly counts: Float32Array;
  readonly gradient: Float32Array;
  readonly n: number;
  readonly offset: number;
  readonly size: number;
  readonly first: number;
  readonly trials: number;
}

/** [h, dh/dx] */
function hinge(band: RateBand, x: number): readonly [number, number] {
  if (band.hi !== undefined && x > band.hi) {
    const over = (x - band.hi) / band.hi;
    return over > 1 ? [2 * over - 1, 2 / band.hi] : [over * over, (2 * over) / band.hi];
  }
  if (band.lo !== undefined && x < band.lo) {
    const under = (band.lo - x) / band.lo;
    return [under * under, (-2 * under) / band.lo];
  }
  return [0, 0];
}

/** What a band may need besides its own trials. */
interface Beside {
  readonly seconds: number;
  readonly rest: CountView;
  readonly startCorrelation: number;
}

type Scope = (view: CountView, band: RateBand, beside: Beside) => number;

const scopes: Readonly<Record<BandScope, Scope>> = {
  cellTrial(view, band, { seconds }) {
    const [least, most] = [band.lo ?? Number.NEGATIVE_INFINITY, band.hi ?? Number.POSITIVE_INFINITY];
    let sum = 0;
    for (let b = 0; b < view.trials; b++) {
      const row = rowOf(view, b);
      for (let i = row; i < row + view.size; i++) {
        const rate = view.counts[i]! / seconds;
        if (!(rate > most || rate < least)) continue;
        const [h, slope] = hinge(band, rate);
        if (h === 0) continue;
        sum += h / view.trials;
        view.gradient[i]! += (band.weight * slope) / seconds / view.trials;
      }
    }
    return sum;
  },

  cell(view, band, { seconds }) {
    const { counts, size } = view;
    const spikes = new Float64Array(size);
    for (let b = 0; b < view.trials; b++) {
      const row = rowOf(view, b);
      for (let i = 0; i < size; i++) spikes[i]! += counts[row + i]!;
    }
    let sum = 0;
    for (let i = 0; i < size; i++) {
      const [h, slope] = hinge(band, spikes[i]! / view.trials / seconds);
      sum += h;
      addToRows(view, i, 1, (band.weight * slope) / seconds / view.trials);
    }
    return sum;
  },

  population(view, band, { seconds }) {
    const [h, slope] = hinge(band, meanCount(view) / seconds);
    addToRows(view, 0, view.size, (band.weight * slope) / seconds / view.trials / view.size);
    return h;
  },

  active(view, band) {
    return activeTerm(view, band, 0).value;
  },

  evokedActive(view, band, { rest }) {
    let atRest = 0;
    for (let b = 0; b < rest.trials; b++) atRest += activeOf(rest, b) / rest.trials;
    const { value, slope } = activeTerm(view, band, atRest);
    for (let b = 0; b < rest.trials; b++) addToActive(rest, b, (-band.weight * slope) / rest.size / rest.trials);
    return value;
  },

  restShare(view, band, { rest }) {
    const whole = meanCount(view);
    if (whole === 0) return 0;
    const share = meanCount(rest) / whole;
    const [h, slope] = hinge(band, share);
    const by = (band.weight * slope) / view.size / whole;
    addToRows(rest, 0, view.size, by / rest.trials);
    addToRows(view, 0, view.size, (-by * share) / view.trials);
    return h;
  },

  correlation(view, band, { startCorrelation }) {
    if (!(startCorrelation > 0)) return 0;
    const patterns = patternsOf(view);
    const [h, slope] = hinge(band, patterns.correlation / startCorrelation);
    if (h > 0) addToPatterns(view, patterns, (band.weight * slope) / startCorrelation);
    return h;
  },
};

/** Patterns of the trials in which a cell fires, less their mean and of length 1. */
interface Patterns {
  /** Trials of the view. */
  readonly trials: readonly number[];
  readonly unit: readonly Float64Array[];
  readonly lengths: readonly number[];
  /** Sum of the unit patterns. */
  readonly sum: Float64Array;
  /** Mean Pearson r between different trials: (|sum|² − B)/(B(B − 1)); 0 with fewer than two. */
  readonly correlation: number;
}

function patternsOf(view: CountView): Patterns {
  const trials: number[] = [];
  const unit: Float64Array[] = [];
  const lengths: number[] = [];
  const sum = new Float64Array(view.size);
  for (let b = 0; b < view.trials; b++) {
    const row = rowOf(view, b);
    const pattern = new Float64Array(view.counts.subarray(row, row + view.size));
    const centre = mean(pattern);
    for (let i = 0; i < view.size; i++) pattern[i]! -= centre;
    const length = Math.sqrt(dot(pattern, pattern));
    if (length === 0) continue;
    for (let i = 0; i < view.size; i++) {
      pattern[i]! /= length;
      sum[i]! += pattern[i]!;
    }
    trials.push(b);
    unit.push(pattern);
    lengths.push(length);
  }
  const n = trials.length;
  const correlation = n < 2 ? 0 : (dot(sum, sum) - n) / (n * (n - 1));
  return { trials, unit, lengths, sum, correlation };
}

/** Adds `by` · d(correlation)/d(count): 2(S − (S·u)u)/(|x|·B(B − 1)), which has no mean since S and u have none. */
function addToPatterns(view: CountView, { trials, unit, lengths, sum }: Patterns, by: number): void {
  const { gradient, size } = view;
  const pairs = trials.length * (trials.length - 1);
  trials.forEach((b, k) => {
    const own = unit[k]!;
    const along = dot(sum, own);
    const scale = (2 * by) / (lengths[k]! * pairs);
    const row = rowOf(view, b);
    for (let i = 0; i < size; i++) gradient[row + i]! += scale * (sum[i]! - along * own[i]!);
  });
}

/** Mean r between the trials of counts [B, N], by population: what `correlation` bands are held against. */
export function trialCorrelations(
  topology: Pick<Topology, 'populations' | 'size'>,
  counts: Float32Array,
): Record<string, number> {
  const view = { counts, gradient: counts, n: topology.size, first: 0, trials: counts.length / topology.size };
  return Object.fromEntries(
    topology.populations.map(({ name, offset, size }) => [name, patternsOf({ ...view, offset, size }).correlation]),
  );
}

/** First place of the view's cells in its trial b. */
function rowOf({ first, n, offset }: CountView, b: number): number {
  return (first + b) * n + offset;
}

/** Mean over cells and trials. */
function meanCount(view: CountView): number {
  const { counts, size } = view;
  let spikes = 0;
  for (let b = 0; b < view.trials; b++) {
    const row = rowOf(view, b);
    for (let i = row; i < row + size; i++) spikes += counts[i]!;
  }
  return spikes / view.trials / size;
}

/** Fraction of cells with a spike in trial b. */
function activeOf(view: CountView, b: number): number {
  const { counts, size } = view;
  const row = rowOf(view, b);
  let active = 0;
  for (let i = row; i < row + size; i++) active += counts[i]! > 0 ? 1 : 0;
  return active / size;
}

/** Mean hinge over trials of active fraction − `less`, with its gradient added; `slope` is the mean dh/d(fraction). */
function activeTerm(view: CountView, band: RateBand, less: number): { readonly value: number; readonly slope: number } {
  let value = 0;
  let mean = 0;
  for (let b = 0; b < view.trials; b++) {
    const [h, slope] = hinge(band, activeOf(view, b) - less);
    if (h === 0) continue;
    value += h / view.trials;
    mean += slope / view.trials;
    addToActive(view, b, (band.weight * slope) / view.size / view.trials);
  }
  return { value, slope: mean };
}

/** Adds a slope by the number of active cells of trial b to the gradient. */
function addToActive(view: CountView, b: number, by: number): void {
  const { counts, gradient, size } = view;
  const row = rowOf(view, b);
  for (let i = row; i < row + size; i++) gradient[i]! += counts[i]! > 1 ? by / counts[i]! : by;
}

/** Adds to the gradient of the view's cells [from, from + size) in all its trials. */
function addToRows(view: CountView, from: number, size: number, by: number): void {
  if (by === 0) return;
  const { gradient } = view;
  for (let b = 0; b < view.trials; b++) {
    const row = rowOf(view, b) + from;
    for (let i = row; i < row + size; i++) gradient[i]! += by;
  }
}
