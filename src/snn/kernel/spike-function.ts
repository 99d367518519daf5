/**
 * How a voltage becomes a spike, and the slope that the gradient sees. Knows no network.
 * slope(v) = (damping/width)·max(0, 1 − |v − vThresh|/width), zero unless v > vThresh − width; the smooth step is its antiderivative.
 */
import type { Precision } from './precision.ts';

/** Constants of one cell; floor = vThresh − width, inverseWidth = 1/width, height = damping/width, each rounded once. */
export interface SpikeConstants {
  readonly vThresh: number;
  readonly floor: number;
  readonly inverseWidth: number;
  readonly height: number;
}

/** s(v): 0 or 1 for the hard step, 0 … damping for the smooth one. */
export type SpikeFunction = (v: number, cell: SpikeConstants) => number;

/** What the network does: s = 1 ⇔ v ≥ vThresh. */
export const hardStep: SpikeFunction = (v, cell) => (v >= cell.vThresh ? 1 : 0);

/** ∫ slope dv, so that the slope is its true derivative; meant for double precision. */
export const smoothStep: SpikeFunction = (v, cell) => {
  const x = (v - cell.vThresh) * cell.inverseWidth;
  const damping = cell.height / cell.inverseWidth;
  if (x <= -1) return 0;
  if (x >= 1) return damping;
  return damping * (x <= 0 ? (1 + x) ** 2 / 2 : 1 - (1 - x) ** 2 / 2);
};

export function surrogateSlope(v: number, cell: SpikeConstants, { round }: Precision): number {
  if (!(v > cell.floor)) return 0;
  const distance = round(Math.abs(round(v - cell.vThresh)) * cell.inverseWidth);
  return round(cell.height * Math.max(0, round(1 - distance)));
}
