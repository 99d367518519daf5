/** A spike raster: bands of rows over time, the time of the stimulus, the mean rate on top. One path a band. Knows no neuroscience. */
import { line } from './frame.ts';
import { linearScale, type Scale } from './scale.ts';
import { coordinate, element, figure, label } from './svg.ts';

/** Rows that belong together. */
export interface RasterBand {
  readonly name: string;
  /** Class of its colour. */
  readonly colour: string;
  /** Steps in which each row fires, ascending. */
  readonly rows: readonly (readonly number[])[];
  /** px */
  readonly height: number;
  /** Said to the right of it. */
  readonly note: string;
  /** Share of the longest bar, drawn before the note. */
  readonly bar?: number;
}

export interface RasterOptions {
  readonly width: number;
  /** Where the raster begins, px from the top of its picture. */
  readonly top: number;
  readonly left: number;
  /** Room for bars and notes. */
  readonly right: number;
  /** Between bands. */
  readonly gap: number;
  readonly steps: number;
  readonly dtMs: number;
  /** The stimulus is on from 0 to here. */
  readonly onMs: number;
  /** Mean rate in Hz in bins of `binSteps`. */
  readonly rate: { readonly ratesHz: readonly number[]; readonly binSteps: number; readonly about: string };
  /** Above the notes. */
  readonly notesTitle: string;
}

const RATE_HEIGHT = 46;
const RATE_GAP = 14;
const AXIS_HEIGHT = 40;
/** A spike's mark at least, px, so that it can be seen where a band holds many rows. */
const LEAST_MARK = 0.7;

/** What is drawn, and where it ends, px from the top of its picture. */
export interface RasterPicture {
  readonly body: string;
  readonly bottom: number;
}

/** The raster; its rows are the bands' rows from top to bottom. cost: O(spikes). */
export function raster(options: RasterOptions, bands: readonly RasterBand[]): RasterPicture {
  const { width, left, right, gap } = options;
  const top = options.top + RATE_HEIGHT + RATE_GAP;
  const x = linearScale(0, options.steps * options.dtMs, left, width - right);
  let bottom = top;
  const drawn = bands.map((band) => {
    const text = drawBand(band, bottom, options);
    bottom += band.height + gap;
    return text;
  });
  const on = x.at(options.onMs) - left;
  const body = [
    element('rect', { x: left, y: top - 9, width: on, height: 4, rx: 2, class: 'stimulus' }),
    element('rect', { x: left, y: top, width: on, height: bottom - top, class: 'stimulus shade' }),
    element('path', { d: rateOutline(options, top - RATE_GAP), class: 'bar soft' }),
    label(left - 6, top - RATE_GAP - RATE_HEIGHT + 8, `${figure(Math.max(...options.rate.ratesHz, 0))} Hz`, {
      class: 'small end',
    }),
    label(left + 4, options.top - 4, options.rate.about, { class: 'small' }),
    label(width - right + 8, top - 5, options.notesTitle, { class: 'small' }),
    ...drawn,
    timeAxis(x, width - right, left, bottom),
  ].join('\n');
  return { body, bottom: bottom + AXIS_HEIGHT };
}

/** A band: its name, its spikes, and to the right its bar and note. */
function drawBand(band: RasterBand, y: number, { width, left, right, steps }: RasterOptions): string {
  const edge = width - right;
  const sx = (edge - left) / steps;
  const sy = band.height / Math.max(1, band.rows.length);
  const bar = band.bar === undefined ? 0 : band.bar * (right - 50);
  const middle = y + band.height / 2 + 3;
  const size = band.height < 14 ? 'small' : 'row strong';
  return [
    element('path', {
      transform: `translate(${left} ${coordinate(y)}) scale(${coordinate(sx)} ${sy.toFixed(4)})`,
      'stroke-width': Math.max(0.9, LEAST_MARK / sy),
      d: marks(band.rows),
      class: `spikes ${band.colour}`,
    }),
    label(left - 6, middle, band.name, { class: size === 'small' ? 'small end ink' : `${size} end ${band.colour}` }),
    band.bar === undefined
      ? ''
      : element('rect', {
          x: edge + 8,
          y: y + 2,
          width: bar,
          height: Math.max(1, band.height - 4),
          class: `mark ${band.colour}`,
        }),
    label(edge + 12 + bar, middle, band.note, { class: size === 'small' ? 'small' : 'tick' }),
  ].join('');
}

/** A mark one step long for every spike, in units of steps and rows. */
function marks(rows: readonly (readonly number[])[]): string {
  let path = '';
  rows.forEach((steps, row) => {
    let pen = 0;
    steps.forEach((t, k) => {
      path += k === 0 ? `M${t} ${row}.5h1` : `m${t - pen} 0h1`;
      pen = t + 1;
    });
  });
  return path;
}

/** Mean rate in bins as a filled step line above `base`. */
function rateOutline({ left, width, right, steps, rate }: RasterOptions, base: number): string {
  const most = Math.max(1, ...rate.ratesHz);
  const sx = (width - right - left) / steps;
  const points = rate.ratesHz.map((hz, k) => {
    const y = coordinate(base - (RATE_HEIGHT * hz) / most);
    return `V${y}H${coordinate(left + Math.min(steps, (k + 1) * rate.binSteps) * sx)}`;
  });
  return `M${left} ${base}${points.join('')}V${base}Z`;
}

function timeAxis(x: Scale, edge: number, left: number, bottom: number): string {
  const ticks = x.ticks.map(
    (ms) =>
      line(x.at(ms), bottom, x.at(ms), bottom + 4, 'axis') +
      label(x.at(ms), bottom + 16, figure(ms), { class: 'tick mid' }),
  );
  return [
    line(left, bottom, edge, bottom, 'axis'),
    ...ticks,
    label((left + edge) / 2, bottom + 32, 'time, ms', { class: 'title mid' }),
  ].join('');
}
