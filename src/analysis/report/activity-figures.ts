/** Figures on activity: rates, sparseness, tuning, one trial, bands, odour patterns. Knows no accuracy. */

import { ascending, mean, quantile } from '../../base/numbers.ts';
import { percent } from '../../base/text.ts';
import { histogram, htmlTable, type LineSeries, lineChart, spreadChart } from '../../drawing/charts.ts';
import { colourOf } from '../../drawing/colours.ts';
import { figure } from '../../drawing/svg.ts';
import { shownLimit } from '../activity/bands.ts';
import { kenyonClasses } from '../activity/kenyon-class.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { LayerActivity } from '../evaluation/layer-activity.ts';
import { figureCard } from './page.ts';

const SLOWEST_HZ = 0.01;

function layerOf(evaluation: Evaluation, name: string): LayerActivity | undefined {
  return evaluation.trained.activity.layers.find((layer) => layer.name === name);
}

/** Spread of cells' mean rates by population. */
export function ratesFigure(evaluation: Evaluation): string {
  const { layers } = evaluation.trained.activity;
  const rows = layers.map((layer, k) => {
    const sorted = ascending(layer.ratesHz);
    const q = (share: number) => quantile(sorted, share);
    return {
      name: layer.name,
      colour: colourOf(layer.name, k),
      quantiles: [q(0.05), q(0.25), q(0.5), q(0.75), q(0.95)] as const,
      mean: layer.rates.meanHz,
      note: `${figure(layer.rates.meanHz)} Hz · ${percent(layer.rates.silent)} silent`,
    };
  });
  const axis = { title: 'mean rate of a cell over all test trials, Hz', lo: SLOWEST_HZ, hi: 200, logarithmic: true };
  return figureCard(
    'How fast do cells fire?',
    spreadChart('rates by population', rows, axis),
    'Whisker 5–95 % of cells, bar 25–75 %, tick median, dot and number mean; silent: no spike in any test trial (drawn at the left edge).',
  );
}

/** Lifetime sparseness of PN and KC. */
export function lifetimeFigure(evaluation: Evaluation): string {
  const series = ['PN', 'KC'].flatMap((name) => {
    const layer = layerOf(evaluation, name);
    if (layer === undefined || layer.lifetime.length === 0) return [];
    const text = `${name} ${mean(layer.lifetime).toFixed(2)}`;
    return [{ name: text, colour: colourOf(name), values: layer.lifetime }];
  });
  const chart = histogram(
    { width: 560, height: 280, about: 'lifetime sparseness', x: { title: 'lifetime sparseness', lo: 0, hi: 1 } },
    series,
    25,
    { namesAt: 'left' },
  );
  return figureCard(
    'Are Kenyon cells choosier than projection neurons?',
    chart,
    'Treves–Rolls sparseness of each cell over odours (0: answers all alike, 1: answers one), cells with any spike; number: mean. PN in the fly .60 ± .13 (Badel 2016).',
  );
}

/** Share of cells active in a trial, PN and KC. */
export function activeFigure(evaluation: Evaluation): string {
  const series = ['PN', 'KC'].flatMap((name) => {
    const layer = layerOf(evaluation, name);
    if (layer === undefined) return [];
    const text = `${name} ${percent(layer.active.mean)}`;
    return [{ name: text, colour: colourOf(name), values: layer.active.perTrial.map((share) => 100 * share) }];
  });
  const most = Math.max(20, ...series.map(({ values }) => values.reduce((a, b) => Math.max(a, b), 0)));
  const hi = Math.min(100, Math.ceil(most / 10) * 10);
  const kc = layerOf(evaluation, 'KC');
  const band = shownLimit('kcActive');
  const chart = histogram(
    {
      width: 560,
      height: 280,
      about: 'active cells a trial',
      x: { title: 'cells with a spike in a trial, %', lo: 0, hi },
    },
    series,
    Math.min(50, hi),
    { band: [band.lo!, band.hi!] },
  );
  const spread =
    kc === undefined ? '' : ` KC 5th–95th percentile: ${percent(kc.active.p5)} – ${percent(kc.active.p95)}.`;
  return figureCard(
    'How many cells does an odour reach?',
    chart,
    `Over test trials; green: ${band.lo}–${band.hi} %, the band for Kenyon cells, ${band.source}.${spread}`,
  );
}

/** Mean response by rank of odour: layers, then Kenyon cell classes. */
export function tuningFigure(evaluation: Evaluation): string {
  const { layers, kenyonClasses: classes } = evaluation.trained.activity;
  const odours = evaluation.task.odours.length;
  const shown = ['ORN', 'PN', 'MBON'].flatMap((name) => layers.find((layer) => layer.name === name) ?? []);
  const points = (curve: Float64Array) => Array.from(curve, (hz, k) => [k + 1, hz] as const);
  const series = shown.flatMap(({ name, tuning }): LineSeries[] =>
    tuning === null ? [] : [{ name, colour: colourOf(name), points: points(tuning) }],
  );
  const ofClasses = classes.flatMap(({ name, tuning }): LineSeries[] =>
    tuning === null ? [] : [{ name: `KC ${name}`, colour: colourOf(name), points: points(tuning) }],
  );
  const chart = (of: readonly LineSeries[], about: string) => {
    const most = Math.max(0.1, ...of.flatMap((s) => s.points.map(([, hz]) => hz)));
    const x = { title: 'odour, by rank for each cell', lo: 1, hi: odours, logarithmic: true, ticks: rankTicks(odours) };
    return lineChart({ width: 560, height: 270, about, x, y: { title: 'mean rate, Hz', lo: 0, hi: 1.05 * most } }, of);
  };
  const known = kenyonClasses.length > 0 && ofClasses.length > 0;
  return figureCard(
    'How narrowly are cells tuned?',
    chart(series, 'tuning curves of layers') + (known ? chart(ofClasses, 'tuning curves of Kenyon cell classes') : ''),
    'Each cell ranks odours by half of the trials; the other half is drawn, so noise alone gives a flat line. Mean over cells that fire.',
  );
}

function rankTicks(odours: number): number[] {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500].filter((rank) => rank <= odours);
}

/** Odour patterns by layer: similarity, equality, dimensions. */
export function patternsFigure(evaluation: Evaluation): string {
  const { layers, separations } = evaluation.trained.activity;
  const rows = layers.flatMap(({ name, patterns, population, lifetime }) =>
    patterns === null
      ? []
      : [
          [
            name,
            figure(patterns.meanCorrelation),
            `${figure(patterns.reliability)}${patterns.reliable ? '' : ' ✗'}`,
            figure(patterns.varianceCv),
            figure(patterns.participationRatio),
            figure(patterns.correlationNorm),
            mean(lifetime).toFixed(2),
            mean(population).toFixed(2),
          ],
        ],
  );
  const head = [
    'layer',
    'mean r',
    'split-half r',
    'CV of variance',
    'dimensions',
    '‖C−I‖',
    'lifetime S',
    'population S',
  ];
  const farther = separations.map(({ to, separation }) => `${to} ${percent(separation.farther)}`).join(', ');
  return figureCard(
    'Are odours pulled apart on the way in?',
    `<div class="scroll">${htmlTable([head, ...rows])}</div>`,
    `mean r: between patterns of different odours, across halves of the trials; dimensions: participation ratio; ✗: halves agree no better than different odours, noise. Pairs of odours farther apart (1 − cos) than in the input: ${farther}.`,
    true,
  );
}
