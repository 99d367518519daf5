/** Rates at rest and in an odour, by population and over time, beside what was measured in flies. Knows no files. */
import { mean } from '../../base/numbers.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import { type ActivityRecord, type RecordedPopulation, trialsWith } from '../record/activity-record.ts';
import { rateOverTime } from '../record/binned.ts';
import { meanCounts } from '../record/evoked.ts';
import type { Investigation } from './investigation.ts';

/** Published bands on mean rates, Hz. PN and KC at rest: Turner 2008, doi:10.1152/jn.01283.2007; ORN: Hallem & Carlson 2006, doi:10.1016/j.cell.2006.01.050. */
export const restBands: Readonly<Record<string, readonly [lo: number, hi: number]>> = {
  ORN: [1, 47],
  PN: [1, 10],
  KC: [0, 0.5],
};

export interface PopulationRates {
  readonly name: string;
  /** Over trials without odour. */
  readonly restHz: Interval;
  /** Over odours, whole trials. */
  readonly odourHz: Interval;
  /** [bins] Hz while the odour is on; NaN where no odour lasts so long; absent for the input. */
  readonly courseHz: readonly number[];
}

/** Rates of one population. cost: O(trials · n). */
function ratesOf(record: ActivityRecord, population: RecordedPopulation, seed: number): PopulationRates {
  const seconds = (record.steps * record.dtMs) / 1000;
  const blanks = trialsWith(record, record.odours.length);
  const rateOf = (trials: readonly number[]) => mean(meanCounts(record, population, trials)) / seconds;
  const odours = record.odours.map((_, c) => rateOf(trialsWith(record, c)));
  const isInput = population.offset < record.inputSize;
  const course = isInput
    ? []
    : rateOverTime(record, population, (b, end) => record.trials.onSteps[b]! >= end && record.trials.onSteps[b]! > 0);
  return {
    name: population.name,
    restHz: bootstrapOverClasses(
      blanks.map((b) => rateOf([b])),
      seed,
    ),
    odourHz: bootstrapOverClasses(odours, seed),
    courseHz: Array.from(course),
  };
}

/** Whether each population with a band rests within it. Pinned by test/analysis/investigate/rates.test.ts. */
export function investigateRates(record: ActivityRecord, seed: number): Investigation {
  const rates = record.populations.filter(({ size }) => size > 0).map((own) => ratesOf(record, own, seed));
  const checks = rates.flatMap(({ name, restHz }) => {
    const band = restBands[name];
    return band === undefined ? [] : [{ name, inside: restHz.mean >= band[0] && restHz.mean <= band[1] }];
  });
  const outside = checks.filter(({ inside }) => !inside).map(({ name }) => name);
  const says = `${checks.length - outside.length} of ${checks.length} populations rest within the published band${outside.length > 0 ? `; outside: ${outside.join(', ')}` : ''}`;
  const rows = (of: (own: PopulationRates) => Interval) =>
    rates.map((own) => ({
      name: own.name,
      colour: own.name.toLowerCase(),
      value: of(own).mean,
      low: of(own).low,
      high: of(own).high,
    }));
  const hi = Math.ceil(Math.max(10, ...rates.flatMap(({ restHz, odourHz }) => [restHz.high, odourHz.high])));
  return {
    heading: 'Rates at rest and in odours',
    verdict: {
      verdict: outside.length === 0 ? 'support' : 'contradict',
      says,
      doesNotShow: 'that single cells fire as in flies: these are means over cells',
    },
    metrics: { rates, bands: restBands, checks },
    panels: [
      { title: 'Without odour', unit: 'Hz', lo: 0, hi, rows: rows(({ restHz }) => restHz) },
      { title: 'In odours, whole trials', unit: 'Hz', lo: 0, hi, rows: rows(({ odourHz }) => odourHz) },
    ],
    notes: [
      `${record.odours.length} odours, ${record.trials.odour.length} trials; intervals over trials (rest) and odours`,
    ],
  };
}
