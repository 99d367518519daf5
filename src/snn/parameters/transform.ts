/** How a trained parameter moves: an unconstrained offset u from its start ⇄ a value in units. Knows no network. */
import { exp, log } from '../../base/exp.ts';

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

/** What all items of an offset share: u itself, e^u for a log, e^−u for a logit. */
export function movementOf(transform: Transform, u: number): number {
  if (transform.form === 'identity') return u;
  return exp(transform.form === 'log' ? u : -u);
}

/** The value of an item after a movement, in f64; the base must lie inside the bounds of a logit and be positive for a log. */
export function valueAfter(transform: Transform, bounds: Bounds, base: number, movement: number): number {
  if (transform.form === 'identity') return base + transform.scale * movement;
  if (transform.form === 'log') return base * movement;
  const { lo, hi } = bounds;
  return lo + (hi - lo) / (1 + movement * ((hi - base) / (base - lo)));
}

/** dvalue/du at a value. */
export function slopeAt(transform: Transform, bounds: Bounds, value: number): number {
  if (transform.form === 'identity') return transform.scale;
  if (transform.form === 'log') return value;
  return ((value - bounds.lo) * (bounds.hi - value)) / (bounds.hi - bounds.lo);
}

/** The offset u at which a base takes that value: the inverse of valueAfter. */
export function offsetAt(transform: Transform, bounds: Bounds, base: number, value: number): number {
  if (transform.form === 'identity') return (value - base) / transform.scale;
  if (transform.form === 'log') return log(value / base);
  const { lo, hi } = bounds;
  return log(((value - lo) * (hi - base)) / ((hi - value) * (base - lo)));
}
