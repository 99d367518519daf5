/** Observations and a plan → every outcome at every place, every planned comparison with its tests. Draws nothing, judges nothing. */
import { mean, standardDeviation } from '../../base/numbers.ts';
import type { Interval } from '../classification/bootstrap.ts';
import { hierarchicalInterval } from './hierarchical.ts';
import { type Measured, measure, type Observation } from './observations.ts';
import { adjusted, type MeanTest, testMean } from './paired.ts';
import type { ComparePlan, Outcome } from './plan.ts';

/** One outcome at one value of the compared axis. */
export interface Level {
  readonly outcome: string;
  readonly level: string;
  readonly replicates: readonly Measured[];
  readonly mean: number;
  /** Of the sample. */
  readonly sd: number;
  /** Mean of the best fifth of the replicates, at least one. */
  readonly bestFifth: number;
  /** Over replicates and odours within; over replicates alone where there are no odours; absent for one replicate without odours. */
  readonly interval?: Interval;
}

/** A paired difference to the reference, or the distance of a mean to a value. */
export interface Contrast {
  readonly outcome: string;
  readonly level: string;
  /** `connectome`, or the value as text. */
  readonly than: string;
  readonly differences: readonly { readonly replicate: string; readonly value: number }[];
  readonly test: MeanTest;
  /** Over replicates and odours within. */
  readonly interval?: Interval;
  /** Adjusted over all contrasts of the plan. */
  readonly q: number;
  readonly equivalenceQ: number;
}

export interface Comparison {
  readonly plan: ComparePlan;
  readonly levels: readonly Level[];
  readonly contrasts: readonly Contrast[];
  /** Replicates that every contrast has at least. */
  readonly replicates: number;
}

/** Same observations, plan and seed: same comparison. Throws RangeError where they do not fit. */
export function compareObservations(observations: readonly Observation[], plan: ComparePlan, seed: number): Comparison {
  if (observations.length === 0) throw new RangeError('compare: there are no runs to compare');
  if (plan.outcomes[plan.primary] === undefined)
    throw new RangeError(
      `compare: plan.primary is '${plan.primary}'; the outcomes are ${Object.keys(plan.outcomes).join(', ')}`,
    );
  const levels: Level[] = [];
  const contrasts: Omit<Contrast, 'q' | 'equivalenceQ'>[] = [];
  for (const [name, outcome] of Object.entries(plan.outcomes)) {
    const groups = measure(observations, plan, name);
    for (const [level, group] of groups) levels.push(levelOf(name, level, group, seed));
    contrasts.push(...contrastsOf(name, outcome, groups, plan, seed));
  }
  const qs = adjusted(contrasts.map(({ test }) => test.p));
  const equivalenceQs = adjusted(contrasts.map(({ test }) => test.equivalenceP));
  const all = contrasts.map((one, i): Contrast => ({ ...one, q: qs[i]!, equivalenceQ: equivalenceQs[i]! }));
  return { plan, levels, contrasts: all, replicates: Math.min(...levels.map((level) => level.replicates.length)) };
}

function levelOf(outcome: string, level: string, replicates: readonly Measured[], seed: number): Level {
  const values = replicates.map(({ value }) => value);
  const n = values.length;
  const best = [...values].sort((a, b) => b - a).slice(0, Math.max(1, Math.round(n / 5)));
  const rows = rowsOf(replicates);
  const sd = n < 2 ? Number.NaN : standardDeviation(values) * Math.sqrt(n / (n - 1));
  const interval = rows === undefined ? {} : { interval: hierarchicalInterval(rows, seed) };
  return { outcome, level, replicates, mean: mean(values), sd, bestFifth: mean(best), ...interval };
}

/** Values [replicate][odour]; of replicates without odours one value each; undefined for one such. */
function rowsOf(replicates: readonly Measured[]): readonly (readonly number[])[] | undefined {
  if (replicates.every(({ byOdour }) => byOdour !== undefined)) return replicates.map(({ byOdour }) => byOdour!);
  return replicates.length < 2 ? undefined : replicates.map(({ value }) => [value]);
}

function contrastsOf(
  name: string,
  outcome: Outcome,
  groups: ReadonlyMap<string, readonly Measured[]>,
  plan: ComparePlan,
  seed: number,
): Omit<Contrast, 'q' | 'equivalenceQ'>[] {
  const { reference } = plan;
  if (plan.axis === null || reference === null) {
    if (outcome.value === null) return [];
    const value = outcome.value;
    return [...groups].map(([level, group]) => {
      const against = group.map((one): Measured => ({ ...one, value, byOdour: one.byOdour?.map(() => value) }));
      return { outcome: name, level, than: String(value), ...differencesOf(group, against, outcome, plan, seed) };
    });
  }
  const base = groups.get(reference);
  if (base === undefined)
    throw new RangeError(
      `compare: plan.reference is '${reference}'; on the axis ${plan.axis} there are ${[...groups.keys()].join(', ')}`,
    );
  return [...groups]
    .filter(([level]) => level !== reference)
    .map(([level, group]) => {
      const pairs = group.filter((one) => base.some((other) => other.replicate === one.replicate));
      if (pairs.length === 0) throw new RangeError(`compare: ${level} and ${reference} have no replicate in common`);
      const others = pairs.map((one) => base.find((other) => other.replicate === one.replicate)!);
      return { outcome: name, level, than: reference, ...differencesOf(pairs, others, outcome, plan, seed) };
    });
}

function differencesOf(
  group: readonly Measured[],
  others: readonly Measured[],
  outcome: Outcome,
  plan: ComparePlan,
  seed: number,
): Pick<Contrast, 'differences' | 'test' | 'interval'> {
  const rows = group.map((one, i): Measured => {
    const other = others[i]!;
    const byOdour =
      other.byOdour === undefined ? undefined : one.byOdour?.map((value, k) => value - other.byOdour![k]!);
    return { replicate: one.replicate, value: one.value - other.value, byOdour };
  });
  const nested = rowsOf(rows);
  return {
    differences: rows.map(({ replicate, value }) => ({ replicate, value })),
    test: testMean(
      rows.map(({ value }) => value),
      outcome.margin,
      plan.alpha,
    ),
    ...(nested === undefined ? {} : { interval: hierarchicalInterval(nested, seed) }),
  };
}
