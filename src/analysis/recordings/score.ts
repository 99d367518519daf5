/** A network's record beside the recordings of flies: how alike odours are to each layer, which Kenyon cells answer, how output neurons are tuned. */
import { mean, quantile } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';
import { type ActivityRecord, recordedPopulation, typeOfCell } from '../record/activity-record.ts';
import { byGlomerulus, evokedCounts, firingCells } from '../record/evoked.ts';
import type { FlyReference } from './fly-reference.ts';
import { answerFigures } from './kenyon-answers.ts';
import { lineCeiling, lineMeans } from './mbon-lines.ts';
import { type RdmScore, rdmScore } from './rdm-score.ts';
import { type Ceiling, ceilingOf, meanVector, pairCorrelations, pearson } from './similarity.ts';

export type FlyLayer = 'ORN' | 'PN' | 'KC';
export const flyLayers: readonly FlyLayer[] = ['ORN', 'PN', 'KC'];

/** One layer of the network (or its input) against each layer of flies. */
export interface LayerScore {
  readonly layer: string;
  readonly cells: number;
  /** Mean r between odours. */
  readonly meanCorrelation: number;
  readonly against: Readonly<Partial<Record<FlyLayer, RdmScore>>>;
}

export interface KenyonScore {
  /** Mean share of cells that fire in at least half of an odour's trials. */
  readonly meanShare: number;
  /** r of the shares, relative to ethyl propionate's, with the mean of the flies. */
  readonly shareCorrelation: number | null;
  readonly silent: number;
  readonly odoursPerCell: number;
  readonly phi: number;
}

export interface MbonScore {
  readonly odours: readonly string[];
  readonly lines: readonly { readonly driver: string; readonly types: readonly string[]; readonly r: number }[];
  readonly r: number;
  readonly low: number;
  readonly high: number;
  readonly shuffled: { readonly mean: number; readonly high: number };
}

export interface NetworkScore {
  readonly odours: number;
  readonly layers: readonly LayerScore[];
  readonly kenyon: KenyonScore | null;
  readonly mbon: MbonScore | null;
}

const ETHYL_PROPIONATE = 'ep';

/** Classes of the record with these InChIKeys; undefined where one is missing. */
function classesOf(record: ActivityRecord, keys: readonly string[]): number[] | undefined {
  const found = keys.map((key) => record.odours.findIndex((odour) => odour.key === key));
  return found.length === 0 || found.includes(-1) ? undefined : found;
}

/** Patterns [17, n] of the input and of each layer: glomeruli for receptor and projection neurons, cells for the others. */
function layerPatterns(record: ActivityRecord, classes: readonly number[], reference: FlyReference) {
  const n = record.driveTypes.length;
  const drive = Float64Array.from({ length: classes.length * n }, (_, k) => {
    return record.drive[classes[Math.floor(k / n)]! * n + (k % n)]!;
  });
  const layers: { layer: string; patterns: Float64Array }[] = [{ layer: 'input', patterns: drive }];
  for (const layer of ['ORN', 'PN'] as const) {
    const population = recordedPopulation(record, layer);
    const seen = new Set(reference.glomeruli[layer]?.flies.flatMap(({ glomeruli }) => glomeruli));
    const own = byGlomerulus(record, population, evokedCounts(record, population, classes), (name) => seen.has(name));
    if (own.names.length > 1) layers.push({ layer, patterns: own.patterns });
  }
  for (const layer of ['KC', 'MBON']) {
    layers.push({ layer, patterns: evokedCounts(record, recordedPopulation(record, layer), classes) });
  }
  return layers;
}

function scoreLayers(
  record: ActivityRecord,
  classes: readonly number[],
  reference: FlyReference,
  seed: number,
  resamples: number,
) {
  return layerPatterns(record, classes, reference).map(({ layer, patterns }): LayerScore => {
    const pairs = pairCorrelations(patterns, classes.length);
    const against = flyLayers.flatMap((of) => {
      const flies = reference.pairs[of];
      return flies.length === 0 ? [] : [[of, rdmScore(pairs, flies, classes.length, seed, resamples)] as const];
    });
    return {
      layer,
      cells: patterns.length / classes.length,
      meanCorrelation: mean(pairs.filter(Number.isFinite)),
      against: Object.fromEntries(against),
    };
  });
}

function scoreKenyon(record: ActivityRecord, classes: readonly number[], reference: FlyReference): KenyonScore {
  const kc = recordedPopulation(record, 'KC');
  const own = answerFigures(firingCells(record, kc, classes), classes.length);
  const { meanShare, silent, odoursPerCell, phi } = own;
  const shares = flyShares(reference);
  const ep = reference.odours.findIndex(({ label }) => label === ETHYL_PROPIONATE);
  const relative = (values: Float64Array) => values.map((share) => share / values[ep]!);
  const shareCorrelation = shares === undefined || ep < 0 ? null : pearson(relative(own.shares), relative(shares));
  return { meanShare, shareCorrelation, silent, odoursPerCell, phi };
}

/** [odours] share of cells that answer, mean over flies. */
function flyShares({ responders }: FlyReference): Float64Array | undefined {
  if (responders === undefined) return undefined;
  const odours = responders.columns.length;
  return meanVector(responders.recordings.map(({ answers }) => answerFigures(answers, odours).shares));
}

/** Tuning of each line over the single molecules that the record has: r of its cells' mean evoked counts with the flies' mean. */
function scoreMbon(record: ActivityRecord, reference: FlyReference, seed: number, resamples: number): MbonScore | null {
  if (reference.mbon === undefined) return null;
  const known = new Set(record.odours.map(({ key }) => key));
  const odours = reference.mbon.odours.filter((name) => known.has(reference.mbonKeys.get(name) ?? ''));
  if (odours.length < 3) return null;
  const classes = classesOf(
    record,
    odours.map((name) => reference.mbonKeys.get(name)!),
  )!;
  const mbon = recordedPopulation(record, 'MBON');
  const evoked = evokedCounts(record, mbon, classes);
  const random = new RandomStream([seed, 0x6d626f6e]);
  const tunings = lineMeans(reference.mbon, odours).flatMap(({ driver, types, response }) => {
    const cells = Array.from({ length: mbon.size }, (_, i) => i).filter((i) =>
      types.includes(typeOfCell(record, mbon.offset + i)),
    );
    if (cells.length === 0) return [];
    const own = classes.map((_, c) => mean(cells.map((i) => evoked[c * mbon.size + i]!)));
    return Number.isNaN(pearson(own, response)) ? [] : [{ driver, types, own, response }];
  });
  if (tunings.length < 3) return null;
  const lines = tunings.map(({ driver, types, own, response }) => ({ driver, types, r: pearson(own, response) }));
  const drawn = Float64Array.from({ length: resamples }, () =>
    mean(lines.map(() => lines[random.below(lines.length)]!.r)),
  );
  const shuffled = Float64Array.from({ length: resamples }, () => {
    const order = random.shuffle(classes.map((_, c) => c));
    return mean(
      tunings.map(({ own, response }) =>
        pearson(
          order.map((c) => own[c]!),
          response,
        ),
      ),
    );
  });
  drawn.sort();
  return {
    odours,
    lines,
    r: mean(lines.map(({ r }) => r)),
    low: quantile(drawn, 0.025),
    high: quantile(drawn, 0.975),
    shuffled: { mean: mean(shuffled), high: quantile(shuffled.sort(), 0.975) },
  };
}

/**
 * The score of one network; null where its record lacks the 17 odours of the flies. None of it was trained on. Deterministic in the seed.
 * cost: O(odours²·(cells + resamples)). Pinned by test/analysis/recordings/score.test.ts.
 */
export function scoreNetwork(
  record: ActivityRecord,
  reference: FlyReference,
  seed: number,
  resamples = 1000,
): NetworkScore | null {
  const classes = classesOf(
    record,
    reference.odours.map(({ key }) => key),
  );
  if (classes === undefined) return null;
  return {
    odours: classes.length,
    layers: scoreLayers(record, classes, reference, seed, resamples),
    kenyon: scoreKenyon(record, classes, reference),
    mbon: scoreMbon(record, reference, seed, resamples),
  };
}

/** What the flies say of themselves, in the same figures: the most that a network can be asked for. */
export interface FlyFigures {
  readonly layers: Readonly<
    Partial<Record<FlyLayer, { readonly flies: number; readonly meanCorrelation: number; readonly ceiling: Ceiling }>>
  >;
  readonly kenyon: (KenyonScore & { readonly flies: number }) | null;
  readonly mbon: { readonly lower: number; readonly upper: number; readonly odours: readonly string[] } | null;
}

/** Figures of the reference; those of the output neurons over the odours of `names`. */
export function flyFigures(reference: FlyReference, names: readonly string[]): FlyFigures {
  const layers = flyLayers.flatMap((layer) => {
    const flies = reference.pairs[layer];
    if (flies.length < 2) return [];
    return [
      [layer, { flies: flies.length, meanCorrelation: mean(meanVector(flies)), ceiling: ceilingOf(flies) }] as const,
    ];
  });
  const { responders, mbon } = reference;
  const own = responders?.recordings.map(({ answers }) => answerFigures(answers, responders.columns.length)) ?? [];
  const over = (of: (figures: (typeof own)[number]) => number) => mean(own.map(of));
  const between = own.flatMap((a, k) => own.slice(k + 1).map((b) => pearson(a.shares, b.shares)));
  return {
    layers: Object.fromEntries(layers),
    kenyon:
      own.length === 0
        ? null
        : {
            flies: own.length,
            meanShare: over((f) => f.meanShare),
            shareCorrelation: mean(between),
            silent: over((f) => f.silent),
            odoursPerCell: over((f) => f.odoursPerCell),
            phi: over((f) => f.phi),
          },
    mbon: mbon === undefined || names.length < 3 ? null : { ...lineCeiling(lineMeans(mbon, names)), odours: names },
  };
}
