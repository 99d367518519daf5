/** The figures of an evaluation as plain data for metrics.json. Knows no pictures. */
import { mean, significant, standardDeviation } from '../../base/numbers.ts';
import type { BandCheck } from '../activity/bands.ts';
import type { Interval } from '../classification/bootstrap.ts';
import type { Evaluation, NetworkEvaluation } from './evaluation.ts';
import type { LayerActivity } from './layer-activity.ts';
import type { NetworkActivity } from './network-activity.ts';
import type { Scored } from './readout-accuracy.ts';

type Figure = number | boolean | string | null | { readonly [name: string]: Figure };

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : significant(value);
}

function named<T>(list: readonly T[], nameOf: (item: T) => string, of: (item: T) => Figure): Record<string, Figure> {
  return Object.fromEntries(list.map((item) => [nameOf(item), of(item)]));
}

function scoredFigures({ classification, top1, calibration }: Scored): Figure {
  return {
    top1: rounded(top1.mean),
    low: rounded(top1.low),
    high: rounded(top1.high),
    top5: rounded(classification.top5),
    ...(calibration === undefined
      ? {}
      : { crossEntropy: rounded(calibration.crossEntropy), calibrationError: rounded(calibration.expectedError) }),
  };
}

function intervalFigures({ mean: value, low, high }: Interval): Figure {
  return { mean: rounded(value), low: rounded(low), high: rounded(high) };
}

function layerFigures(layer: LayerActivity): Figure {
  const { rates, active, lifetime, population, patterns, rest } = layer;
  return {
    cells: layer.cells,
    meanHz: rounded(rates.meanHz),
    medianHz: rounded(rates.medianHz),
    p90Hz: rounded(rates.p90Hz),
    mostHz: rounded(rates.mostHz),
    restHz: intervalFigures(rest.restHz),
    restMostHz: rounded(rest.restMostHz),
    odourHz: intervalFigures(rest.odourHz),
    evokedHz: intervalFigures(rest.evokedHz),
    restShare: rest.restShare === null ? null : intervalFigures(rest.restShare),
    silent: rounded(rates.silent),
    active: rounded(active.mean),
    activeP5: rounded(active.p5),
    activeP95: rounded(active.p95),
    lifetimeSparseness: rounded(mean(lifetime)),
    lifetimeSparsenessSd: rounded(standardDeviation(lifetime)),
    populationSparseness: rounded(mean(population)),
    populationSparsenessSd: rounded(standardDeviation(population)),
    answered: rounded(mean(layer.answered)),
    patterns:
      patterns === null
        ? null
        : {
            meanCorrelation: rounded(patterns.meanCorrelation),
            reliability: rounded(patterns.reliability),
            varianceCv: rounded(patterns.varianceCv),
            participationRatio: rounded(patterns.participationRatio),
            correlationNorm: rounded(patterns.correlationNorm),
            reliable: patterns.reliable,
          },
  };
}

function activityFigures(activity: NetworkActivity): Figure {
  return {
    populations: named(activity.layers, (layer) => layer.name, layerFigures),
    kenyonClasses: named(
      activity.kenyonClasses,
      ({ name }) => name,
      ({ rates, rest, answered }) => ({
        cells: rates.cells,
        meanHz: rounded(rates.meanHz),
        restHz: intervalFigures(rest.restHz),
        evokedHz: intervalFigures(rest.evokedHz),
        answered: intervalFigures(answered),
      }),
    ),
    separation: named(
      activity.separations,
      ({ from, to }) => `${from}→${to}`,
      ({ separation }) => ({
        farther: rounded(separation.farther),
        decorrelationPercent: rounded(separation.decorrelationPercent),
      }),
    ),
    bands: bandFigures(activity.bands.filter(({ lead }) => lead)),
    insideAllBands: activity.bands.every(({ lead, inside }) => inside || !lead),
    odourTrialBands: bandFigures(activity.bands.filter(({ lead }) => !lead)),
  };
}

function bandFigures(bands: readonly BandCheck[]): Figure {
  return named(
    bands,
    ({ key }) => key,
    ({ value, interval, inside, unit }) => ({
      value: rounded(value),
      ...(interval === undefined ? {} : { low: rounded(interval[0]), high: rounded(interval[1]) }),
      unit,
      inside,
    }),
  );
}

function typeFigures(activity: NetworkActivity): Figure {
  return named(
    activity.types,
    ({ population, name }) => `${population}/${name}`,
    ({ rates }) => ({
      cells: rates.cells,
      meanHz: rounded(rates.meanHz),
      medianHz: rounded(rates.medianHz),
      p90Hz: rounded(rates.p90Hz),
    }),
  );
}

function readoutFigures(network: NetworkEvaluation): Figure {
  return named(
    network.readouts,
    ({ population }) => population,
    ({ scored }) => scoredFigures(scored),
  );
}

/** All figures, six significant digits; the same evaluation gives the same data. */
export function metricsOf(evaluation: Evaluation): Record<string, Figure> {
  const { baselines, leakage, trained, untrained } = evaluation;
  const baseline = Object.entries(baselines) as [string, Scored][];
  return {
    odours: evaluation.task.odours.length,
    testTrials: evaluation.test.labels.length,
    chance: rounded(evaluation.chance),
    accuracy: {
      trained: readoutFigures(trained),
      untrained: readoutFigures(untrained),
      converged: {
        ...(trained.converged === undefined ? {} : { trained: scoredFigures(trained.converged) }),
        ...(untrained.converged === undefined ? {} : { untrained: scoredFigures(untrained.converged) }),
      },
      input: named(
        baseline,
        ([name]) => name,
        ([, scored]) => scoredFigures(scored),
      ),
    },
    leakage: { excess: rounded(leakage.excess.mean), low: rounded(leakage.excess.low), alarm: leakage.alarm },
    trained: activityFigures(trained.activity),
    untrained: activityFigures(untrained.activity),
    types: typeFigures(trained.activity),
  };
}
