/** The evaluation as one page: what a scientist looks at first on top. Knows no files. */

import { mean } from '../../base/numbers.ts';
import { percent, thousands } from '../../base/text.ts';
import type { Model } from '../../snn/network/network.ts';
import { type Evaluation, mainReadout } from '../evaluation/evaluation.ts';
import { accuracyFigure, confusedPairsFigure, confusionFigure, durationFigure } from './accuracy-figures.ts';
import {
  activeFigure,
  bandsFigure,
  lifetimeFigure,
  patternsFigure,
  ratesFigure,
  tuningFigure,
} from './activity-figures.ts';
import type { ExampleTrial } from './example-trial.ts';
import { dataLine, originSection } from './origin.ts';
import { page, stack, type Tile } from './page.ts';
import { rasterFigure } from './raster-figure.ts';

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
      stack(accuracyFigure(evaluation), durationFigure(evaluation)),
      stack(confusionFigure(evaluation), confusedPairsFigure(evaluation)),
      bandsFigure(evaluation),
      stack(ratesFigure(evaluation), activeFigure(evaluation), lifetimeFigure(evaluation)),
      tuningFigure(evaluation),
      rasterFigure(evaluation, model, example),
      patternsFigure(evaluation),
    ],
  );
}

function tiles(evaluation: Evaluation): Tile[] {
  const { trained, untrained, baselines, chance } = evaluation;
  const main = mainReadout(trained).scored.top1;
  const layer = (name: string) => trained.activity.layers.find((of) => of.name === name);
  const [pn, kc] = [layer('PN'), layer('KC')];
  const { bands } = trained.activity;
  const kept = bands.filter(({ inside }) => inside).length;
  return [
    { value: percent(main.mean), about: `test accuracy (95 %: ${percent(main.low)} – ${percent(main.high)})` },
    {
      value: percent(baselines.knownWindow.top1.mean),
      about: `ceiling; chance ${percent(chance)}, untrained ${percent(mainReadout(untrained).scored.top1.mean)}`,
    },
    ...(pn === undefined || kc === undefined
      ? []
      : [
          {
            value: `${percent(kc.active.mean)} of KC`,
            about: `active in a trial; PN ${percent(pn.active.mean)}`,
          },
          {
            value: `${mean(kc.lifetime).toFixed(2)} / ${mean(pn.lifetime).toFixed(2)}`,
            about: 'lifetime sparseness, KC vs PN',
          },
        ]),
    { value: `${kept} of ${bands.length}`, about: 'physiological bands kept' },
  ];
}
