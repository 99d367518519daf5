/** Draws distinct partners with given propensities. Knows no cells, only weights. */
import { log } from '../../base/exp.ts';
import type { RandomStream } from '../../base/random.ts';

/** Weights that can be drawn from: their running sums. */
export interface Urn {
  readonly weights: Float64Array;
  readonly sums: Float64Array;
}

/** An urn of weights ≥ 0. */
export function fillUrn(weights: Float64Array): Urn {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    sums[i] = sum;
  }
  return { weights, sums };
}

function drawOne({ sums }: Urn, random: RandomStream): number {
  const wanted = random.uniform() * sums[sums.length - 1]!;
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The count smallest of −ln(u)/w: weighted sampling without replacement in one pass (Efraimidis & Spirakis 2006). */
function drawByKeys({ weights }: Urn, count: number, exclude: number, random: RandomStream): number[] {
  const keys: [number, number][] = [];
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! > 0 && i !== exclude) keys.push([-log((random.uint32() + 0.5) / 4294967296) / weights[i]!, i]);
  }
  keys.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return keys.slice(0, count).map(([, i]) => i);
}

/**
 * `count` distinct places (fewer where there are not so many of weight > 0), ascending, each drawn in proportion to its weight; never `exclude`.
 * Few are drawn one by one with repeats rejected, many by keys: both are successive sampling without replacement.
 */
export function drawPartners(urn: Urn, count: number, exclude: number, random: RandomStream): number[] {
  if (count <= 0 || urn.sums.length === 0 || !(urn.sums[urn.sums.length - 1]! > 0)) return [];
  const chosen = new Set<number>();
  const tries = 20 * count;
  if (count <= urn.sums.length / 8) {
    for (let i = 0; i < tries && chosen.size < count; i++) {
      const place = drawOne(urn, random);
      if (place !== exclude) chosen.add(place);
    }
  }
  const places = chosen.size === count ? [...chosen] : drawByKeys(urn, count, exclude, random);
  return places.sort((a, b) => a - b);
}
