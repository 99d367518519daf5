/** One trial as a raster: a sample of cells of each population, one path a population. Knows no statistics. */

import { colourOf } from '../../drawing/colours.ts';
import { line, svg } from '../../drawing/frame.ts';
import { coordinate, element, label } from '../../drawing/svg.ts';
import type { Model } from '../../snn/network/network.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { ExampleTrial } from './example-trial.ts';
import { figureCard } from './page.ts';

/** Rows of each population at most; every k-th cell is shown. */
const MOST_ROWS = 60;
const ROW = 2.2;
const LEAST_HEIGHT = 16;
const GAP = 10;
const [WIDTH, LEFT, RIGHT] = [1120, 92, 12];

interface Band {
  readonly name: string;
  readonly cells: number;
  /** Cells shown, in order, and whether one fires in a step. */
  readonly shown: readonly number[];
  readonly fires: (cell: number, step: number) => boolean;
}

/** The raster with the odour's time shaded. */
export function rasterFigure(evaluation: Evaluation, model: Model, example: ExampleTrial): string {
  const { task } = evaluation;
  const bands = bandsOf(model, task.inputSize, example);
  const heightOf = ({ shown }: Band) => Math.max(LEAST_HEIGHT, shown.length * ROW);
  const height = bands.reduce((sum, band) => sum + heightOf(band) + GAP, 0) + 40;
  const durationMs = model.steps * model.network.dtMs;
  const xOf = (ms: number) => LEFT + (ms / durationMs) * (WIDTH - LEFT - RIGHT);
  const shade = element('rect', {
    x: xOf(0),
    y: 4,
    width: xOf(example.onMs) - xOf(0),
    height: height - 44,
    class: 'shade',
  });
  let top = 8;
  const drawn = bands.map((band, k) => {
    const text = element('path', {
      d: spikePath(band, top, model.steps, (t) => xOf(t * model.network.dtMs)),
      class: `spikes ${colourOf(band.name, k)}`,
    });
    const middle = top + heightOf(band) / 2;
    const names =
      label(LEFT - 10, middle, band.name, { class: `row end strong ${colourOf(band.name, k)}` }) +
      label(
        LEFT - 10,
        middle + 13,
        band.shown.length < band.cells ? `${band.shown.length} of ${band.cells}` : `${band.cells}`,
        {
          class: 'tick end',
        },
      );
    top += heightOf(band) + GAP;
    return text + names;
  });
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const ms = share * durationMs;
    return label(xOf(ms), height - 22, `${Math.round(ms)}`, { class: 'tick mid' });
  });
  const axis = line(xOf(0), height - 36, xOf(durationMs), height - 36, 'axis');
  const title = label((LEFT + WIDTH) / 2, height - 4, 'time, ms', { class: 'title mid' });
  const name = task.odours[example.odour]!.name;
  const said =
    example.odour === example.predicted ? 'named right' : `taken for ${task.odours[example.predicted]!.name}`;
  return figureCard(
    `One trial: ${name}`,
    svg({ width: WIDTH, height, about: `spikes of one trial of ${name}` }, shade, ...drawn, axis, ...ticks, title),
    `Odour on for the first ${Math.round(example.onMs)} ms (shaded), ${said}. Every k-th cell of each population, one row a cell, one mark a spike.`,
    true,
  );
}

function bandsOf(model: Model, inputSize: number, { input, spikes }: ExampleTrial): Band[] {
  const { topology } = model.network;
  const fired = new Set<number>();
  for (let t = 0; t < model.steps; t++) {
    for (let e = input.stepPtr[t]!; e < input.stepPtr[t + 1]!; e++) fired.add(t * inputSize + input.cell[e]!);
  }
  return [
    {
      name: topology.inputPopulation,
      cells: inputSize,
      shown: everyKth(inputSize),
      fires: (cell, t) => fired.has(t * inputSize + cell),
    },
    ...topology.populations
      .filter(({ size }) => size > 0)
      .map(({ name, offset, size }) => ({
        name,
        cells: size,
        shown: everyKth(size),
        fires: (cell: number, t: number) => spikes[t * topology.size + offset + cell] === 1,
      })),
  ];
}

function everyKth(cells: number): number[] {
  const rows = Math.min(cells, MOST_ROWS);
  return Array.from({ length: rows }, (_, r) => Math.floor((r * cells) / rows));
}

function spikePath(band: Band, top: number, steps: number, xOf: (step: number) => number): string {
  const height = Math.max(ROW, LEAST_HEIGHT / band.shown.length);
  let path = '';
  band.shown.forEach((cell, r) => {
    const y = coordinate(top + r * height);
    for (let t = 0; t < steps; t++) {
      if (band.fires(cell, t)) path += `M${coordinate(xOf(t))} ${y}v${coordinate(height)}`;
    }
  });
  return path;
}
