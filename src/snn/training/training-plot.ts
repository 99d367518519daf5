/** The course of a training as one SVG: accuracy, loss, rates over epochs. Knows no tensors and no files. */
import type { EpochRecord, TestRecord } from './epoch-record.ts';

const PANEL = { width: 300, height: 200, left: 52, top: 34, gap: 250 } as const;
const COLOURS = ['#1f5fa8', '#c8452c', '#3b8c4a', '#8a63b5', '#b8860b', '#4b4b4b', '#2aa1a1'] as const;

interface Series {
  readonly name: string;
  readonly values: readonly number[];
  readonly colour: string;
  readonly dashed?: boolean;
}

interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  readonly logarithmic?: boolean;
  readonly top?: number;
}

/** Three panels with a legend each; untrained readouts are dashed, test accuracies stand in the legend. */
export function trainingPlot(epochs: readonly EpochRecord[], test?: TestRecord): string {
  const panels = [accuracyPanel(epochs, test), lossPanel(epochs), ratePanel(epochs)];
  const width = panels.length * (PANEL.width + PANEL.gap);
  const height = PANEL.height + 90;
  const body = panels.map((panel, p) => drawPanel(panel, epochs, p * (PANEL.width + PANEL.gap))).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>${body}</svg>\n`;
}

function accuracyPanel(epochs: readonly EpochRecord[], test?: TestRecord): Panel {
  const names = Object.keys(epochs[0]?.validation ?? {});
  const bare = (name: string) => name.replace('untrained ', '');
  const bases = [...new Set(names.map(bare))];
  const series = names.map((name): Series => {
    const tested = test?.test[name];
    return {
      name: tested === undefined ? name : `${name} (test ${(100 * tested.accuracy).toFixed(1)} %)`,
      values: epochs.map((record) => 100 * (record.validation[name]?.accuracy ?? Number.NaN)),
      colour: COLOURS[bases.indexOf(bare(name)) % COLOURS.length]!,
      dashed: name !== bare(name),
    };
  });
  return { title: 'validation accuracy, %', series, top: 100 };
}

function lossPanel(epochs: readonly EpochRecord[]): Panel {
  const main = Object.keys(epochs[0]?.train.readouts ?? {})[0] ?? '';
  const bands = Object.keys(epochs[0]?.train.rateTerms ?? {});
  const sumOf = (record: EpochRecord) => bands.reduce((sum, name) => sum + (record.train.rateTerms[name] ?? 0), 0);
  const crossEntropy = (record: EpochRecord) => record.train.readouts[main]?.crossEntropy ?? Number.NaN;
  return {
    title: 'loss',
    logarithmic: true,
    series: [
      { name: 'train total', values: epochs.map((r) => r.train.loss), colour: COLOURS[5] },
      { name: `train cross-entropy ${main}`, values: epochs.map(crossEntropy), colour: COLOURS[0] },
      {
        name: `validation cross-entropy ${main}`,
        values: epochs.map((r) => r.validation[main]?.crossEntropy ?? Number.NaN),
        colour: COLOURS[1],
      },
      { name: 'rate terms', values: epochs.map(sumOf), colour: COLOURS[2] },
    ],
  };
}

function ratePanel(epochs: readonly EpochRecord[]): Panel {
  const names = Object.keys(epochs[0]?.activity.rateHz ?? {});
  const series = names.map(
    (name, i): Series => ({
      name,
      values: epochs.map((record) => record.activity.rateHz[name] ?? Number.NaN),
      colour: COLOURS[i % COLOURS.length]!,
    }),
  );
  return { title: 'mean rate, Hz (validation)', series, logarithmic: true };
}

function drawPanel(panel: Panel, epochs: readonly EpochRecord[], x0: number): string {
  const { width, height, left, top } = PANEL;
  const finite = panel.series
    .flatMap((s) => s.values)
    .filter((v) => Number.isFinite(v) && (!panel.logarithmic || v > 0));
  const low = panel.logarithmic ? decade(Math.min(...finite, 1), Math.floor) : 0;
  const high = panel.top ?? (panel.logarithmic ? decade(Math.max(...finite, 1), Math.ceil) : Math.max(...finite, 1));
  const scale = (v: number) => {
    const share = panel.logarithmic ? Math.log(v / low) / Math.log(high / low || 10) : (v - low) / (high - low);
    return top + height * (1 - share);
  };
  const last = epochs.at(-1)?.epoch ?? 1;
  const xOf = (epoch: number) => x0 + left + (width * (epoch - 1)) / Math.max(1, last - 1);
  const ticks = (panel.logarithmic ? decades(low, high) : [0, 25, 50, 75, 100]).map((v) => {
    const y = scale(v).toFixed(1);
    return `<line x1="${x0 + left}" x2="${x0 + left + width}" y1="${y}" y2="${y}" stroke="#e3e3e3"/><text x="${x0 + left - 6}" y="${y}" dy="4" text-anchor="end">${Number(v.toPrecision(3))}</text>`;
  });
  const epochTicks = wholeTicks(last).map(
    (e) => `<text x="${xOf(e).toFixed(1)}" y="${top + height + 16}" text-anchor="middle">${e}</text>`,
  );
  const lines = panel.series.map((s, i) => drawSeries(s, epochs, xOf, scale, x0 + left + width + 12, top + 8 + 16 * i));
  return `<text x="${x0 + left}" y="${top - 12}" font-weight="bold">${panel.title}</text>${ticks.join('')}${epochTicks.join('')}<text x="${x0 + left + width / 2}" y="${top + height + 34}" text-anchor="middle">epoch</text>${lines.join('')}`;
}

function drawSeries(
  series: Series,
  epochs: readonly EpochRecord[],
  xOf: (epoch: number) => number,
  yOf: (value: number) => number,
  legendX: number,
  legendY: number,
): string {
  const points = series.values
    .map((v, i) => [xOf(epochs[i]!.epoch), yOf(v)] as const)
    .filter(([, y]) => Number.isFinite(y))
    .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`);
  const dash = series.dashed === true ? ' stroke-dasharray="5 3"' : '';
  const stroke = `stroke="${series.colour}" stroke-width="1.8"${dash}`;
  const single =
    points.length === 1
      ? `<circle cx="${points[0]!.split(',')[0]}" cy="${points[0]!.split(',')[1]}" r="3" fill="${series.colour}"/>`
      : '';
  return `<polyline fill="none" ${stroke} points="${points.join(' ')}"/>${single}<line x1="${legendX}" x2="${legendX + 20}" y1="${legendY}" y2="${legendY}" ${stroke}/><text x="${legendX + 25}" y="${legendY}" dy="4">${series.name}</text>`;
}

function decade(value: number, round: (x: number) => number): number {
  return Number(`1e${round(Math.log10(value))}`);
}

function decades(low: number, high: number): number[] {
  const out: number[] = [];
  for (let v = low; v <= high * 1.0001; v *= 10) out.push(v);
  return out;
}

/** Epochs 1 … last to be named on the axis: all of a few, evenly spaced ones of many. */
function wholeTicks(last: number): number[] {
  const step = Math.ceil(last / 8);
  return Array.from({ length: Math.ceil(last / step) }, (_, k) => 1 + k * step);
}
