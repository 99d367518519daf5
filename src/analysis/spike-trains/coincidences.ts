/** Which spikes of two trains coincide, by the adaptive window of SPIKE-synchronization. Knows no summary of them. */
import type { SpikeTrain } from './spike-train.ts';

export interface CoincidenceOptions {
  /** Minimum relevant time scale, ms; 0: none. */
  readonly scaleMs: number;
  /** No window is longer than this, ms. */
  readonly maxWindowMs?: number;
}

export interface Coincidences {
  /** Pairs of coincident spikes: all of them, those led by the first train, those led by the second. */
  readonly pairs: number;
  readonly firstLeads: number;
  readonly secondLeads: number;
}

/**
 * Spikes i, j coincide ⇔ |tᵢ − tⱼ| < τ, τ = least of their half-intervals (those between the two spikes stretch up to MRTS/4 where the
 * outer ones are shorter), or where the times are equal. Only neighbours in the merged trains can. cost: O(n₁ + n₂).
 */
export function coincidences(a: SpikeTrain, b: SpikeTrain, options: CoincidenceOptions): Coincidences {
  const s = a.timesMs;
  const t = b.timesMs;
  const spanMs = a.endMs - a.startMs;
  let equal = 0;
  let firstLeads = 0;
  let secondLeads = 0;
  let i = -1;
  let j = -1;
  while (i + j < s.length + t.length - 2) {
    const nextA = i + 1 < s.length ? s[i + 1]! : Number.POSITIVE_INFINITY;
    const nextB = j + 1 < t.length ? t[j + 1]! : Number.POSITIVE_INFINITY;
    if (nextA === nextB) {
      i++;
      j++;
      equal++;
    } else if (nextA < nextB) {
      i++;
      if (j >= 0 && nextA - t[j]! < windowMs(t, j, s, i, spanMs, options)) secondLeads++;
    } else {
      j++;
      if (i >= 0 && nextB - s[i]! < windowMs(s, i, t, j, spanMs, options)) firstLeads++;
    }
  }
  return { pairs: equal + firstLeads + secondLeads, firstLeads, secondLeads };
}

/** τ for a leading spike i of `lead` and a following spike j of `follow`. */
function windowMs(
  lead: Float64Array,
  i: number,
  follow: Float64Array,
  j: number,
  spanMs: number,
  { scaleMs, maxWindowMs = Number.POSITIVE_INFINITY }: CoincidenceOptions,
): number {
  const half = (times: Float64Array, k: number) =>
    k >= 0 && k + 1 < times.length ? (times[k + 1]! - times[k]!) / 2 : spanMs / 2;
  const leading = stretched(half(lead, i - 1), half(lead, i), scaleMs / 4);
  const following = stretched(half(follow, j), half(follow, j - 1), scaleMs / 4);
  return Math.min(leading, following, maxWindowMs);
}

/** The lesser of the outer and the inner half-interval, or the scale where it lies between them. */
function stretched(outer: number, inner: number, scale: number): number {
  return inner <= outer ? inner : Math.min(inner, Math.max(outer, scale));
}
