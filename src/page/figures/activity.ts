/** What cells do at rest and with odours, whether that is what flies do, and how patterns change on the way in. */

import { type BandKey, shownLimit } from '../../analysis/activity/bands.ts';
import { percent } from '../../base/text.ts';
import { colourOf } from '../../drawing/colours.ts';
import { line, svg } from '../../drawing/frame.ts';
import { logScale } from '../../drawing/scale.ts';
import { element, figure, label } from '../../drawing/svg.ts';
import { inPathwayOrder } from './accuracy.ts';
import type { Figure } from './figure.ts';
import { type Cell, CHART_WIDTH, sortableTable } from './marks.ts';

interface Interval {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Layer {
  readonly cells: number;
  readonly restHz: Interval;
  readonly odourHz: Interval;
  readonly evokedHz: Interval;
  readonly restShare: Interval | null;
  readonly silent: number | null;
  readonly active: number | null;
  readonly answered: number | null;
  readonly lifetimeSparseness: number | null;
  readonly populationSparseness: number | null;
  readonly patterns: {
    readonly meanCorrelation: number | null;
    readonly participationRatio: number | null;
    readonly reliability: number | null;
  } | null;
}

interface Band {
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly unit: string;
  readonly inside: boolean;
}

interface Activity {
  readonly populations: Readonly<Record<string, Layer>>;
  readonly bands: Readonly<Partial<Record<BandKey, Band>>>;
  readonly odourTrialBands: Readonly<Partial<Record<BandKey, Band>>>;
}

interface Metrics {
  readonly trained: Activity;
  readonly untrained: Activity;
}

const SLOWEST_HZ = 0.05;

export const restToOdour: Figure = {
  id: 'rest-to-odour',
  title: 'Do odours drive it?',
  sources: ['metrics'],
  draw: ({ metrics }) => {
    const { trained, untrained } = JSON.parse(metrics!) as Metrics;
    const names = inPathwayOrder(Object.keys(trained.populations));
    const all = names.flatMap((name) => [trained, untrained].map((of) => of.populations[name]?.odourHz.mean ?? 0));
    const [left, right, step, top] = [58, 74, 40, 10];
    const height = top + names.length * step + 40;
    const x = logScale(SLOWEST_HZ, 1.3 * Math.max(10, ...all), left, CHART_WIDTH - right);
    const bottom = height - 36;
    const grid = x.ticks.map(
      (t) =>
        line(x.at(t), top, x.at(t), bottom, 'grid') + label(x.at(t), bottom + 15, figure(t), { class: 'tick mid' }),
    );
    const arrow = (name: string, layer: Layer | undefined, y: number, hollow: boolean): string => {
      const [rest, odour] = [layer?.restHz.mean, layer?.odourHz.mean];
      if (rest == null || odour == null) return '';
      const network = hollow ? 'untrained' : 'trained';
      const say = `${name}, ${network}: ${figure(rest)} Hz at rest, ${figure(odour)} Hz in odour trials`;
      const kind = `${colourOf(name)}${hollow ? ' hollow' : ''}`;
      return (
        line(x.at(rest), y, x.at(odour), y, `interval ${colourOf(name)}${hollow ? ' dashed' : ''}`) +
        line(x.at(rest), y - 5, x.at(rest), y + 5, `median ${colourOf(name)}`) +
        element('circle', { cx: x.at(odour), cy: y, r: hollow ? 3.5 : 5, class: kind, 'data-say': say })
      );
    };
    const rows = names.map((name, k) => {
      const y = top + (k + 0.5) * step;
      const layer = trained.populations[name];
      const share = layer?.restShare?.mean;
      return (
        label(left - 10, y + 4, name, { class: `row end strong ${colourOf(name)}` }) +
        arrow(name, layer, y - 6, false) +
        arrow(name, untrained.populations[name], y + 9, true) +
        (share == null ? '' : label(CHART_WIDTH, y + 4, `${percent(share)}`, { class: 'tick end' }))
      );
    });
    return {
      body: svg(
        { width: CHART_WIDTH, height, about: 'Rates at rest and with odours' },
        ...grid,
        ...rows,
        label((left + CHART_WIDTH - right) / 2, height - 6, 'mean rate, Hz (logarithmic)', { class: 'title mid' }),
        label(CHART_WIDTH, height - 6, 'there at rest', { class: 'tick end' }),
      ),
      caption:
        'From trials without odour (tick) to odour trials (dot); solid: trained, dashed: untrained. Right: the share of the trained network’s spikes in odour trials that are there without one.',
    };
  },
};

export const bandsFigure: Figure = {
  id: 'bands',
  title: 'Does it stay within physiology?',
  sources: ['metrics'],
  wide: true,
  draw: ({ metrics }) => {
    const { trained, untrained } = JSON.parse(metrics!) as Metrics;
    const rows = (of: 'bands' | 'odourTrialBands', asks: string): Cell[][] =>
      (Object.keys(trained[of]) as BandKey[]).map((key) => {
        const [own, before] = [trained[of][key]!, untrained[of][key]];
        const { lo, hi, source } = shownLimit(key);
        const limit = lo === undefined ? `≤ ${hi}` : hi === undefined ? `≥ ${lo}` : `${lo} – ${hi}`;
        const flag = (band: Band): Cell => ({
          text: `${figure(band.value ?? Number.NaN)} ${band.inside ? '✓' : '✗'}`,
          kind: band.inside ? 'in' : 'out',
        });
        const interval = own.low == null || own.high == null ? '' : `${figure(own.low)} – ${figure(own.high)}`;
        return [
          { text: bandNames[key] },
          { text: asks },
          { text: `${limit} ${own.unit}` },
          flag(own),
          { text: interval },
          before === undefined ? { text: '–' } : flag(before),
          { text: source },
        ];
      });
    const all = [...rows('bands', 'rest and evoked'), ...rows('odourTrialBands', 'odour trials alone')];
    const head = ['quantity', 'asks of', 'in the fly', 'trained', '95 %', 'untrained', 'source'];
    return {
      body: sortableTable('Physiological bands', head, all),
      caption:
        'A network that fires without an odour can keep the bands on odour trials alone: those on rest and evoked firing are the ones that count. Intervals over odours, trials without odour, or cells.',
    };
  },
};

/** In words, by key of metrics.json. */
const bandNames: Readonly<Record<BandKey, string>> = {
  pnRestRate: 'PN at rest',
  kcRestRate: 'KC at rest',
  kcRestMost: 'KC at rest, fastest cell',
  kcAnswered: 'KC answers, of all odours',
  kcRestShare: 'KC spikes there at rest',
  kcCorrelation: 'KC mean r between odours, over that before',
  mbonRestRate: 'MBON at rest',
  mbonStrongest: 'MBON, strongest odours over rest',
  mbonRestShare: 'MBON spikes there at rest',
  pnAnswered: 'PN answers, of pairs with input',
  kcActive: 'KC active in a trial',
  kcRate: 'KC mean rate',
  kcSparser: 'KC active over PN active',
  mbonRate: 'MBON 90th percentile of cell means',
  aplRate: 'APL mean rate',
};

export const layersFigure: Figure = {
  id: 'layers',
  title: 'Are odours pulled apart on the way in?',
  sources: ['metrics'],
  wide: true,
  draw: ({ metrics }) => {
    const { trained, untrained } = JSON.parse(metrics!) as Metrics;
    const number = (value: number | null | undefined, show = figure): Cell =>
      value == null ? { text: '–', sort: -1 } : { text: show(value), sort: value };
    const rows = inPathwayOrder(Object.keys(trained.populations)).flatMap((name) =>
      (
        [
          ['trained', trained],
          ['untrained', untrained],
        ] as const
      ).flatMap(([network, of]): Cell[][] => {
        const layer = of.populations[name];
        if (layer === undefined) return [];
        return [
          [
            { text: name, kind: 'strong', swatch: colourOf(name) },
            { text: network },
            number(layer.cells),
            number(layer.silent, percent),
            number(layer.active, percent),
            number(layer.answered, percent),
            number(layer.lifetimeSparseness),
            number(layer.populationSparseness),
            number(layer.patterns?.meanCorrelation),
            number(layer.patterns?.reliability),
            number(layer.patterns?.participationRatio),
          ],
        ];
      }),
    );
    const head = [
      'layer',
      'network',
      'cells',
      'silent',
      'active a trial',
      'answered odours',
      'lifetime S',
      'population S',
      'mean r',
      'split-half r',
      'dimensions',
    ];
    return {
      body: sortableTable('Tuning and patterns by layer', head, rows),
      caption:
        'S: Treves–Rolls sparseness (0: answers all alike, 1: answers one). mean r: between patterns of different odours, across halves of the trials. Dimensions: participation ratio. An answer: more than the mean + 3.5 SD of trials without odour in half of the trials.',
    };
  },
};
