/** Whether the activity of a layer tells how attractive odours are to flies, fitted and, for output neurons, without any fit. Knows no files. */
import { mean, quantile } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';
import type { OdourValence } from '../../formats/recordings/valence.ts';
import { type ActivityRecord, recordedPopulation, typeOfCell } from '../record/activity-record.ts';
import { evokedCounts } from '../record/evoked.ts';
import { pearson } from '../recordings/similarity.ts';
import type { Investigation } from './investigation.ts';
import { NestedRidge } from './ridge.ts';

/** r of a ridge from DoOR's responses alone to the attraction index, 10-fold (docs/investigations.md). */
const DOOR_R = 0.12;
const LEAST_ODOURS = 20;

export interface LayerValence {
  readonly layer: string;
  /** r of predictions with the attraction index, by nested cross-validation. */
  readonly r: number;
  /** 95 % interval over odours. */
  readonly low: number;
  readonly high: number;
  /** Share of permutations of the index with at least this r. */
  readonly p: number;
}

/** r with its bootstrap interval over odours. */
function correlationOverOdours(a: ArrayLike<number>, b: readonly number[], seed: number) {
  const random = new RandomStream([seed, 0x76616c65]);
  const drawn = Float64Array.from({ length: 1000 }, () => {
    const rows = b.map(() => random.below(b.length));
    return pearson(
      rows.map((r) => a[r]!),
      rows.map((r) => b[r]!),
    );
  }).filter(Number.isFinite);
  drawn.sort();
  return { r: pearson(a, b), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/** Nested cross-validation of one layer's patterns [odours, n], against permutations of the index. */
export function layerValence(
  layer: string,
  patterns: Float64Array,
  index: readonly number[],
  seed: number,
  permutations: number,
): LayerValence {
  const ridge = new NestedRidge(patterns, index.length, seed);
  const own = correlationOverOdours(ridge.predictions(index), index, seed);
  const random = new RandomStream([seed, 0x7065726d]);
  const above = Array.from({ length: permutations }, () => {
    const shuffled = random.shuffle([...index]);
    return pearson(ridge.predictions(shuffled), shuffled);
  }).filter((r) => r >= own.r).length;
  return { layer, ...own, p: (above + 1) / (permutations + 1) };
}

/** Σ valence · evoked count over output neurons of known valence: nothing is fitted. */
function readBySigns(
  record: ActivityRecord,
  classes: readonly number[],
  signs: ReadonlyMap<string, 1 | -1>,
): Float64Array {
  const mbon = recordedPopulation(record, 'MBON');
  const evoked = evokedCounts(record, mbon, classes);
  return Float64Array.from(classes, (_, c) =>
    mean(
      Array.from(
        { length: mbon.size },
        (_, i) => (signs.get(typeOfCell(record, mbon.offset + i)) ?? 0) * evoked[c * mbon.size + i]!,
      ),
    ),
  );
}

/** The investigation; undefined where record and table share fewer than 20 odours. Pinned by test/analysis/investigate/valence.test.ts, both ways. */
export function investigateValence(
  record: ActivityRecord,
  table: readonly OdourValence[],
  signs: ReadonlyMap<string, 1 | -1> | undefined,
  seed: number,
  permutations: number,
): Investigation | undefined {
  const shared = table.flatMap(({ key, attraction }) => {
    const c = record.odours.findIndex((odour) => odour.key === key);
    return key === '' || c < 0 ? [] : [{ c, attraction }];
  });
  if (shared.length < LEAST_ODOURS) return undefined;
  const [classes, index] = [shared.map(({ c }) => c), shared.map(({ attraction }) => attraction)];
  const n = record.driveTypes.length;
  const drive = Float64Array.from(
    { length: classes.length * n },
    (_, k) => record.drive[classes[Math.floor(k / n)]! * n + (k % n)]!,
  );
  const layers = [
    layerValence('input', drive, index, seed, permutations),
    ...['ORN', 'PN', 'KC', 'MBON'].map((name) =>
      layerValence(name, evokedCounts(record, recordedPopulation(record, name), classes), index, seed, permutations),
    ),
  ];
  const unfitted =
    signs === undefined ? undefined : correlationOverOdours(readBySigns(record, classes, signs), index, seed);
  const best = layers.reduce((a, b) => (b.r > a.r ? b : a));
  const significant = layers.filter(({ p }) => p <= 0.05 / layers.length).map(({ layer }) => layer);
  const two = (x: number) => x.toFixed(2).replace('-', '−');
  return {
    heading: 'Innate attraction, read from the network',
    verdict: {
      verdict: significant.length > 0 ? 'support' : 'null result',
      says: `best layer ${best.layer}: r = ${two(best.r)} (${two(best.low)}–${two(best.high)}), p = ${best.p.toFixed(3)}; ${significant.length === 0 ? 'no layer passes .05 over five' : `above permutations: ${significant.join(', ')}`}${unfitted === undefined ? '' : `; MBON by their signs, nothing fitted: r = ${two(unfitted.r)} (${two(unfitted.low)}–${two(unfitted.high)})`}`,
      doesNotShow: 'what flies do with an odour at another dose: the index is one assay at one dose',
    },
    metrics: { odours: index.length, permutations, layers, unfitted: unfitted ?? null, doorR: DOOR_R },
    panels: [
      {
        title: 'Predicted against measured attraction index',
        unit: 'r',
        lo: -0.6,
        hi: 0.8,
        rows: [
          ...layers.map(({ layer, r, low, high }) => ({
            name: layer,
            colour: layer === 'input' ? 'plain' : layer.toLowerCase(),
            value: r,
            low,
            high,
          })),
          ...(unfitted === undefined
            ? []
            : [
                {
                  name: 'MBON by known signs, no fit',
                  colour: 'mbon',
                  value: unfitted.r,
                  low: unfitted.low,
                  high: unfitted.high,
                  hollow: true,
                },
              ]),
        ],
        mark: { at: DOOR_R, name: 'DoOR alone, .12' },
      },
    ],
    notes: [
      `${index.length} odours (Knaden 2012); nested cross-validation, ${permutations} permutations; intervals over odours`,
    ],
  };
}
