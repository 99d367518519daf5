/** The evaluation as one page: what a scientist looks at first on top. Knows no files. */

import { percent, thousands } from '../../base/text.ts';
import type { Model } from '../../snn/network/network.ts';
import type { RestAndEvoked } from '../activity/rest-and-evoked.ts';
import { type Evaluation, mainReadout, untrainedReadout } from '../evaluation/evaluation.ts';
import { accuracyFigure, confusedPairsFigure, confusionFigure, durationFigure } from './accuracy-figures.ts';
import { activeFigure, lifetimeFigure, patternsFigure, ratesFigure, tuningFigure } from './activity-figures.ts';
import type { ExampleTrial } from './example-trial.ts';
import { dataLine, originSection } from './origin.ts';
import { page, stack, type Tile } from './page.ts';
import { rasterFigure } from './raster-figure.ts';
import { bandsFigure, restFigure } from './rest-figures.ts';

/** Self-contained HTML; the same evaluation is the same bytes. */
export function evaluationPage(evaluation: Evaluation, model: Model, example: ExampleTrial, key: string): string {
  const { task, leakage } = evaluation;
  const cells = model.network.topology.size + model.network.topology.inputSize;
  const main = mainReadout(evaluation.trained);
  return page(
    {
      title: 'A fly’s olfactory pathway, evaluated',
      subtitle: `${thousands(cells)} cells, ${thousands(model.network.topology.colIdx.length)} connections, ${task.odours.length} odours; readout: spike counts of ${main.population}`,
      data: dataLine(model),
      foot: originSection(model, key),
      alarm: leakage.alarm
        ? 'Leakage: the network names odours better than the ideal observer of its input. Labels or test trials have leaked into it; do not trust its accuracy.'
        : undefined,
    },
    tiles(evaluation),
    [
      restFigure(evaluation),
      bandsFigure(evaluation),
      stack(accuracyFigure(evaluation), durationFigure(evaluation)),
      stack(confusionFigure(evaluation), confusedPairsFigure(evaluation)),
      stack(ratesFigure(evaluation), activeFigure(evaluation), lifetimeFigure(evaluation)),
      tuningFigure(evaluation),
      rasterFigure(evaluation, model, example),
      patternsFigure(evaluation),
    ],
  );
}

function tiles(evaluation: Evaluation): Tile[] {
  const { trained, baselines, chance } = evaluation;
  const before = untrainedReadout(evaluation);
  const main = mainReadout(trained).scored.top1;
  const layer = (name: string) => trained.activity.layers.find((of) => of.name === name);
  const [pn, kc] = [layer('PN'), layer('KC')];
  const [kcRest, mbonRest] = [kc, layer('MBON')].map((of) => of?.rest);
  const lead = trained.activity.bands.filter((band) => band.lead);
  const kept = lead.filter(({ inside }) => inside).length;
  const correlation = (of: typeof pn) => (of?.patterns == null ? '–' : of.patterns.meanCorrelation.toFixed(2));
  return [
    { value: percent(main.mean), about: `test accuracy (95 %: ${percent(main.low)} – ${percent(main.high)})` },
    {
      value: percent(baselines.knownWindow.top1.mean),
      about: `ceiling; chance ${percent(chance)}, untrained ${before === undefined ? '–' : percent(before.top1.mean)}`,
    },
    ...(kcRest === undefined
      ? []
      : [{ value: shareText(kcRest), about: `of KC spikes are there without an odour; MBON ${shareText(mbonRest)}` }]),
    ...(pn === undefined || kc === undefined
      ? []
      : [{ value: `${correlation(pn)} → ${correlation(kc)}`, about: 'mean r between odours, PN → KC' }]),
    { value: `${kept} of ${lead.length}`, about: 'bands on rest and evoked firing kept' },
  ];
}

function shareText(rest: RestAndEvoked | undefined): string {
  return rest?.restShare == null ? '–' : percent(rest.restShare.mean);
}
