/** One trial as a raster: cells of each population that fire, the odour's time, the mean rate. Knows no statistics. */
import { colourOf } from '../../drawing/colours.ts';
import { svg } from '../../drawing/frame.ts';
import { type RasterBand, raster } from '../../drawing/raster.ts';
import type { Model } from '../../snn/network/network.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { ExampleTrial } from './example-trial.ts';
import { figureCard } from './page.ts';

/** Rows of each population at most; of more cells that fire every k-th is shown. */
const MOST_ROWS = 60;
const ROW = 2.2;
const LEAST_HEIGHT = 16;
const WIDTH = 1120;
/** Bin of the mean rate at the top. */
const BIN_MS = 10;

/** The spikes of one population in the trial. */
interface Layer {
  readonly name: string;
  /** Steps in which each cell fires, ascending. */
  readonly spikes: readonly (readonly number[])[];
}

type RecordedSpikes = Pick<ExampleTrial, 'input' | 'spikes'>;

/** The raster with the odour's time shaded, and one of a trial without odour below it. */
export function rasterFigure(evaluation: Evaluation, model: Model, example: ExampleTrial): string {
  const { task } = evaluation;
  const { steps } = model;
  const { dtMs } = model.network;
  const binSteps = Math.max(1, Math.round(BIN_MS / dtMs));
  const layout = { width: WIDTH, left: 64, right: 130, gap: 10 };
  const draw = (spikes: RecordedSpikes, onMs: number, top: number) => {
    const layers = layersOf(model, task.inputSize, spikes);
    const ratesHz = meanRatesHz(layers, steps, binSteps, dtMs);
    const rate = { ratesHz, binSteps, about: onMs > 0 ? 'mean rate of all cells' : 'without an odour' };
    return raster({ ...layout, top, steps, dtMs, onMs, rate, notesTitle: 'cells that fire' }, layers.map(bandOf));
  };
  const odour = draw(example, example.onMs, 16);
  const rest = draw(example.rest, 0, odour.bottom + 24);
  const name = task.odours[example.odour]!.name;
  const said =
    example.odour === example.predicted ? 'named right' : `taken for ${task.odours[example.predicted]!.name}`;
  return figureCard(
    `One trial with an odour, ${name}, and one without`,
    svg({ width: WIDTH, height: rest.bottom, about: `spikes of one trial of ${name}` }, odour.body + rest.body),
    `Above: odour on for the first ${Math.round(example.onMs)} ms (shaded), ${said}. Below: no odour. One row a cell that fires, one mark a spike; of more than ${MOST_ROWS} such cells in a population every k-th is shown.`,
    true,
  );
}

/** Input cells and populations that are not empty. */
function layersOf(model: Model, inputSize: number, { input, spikes }: RecordedSpikes): Layer[] {
  const { topology } = model.network;
  const empty = (size: number): number[][] => Array.from({ length: size }, () => []);
  const inputSpikes = empty(inputSize);
  const cellSpikes = empty(topology.size);
  for (let t = 0; t < model.steps; t++) {
    for (let e = input.stepPtr[t]!; e < input.stepPtr[t + 1]!; e++) inputSpikes[input.cell[e]!]!.push(t);
    for (let i = 0; i < topology.size; i++) if (spikes[t * topology.size + i] === 1) cellSpikes[i]!.push(t);
  }
  return [
    { name: topology.inputPopulation, spikes: inputSpikes },
    ...topology.populations
      .filter(({ size }) => size > 0)
      .map(({ name, offset, size }) => ({ name, spikes: cellSpikes.slice(offset, offset + size) })),
  ];
}

function bandOf({ name, spikes }: Layer, index: number): RasterBand {
  const firing = spikes.filter((steps) => steps.length > 0);
  const shown = Math.min(firing.length, MOST_ROWS);
  const rows = Array.from({ length: shown }, (_, r) => firing[Math.floor((r * firing.length) / shown)]!);
  return {
    name,
    colour: colourOf(name, index),
    rows,
    height: Math.max(LEAST_HEIGHT, ROW * shown),
    note: `${firing.length} of ${spikes.length}`,
  };
}

/** Over all cells, in bins, Hz. */
function meanRatesHz(layers: readonly Layer[], steps: number, binSteps: number, dtMs: number): number[] {
  const counts = new Float64Array(Math.ceil(steps / binSteps));
  let cells = 0;
  for (const { spikes } of layers) {
    cells += spikes.length;
    for (const own of spikes) for (const t of own) counts[Math.floor(t / binSteps)]! += 1;
  }
  return Array.from(counts, (count, k) => {
    const length = Math.min(steps, (k + 1) * binSteps) - k * binSteps;
    return (1000 * count) / (cells * length * dtMs);
  });
}
