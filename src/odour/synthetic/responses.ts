/**
 * An invented response matrix with DoOR's published statistics: 13.65 % filled, median 0.085, 95th percentile 0.48, and the same pattern of
 * who was measured. Knows no file format. Every number comes from the seed; no measured response is used.
 * Responses are logistic-normal, 1 / (1 + exp(2.376 − 1.35 z)): z adds a unit's breadth, an odour's strength, the match of their features, noise.
 */
import { exp } from '../../base/exp.ts';
import { deriveKey, type RandomKey, RandomStream } from '../../base/random.ts';
import { measuredOf692, type UnitFact } from './units.ts';

/** Row by row: which units were measured, and what they answered. */
export interface SyntheticResponses {
  /** [O, U] NaN: not measured. */
  readonly response: Float64Array;
  /** [U] */
  readonly sfr: Float64Array;
  /** [O] class of each odour, 0 … 6. */
  readonly odourClass: Int32Array;
}

const labels = { rows: 1, features: 2, noise: 3, sfr: 4 } as const;
const FEATURES = 8;
export const CLASSES = 7;

/** Shares of z's variance (free parameters, fitted to the spread of unit medians). */
const shares = { unit: 0.25, odour: 0.1, match: 0.45, noise: 0.2 } as const;

/** Cumulative shares of the number of units that measured an odour, among odours with at least four. */
const measuredQuantiles: readonly (readonly [share: number, units: number])[] = [
  [0, 4],
  [0.09, 5],
  [0.28, 10],
  [0.39, 15],
  [0.44, 20],
  [0.55, 25],
  [0.72, 30],
  [0.85, 40],
  [0.92, 50],
  [0.97, 60],
  [1, 66],
];

/** Nearly normal, mean 0, variance 1: the sum of twelve uniform numbers (additions only, so the same bits everywhere). */
function gaussian(stream: RandomStream): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += stream.uniform();
  return sum;
}

function vector(stream: RandomStream): number[] {
  return Array.from({ length: FEATURES }, () => gaussian(stream));
}

/** The inverse of the cumulative shares, linear between its points. */
function measuredCount(u: number): number {
  const upper = Math.max(
    1,
    measuredQuantiles.findIndex(([share]) => share >= u),
  );
  const [a, b] = [measuredQuantiles[upper - 1]!, measuredQuantiles[upper]!];
  return Math.round(a[1] + ((u - a[0]) / (b[0] - a[0])) * (b[1] - a[1]));
}

/** `count` different items, each as likely as its weight among those left. */
function sample(stream: RandomStream, weights: readonly number[], count: number): number[] {
  const left = [...weights];
  const picked: number[] = [];
  while (picked.length < count) {
    const total = left.reduce((a, b) => a + b, 0);
    if (total <= 0) break;
    let u = stream.uniform() * total;
    let item = left.findIndex((w) => {
      u -= w;
      return u < 0 && w > 0;
    });
    if (item < 0) item = left.findLastIndex((w) => w > 0);
    picked.push(item);
    left[item] = 0;
  }
  return picked;
}

/** Which units measured each odour: at least four glomerular ones of each `well` odour; of the others one to three, of one in nine none. */
function measuredUnits(units: readonly UnitFact[], well: readonly boolean[], stream: RandomStream): number[][] {
  const weight = units.map((unit) => measuredOf692[unit.coverage]);
  const glomerular = units.map((unit, u) => (/^[A-Z]/.test(unit.glomerulus) ? weight[u]! : 0));
  const rest = weight.map((w, u) => w - glomerular[u]!);
  // One unit was screened with nearly everything: it alone measured most of the poorly measured odours.
  const screening = weight.map((w) => w ** 3);
  return well.map((isWell) => {
    if (!isWell) return sample(stream, screening, stream.uniform() < 1 / 9 ? 0 : Math.max(1, stream.below(8) - 4));
    const count = measuredCount(stream.uniform());
    const others = Math.min(Math.round(count * 0.1 * 2 * stream.uniform()), count - 4);
    return [...sample(stream, glomerular, count - others), ...sample(stream, rest, others)];
  });
}

function logistic(z: number, median: number, spread: number): number {
  return 1 / (1 + exp(median - spread * z));
}

/** Each unit's lowest response is 0, as DoOR scales them. */
function zeroLowest(response: Float64Array, units: number): void {
  for (let u = 0; u < units; u++) {
    let lowest = -1;
    for (let k = u; k < response.length; k += units) {
      if (!Number.isNaN(response[k]) && (lowest < 0 || response[k]! < response[lowest]!)) lowest = k;
    }
    if (lowest >= 0) response[lowest] = 0;
  }
}

/** What a unit or an odour is made of: its own part of z, and its place among features. */
interface Character {
  readonly offset: number;
  readonly features: readonly number[];
}

/** z of one unit for one odour: unit's breadth, odour's strength, match of their features, noise. */
function zOf(odour: Character, unit: Character, noise: number): number {
  const match = odour.features.reduce((sum, x, d) => sum + x * unit.features[d]!, 0) / Math.sqrt(FEATURES);
  return (
    Math.sqrt(shares.unit) * unit.offset +
    Math.sqrt(shares.odour) * odour.offset +
    Math.sqrt(shares.match) * match +
    Math.sqrt(shares.noise) * noise
  );
}

function spontaneousRates(units: readonly UnitFact[], stream: RandomStream): Float64Array {
  return Float64Array.from(units, (unit) => {
    const rate = logistic(gaussian(stream), 3.1, 0.8);
    return unit.coverage === 'never' ? Number.NaN : rate;
  });
}

/** The matrix of one row for each item of `well`, which says whether at least four units of some glomerulus measured it. */
export function syntheticResponses(
  units: readonly UnitFact[],
  well: readonly boolean[],
  key: RandomKey,
): SyntheticResponses {
  const streamOf = (label: number) => new RandomStream(deriveKey(key, label, 0));
  const features = streamOf(labels.features);
  const centres = Array.from({ length: CLASSES }, () => vector(features));
  const unitCharacters = units.map((): Character => ({ offset: gaussian(features), features: vector(features) }));
  const odourClass = Int32Array.from(well, () => features.below(CLASSES));
  const measured = measuredUnits(units, well, streamOf(labels.rows));
  const noise = streamOf(labels.noise);
  const response = new Float64Array(well.length * units.length).fill(Number.NaN);
  measured.forEach((columns, o) => {
    const offset = gaussian(features);
    const centre = centres[odourClass[o]!]!;
    const odour: Character = { offset, features: vector(features).map((x, d) => 0.6 * centre[d]! + 0.8 * x) };
    for (const u of [...columns].sort((a, b) => a - b)) {
      response[o * units.length + u] = logistic(zOf(odour, unitCharacters[u]!, gaussian(noise)), 2.376, 1.35);
    }
  });
  zeroLowest(response, units.length);
  return { response, sfr: spontaneousRates(units, streamOf(labels.sfr)), odourClass };
}
