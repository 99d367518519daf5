/** The frame of a chart: axes, ticks, grid, titles. Knows no data. */

import { linearScale, logScale, type Scale } from './scale.ts';
import { type Attributes, element, figure, label } from './svg.ts';

export interface Axis {
  readonly title: string;
  readonly lo: number;
  readonly hi: number;
  readonly logarithmic?: boolean;
  /** Text of a tick; numbers by default. */
  readonly format?: (value: number) => string;
  readonly ticks?: readonly number[];
}

export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly left?: number;
  readonly right?: number;
  readonly bottom?: number;
  /** Said by screen readers. */
  readonly about: string;
  /** Left upper corner in a larger drawing, px. */
  readonly at?: readonly [number, number];
}

/** A chart in its frame; `draw` gets the scales and the plotting area. */
export function frame(
  options: FrameOptions,
  draw: (x: Scale, y: Scale, area: { left: number; top: number; right: number; bottom: number }) => string,
): string {
  const { width, height, about, at } = options;
  const area = {
    left: options.left ?? 46,
    top: 8,
    right: width - (options.right ?? 12),
    bottom: height - (options.bottom ?? 38),
  };
  const x = scaleOf(options.x, area.left, area.right);
  const y = scaleOf(options.y, area.bottom, area.top);
  const grid = y.ticks.map((t) => line(area.left, y.at(t), area.right, y.at(t), 'grid'));
  const xTicks = x.ticks.map((t) => label(x.at(t), area.bottom + 15, tick(options.x, t), { class: 'tick mid' }));
  const yTicks = y.ticks.map((t) => label(area.left - 6, y.at(t) + 3.5, tick(options.y, t), { class: 'tick end' }));
  const middle = (area.top + area.bottom) / 2;
  return svg(
    { width, height, about, ...(at === undefined ? {} : { at }) },
    ...grid,
    ...xTicks,
    ...yTicks,
    line(area.left, area.bottom, area.right, area.bottom, 'axis'),
    label((area.left + area.right) / 2, height - 5, options.x.title, { class: 'title mid' }),
    label(0, 0, options.y.title, { class: 'title mid', transform: `translate(11 ${middle}) rotate(-90)` }),
    draw(x, y, area),
  );
}

/** A bare drawing: of a size that shrinks with its column, or at a place in a larger drawing. */
export function svg(
  { width, height, about, at }: Pick<FrameOptions, 'width' | 'height' | 'about' | 'at'>,
  ...children: readonly string[]
): string {
  const place = at === undefined ? {} : { x: at[0], y: at[1], width, height };
  return element('svg', { ...place, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': about }, ...children);
}

/** A straight line with a class. */
export function line(x1: number, y1: number, x2: number, y2: number, kind: string, more: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, class: kind, ...more });
}

function scaleOf(axis: Axis, from: number, to: number): Scale {
  const made = axis.logarithmic ? logScale(axis.lo, axis.hi, from, to) : linearScale(axis.lo, axis.hi, from, to);
  return axis.ticks === undefined ? made : { ...made, ticks: axis.ticks };
}

function tick(axis: Axis, value: number): string {
  return axis.format === undefined ? figure(value) : axis.format(value);
}
