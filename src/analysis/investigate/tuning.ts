/** How many odours cells answer, how sparse they are, which Kenyon cells answer most. Knows no files. */
import { mean } from '../../base/numbers.ts';
import { answered, answeredShares } from '../activity/answered.ts';
import { kenyonClasses, kenyonClassOf } from '../activity/kenyon-class.ts';
import { lifetimeSparseness, populationSparseness } from '../activity/sparseness.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import {
  type ActivityRecord,
  cellsOfRecord,
  type RecordedPopulation,
  trialsWith,
  typeOfCell,
} from '../record/activity-record.ts';
import { evokedCounts } from '../record/evoked.ts';
import type { Investigation } from './investigation.ts';

/** Turner 2008: share of odours that a cell answers, mean ± SD over cells. */
export const answeredBands: Readonly<Record<'PN' | 'KC', readonly [number, number]>> = {
  PN: [0.45, 0.73],
  KC: [0.01, 0.11],
};

export interface LayerTuning {
  readonly name: string;
  readonly cells: number;
  /** Share of odours that a cell answers; interval over cells. */
  readonly answered: Interval;
  readonly lifetimeSparseness: number | null;
  readonly populationSparseness: number | null;
}

interface Answers {
  readonly table: Uint8Array;
  readonly cells: number;
}

/** Answers of all cells by Turner's criterion on counts of whole trials. */
function answersOf(record: ActivityRecord): Answers {
  const cells = cellsOfRecord(record);
  const rows = Array.from(record.trials.odour, (odour, b) => ({ odour, b }));
  const odour = rows.filter((row) => row.odour < record.odours.length);
  const counts = new Uint16Array(odour.length * cells);
  odour.forEach(({ b }, k) => {
    counts.set(record.counts.subarray(b * cells, (b + 1) * cells), k * cells);
  });
  const rest = trialsWith(record, record.odours.length);
  const blanks = new Uint16Array(rest.length * cells);
  rest.forEach((b, k) => {
    blanks.set(record.counts.subarray(b * cells, (b + 1) * cells), k * cells);
  });
  return {
    table: answered(
      counts,
      odour.map((row) => row.odour),
      record.odours.length,
      blanks,
      cells,
    ),
    cells,
  };
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values);
}

function layerTuning(
  record: ActivityRecord,
  { table, cells }: Answers,
  own: RecordedPopulation,
  seed: number,
): LayerTuning {
  const all = record.odours.map((_, c) => c);
  const evoked = evokedCounts(record, own, all);
  return {
    name: own.name,
    cells: own.size,
    answered: bootstrapOverClasses(answeredShares(table, cells, own.offset, own.size), seed),
    lifetimeSparseness: meanOrNull(lifetimeSparseness(evoked, all.length)),
    populationSparseness: meanOrNull(populationSparseness(evoked, all.length)),
  };
}

/** Share of odours answered and mean evoked count by class of Kenyon cells, intervals over cells; classes without cells are left out. */
function kenyonTuning(record: ActivityRecord, { table, cells }: Answers, seed: number) {
  const kc = record.populations.find(({ name }) => name === 'KC');
  if (kc === undefined) return [];
  const shares = answeredShares(table, cells, kc.offset, kc.size);
  const evoked = evokedCounts(
    record,
    kc,
    record.odours.map((_, c) => c),
  );
  return kenyonClasses.flatMap((name) => {
    const own = Array.from({ length: kc.size }, (_, i) => i).filter(
      (i) => kenyonClassOf(typeOfCell(record, kc.offset + i)) === name,
    );
    if (own.length === 0) return [];
    const evokedOf = (i: number) => mean(record.odours.map((_, c) => evoked[c * kc.size + i]!));
    return [
      {
        name,
        cells: own.length,
        answered: bootstrapOverClasses(
          own.map((i) => shares[i]!),
          seed,
        ),
        evoked: bootstrapOverClasses(own.map(evokedOf), seed),
      },
    ];
  });
}

/** Tuning of every layer; the verdict is on the shares of PN and KC and on their order. Pinned by test/analysis/investigate/tuning.test.ts. */
export function investigateTuning(record: ActivityRecord, seed: number): Investigation {
  const answers = answersOf(record);
  const layers = record.populations
    .filter(({ size }) => size > 1)
    .map((own) => layerTuning(record, answers, own, seed));
  const classes = kenyonTuning(record, answers, seed);
  const [pn, kc] = ['PN', 'KC'].map((name) => layers.find((layer) => layer.name === name));
  const within = (value: number, [lo, hi]: readonly [number, number]) => value >= lo && value <= hi;
  const inBands =
    pn !== undefined &&
    kc !== undefined &&
    within(pn.answered.mean, answeredBands.PN) &&
    within(kc.answered.mean, answeredBands.KC);
  const sparser = pn !== undefined && kc !== undefined && kc.answered.high < pn.answered.low;
  const shown = (layer: LayerTuning | undefined) =>
    layer === undefined ? '–' : `${(100 * layer.answered.mean).toFixed(1)} %`;
  const order = [...classes]
    .sort((a, b) => b.answered.mean - a.answered.mean)
    .map(({ name }) => name)
    .join(' > ');
  const row = ({ name, answered: own }: { readonly name: string; readonly answered: Interval }, colour: string) => ({
    name,
    colour,
    value: own.mean,
    low: own.low,
    high: own.high,
  });
  return {
    heading: 'How many odours cells answer',
    verdict: {
      verdict: inBands && sparser ? 'support' : sparser ? 'undecided' : 'contradict',
      says: `PN answer ${shown(pn)} of odours (flies 59 ± 14 %), KC ${shown(kc)} (6 ± 5 %); classes of KC by answers: ${order || 'none'}`,
      doesNotShow: 'that the same cells answer the same odours; the order of classes needs several seeds',
    },
    metrics: { layers, classes, order },
    panels: [
      {
        title: 'Share of odours that a cell answers',
        unit: 'share',
        lo: 0,
        hi: 1,
        rows: layers.map((own) => row(own, own.name.toLowerCase())),
      },
      ...(classes.length === 0
        ? []
        : [
            {
              title: 'Classes of Kenyon cells',
              unit: 'share',
              lo: 0,
              hi: Math.max(0.2, ...classes.map((c) => c.answered.high)),
              rows: classes.map((own) => row(own, { 'α′β′': 'kc-apbp', αβ: 'kc-ab', γ: 'kc-g' }[own.name])),
            },
          ]),
    ],
    notes: [
      `${record.odours.length} odours; answer: count above rest mean + 3.5 SD in half of the trials; intervals over cells`,
    ],
  };
}
