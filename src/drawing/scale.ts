/** From data to pixels, and where ticks go. Knows no charts. */
import { log } from '../base/exp.ts';

export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** A linear scale from [lo, hi] to [from, to]; ticks at 1, 2 or 5 times a power of ten, about `count` of them. */
export function linearScale(lo: number, hi: number, from: number, to: number, count = 5): Scale {
  const span = hi - lo || 1;
  return { at: (value) => from + ((value - lo) / span) * (to - from), ticks: niceTicks(lo, lo + span, count) };
}

/** A logarithmic scale from [lo, hi] > 0; values below lo lie at its edge; ticks at powers of ten. */
export function logScale(lo: number, hi: number, from: number, to: number): Scale {
  const span = log10(hi) - log10(lo) || 1;
  const first = Math.ceil(log10(lo) - 1e-9);
  const count = Math.floor(log10(hi) + 1e-9) - first + 1;
  return {
    at: (value) => from + (log10(Math.max(value, lo) / lo) / span) * (to - from),
    ticks: Array.from({ length: count }, (_, k) => Number(`1e${first + k}`)),
  };
}

/** The powers of ten around [lo, hi] > 0, one decade apart at least. */
export function wholeDecades(lo: number, hi: number): readonly [number, number] {
  const first = Math.floor(log10(lo) + 1e-9);
  return [Number(`1e${first}`), Number(`1e${Math.max(first + 1, Math.ceil(log10(hi) - 1e-9))}`)];
}

function niceTicks(lo: number, hi: number, count: number): number[] {
  const raw = (hi - lo) / count;
  const power = Number(`1e${Math.floor(log10(raw) + 1e-12)}`);
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999)!;
  const first = Math.ceil(lo / step - 1e-9);
  const last = Math.floor(hi / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

function log10(value: number): number {
  return log(value) / Math.LN10;
}
