/** One trial as a picture: a spike raster by glomerulus, the odour's time, the mean rate. One path a glomerulus. Knows no files. */

import { compareText } from '../base/compare-text.ts';
import { mean } from '../base/numbers.ts';
import { escaped } from '../base/text.ts';
import type { Population } from '../connectome/pathway.ts';
import { glomerulusOfType } from './door/glomeruli.ts';
import { drawTrial, durationSteps } from './draw-trial.ts';
import type { OdourTask, SpikeEvents, Trial } from './odour-task.ts';

const WIDTH = 960;
const LEFT = 84;
const RIGHT = 120;
const TOP = 118;
const BAND = 12;
const RATE_HEIGHT = 46;
/** Bin of the mean rate at the top. */
const BIN_MS = 10;
/** Height of a tick at least, so that it can be seen where a band holds many cells. */
const LEAST_TICK = 0.7;
const INK = '#1f2933';
const PALE = '#7b8794';

/** The cells of one type, as a band of the picture. */
interface Band {
  readonly name: string;
  /** Rates in Hz, spontaneous and while the odour is on. */
  readonly offHz: number;
  readonly onHz: number;
  readonly cells: readonly number[];
}

/** Types with cells, the most driven first. */
function bandsOf(task: OdourTask, population: Population, odour: number): Band[] {
  const on = task.onProbability.subarray(odour * task.inputSize, (odour + 1) * task.inputSize);
  const perHz = 0.001 * task.dtMs;
  const bands = population.types.map((type, k) => {
    const cells = Array.from(population.typeIdx.keys()).filter((i) => population.typeIdx[i] === k);
    return {
      name: glomerulusOfType(type) || 'untyped',
      cells,
      onHz: mean(cells.map((i) => on[i]!)) / perHz,
      offHz: mean(cells.map((i) => task.offProbability[i]!)) / perHz,
    };
  });
  return bands.filter((band) => band.cells.length > 0).sort((a, b) => b.onHz - a.onHz || compareText(a.name, b.name));
}

/** Steps in which each cell fires. */
function spikesByCell({ stepPtr, cell }: SpikeEvents, cells: number): number[][] {
  const steps: number[][] = Array.from({ length: cells }, () => []);
  for (let t = 0; t + 1 < stepPtr.length; t++) {
    for (let e = stepPtr[t]!; e < stepPtr[t + 1]!; e++) steps[cell[e]!]!.push(t);
  }
  return steps;
}

/** A tick one step long for every spike; rows count from 0, one a cell. */
function ticks(cells: readonly number[], spikes: readonly (readonly number[])[]): string {
  let path = '';
  cells.forEach((i, row) => {
    let pen = 0;
    spikes[i]!.forEach((t, k) => {
      path += k === 0 ? `M${t} ${row}.5h1` : `m${t - pen} 0h1`;
      pen = t + 1;
    });
  });
  return path;
}

function round(x: number): string {
  return String(Math.round(x * 100) / 100);
}

/** From slate (nothing) over teal, blue and purple to red (120 Hz above the baseline and more). */
function colourOf(driveHz: number): string {
  const stops = [
    [0x7b, 0x87, 0x94],
    [0x14, 0x91, 0x9b],
    [0x1d, 0x6f, 0xb8],
    [0x8a, 0x3f, 0xa8],
    [0xe0, 0x4f, 0x2c],
  ] as const;
  const x = Math.min(1, Math.max(0, driveHz) / 120) * (stops.length - 1);
  const k = Math.min(stops.length - 2, Math.floor(x));
  const channel = (c: 0 | 1 | 2) => Math.round(stops[k]![c] + (x - k) * (stops[k + 1]![c] - stops[k]![c]));
  return `rgb(${channel(0)},${channel(1)},${channel(2)})`;
}

function text(x: number, y: number, size: number, content: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" ${more}>${escaped(content)}</text>`;
}

/** Mean rate of all cells in bins, as a filled step line. */
function rateOutline(
  task: OdourTask,
  events: SpikeEvents,
  sx: number,
): { readonly path: string; readonly mostHz: number } {
  const bin = Math.max(1, Math.round(BIN_MS / task.dtMs));
  const rates: number[] = [];
  for (let t = 0; t < task.steps; t += bin) {
    const until = Math.min(task.steps, t + bin);
    const spikes = events.stepPtr[until]! - events.stepPtr[t]!;
    rates.push((1000 * spikes) / (task.inputSize * (until - t) * task.dtMs));
  }
  const mostHz = Math.max(1, ...rates);
  const points = rates.map((hz, k) => {
    const y = round(TOP - 14 - (RATE_HEIGHT * hz) / mostHz);
    return `V${y}H${round(LEFT + Math.min(task.steps, (k + 1) * bin) * sx)}`;
  });
  return { path: `M${LEFT} ${TOP - 14}${points.join('')}V${TOP - 14}Z`, mostHz };
}

function bandSvg(
  band: Band,
  row: number,
  spikes: readonly (readonly number[])[],
  sx: number,
  plotRight: number,
): string {
  const y = TOP + row * BAND;
  const colour = colourOf(band.onHz - band.offHz);
  const sy = (BAND - 1) / band.cells.length;
  const bar = (band.onHz / 200) * (RIGHT - 50);
  return [
    `<path transform="translate(${LEFT} ${y}) scale(${round(sx)} ${sy.toFixed(4)})" stroke="${colour}" stroke-width="${round(Math.max(0.9, LEAST_TICK / sy))}" d="${ticks(band.cells, spikes)}"/>`,
    text(LEFT - 6, y + BAND - 3, 8.5, band.name, `text-anchor="end" fill="${INK}"`),
    `<rect x="${plotRight + 8}" y="${y + 2}" width="${round(bar)}" height="${BAND - 5}" fill="${colour}"/>`,
    text(plotRight + 12 + bar, y + BAND - 3, 8, `${Math.round(band.onHz)}`, `fill="${PALE}"`),
  ].join('\n');
}

function axisSvg(task: OdourTask, sx: number, bottom: number): string {
  const lengthMs = task.steps * task.dtMs;
  const step = lengthMs <= 200 ? 50 : 100;
  const marks: string[] = [];
  for (let ms = 0; ms <= lengthMs; ms += step) {
    const x = LEFT + (ms / task.dtMs) * sx;
    marks.push(`<path d="M${round(x)} ${bottom}v4" stroke="${PALE}"/>`);
    marks.push(text(x, bottom + 15, 9, `${ms}`, `text-anchor="middle" fill="${PALE}"`));
  }
  marks.push(text(LEFT + (task.steps * sx) / 2, bottom + 29, 10, 'time (ms)', `text-anchor="middle" fill="${INK}"`));
  return marks.join('\n');
}

/** The whole picture as SVG text; deterministic. cost: one trial. */
export function rasterSvg(task: OdourTask, population: Population, trial: Trial): string {
  const events = drawTrial(task, trial);
  const duration = durationSteps(task, trial);
  const bands = bandsOf(task, population, trial.odour);
  const spikes = spikesByCell(events, task.inputSize);
  const sx = (WIDTH - LEFT - RIGHT) / task.steps;
  const plotRight = LEFT + task.steps * sx;
  const bottom = TOP + bands.length * BAND;
  const rate = rateOutline(task, events, sx);
  const odour = task.odours[trial.odour]!;
  const about = `${task.inputSize} ${task.population} cells in ${bands.length} types, ${events.cell.length} spikes, odour on ${duration * task.dtMs} ms`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 40}" font-family="system-ui, sans-serif">`,
    `<title>${escaped(`${odour.name}: ${about}`)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(LEFT, 24, 15, odour.name, `fill="${INK}" font-weight="600"`),
    text(LEFT, 40, 10, `${about} · ${trial.split} trial ${trial.trial}`, `fill="${PALE}"`),
    `<rect x="${LEFT}" y="${TOP - 8}" width="${round(duration * sx)}" height="4" rx="2" fill="#e86a17"/>`,
    `<rect x="${LEFT}" y="${TOP}" width="${round(duration * sx)}" height="${bands.length * BAND}" fill="#fdf3e7"/>`,
    `<path d="${rate.path}" fill="#cbd2d9"/>`,
    text(
      LEFT - 6,
      TOP - 14 - RATE_HEIGHT + 8,
      8.5,
      `${Math.round(rate.mostHz)} Hz`,
      `text-anchor="end" fill="${PALE}"`,
    ),
    text(plotRight + 8, TOP - 4, 8.5, 'rate while on (Hz)', `fill="${PALE}"`),
    '<g fill="none">',
    ...bands.map((band, row) => bandSvg(band, row, spikes, sx, plotRight)),
    '</g>',
    axisSvg(task, sx, bottom),
    '</svg>\n',
  ].join('\n');
}
