/** What cells do without an odour and what odours add, trained beside untrained, and the bands on it. Knows no accuracy. */
import { percent } from '../../base/text.ts';
import { htmlTable, type TableCell } from '../../drawing/charts.ts';
import { figure } from '../../drawing/svg.ts';
import type { BandCheck } from '../activity/bands.ts';
import type { Interval } from '../classification/bootstrap.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { LayerActivity } from '../evaluation/layer-activity.ts';
import { figureCard } from './page.ts';

/** A value with its interval, each to three digits. */
function spread({ mean, low, high }: Interval, show: (value: number) => string = figure): string {
  return `${show(mean)} (${show(low)} – ${show(high)})`;
}

/** Rates at rest and with odours by population, trained and untrained. */
export function restFigure(evaluation: Evaluation): string {
  const before = new Map(evaluation.untrained.activity.layers.map((layer) => [layer.name, layer]));
  const columns = (layer: LayerActivity | undefined): string[] =>
    layer === undefined
      ? ['–', '–', '–', '–', '–']
      : [
          spread(layer.rest.restHz),
          spread(layer.rest.odourHz),
          spread(layer.rest.evokedHz),
          layer.rest.restShare === null ? '–' : spread(layer.rest.restShare, percent),
          layer.patterns === null ? '–' : figure(layer.patterns.meanCorrelation),
        ];
  const rows = evaluation.trained.activity.layers.flatMap((layer) => [
    [layer.name, 'trained', ...columns(layer)],
    ['', 'untrained', ...columns(before.get(layer.name))],
  ]);
  const head = ['layer', 'network', 'at rest, Hz', 'odour trials, Hz', 'added, Hz', 'share at rest', 'mean r'];
  return figureCard(
    'Do odours drive it?',
    `<div class="scroll">${htmlTable([head, ...rows])}</div>`,
    'Mean rates over trials without odour and over odour trials (whole trials, odour on and off), their difference, and rest over odour trials: the share of the spikes that are there without an odour. 95 % intervals over trials without odour, over odours, and over both. mean r: between patterns of different odours.',
    true,
  );
}

/** The bands on rest and evoked, then those on odour trials alone; trained beside untrained. */
export function bandsFigure(evaluation: Evaluation): string {
  const { bands } = evaluation.trained.activity;
  const before = new Map(evaluation.untrained.activity.bands.map((band) => [band.key, band]));
  const table = (of: readonly BandCheck[]) =>
    `<div class="scroll">${htmlTable([
      ['quantity', 'band', 'trained', '95 %', 'untrained', 'source'],
      ...of.map((band) => bandRow(band, before.get(band.key))),
    ])}</div>`;
  const lead = bands.filter((band) => band.lead);
  const others = bands.filter((band) => !band.lead);
  return figureCard(
    'Does the network stay within physiology?',
    `${table(lead)}<details><summary>Odour trials alone (a network that fires without odour can keep these)</summary>${table(others)}</details>`,
    'A cell answers an odour when its count exceeds the mean + 3.5 SD of trials without odour in at least half of the trials (Turner’s criterion, adapted to counts of whole trials). Strongest odours: each cell’s first twentieth by half of the trials, read in the other half. Intervals over odours, trials without odour, or cells.',
    true,
  );
}

function bandRow(
  { name, unit, lo, hi, source, value, interval, inside }: BandCheck,
  old: BandCheck | undefined,
): TableCell[] {
  const limit = lo === undefined ? `≤ ${hi}` : hi === undefined ? `≥ ${lo}` : `${lo} – ${hi}`;
  const flag = (is: boolean, of: number): TableCell => ({
    text: `${figure(of)} ${is ? '✓' : '✗'}`,
    kind: is ? 'in' : 'out',
  });
  return [
    name,
    `${limit} ${unit}`,
    flag(inside, value),
    interval === undefined ? '' : `${figure(interval[0])} – ${figure(interval[1])}`,
    old === undefined ? '–' : flag(old.inside, old.value),
    source,
  ];
}
