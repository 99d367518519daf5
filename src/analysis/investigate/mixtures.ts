/** Two odours at once, the second some milliseconds later: how many cells answer, whom the mixture resembles, whether both are named. Runs a kernel. */
import { cosine, mean } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';
import { drawTrial } from '../../odour/draw-trial.ts';
import type { OdourTask, SpikeEvents } from '../../odour/odour-task.ts';
import type { Kernel } from '../../snn/kernel/kernel.ts';
import type { Model } from '../../snn/network/network.ts';
import { spikeCounts } from '../../snn/network/simulate.ts';
import { sliceOf } from '../../snn/network/topology.ts';
import { readoutLogits } from '../../snn/readout/readout.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import type { Investigation } from './investigation.ts';
import { estimateText } from './verdict.ts';

export interface MixturePlan {
  readonly pairs: number;
  readonly trials: number;
  /** Onset of the second odour after the first, ms. */
  readonly delaysMs: readonly number[];
  readonly seed: number;
}

/** Steps before `at` of one trial, steps from `at` on of another. */
export function spliced(early: SpikeEvents, late: SpikeEvents, at: number): SpikeEvents {
  const steps = early.stepPtr.length - 1;
  const cut = early.stepPtr[at]!;
  const from = late.stepPtr[at]!;
  const stepPtr = Int32Array.from({ length: steps + 1 }, (_, t) =>
    t <= at ? early.stepPtr[t]! : cut + late.stepPtr[t]! - from,
  );
  const cell = early.cell instanceof Uint16Array ? new Uint16Array(stepPtr[steps]!) : new Uint32Array(stepPtr[steps]!);
  cell.set(early.cell.subarray(0, cut));
  cell.set(late.cell.subarray(from), cut);
  return { stepPtr, cell };
}

/** Odours a, b and both of one pair as a task of three classes, on for the whole trial; what they add to the chance of a spike adds up. */
export function pairTask(task: OdourTask, a: number, b: number): OdourTask {
  const row = (c: number) => task.onProbability.subarray(c * task.inputSize, (c + 1) * task.inputSize);
  const both = row(a).map((p, i) => Math.min(0.999, Math.max(0, p + row(b)[i]! - task.offProbability[i]!)));
  const onProbability = new Float32Array(3 * task.inputSize);
  onProbability.set(row(a));
  onProbability.set(row(b), task.inputSize);
  onProbability.set(both, 2 * task.inputSize);
  const all = task.steps * task.dtMs;
  const [x, y] = [task.odours[a]!, task.odours[b]!];
  const mixed = { key: `${x.key}+${y.key}`, name: `${x.name} + ${y.name}` };
  return { ...task, odours: [x, y, mixed], onProbability, durationMs: { min: all, max: all } };
}

/** Pairs of different odours, drawn without repetition. */
function drawnPairs(odours: number, { pairs, seed }: MixturePlan): (readonly [number, number])[] {
  const all = Array.from({ length: odours }, (_, a) =>
    Array.from({ length: odours - a - 1 }, (_, k) => [a, a + 1 + k] as const),
  ).flat();
  return new RandomStream([seed, 0x6d697873]).shuffle(all).slice(0, pairs);
}

/** One pair at one delay. */
export interface MixtureOutcome {
  /** Kenyon cells that answer the mixture over those that answer either part. */
  readonly ratio: number;
  /** Of the cells that answer either, those that fire less for the mixture than for both parts in sum. */
  readonly subadditive: number;
  readonly cosineFirst: number;
  readonly cosineSecond: number;
  /** Share of the two parts among the readout's two best classes. */
  readonly named: number;
}

interface Means {
  readonly counts: Float64Array;
  readonly answers: Uint8Array;
}

/** Mean counts of the cells over trials, and which fire in at least half of them. */
function meansOf(
  counts: Float32Array,
  size: number,
  trials: readonly number[],
  { offset, size: n }: { readonly offset: number; readonly size: number },
): Means {
  const at = (b: number, i: number) => counts[b * size + offset + i]!;
  return {
    counts: Float64Array.from({ length: n }, (_, i) => mean(trials.map((b) => at(b, i)))),
    answers: Uint8Array.from({ length: n }, (_, i) =>
      2 * trials.filter((b) => at(b, i) > 0).length >= trials.length ? 1 : 0,
    ),
  };
}

/** Figures of a mixture from the mean counts and answers of its parts and itself. Pinned by test/analysis/investigate/mixtures.test.ts. */
export function mixtureOf(a: Means, b: Means, both: Means): Omit<MixtureOutcome, 'named'> {
  const cells = Array.from(a.answers, (_, i) => i).filter((i) => a.answers[i]! + b.answers[i]! > 0);
  const sub = cells.filter((i) => both.counts[i]! < a.counts[i]! + b.counts[i]! - 1e-9).length;
  return {
    ratio: both.answers.reduce((x, y) => x + y, 0) / cells.length,
    subadditive: sub / cells.length,
    cosineFirst: cosine(both.counts, a.counts) ?? Number.NaN,
    cosineSecond: cosine(both.counts, b.counts) ?? Number.NaN,
  };
}

/** Mean over trials of the share of the parts (keys of odours) among the two largest logits of the main readout; NaN where it does not know them. */
function namedShare(model: Model, counts: Float32Array, trials: readonly number[], parts: readonly string[]): number {
  const [readout] = model.readouts;
  if (readout === undefined || !parts.every((key) => readout.classes.includes(key))) return Number.NaN;
  const logits = readoutLogits(readout, model.network.topology, counts);
  const classes = readout.classes.length;
  return mean(
    trials.map((b) => {
      const row = logits.subarray(b * classes, (b + 1) * classes);
      const best = Array.from(row, (_, c) => c)
        .sort((x, y) => row[y]! - row[x]! || x - y)
        .slice(0, 2);
      return parts.filter((key) => best.includes(readout.classes.indexOf(key))).length / 2;
    }),
  );
}

function inputsOf(task: OdourTask, { trials, delaysMs }: MixturePlan): SpikeEvents[] {
  const drawn = (odour: number) =>
    Array.from({ length: trials }, (_, trial) => drawTrial(task, { split: 'test', odour, trial }));
  const [a, b, both] = [drawn(0), drawn(1), drawn(2)];
  const late = delaysMs.flatMap((ms) => both.map((own, k) => spliced(a[k]!, own, Math.round(ms / task.dtMs))));
  return [...a, ...b, ...late];
}

/** [pairs][delays]; the kernel holds the model's parameters. cost: forward passes of pairs · (2 + delays) · trials. */
export function mixOdours(kernel: Kernel, model: Model, task: OdourTask, plan: MixturePlan): MixtureOutcome[][] {
  const { size } = model.network.topology;
  const kc = sliceOf(model.network.topology, 'KC');
  const numbers = (from: number) => Array.from({ length: plan.trials }, (_, k) => from * plan.trials + k);
  return drawnPairs(task.odours.length, plan).map(([a, b]) => {
    const keys = [task.odours[a]!.key, task.odours[b]!.key];
    const counts = spikeCounts(kernel, { inputs: inputsOf(pairTask(task, a, b), plan) });
    const [first, second] = [meansOf(counts, size, numbers(0), kc), meansOf(counts, size, numbers(1), kc)];
    return plan.delaysMs.map((_, d) => {
      const trials = numbers(2 + d);
      return {
        ...mixtureOf(first, second, meansOf(counts, size, trials, kc)),
        named: namedShare(model, counts, trials, keys),
      };
    });
  });
}

/** Flies: mixture over union .59–.70, accept .5–1; 73 % of cells sub-additive (Honegger 2011, doi:10.1523/JNEUROSCI.1099-11.2011). */
const FLIES = { ratio: [0.5, 1], subadditive: 0.73 } as const;

/** The verdict is on the simultaneous mixture: the ratio within what flies show. */
export function investigateMixtures(
  outcomes: readonly (readonly MixtureOutcome[])[],
  plan: MixturePlan,
): Investigation {
  const over = (of: (own: MixtureOutcome) => number) =>
    plan.delaysMs.map((_, d) => {
      const values = outcomes.map((pair) => of(pair[d]!)).filter(Number.isFinite);
      return values.length === 0 ? undefined : bootstrapOverClasses(values, plan.seed);
    });
  const figures = {
    ratio: over((own) => own.ratio),
    subadditive: over((own) => own.subadditive),
    first: over((own) => own.cosineFirst),
    second: over((own) => own.cosineSecond),
    named: over((own) => own.named),
  };
  const rows = (own: readonly (Interval | undefined)[], colour: string) =>
    own.flatMap((value, d) =>
      value === undefined
        ? []
        : [
            {
              name: `second after ${plan.delaysMs[d]} ms`,
              colour,
              value: value.mean,
              low: value.low,
              high: value.high,
            },
          ],
    );
  const [ratio, sub, named] = [figures.ratio[0], figures.subadditive[0], figures.named[0]];
  const text = (own: Interval | undefined) =>
    own === undefined ? '–' : estimateText({ value: own.mean, low: own.low, high: own.high });
  const inside = ratio !== undefined && ratio.low >= FLIES.ratio[0] && ratio.high <= FLIES.ratio[1];
  const outside = ratio !== undefined && (ratio.high < FLIES.ratio[0] || ratio.low > FLIES.ratio[1]);
  const last = figures.named.at(-1);
  return {
    heading: 'Two odours at once, and one after the other',
    verdict: {
      verdict: inside ? 'support' : outside ? 'contradict' : 'undecided',
      says: `cells that answer the mixture over those that answer a part: ${text(ratio)} (flies .59–.70, two flies); ${text(sub)} of them are sub-additive (flies .73); parts among the two best classes: ${text(named)}, ${text(last)} with the second ${plan.delaysMs.at(-1)} ms later`,
      doesNotShow:
        'that flies’ receptor neurons add: here the drive of the parts is summed, and odours compete for no receptor',
    },
    metrics: { plan, ...figures, flies: FLIES },
    panels: [
      {
        title: 'Kenyon cells that answer the mixture, over either part',
        unit: 'ratio',
        lo: 0,
        hi: 1.5,
        rows: rows(figures.ratio, 'kc'),
        band: { lo: FLIES.ratio[0], hi: FLIES.ratio[1], name: 'accepted from flies' },
      },
      {
        title: 'Sub-additive cells',
        unit: 'share',
        lo: 0,
        hi: 1,
        rows: rows(figures.subadditive, 'kc'),
        mark: { at: FLIES.subadditive, name: 'Honegger 2011' },
      },
      {
        title: 'Parts among the two best classes of the readout',
        unit: 'share',
        lo: 0,
        hi: 1,
        rows: rows(figures.named, 'mbon'),
      },
      {
        title: 'Cosine of the mixture with the first part',
        unit: 'cos',
        lo: 0,
        hi: 1,
        rows: rows(figures.first, 'pn'),
      },
    ],
    notes: [
      `${outcomes.length} pairs of odours, ${plan.trials} trials each, on for the whole trial; intervals over pairs`,
    ],
  };
}
