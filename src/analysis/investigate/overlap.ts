/** How far odours lie apart in ORN, KC and MBON, and whether the mushroom body draws them apart. Knows no files. */
import { mean } from '../../base/numbers.ts';
import { jaccard, pairCosines, separation } from '../activity/separation.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import { type ActivityRecord, recordedPopulation } from '../record/activity-record.ts';
import { evokedCounts, firingCells } from '../record/evoked.ts';
import { pairCorrelations, pearsonWhereBoth } from '../recordings/similarity.ts';
import type { Investigation } from './investigation.ts';
import { estimateText } from './verdict.ts';

/** Turner 2008, figure 5: 1 − cos is larger in Kenyon cells than in receptor neurons for 24 of 28 pairs. */
const PUBLISHED_SHARE = 24 / 28;
/** Campbell 2013: r between Kenyon cell patterns; InChIKeys of pentyl acetate, butyl acetate, ethyl lactate. */
const trio = {
  keys: ['PGMYKACGEOXYJE-UHFFFAOYSA-N', 'DKPFZGUDAPQIHT-UHFFFAOYSA-N', 'LZCLXQDLBQLTDK-UHFFFAOYSA-N'],
  pairs: [
    [0, 1, 'pentyl acetate–butyl acetate', 0.7],
    [0, 2, 'pentyl acetate–ethyl lactate', 0.15],
    [1, 2, 'butyl acetate–ethyl lactate', 0.11],
  ],
} as const;

/** Patterns [odours, n] of evoked counts, at least 0. */
function patternsOf(record: ActivityRecord, name: string): Float64Array {
  const own = recordedPopulation(record, name);
  return evokedCounts(
    record,
    own,
    record.odours.map((_, c) => c),
  ).map((x) => Math.max(0, x));
}

/** Share of pairs that are farther apart downstream, by odour: each odour's share over its pairs, so that odours are the unit. */
function fartherByOdour(upstream: Float64Array, downstream: Float64Array, odours: number): Interval | null {
  const shares = Array.from({ length: odours }, (): number[] => []);
  let k = 0;
  for (let a = 0; a < odours; a++) {
    for (let b = a + 1; b < odours; b++, k++) {
      if (!Number.isFinite(upstream[k]! + downstream[k]!)) continue;
      const farther = downstream[k]! < upstream[k]! ? 1 : 0;
      shares[a]!.push(farther);
      shares[b]!.push(farther);
    }
  }
  const means = shares.filter((own) => own.length > 0).map(mean);
  return means.length < 2 ? null : bootstrapOverClasses(means, 1);
}

function meanJaccard(record: ActivityRecord, name: string): number {
  const own = recordedPopulation(record, name);
  const odours = record.odours.length;
  const table = firingCells(
    record,
    own,
    record.odours.map((_, c) => c),
  );
  const rows = record.odours.map((_, c) => Uint8Array.from({ length: own.size }, (_, i) => table[i * odours + c]!));
  const found = rows.flatMap((a, c) => rows.slice(c + 1).map((b) => jaccard(a, b))).filter((x) => x !== null);
  return mean(found);
}

/** r of the published trio in Kenyon cells; [] where the task lacks one of the three. */
function trioOf(record: ActivityRecord) {
  const classes = trio.keys.map((key) => record.odours.findIndex((odour) => odour.key === key));
  if (classes.includes(-1)) return [];
  const kc = recordedPopulation(record, 'KC');
  const [ab, ac, bc] = pairCorrelations(evokedCounts(record, kc, classes), 3);
  const found = [ab!, ac!, bc!];
  return trio.pairs.map(([, , name, published], k) => ({ name, r: found[k]!, published }));
}

/** Overlap, separation and the trio. Pinned by test/analysis/investigate/overlap.test.ts: identity gives 0 %, random claws with few winners raise it. */
export function investigateOverlap(record: ActivityRecord): Investigation {
  const odours = record.odours.length;
  const cosines = Object.fromEntries(
    ['ORN', 'PN', 'KC', 'MBON'].map((name) => [name, pairCosines(patternsOf(record, name), odours)]),
  );
  const [orn, kc, mbon] = [cosines['ORN']!, cosines['KC']!, cosines['MBON']!];
  const farther = fartherByOdour(orn, kc, odours);
  const own = trioOf(record);
  const overlap = { KC: meanJaccard(record, 'KC'), MBON: meanJaccard(record, 'MBON') };
  const inOut = { KC: pearsonWhereBoth(orn, kc), MBON: pearsonWhereBoth(orn, mbon) };
  const value = farther === null ? undefined : { value: farther.mean, low: farther.low, high: farther.high };
  const meanCosine = (all: Float64Array) => mean(Array.from(all).filter(Number.isFinite));
  return {
    heading: 'How far odours lie apart',
    verdict: {
      verdict:
        value === undefined ? 'undecided' : value.low > 0.5 ? 'support' : value.high < 0.5 ? 'contradict' : 'undecided',
      says: `of the pairs of odours ${value === undefined ? '–' : estimateText(value)} lie farther apart in KC than in ORN (flies 24 of 28); cells that fire for either of two odours and for both: KC ${overlap.KC.toFixed(2)}, MBON ${overlap.MBON.toFixed(2)}`,
      doesNotShow: 'that separation serves behaviour: nothing is chosen by it here',
    },
    metrics: {
      fartherThanOrn: farther,
      separation: separation(orn, kc),
      jaccard: overlap,
      cosine: Object.fromEntries(Object.entries(cosines).map(([name, all]) => [name, meanCosine(all)])),
      similarityInAgainstOut: inOut,
      trio: own,
    },
    panels: [
      {
        title: 'Pairs of odours that lie farther apart in KC than in ORN',
        unit: 'share of pairs',
        lo: 0,
        hi: 1,
        rows: value === undefined ? [] : [{ name: 'network', colour: 'kc', ...value }],
        mark: { at: PUBLISHED_SHARE, name: 'Turner 2008, 24 of 28' },
      },
      {
        title: 'Mean cosine between odours',
        unit: 'cos',
        lo: 0,
        hi: 1,
        rows: Object.entries(cosines).map(([name, all]) => ({
          name,
          colour: name.toLowerCase(),
          value: meanCosine(all),
        })),
      },
      ...(own.length === 0
        ? []
        : [
            {
              title: 'Three odours in Kenyon cells (strokes: Campbell 2013)',
              unit: 'r',
              lo: -0.2,
              hi: 1,
              rows: own.map(({ name, r, published }) => ({ name, colour: 'kc', value: r, marks: [published] })),
            },
          ]),
    ],
    notes: [`${odours} odours; evoked counts at least 0; interval over odours, each with its pairs`],
  };
}
