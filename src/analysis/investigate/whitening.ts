/** Whether odour patterns become less alike, more equal in strength and higher-dimensional from layer to layer, and over time. Knows no files. */

import { odourMeans } from '../activity/odour-means.ts';
import { type PatternStatistics, patternStatistics } from '../activity/patterns.ts';
import { type ActivityRecord, cellsOfRecord, type RecordedPopulation } from '../record/activity-record.ts';
import { binnedCounts, binsOf } from '../record/binned.ts';
import type { Investigation } from './investigation.ts';

const layers = ['ORN', 'PN', 'KC'] as const;

/** Mean r between odours, mean over flies (Hong laboratory; docs/investigations.md). */
export const fliesMeanR: Readonly<Record<(typeof layers)[number], number>> = { ORN: 0.2911, PN: 0.2671, KC: 0.0762 };

/** Statistics of counts [B, n] of odour trials; null where fewer than two odours vary or trials do not split. */
function statisticsOf(counts: ArrayLike<number>, labels: readonly number[], odours: number): PatternStatistics | null {
  const means = odourMeans(counts, labels, odours);
  return means.split ? patternStatistics(means.all, means.odd, means.even, odours) : null;
}

/** Rows of odour trials of a matrix [B, width], columns [offset, offset + size). */
function odourRows(
  record: ActivityRecord,
  matrix: Uint16Array | Uint8Array,
  width: number,
  offset: number,
  size: number,
) {
  const rows = Array.from(record.trials.odour, (odour, b) => ({ odour, b })).filter(
    ({ odour }) => odour < record.odours.length,
  );
  const counts = new Float64Array(rows.length * size);
  rows.forEach(({ b }, k) => {
    counts.set(matrix.subarray(b * width + offset, b * width + offset + size), k * size);
  });
  return { counts, labels: rows.map(({ odour }) => odour) };
}

function overTrials(record: ActivityRecord, own: RecordedPopulation): PatternStatistics | null {
  const { counts, labels } = odourRows(record, record.counts, cellsOfRecord(record), own.offset, own.size);
  return statisticsOf(counts, labels, record.odours.length);
}

/** [bins] statistics of each bin; nothing for the input, whose spikes are not kept. */
function overTime(record: ActivityRecord, own: RecordedPopulation): readonly (PatternStatistics | null)[] {
  if (own.offset < record.inputSize) return [];
  return binnedCounts(record, own).map((bin) => {
    const { counts, labels } = odourRows(record, bin, own.size, 0, own.size);
    return statisticsOf(counts, labels, record.odours.length);
  });
}

/**
 * The four numbers of each layer by halves of the trials, over the trial and bin by bin. The verdict is on what flies show: no decorrelation from ORN
 * to PN worth the name, and a large one (to a third or less) from PN to KC; undecided between a third and a half. Pinned by test/analysis/investigate/whitening.test.ts.
 */
export function investigateWhitening(record: ActivityRecord): Investigation {
  const found = layers.flatMap((name) => {
    const own = record.populations.find((population) => population.name === name && population.size > 1);
    return own === undefined ? [] : [{ name, whole: overTrials(record, own), bins: overTime(record, own) }];
  });
  const rOf = (name: string) => found.find((layer) => layer.name === name)?.whole?.meanCorrelation ?? Number.NaN;
  const reliable = found.every(({ whole }) => whole?.reliable === true);
  const [orn, pn, kc] = layers.map(rOf) as [number, number, number];
  const early = pn > 0.5 * orn;
  const late = kc < pn / 3;
  const two = (x: number) => x.toFixed(2);
  const row = (value: number, name: (typeof layers)[number]) => ({ name, colour: name.toLowerCase(), value });
  const numbers = (title: string, unit: string, hi: number, of: (own: PatternStatistics) => number) => ({
    title,
    unit,
    lo: 0,
    hi,
    rows: found.flatMap(({ name, whole }) => (whole === null ? [] : [row(of(whole), name)])),
  });
  return {
    heading: 'Whitening, layer by layer',
    verdict: {
      verdict:
        !reliable || Number.isNaN(orn + pn + kc)
          ? 'undecided'
          : !early || kc > pn / 2
            ? 'contradict'
            : late
              ? 'support'
              : 'undecided',
      says: `mean r between odours ${two(orn)} → ${two(pn)} → ${two(kc)} (flies .29 → .27 → .08): ORN to PN ${early ? 'keeps' : 'loses'} it, PN to KC divides it by ${two(pn / kc)}${reliable ? '' : '; halves of the trials do not agree'}`,
      doesNotShow: 'that odours become equal in strength for the reason that flies do: the drive is a recipe',
    },
    metrics: { layers: found, flies: fliesMeanR, bins: { ms: record.binMs, count: binsOf(record) } },
    panels: [
      numbers('Mean r between odours, one half of the trials against the other', 'r', 1, (own) =>
        Math.max(0, own.meanCorrelation),
      ),
      numbers('Variance of odours, SD over mean', 'CV', 2, (own) => own.varianceCv),
      numbers(
        'Dimensions: participation ratio',
        '',
        Math.max(20, ...found.map(({ whole }) => whole?.participationRatio ?? 0)),
        (own) => own.participationRatio,
      ),
      numbers('Distance from uncorrelated odours', '‖C − I‖/√n(n−1)', 1, (own) => own.correlationNorm),
      {
        title: 'Mean r between odours of Kenyon cells, bin by bin',
        unit: 'r',
        lo: -0.2,
        hi: 1,
        rows: (found.find(({ name }) => name === 'KC')?.bins ?? []).map((bin, k) => ({
          name: `${k * record.binMs}–${(k + 1) * record.binMs} ms`,
          colour: 'kc',
          value: bin?.meanCorrelation ?? Number.NaN,
        })),
      },
    ],
    notes: [
      `${record.odours.length} odours, ${record.trials.odour.length} trials split in halves; flies: 17 odours, ORN 7, PN 7, KC 4 flies`,
    ],
  };
}
