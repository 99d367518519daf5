/** How a trained parameter moves: an unconstrained offset u from its start ⇄ a value in units. Knows no network. */
import { exp, log } from '../base/exp.ts';

/**
 * value(u) = log: base·e^u · logit: lo + (hi − lo)·σ(logit(base) + u) · identity: base + scale·u. u = 0 is the start in every form.
 * After each step of training u is clipped so that lo ≤ value ≤ hi (logit needs no clip).
 */
export type Transform =
  | { readonly form: 'log' }
  | { readonly form: 'logit' }
  | { readonly form: 'identity'; readonly scale: number };

export interface Bounds {
  readonly lo: number;
  readonly hi: number;
}

/** The value at offset u, in f64; throws RangeError where the base lies outside the bounds of a logit or is not positive for a log. */
export function valueAt(transform: Transform, bounds: Bounds, base: number, u: number): number {
  if (transform.form === 'identity') return base + transform.scale * u;
  if (transform.form === 'log') return base * exp(u);
  const { lo, hi } = bounds;
  return lo + (hi - lo) / (1 + exp(-u) * ((hi - base) / (base - lo)));
}

/** dvalue/du at a value. */
export function slopeAt(transform: Transform, bounds: Bounds, value: number): number {
  if (transform.form === 'identity') return transform.scale;
  if (transform.form === 'log') return value;
  return ((value - bounds.lo) * (bounds.hi - value)) / (bounds.hi - bounds.lo);
}

/** The offset u at which a base takes that value: the inverse of valueAt. */
export function offsetAt(transform: Transform, bounds: Bounds, base: number, value: number): number {
  if (transform.form === 'identity') return (value - base) / transform.scale;
  if (transform.form === 'log') return log(value / base);
  const { lo, hi } = bounds;
  return log(((value - lo) * (hi - base)) / ((hi - value) * (base - lo)));
}
