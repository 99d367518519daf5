/** One trial as a picture: a spike raster by glomerulus, the odour's time, the mean rate. One path a glomerulus. Knows no files. */
import { compareText } from '../base/compare-text.ts';
import { mean } from '../base/numbers.ts';
import type { Population } from '../connectome/pathway.ts';
import { rampOf } from '../drawing/colours.ts';
import { type RasterBand, raster } from '../drawing/raster.ts';
import { standAlone } from '../drawing/stand-alone.ts';
import { label } from '../drawing/svg.ts';
import { glomerulusOfType } from './door/glomeruli.ts';
import { drawTrial, durationSteps } from './draw-trial.ts';
import type { OdourTask, SpikeEvents, Trial } from './odour-task.ts';

const WIDTH = 960;
const LEFT = 84;
const RIGHT = 120;
const BAND_HEIGHT = 11;
/** Bin of the mean rate at the top. */
const BIN_MS = 10;
/** Rate above the baseline that has the last colour of the ramp, and rate of the longest bar. */
const [MOST_DRIVE_HZ, MOST_BAR_HZ] = [120, 200];

/** The cells of one type. */
interface TypeCells {
  readonly name: string;
  /** Rates in Hz, spontaneous and while the odour is on. */
  readonly offHz: number;
  readonly onHz: number;
  readonly cells: readonly number[];
}

/** Types with cells, the most driven first. */
function typesOf(task: OdourTask, population: Population, odour: number): TypeCells[] {
  const on = task.onProbability.subarray(odour * task.inputSize, (odour + 1) * task.inputSize);
  const perHz = 0.001 * task.dtMs;
  const types = population.types.map((type, k) => {
    const cells = Array.from(population.typeIdx.keys()).filter((i) => population.typeIdx[i] === k);
    return {
      name: glomerulusOfType(type) || 'untyped',
      cells,
      onHz: mean(cells.map((i) => on[i]!)) / perHz,
      offHz: mean(cells.map((i) => task.offProbability[i]!)) / perHz,
    };
  });
  return types.filter(({ cells }) => cells.length > 0).sort((a, b) => b.onHz - a.onHz || compareText(a.name, b.name));
}

/** Steps in which each cell fires. */
function spikesByCell({ stepPtr, cell }: SpikeEvents, cells: number): number[][] {
  const steps: number[][] = Array.from({ length: cells }, () => []);
  for (let t = 0; t + 1 < stepPtr.length; t++) {
    for (let e = stepPtr[t]!; e < stepPtr[t + 1]!; e++) steps[cell[e]!]!.push(t);
  }
  return steps;
}

/** Mean rate of all cells in bins, Hz. */
function meanRatesHz(task: OdourTask, events: SpikeEvents, binSteps: number): number[] {
  const rates: number[] = [];
  for (let t = 0; t < task.steps; t += binSteps) {
    const until = Math.min(task.steps, t + binSteps);
    const spikes = events.stepPtr[until]! - events.stepPtr[t]!;
    rates.push((1000 * spikes) / (task.inputSize * (until - t) * task.dtMs));
  }
  return rates;
}

/** The whole picture as SVG text; deterministic. cost: one trial. */
export function rasterSvg(task: OdourTask, population: Population, trial: Trial): string {
  const events = drawTrial(task, trial);
  const onMs = durationSteps(task, trial) * task.dtMs;
  const spikes = spikesByCell(events, task.inputSize);
  const bands = typesOf(task, population, trial.odour).map(
    ({ name, onHz, offHz, cells }): RasterBand => ({
      name,
      colour: rampOf((onHz - offHz) / MOST_DRIVE_HZ),
      rows: cells.map((i) => spikes[i]!),
      height: BAND_HEIGHT,
      bar: Math.min(1, onHz / MOST_BAR_HZ),
      note: `${Math.round(onHz)}`,
    }),
  );
  const binSteps = Math.max(1, Math.round(BIN_MS / task.dtMs));
  const layout = { width: WIDTH, top: 64, left: LEFT, right: RIGHT, gap: 1 };
  const { body, bottom } = raster(
    {
      ...layout,
      steps: task.steps,
      dtMs: task.dtMs,
      onMs,
      rate: { ratesHz: meanRatesHz(task, events, binSteps), binSteps, about: 'mean rate of all cells' },
      notesTitle: 'rate while on, Hz',
    },
    bands,
  );
  const odour = task.odours[trial.odour]!;
  const about = `${task.inputSize} ${task.population} cells in ${bands.length} types, ${events.cell.length} spikes, odour on ${onMs} ms`;
  return standAlone(
    { width: WIDTH, height: bottom, about: `${odour.name}: ${about}` },
    label(LEFT, 24, odour.name, { class: 'heading strong' }),
    label(LEFT, 42, `${about} · ${trial.split} trial ${trial.trial}`, { class: 'tick' }),
    body,
  );
}
