/** The course of a training as one SVG: accuracy, loss, rates over epochs. Knows no tensors and no files. */
import { percent } from '../../base/text.ts';
import { type LineSeries, lineChart } from '../../drawing/charts.ts';
import { colourOf } from '../../drawing/colours.ts';
import type { Axis } from '../../drawing/frame.ts';
import { wholeDecades } from '../../drawing/scale.ts';
import { standAlone } from '../../drawing/stand-alone.ts';
import { label } from '../../drawing/svg.ts';
import type { EpochRecord, TestRecord } from './epoch-record.ts';

const PANEL = { width: 520, height: 290 } as const;
const TOP = 44;
/** Up to as many epochs each is marked by a dot. */
const MOST_DOTS = 20;

/** Three charts side by side; `main` is the readout that trains the network, untrained ones are dashed, test accuracies stand at the lines' ends. */
export function trainingPlot(epochs: readonly EpochRecord[], main: string, test?: TestRecord): string {
  const panels = [accuracyPanel(epochs, test), lossPanel(epochs, main), ratePanel(epochs)];
  const width = panels.length * PANEL.width;
  const drawn = panels.map(({ y, series }, p) =>
    lineChart(
      { ...PANEL, at: [p * PANEL.width, TOP], about: y.title, x: epochAxis(epochs), y, left: 58, right: 214 },
      series,
    ),
  );
  const count = epochs.length === 1 ? '1 epoch' : `${epochs.length} epochs`;
  const about = `training over ${count}`;
  return standAlone(
    { width, height: TOP + PANEL.height + 8, about },
    label(14, 26, `Training, ${count}`, { class: 'heading strong' }),
    ...drawn,
  );
}

interface Panel {
  readonly y: Axis;
  readonly series: readonly LineSeries[];
}

function epochAxis(epochs: readonly EpochRecord[]): Axis {
  const last = epochs.at(-1)?.epoch ?? 1;
  return { title: 'epoch', lo: 1, hi: Math.max(2, last), ticks: wholeTicks(last) };
}

function line(
  name: string,
  colour: string,
  epochs: readonly EpochRecord[],
  of: (record: EpochRecord) => number | undefined,
  dashed = false,
): LineSeries {
  const points = epochs.map((record) => [record.epoch, of(record) ?? Number.NaN] as const);
  return { name, colour, points, dashed, dots: epochs.length <= MOST_DOTS };
}

function accuracyPanel(epochs: readonly EpochRecord[], test?: TestRecord): Panel {
  const bare = (name: string) => name.replace('untrained ', '');
  const series = Object.keys(epochs[0]?.validation ?? {}).map((name, k) => {
    const tested = test?.test[name];
    const text = tested === undefined ? name : `${name}, test ${percent(tested.accuracy)}`;
    const accuracy = (record: EpochRecord) => 100 * (record.validation[name]?.accuracy ?? Number.NaN);
    return line(text, colourOf(bare(name), k), epochs, accuracy, name !== bare(name));
  });
  return { y: { title: 'validation accuracy, %', lo: 0, hi: 100, ticks: [0, 25, 50, 75, 100] }, series };
}

function lossPanel(epochs: readonly EpochRecord[], main: string): Panel {
  const colour = colourOf(main);
  const rateTerms = (record: EpochRecord) =>
    Object.values(record.train.rateTerms).reduce((sum, value) => sum + value, 0);
  const series = [
    line('total', 'ink', epochs, (record) => record.train.loss),
    line(`${main} cross-entropy`, colour, epochs, (record) => record.train.readouts[main]?.crossEntropy),
    line(`${main} validation`, colour, epochs, (record) => record.validation[main]?.crossEntropy, true),
    line('rate terms', 'plain', epochs, rateTerms),
  ];
  return { y: logAxis('loss (cross-entropy in nats)', series), series };
}

function ratePanel(epochs: readonly EpochRecord[]): Panel {
  const series = Object.keys(epochs[0]?.activity.rateHz ?? {}).map((name, k) =>
    line(name, colourOf(name, k), epochs, (record) => record.activity.rateHz[name]),
  );
  return { y: logAxis('mean rate, Hz (validation)', series), series };
}

/** Whole decades around all values above 0. */
function logAxis(title: string, series: readonly LineSeries[]): Axis {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => Number.isFinite(y) && y > 0);
  const [lo, hi] = wholeDecades(Math.min(...values, 1), Math.max(...values, 1));
  return { title, lo, hi, logarithmic: true };
}

/** Epochs 1 … last to be named on the axis: all of a few, evenly spaced ones of many. */
function wholeTicks(last: number): number[] {
  const step = Math.ceil(last / 8);
  return Array.from({ length: Math.ceil(last / step) }, (_, k) => 1 + k * step);
}
