/** Aversive learning by the published rule: synapses of Kenyon cells that fired before the punishment onto output neurons of the punished compartment
 * shrink. What that does to the response to the trained odour and to others. Runs a kernel; knows no files. */
import { mean } from '../../base/numbers.ts';
import { drawTrial } from '../../odour/draw-trial.ts';
import type { OdourTask } from '../../odour/odour-task.ts';
import type { Kernel } from '../../snn/kernel/kernel.ts';
import type { Model, SpikingNetwork } from '../../snn/network/network.ts';
import { kernelParametersOf, spikeCounts } from '../../snn/network/simulate.ts';
import { sliceOf } from '../../snn/network/topology.ts';
import { withParameters } from '../../snn/network/with-parameters.ts';
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import type { Investigation } from './investigation.ts';
import { estimateText } from './verdict.ts';

export interface LearningPlan {
  /** Types of output neurons whose compartment is punished. */
  readonly types: readonly string[];
  /** What a tagged synapse's weight is multiplied by (Nanami 2024, doi:10.3389/fnins.2024.1384336: ¼). */
  readonly factor: number;
  /** Odours that are trained in turn and tested. */
  readonly odours: readonly number[];
  readonly trials: number;
}

/** `paired`: Kenyon cells that fired are tagged; `all`: every one, which no specific memory survives; `backward`: punished first, none fired yet. */
export const rules = ['paired', 'all', 'backward'] as const;
export type Rule = (typeof rules)[number];

/** What one rule did, over trained odours. */
export interface RuleOutcome {
  readonly rule: Rule;
  /** Response after over before, to the trained odour and (mean) to the others. */
  readonly trained: Interval;
  readonly others: Interval;
  /** Others less trained, by odour: above 0 the memory is of the odour. */
  readonly specific: Interval;
  /** Share of odours for which the response to the trained one falls below half, and to none of the others. */
  readonly success: number;
}

/** The weights from tagged Kenyon cells onto the targets, times `factor`. `tagged(i)`: cell i of KC. cost: O(edges). */
export function depressed(
  network: SpikingNetwork,
  tagged: (cell: number) => boolean,
  targets: ReadonlySet<number>,
  factor: number,
): SpikingNetwork {
  const { topology } = network;
  const kc = sliceOf(topology, 'KC');
  const weightNa = network.weightNa.slice();
  for (let i = 0; i < kc.size; i++) {
    if (!tagged(i)) continue;
    const row = topology.inputSize + kc.offset + i;
    for (let e = topology.rowPtr[row]!; e < topology.rowPtr[row + 1]!; e++) {
      if (targets.has(topology.colIdx[e]!)) weightNa[e]! *= factor;
    }
  }
  return withParameters(network, { weightNa });
}

/** Cells of the types, by their number in the network. */
export function cellsOfTypes(model: Model, types: readonly string[]): number[] {
  return Array.from(model.typeIdx, (type, i) => (types.includes(model.typeNames[type]!) ? i : -1)).filter(
    (i) => i >= 0,
  );
}

/** Test trials of the odours, drawn once; counts of any network under them. */
class Bench {
  private readonly kernel: Kernel;
  private readonly size: number;
  private readonly inputs: ReturnType<typeof drawTrial>[];
  private readonly plan: LearningPlan;

  constructor(kernel: Kernel, size: number, task: OdourTask, plan: LearningPlan) {
    this.kernel = kernel;
    this.size = size;
    this.plan = plan;
    const numbers = Array.from({ length: plan.trials }, (_, trial) => trial);
    this.inputs = plan.odours.flatMap((odour) =>
      numbers.map((trial) => drawTrial(task, { split: 'test', odour, trial })),
    );
  }

  /** [trials, N], trials by odour. */
  counts(network: SpikingNetwork): Float32Array {
    this.kernel.setParameters(kernelParametersOf(network));
    return spikeCounts(this.kernel, { inputs: this.inputs });
  }

  /** [odours] mean count of the cells. */
  responses(counts: Float32Array, cells: readonly number[]): number[] {
    const { trials } = this.plan;
    return this.plan.odours.map((_, c) =>
      mean(
        cells.flatMap((cell) => Array.from({ length: trials }, (_, k) => counts[(c * trials + k) * this.size + cell]!)),
      ),
    );
  }

  /** Whether Kenyon cell i fires in an odour's first trial, which stands for the training. */
  firedIn(counts: Float32Array, odour: number, offset: number): (cell: number) => boolean {
    const row = odour * this.plan.trials * this.size + offset;
    return (cell) => counts[row + cell]! > 0;
  }
}

function outcomeOf(rule: Rule, ratios: readonly (readonly number[])[]): RuleOutcome {
  const trained = ratios.map((row, x) => row[x]!);
  const others = ratios.map((row, x) => mean(row.filter((_, y) => y !== x)));
  const success = ratios.map((row, x) => (row[x]! < 0.5 && row.every((r, y) => y === x || r >= 0.5) ? 1 : 0));
  return {
    rule,
    trained: bootstrapOverClasses(trained, 1),
    others: bootstrapOverClasses(others, 1),
    specific: bootstrapOverClasses(
      others.map((r, x) => r - trained[x]!),
      1,
    ),
    success: mean(success),
  };
}

/**
 * Trains each odour by itself, from the same network, by each rule, and tests all. Undefined where fewer than three odours drive the output neurons at
 * all. The kernel belongs to the model. cost: forward passes of rules · odours² · trials. Pinned by test/analysis/investigate/learning.test.ts.
 */
export function learnOdours(
  kernel: Kernel,
  model: Model,
  task: OdourTask,
  plan: LearningPlan,
): RuleOutcome[] | undefined {
  const { network } = model;
  const targets = cellsOfTypes(model, plan.types);
  const kc = sliceOf(network.topology, 'KC');
  const all = new Bench(kernel, network.topology.size, task, plan);
  const first = all.responses(all.counts(network), targets);
  const driven = plan.odours.filter((_, c) => first[c]! > 0);
  if (driven.length < 3) return undefined;
  const bench = new Bench(kernel, network.topology.size, task, { ...plan, odours: driven });
  const counts = bench.counts(network);
  const before = bench.responses(counts, targets);
  const set = new Set(targets);
  return rules.map((rule) => {
    const ratios = driven.map((_, x) => {
      const fired = rule === 'paired' ? bench.firedIn(counts, x, kc.offset) : () => rule === 'all';
      const after = bench.responses(bench.counts(depressed(network, fired, set, plan.factor)), targets);
      return after.map((response, y) => response / before[y]!);
    });
    return outcomeOf(rule, ratios);
  });
}

/** In flies, response after over before: γ1pedc, shocked odour and the other (Gkanias 2022; docs/investigations.md). */
const FLIES = { trained: 0.0818, others: 0.7615 } as const;
const PUBLISHED_SUCCESS = 0.84;

/** The verdict asks two things: that the trained odour's response falls by more than the others', and that a rule without odours shows no such thing. */
export function investigateLearning(outcomes: readonly RuleOutcome[], plan: LearningPlan): Investigation {
  const of = (rule: Rule) => outcomes.find((own) => own.rule === rule)!;
  const [paired, all] = [of('paired'), of('all')];
  const specific = paired.specific.low > 0;
  const control = paired.specific.low > all.specific.high;
  const text = (own: Interval) => estimateText({ value: own.mean, low: own.low, high: own.high });
  const row = (name: string, own: Interval, hollow: boolean) => ({
    name,
    colour: 'mbon',
    value: own.mean,
    low: own.low,
    high: own.high,
    hollow,
  });
  return {
    heading: 'Aversive learning by the published rule',
    verdict: {
      verdict: specific && control ? 'support' : paired.specific.high < 0 ? 'contradict' : 'undecided',
      says: `${plan.types.join(', ')}: response after over before ${text(paired.trained)} for the trained odour, ${text(paired.others)} for others (flies .08 and .76); the memory is of the odour in ${(100 * paired.success).toFixed(0)} % (published 84 %); a rule on all synapses: ${text(all.trained)} and ${text(all.others)}`,
      doesNotShow: 'that the network learns by itself: the rule is applied to it, and its size is a parameter',
    },
    metrics: { plan, outcomes, flies: FLIES, published: { success: PUBLISHED_SUCCESS } },
    panels: [
      {
        title: 'Response after over before',
        unit: 'ratio',
        lo: 0,
        hi: 1.5,
        rows: outcomes.flatMap(({ rule, trained, others }) => [
          row(`${rule}: trained odour`, trained, false),
          row(`${rule}: other odours`, others, true),
        ]),
        band: { lo: FLIES.trained, hi: FLIES.others, name: 'from the shocked odour to the other in flies (γ1pedc)' },
      },
    ],
    notes: [
      `${plan.odours.length} odours in turn, ${plan.trials} trials each; KC→MBON × ${plan.factor}; intervals over trained odours`,
    ],
  };
}
