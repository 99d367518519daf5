/** The numbers and texts in the outputs that stages declare as metrics: as they lie in artifacts/, or as a past run made them. Changes nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { flatten } from '../model/leaves.ts';
import type { Json, Plan } from '../model/plan.ts';
import type { RunRecord } from '../run/run-record.ts';
import type { ActionCache, ActionRecord } from '../store/actions.ts';
import { isMissing, isRefused } from '../store/atomic-file.ts';
import type { ObjectStore } from '../store/objects.ts';

/** Dotted name → a number, text, truth value or null. */
export type Metrics = ReadonlyMap<string, Json>;

/** Single values of a JSON file; lists of values are left out. Undefined where it is not there, or not JSON. */
export function readMetrics(path: string): Metrics | undefined {
  try {
    const value = JSON.parse(withTextNumbers(readFileSync(path, 'utf8'))) as Json;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([['value', value]]);
    const leaves = flatten(value as { readonly [key: string]: Json });
    return new Map(leaves.filter(([, leaf]) => typeof leaf !== 'object'));
  } catch (error) {
    if (isMissing(error) || isRefused(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Python writes NaN and Infinity, which JSON does not have: they become texts. */
function withTextNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

/** Of one metric, what two runs had. */
export interface MetricDifference {
  readonly stage: string;
  readonly name: string;
  /** Undefined where that run had no such metric. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What keeps results of past runs. */
interface PastResults {
  readonly actions: ActionCache;
  readonly objects: ObjectStore;
}

/** Of stages that both runs have and whose metrics the cache still has; which outputs are metrics, the present plan says. */
export function metricDifferences(
  plan: Plan,
  cache: PastResults,
  a: RunRecord,
  b: RunRecord,
): readonly MetricDifference[] {
  return b.stages.flatMap((later) => {
    const earlier = a.stages.find(({ stage }) => stage === later.stage);
    const paths = plan.stages.find(({ id }) => id === later.stage)?.metrics ?? [];
    if (earlier === undefined || earlier.key === later.key) return [];
    return paths.flatMap((path) => {
      const [before, after] = [earlier, later].map((past) => pastMetrics(cache, past, path));
      return before === undefined || after === undefined ? [] : differencesOf(later.stage, before, after);
    });
  });
}

function differencesOf(stage: string, before: Metrics, after: Metrics): MetricDifference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  return names.map((name) => ({ stage, name, before: before.get(name), after: after.get(name) }));
}

/** Undefined where the cache does not have them, or has those of a later run under the same key. */
function pastMetrics(
  { actions, objects }: PastResults,
  past: RunRecord['stages'][number],
  path: string,
): Metrics | undefined {
  const record = past.key === '' ? undefined : actions.read(past.key as Digest);
  if (record === undefined) return undefined;
  const same = Object.entries(past.outputs).every(([name, digest]) => record.outputs[name]?.digest === digest);
  const digest = same ? digestOfFile(record, path) : undefined;
  return digest === undefined ? undefined : readMetrics(objects.path(digest));
}

/** Of a file at a path relative to its stage's folder. */
function digestOfFile({ ingredients, outputs }: ActionRecord, path: string): Digest | undefined {
  for (const [kind, name, declared] of ingredients) {
    if (kind !== 'output') continue;
    const file = outputs[name]?.files.find((one) => (one.path === '' ? declared : join(declared, one.path)) === path);
    if (file !== undefined) return file.digest;
  }
  return undefined;
}
