/** Kenyon cells under the test trials, by class and between odours. Knows no other population. */
import { mean } from '../../base/numbers.ts';
import type { Model, PopulationSlice } from '../../snn/network/network.ts';
import { type KenyonClass, kenyonClasses, kenyonClassOf } from '../activity/kenyon-class.ts';
import { columnsOf } from '../activity/odour-means.ts';
import { type RateSummary, summariseRates } from '../activity/rates.ts';
import { patternCorrelations, type RestAndEvoked, restAndEvoked } from '../activity/rest-and-evoked.ts';
import { tuningCurve } from '../activity/tuning.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import type { RecordedCounts } from './layer-activity.ts';

export interface KenyonClassActivity {
  readonly name: KenyonClass;
  readonly rates: RateSummary;
  readonly rest: RestAndEvoked;
  /** Share of (cell, odour) pairs that are answered; over odours. */
  readonly answered: Interval;
  /** [C] Hz by rank of odour. */
  readonly tuning: Float64Array | null;
}

/** The classes that have cells, in the order of kenyonClasses; `ratesHz` [N] of all cells. */
export function kenyonClassActivity(
  model: Model,
  kc: PopulationSlice,
  ratesHz: Float64Array,
  recorded: RecordedCounts,
): KenyonClassActivity[] {
  return kenyonClasses.flatMap((name) => {
    const within: number[] = [];
    for (let i = kc.offset; i < kc.offset + kc.size; i++) {
      if (kenyonClassOf(model.typeNames[model.typeIdx[i]!]!) === name) within.push(i);
    }
    return within.length === 0 ? [] : [classActivity(name, within, ratesHz, recorded)];
  });
}

function classActivity(
  name: KenyonClass,
  within: readonly number[],
  ratesHz: Float64Array,
  recorded: RecordedCounts,
): KenyonClassActivity {
  const { means, blanks, cells, trialSeconds, seed } = recorded;
  const gather = (matrix: Float64Array) =>
    Float64Array.from({ length: means.odours * within.length }, (_, k) => {
      return matrix[Math.floor(k / within.length) * cells + within[k % within.length]!]!;
    });
  const curve = means.split ? tuningCurve(gather(means.odd), gather(means.even), means.odours) : null;
  return {
    name,
    rates: summariseRates(within.map((i) => ratesHz[i]!)),
    rest: restAndEvoked(means, blanks, within, trialSeconds, seed),
    answered: bootstrapOverClasses(answersByOdour(recorded, within), seed),
    tuning: curve === null ? null : curve.map((count) => count / trialSeconds),
  };
}

/** [C] share of the cells that answer each odour. */
export function answersByOdour({ answers, cells, means }: RecordedCounts, within: readonly number[]): Float64Array {
  return Float64Array.from({ length: means.odours }, (_, c) => mean(within.map((i) => answers[c * cells + i]!)));
}

/** See patternCorrelations; undefined where trials do not split. */
export function kenyonCorrelations(kc: PopulationSlice, { means, cells }: RecordedCounts): Float64Array | undefined {
  if (!means.split) return undefined;
  const part = (matrix: Float64Array) => columnsOf(matrix, cells, kc.offset, kc.size);
  return patternCorrelations(part(means.odd), part(means.even), means.odours);
}
