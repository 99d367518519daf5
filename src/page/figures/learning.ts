/** How training went: accuracy, loss and firing over epochs. */
import { percent } from '../../base/text.ts';
import { colourOf } from '../../drawing/colours.ts';
import { figure } from '../../drawing/svg.ts';
import { inPathwayOrder } from './accuracy.ts';
import type { DrawnFigure, Figure, FigureTexts } from './figure.ts';
import { type MarkedSeries, markedLines } from './marks.ts';

interface Epoch {
  readonly epoch: number;
  readonly train: {
    readonly loss: number;
    readonly readouts: Readonly<Record<string, { readonly crossEntropy: number; readonly accuracy: number }>>;
  };
  readonly validation: Readonly<Record<string, { readonly accuracy: number; readonly crossEntropy: number }>>;
  readonly activity: { readonly rateHz: Readonly<Record<string, number>> };
  readonly rest: { readonly rateHz: Readonly<Record<string, number>> };
}

/** Of metrics.jsonl: its epochs, without the record of the test. */
export function epochsOf({ training }: FigureTexts): Epoch[] {
  return training!
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Epoch)
    .filter(({ epoch }) => epoch !== undefined);
}

function xAxis(epochs: readonly Epoch[]): {
  readonly title: string;
  readonly lo: number;
  readonly hi: number;
  readonly ticks: readonly number[];
} {
  const last = epochs.at(-1)!.epoch;
  const every = Math.max(1, Math.ceil(last / 8));
  return {
    title: 'epoch',
    lo: 1,
    hi: Math.max(2, last),
    ticks: epochs.map(({ epoch }) => epoch).filter((epoch) => epoch % every === 0 || epoch === 1),
  };
}

function curve(
  epochs: readonly Epoch[],
  name: string,
  colour: string,
  of: (epoch: Epoch) => number | undefined,
  say: (value: number) => string,
  dashed = false,
): MarkedSeries {
  const points = epochs.flatMap((epoch) => {
    const y = of(epoch);
    return y === undefined || !Number.isFinite(y)
      ? []
      : [{ x: epoch.epoch, y, say: `epoch ${epoch.epoch}, ${name}: ${say(y)}` }];
  });
  return { name, colour, points, dashed };
}

export const learningFigure: Figure = {
  id: 'learning',
  title: 'What does training bring?',
  sources: ['training'],
  draw: (texts): DrawnFigure | undefined => {
    const epochs = epochsOf(texts);
    if (epochs.length === 0) return undefined;
    const names = inPathwayOrder(Object.keys(epochs[0]!.validation).filter((name) => !name.startsWith('untrained ')));
    const share = (name: string) => (epoch: Epoch) => {
      const found = epoch.validation[name];
      return found === undefined ? undefined : 100 * found.accuracy;
    };
    const say = (value: number): string => percent(value / 100);
    const series = names.flatMap((name) => [
      curve(epochs, name, colourOf(name), share(name), say),
      curve(epochs, `${name} before`, colourOf(name), share(`untrained ${name}`), say, true),
    ]);
    const y = { title: 'validation accuracy, %', lo: 0, hi: 100, ticks: [0, 25, 50, 75, 100] };
    return {
      body: markedLines(
        { about: 'Validation accuracy over epochs', height: 290, x: xAxis(epochs), y },
        series.filter(({ points }) => points.length > 0),
      ),
      caption:
        'Validation trials after each epoch. Solid: the network that is trained. Dashed, “before”: readouts that learn on the untrained network by the same schedule.',
    };
  },
};

export const lossFigure: Figure = {
  id: 'loss',
  title: 'Does the loss settle?',
  sources: ['training'],
  draw: (texts) => {
    const epochs = epochsOf(texts);
    if (epochs.length === 0) return undefined;
    const main = 'MBON' in epochs[0]!.train.readouts ? 'MBON' : Object.keys(epochs[0]!.train.readouts)[0]!;
    const series = [
      curve(epochs, 'loss', 'ink', ({ train }) => train.loss, figure),
      curve(epochs, 'naming, train', colourOf(main), ({ train }) => train.readouts[main]?.crossEntropy, figure),
      curve(epochs, 'validation', 'pn', ({ validation }) => validation[main]?.crossEntropy, figure),
    ].filter(({ points }) => points.length > 0);
    const values = series.flatMap(({ points }) => points.map((point) => point.y)).filter((value) => value > 0);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return {
      body: markedLines(
        {
          about: 'Loss over epochs',
          height: 290,
          x: xAxis(epochs),
          y: {
            title: 'nats (logarithmic)',
            lo: least / 1.3,
            hi: most * 1.3,
            logarithmic: true,
            ticks: logTicks(least / 1.3, most * 1.3),
          },
        },
        series,
      ),
      caption: `Mean over the steps of each epoch. Loss: cross-entropy of the ${main} readout, rate terms and prior together; “naming”: the cross-entropy alone.`,
    };
  },
};

/** 1, 2 and 5 times powers of ten within [lo, hi]. */
export function logTicks(lo: number, hi: number): number[] {
  const all: number[] = [];
  for (let power = -6; power <= 6; power++)
    for (const m of [1, 2, 5]) {
      const tick = Number(`${m}e${power}`);
      if (tick >= lo && tick <= hi) all.push(tick);
    }
  return all.length > 8 ? all.filter((tick) => /^1|^0\.0*1$/.test(String(tick))) : all;
}

/** Below it a rate is drawn at the edge, Hz. */
const SLOWEST_HZ = 0.05;

export const ratesOverTraining: Figure = {
  id: 'rates-over-training',
  title: 'How does firing change?',
  sources: ['training'],
  draw: (texts) => {
    const epochs = epochsOf(texts);
    if (epochs.length === 0) return undefined;
    const names = inPathwayOrder(Object.keys(epochs[0]!.activity.rateHz));
    const say = (hz: number): string => `${figure(hz)} Hz`;
    const series = names.flatMap((name) => [
      curve(epochs, name, colourOf(name), ({ activity }) => Math.max(SLOWEST_HZ, activity.rateHz[name]!), say),
      curve(epochs, `${name} rest`, colourOf(name), ({ rest }) => Math.max(SLOWEST_HZ, rest.rateHz[name]!), say, true),
    ]);
    const most = Math.max(1, ...series.flatMap(({ points }) => points.map((point) => point.y)));
    return {
      body: markedLines(
        {
          about: 'Mean firing rates over epochs',
          height: 290,
          x: xAxis(epochs),
          y: {
            title: 'mean rate, Hz (logarithmic)',
            lo: SLOWEST_HZ,
            hi: 1.4 * most,
            logarithmic: true,
            ticks: [0.1, 1, 10, 100].filter((hz) => hz <= 1.4 * most),
          },
        },
        series,
      ),
      caption: 'Mean over cells in validation trials. Solid: with an odour. Dashed, “rest”: trials without one.',
    };
  },
};
