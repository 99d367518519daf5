/** What the APL neuron does to Kenyon cells: records of one network with its outputs as they are, silenced, driven. Knows no files. */
import { mean } from '../../base/numbers.ts';
import { pairCosines } from '../activity/separation.ts';
import { sparseness } from '../activity/sparseness.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import { type ActivityRecord, recordedPopulation } from '../record/activity-record.ts';
import { evokedCounts, firingCells } from '../record/evoked.ts';
import type { Investigation } from './investigation.ts';
import { estimateText } from './verdict.ts';

/** Share of pairs that count as similar: those whose input is most alike. */
const SIMILAR = 0.1;
/** Lin 2014, doi:10.1038/nn.3660: Kenyon cell calcium × 2–3 with APL blocked. */
const PUBLISHED: readonly [number, number] = [2, 3];

export interface AplCondition {
  readonly name: string;
  /** Share of Kenyon cells that fire in half of an odour's trials; interval over odours. */
  readonly active: Interval;
  /** Spikes of all Kenyon cells in an odour over those of the normal network, by odour. */
  readonly spikesTimes: Interval;
  readonly populationSparseness: number;
  /** Mean cosine between odours whose input is alike, and between all others. */
  readonly similar: number;
  readonly dissimilar: number;
}

function byOdour(record: ActivityRecord): {
  readonly active: number[];
  readonly spikes: number[];
  readonly evoked: Float64Array;
} {
  const kc = recordedPopulation(record, 'KC');
  const all = record.odours.map((_, c) => c);
  const fires = firingCells(record, kc, all);
  const evoked = evokedCounts(record, kc, all).map((x) => Math.max(0, x));
  const row = (c: number) => evoked.subarray(c * kc.size, (c + 1) * kc.size);
  return {
    active: all.map((c) => mean(Array.from({ length: kc.size }, (_, i) => fires[i * all.length + c]!))),
    spikes: all.map((c) => row(c).reduce((a, b) => a + b, 0)),
    evoked,
  };
}

/** Which pairs are the most alike to the input. */
function similarPairs(record: ActivityRecord): readonly boolean[] {
  const input = pairCosines(Float64Array.from(record.drive), record.odours.length);
  const sorted = Array.from(input)
    .filter(Number.isFinite)
    .sort((a, b) => b - a);
  const least = sorted[Math.max(0, Math.ceil(SIMILAR * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
  return Array.from(input, (x) => x >= least);
}

function conditionOf(
  name: string,
  record: ActivityRecord,
  normal: readonly number[],
  similar: readonly boolean[],
  seed: number,
): AplCondition {
  const { active, spikes, evoked } = byOdour(record);
  const odours = record.odours.length;
  const cosines = pairCosines(evoked, odours);
  const over = (wanted: boolean) =>
    mean(Array.from(cosines).filter((x, k) => Number.isFinite(x) && similar[k] === wanted));
  const n = evoked.length / odours;
  const sparse = record.odours.flatMap((_, c) => sparseness(evoked.subarray(c * n, (c + 1) * n)) ?? []);
  const ratios = spikes.map((count, c) => count / normal[c]!).filter(Number.isFinite);
  return {
    name,
    active: bootstrapOverClasses(active, seed),
    spikesTimes: bootstrapOverClasses(ratios.length === 0 ? [Number.NaN, 1] : ratios, seed),
    populationSparseness: mean(sparse),
    similar: over(true),
    dissimilar: over(false),
  };
}

/** The records by name; `normal` must be among them, the others are held against it. Pinned by test/analysis/investigate/apl.test.ts, both ways. */
export function investigateApl(records: Readonly<Record<string, ActivityRecord>>, seed: number): Investigation {
  const normal = records['normal'];
  if (normal === undefined)
    throw new RangeError(`apl: no record 'normal', there are ${Object.keys(records).join(', ')}`);
  const similar = similarPairs(normal);
  const { spikes } = byOdour(normal);
  const order = [
    'normal',
    ...Object.keys(records)
      .filter((name) => name !== 'normal')
      .sort(),
  ];
  const conditions = order.map((name) => conditionOf(name, records[name]!, spikes, similar, seed));
  const silenced = conditions.find(({ name }) => name === 'silenced');
  const times = silenced?.spikesTimes;
  const text = times === undefined ? '–' : estimateText({ value: times.mean, low: times.low, high: times.high });
  const row = (name: string, own: Interval) => ({ name, colour: 'apl', value: own.mean, low: own.low, high: own.high });
  const most = Math.max(4, ...conditions.map(({ spikesTimes }) => spikesTimes.high));
  const own = conditions[0]!;
  return {
    heading: 'What APL does',
    verdict: {
      verdict:
        times === undefined ? 'undecided' : times.low > 1 ? 'support' : times.high < 1 ? 'contradict' : 'undecided',
      says: `with APL silenced KC spikes in odours are × ${text} (calcium in flies × 2–3); population sparseness ${own.populationSparseness.toFixed(3)} → ${silenced?.populationSparseness.toFixed(3) ?? '–'} (flies .97 → .86–.89); cosine of similar odours ${own.similar.toFixed(2)} → ${silenced?.similar.toFixed(2) ?? '–'}, of others ${own.dissimilar.toFixed(2)} → ${silenced?.dissimilar.toFixed(2) ?? '–'}`,
      doesNotShow: 'what a network does that learned without APL; silencing here is after training',
    },
    metrics: { conditions, published: { silencedTimes: PUBLISHED } },
    panels: [
      {
        title: 'Spikes of Kenyon cells in odours, over those of the normal network',
        unit: 'times',
        lo: 0,
        hi: most,
        rows: conditions.map(({ name, spikesTimes }) => row(name, spikesTimes)),
        band: { lo: PUBLISHED[0], hi: PUBLISHED[1], name: 'calcium with APL blocked, Lin 2014' },
      },
      {
        title: 'Kenyon cells that fire',
        unit: 'share',
        lo: 0,
        hi: Math.max(0.2, ...conditions.map(({ active }) => active.high)),
        rows: conditions.map(({ name, active }) => row(name, active)),
      },
      {
        title: 'Mean cosine between odours',
        unit: 'cos',
        lo: 0,
        hi: 1,
        rows: conditions.flatMap(({ name, similar: a, dissimilar: b }) => [
          { name: `${name}, similar odours`, colour: 'apl', value: a },
          { name: `${name}, others`, colour: 'apl', value: b, hollow: true },
        ]),
      },
    ],
    notes: [
      `${normal.odours.length} odours; similar: the tenth of pairs whose input is most alike; intervals over odours`,
    ],
  };
}
