/** What was measured where: one observation an instance, by its axis values. Reads no files. */
import { compareText } from '../../base/compare-text.ts';
import type { ComparePlan, Outcome } from './plan.ts';

export type AxisValues = Readonly<Record<string, string | number | boolean>>;

export interface Observation {
  readonly axes: AxisValues;
  /** metrics.json. */
  readonly metrics: unknown;
  /** metrics.jsonl, a line an epoch; none where they were not gathered. */
  readonly epochs: readonly unknown[];
  /** per-odour.csv: column → one value an odour; none where it was not gathered. */
  readonly perOdour: Readonly<Record<string, readonly number[]>>;
}

/** One replicate's value of an outcome, and its values by odour where there are any; in the outcome's unit. */
export interface Measured {
  readonly replicate: string;
  readonly value: number;
  readonly byOdour: readonly number[] | undefined;
}

/** The number at a dotted name; a name may hold dots and spaces itself, so that the longest key that fits is taken. */
export function numberAt(tree: unknown, name: string): number | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  const record = tree as Readonly<Record<string, unknown>>;
  const own = record[name];
  if (typeof own === 'number') return own;
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const found = numberAt(record[name.slice(0, dot)], name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function measuredValue(observation: Observation, outcome: Outcome): number | undefined {
  if (outcome.epoch === null) return numberAt(observation.metrics, outcome.metric);
  const epochs = observation.epochs.filter((line) => numberAt(line, 'epoch') !== undefined);
  const wanted =
    outcome.epoch === 'last' ? epochs.at(-1) : epochs.find((line) => numberAt(line, 'epoch') === outcome.epoch);
  return numberAt(wanted, outcome.metric);
}

function labelOf(axes: AxisValues, names: readonly string[]): string {
  return names.map((name) => `${name}=${String(axes[name])}`).join(',');
}

/**
 * Value on the compared axis ('' without one) → its replicates in the order of their labels. Throws RangeError where an outcome is not among
 * the metrics, an axis of the plan is not among the axes, or two observations are one replicate.
 */
export function measure(
  observations: readonly Observation[],
  plan: ComparePlan,
  name: string,
): ReadonlyMap<string, readonly Measured[]> {
  const outcome = plan.outcomes[name]!;
  const groups = new Map<string, Measured[]>();
  for (const observation of observations) {
    const { axes } = observation;
    for (const axis of [...plan.replicates, ...(plan.axis === null ? [] : [plan.axis])])
      if (axes[axis] === undefined)
        throw new RangeError(
          `compare: the plan names the axis '${axis}'; those of the runs are ${Object.keys(axes).join(', ')}`,
        );
    const value = measuredValue(observation, outcome);
    if (value === undefined)
      throw new RangeError(
        `compare: outcome '${name}': ${labelOf(axes, Object.keys(axes))} has no number '${outcome.metric}'${outcome.epoch === null ? '' : ` in epoch ${outcome.epoch}`}`,
      );
    const level = plan.axis === null ? '' : String(axes[plan.axis]);
    const replicate = labelOf(axes, plan.replicates);
    const group = groups.get(level) ?? [];
    if (group.some((other) => other.replicate === replicate))
      throw new RangeError(
        `compare: several runs are ${level} ${replicate}; name the axis that tells them apart in plan.replicates`,
      );
    const column = outcome.perOdour === null ? undefined : observation.perOdour[outcome.perOdour];
    const byOdour = column?.map((one) => one * outcome.scale);
    group.push({ replicate, value: value * outcome.scale, byOdour });
    groups.set(level, group);
  }
  for (const group of groups.values()) group.sort((a, b) => compareText(a.replicate, b.replicate));
  return groups;
}
