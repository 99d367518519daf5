/** `pipeline metrics`: the numbers in the outputs that stages declare as metrics, as they lie in artifacts/; all, or those asked for. */
import { join } from 'node:path';
import { didYouMean } from '../../base/suggest.ts';
import { type Metrics, readMetrics } from '../inspect/metrics.ts';
import { resolveTarget, withNeeds } from '../load/select.ts';
import { instanceFolder } from '../model/ingredients.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { openPlan } from '../run/open-plan.ts';
import { formatTable, shownValue } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

/** More numbers than these of one file are only counted, where they were not asked for by name. */
const maxShown = 60;

/** What was asked for. */
interface Wish {
  /** Stages of which every metric is shown. */
  readonly stages: ReadonlySet<string>;
  /** Patterns of metrics, each with whether something was called so. */
  readonly patterns: Map<string, boolean>;
}

/** A metric file with what of it was asked for. */
interface Found {
  readonly stage: string;
  readonly path: string;
  /** Undefined where the file is not there, or not JSON. */
  readonly values: Metrics | undefined;
}

export async function metricsCommand(io: CommandIo): Promise<number> {
  const flags = planFlags(io);
  const opened = await openPlan({ ...flags, targets: [] });
  if (!opened.ok) return refuse(io, opened.error);
  const { plan } = opened.value;
  const wish = wishOf(plan, flags.targets);
  const known: string[] = [];
  const found = plan.stages.flatMap((stage) =>
    stage.metrics.flatMap((metric): Found[] => {
      const path = instanceFolder(stage) + metric;
      const values = readMetrics(join(io.project.root, path));
      for (const name of values?.keys() ?? []) known.push(`${stage.id}.${name}`);
      if (wish.stages.has(stage.id)) return [{ stage: stage.id, path, values }];
      const chosen = new Map([...(values ?? [])].filter(([name]) => isWanted(wish, stage, name)));
      return chosen.size === 0 ? [] : [{ stage: stage.id, path, values: chosen }];
    }),
  );
  const missed = [...wish.patterns].filter(([, met]) => !met).map(([pattern]) => pattern);
  if (missed.length > 0)
    return refuse(
      io,
      missed.map((pattern) => unknownMetric(pattern, known)),
    );
  tell(io, found, wish.patterns.size > 0 ? Number.POSITIVE_INFINITY : maxShown);
  return exitCodes.done;
}

/** A word that names a target means all of its metrics; any other is a pattern of `STAGE.METRIC` or of `METRIC`. */
function wishOf(plan: Plan, words: readonly string[]): Wish {
  if (words.length === 0) return { stages: new Set(plan.stages.map(({ id }) => id)), patterns: new Map() };
  const targets = words.map((word) => [word, resolveTarget(plan, word)] as const);
  const ids = targets.flatMap(([, found]) => (found.ok ? found.value : []));
  const rest = targets.filter(([, found]) => !found.ok).map(([word]) => word);
  return { stages: withNeeds(plan, ids), patterns: new Map(rest.map((word) => [word, false])) };
}

function isWanted({ patterns }: Wish, { id, stage }: PlannedStage, name: string): boolean {
  const names = [name, `${id}.${name}`, `${stage}.${name}`];
  const met = [...patterns.keys()].filter((pattern) => names.some((one) => expressionOf(pattern).test(one)));
  for (const pattern of met) patterns.set(pattern, true);
  return met.length > 0;
}

/** `*` stands for any text, `?` for one character; a name stands for all below it too. */
function expressionOf(pattern: string): RegExp {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}(?:\\..*)?$`, 'su');
}

function unknownMetric(pattern: string, known: readonly string[]): { readonly message: string; readonly hint: string } {
  const hint = didYouMean(pattern, known) ?? 'pipeline metrics lists them; a pattern is one of STAGE.METRIC: train.*';
  return { message: `no stage, output or metric '${pattern}'`, hint };
}

function tell(io: CommandIo, found: readonly Found[], most: number): void {
  if (io.line.has('json')) {
    for (const { stage, path, values } of found)
      io.out(
        `${JSON.stringify({ event: 'metrics', stage, path, values: values === undefined ? null : Object.fromEntries(values) })}\n`,
      );
    return;
  }
  const rows = found.flatMap((one) => rowsOf(one, most));
  io.out(rows.length === 0 ? 'no stage declares metrics\n' : `${formatTable(rows)}\n`);
}

function rowsOf({ stage, path, values }: Found, most: number): string[][] {
  if (values === undefined) return [[stage, path, 'not there, or not JSON']];
  const shown = [...values].slice(0, most).map(([name, value]) => [stage, name, shownValue(value)]);
  return values.size > most ? [...shown, [stage, `… ${values.size - most} more in ${path}`]] : shown;
}
