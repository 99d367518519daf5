/** The seal of an experiment: what its plan, parameters, code and sources were before its results; and in what they differ since. Runs no stage. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { compareText } from '../../base/compare-text.ts';
import { type Digest, digestOfJson } from '../../base/digest.ts';
import { userError } from '../../base/located-error.ts';
import { closureOf } from '../key/closure-of.ts';
import { commandCodeFiles } from '../key/read-ingredients.ts';
import { readInput } from '../key/read-inputs.ts';
import { dottedKeys, isObject, type JsonObject, valueAt } from '../load/params.ts';
import { shorten } from '../model/ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';

const version = 1;

/** As the file keeps it: digests, and the parameters themselves so that a difference can be named. */
export interface Seal {
  readonly version: typeof version;
  readonly experiment: string;
  readonly profiles: readonly string[];
  readonly plan: Digest;
  /** What the stages see of the tree. */
  readonly params: JsonObject;
  /** Every instance with its parameters, inputs and outputs. */
  readonly stages: Digest;
  /** A module's files and packages, a command with its files. */
  readonly code: Readonly<Record<string, Digest>>;
  /** Sources of the project. */
  readonly sources: Readonly<Record<string, Digest>>;
}

/** `experiments/nulls.yaml` → `experiments/nulls.seal`; with profiles `experiments/nulls.flywire.seal`. */
export function sealPath(file: string, profiles: readonly string[]): string {
  return [file.replace(/\.ya?ml$/, ''), ...(profiles.length === 0 ? [] : [profiles.join('+')]), 'seal'].join('.');
}

/** The experiment's seal as it would be now. `stages` are its own and what they need; cost: reads its sources and code, no artifact. */
export async function sealNow(
  workspace: Workspace,
  stages: readonly PlannedStage[],
  {
    experiment,
    profiles,
    plan,
  }: { readonly experiment: string; readonly profiles: readonly string[]; readonly plan: JsonObject },
): Promise<Seal> {
  const { root } = workspace.project;
  const code: Record<string, Digest> = {};
  const sources: Record<string, Digest> = {};
  const keys = new Set<string>();
  for (const stage of stages) {
    for (const key of Object.keys(stage.params)) keys.add(key);
    if (stage.work.kind === 'module') {
      const { module } = stage.work;
      if (code[module] !== undefined) continue;
      const { files, packages } = await closureOf(workspace, module);
      code[module] = digestOfJson([files.map(({ path, digest }) => [path, digest]), packages]);
    } else {
      const files = commandCodeFiles(root, stage, workspace.stats.ignored);
      const digests = files.map((path) => [path, workspace.stats.state(join(root, path)).digest]);
      code[stage.stage] = digestOfJson([stage.work.command, digests]);
    }
    for (const input of Object.values(stage.inputs))
      if (input.kind === 'source') sources[input.pattern] = readInput(root, input, workspace.stats, new Map()).digest;
  }
  const seen = stages.map(({ id, params, inputs, outputs }) => [id, params, inputs, outputs]);
  const params = Object.entries(workspace.plan.params).filter(([key]) => keys.has(key) || key === experiment);
  return {
    version,
    experiment,
    profiles,
    plan: digestOfJson(plan),
    params: Object.fromEntries(params),
    stages: digestOfJson(seen),
    code: sorted(code),
    sources: sorted(sources),
  };
}

function sorted(record: Readonly<Record<string, Digest>>): Record<string, Digest> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compareText(a, b)));
}

/** The seal that was made, or undefined where there is none. Throws a UserError where the file is no seal. */
export function readSeal(root: string, path: string): Seal | undefined {
  if (!existsSync(join(root, path))) return undefined;
  try {
    const seal = JSON.parse(readFileSync(join(root, path), 'utf8')) as Seal;
    if (seal.version === version) return seal;
  } catch {
    // Said below: what it is instead does not matter.
  }
  throw userError(`${path} is not a seal that this version reads`, 'make it anew: pipeline seal NAME');
}

/** Each ingredient that is not as it was sealed, in words; none where all are. */
export function differencesFrom(seal: Seal, now: Seal): readonly string[] {
  const differences: string[] = [];
  if (seal.plan !== now.plan) differences.push('the plan');
  differences.push(...paramDifferences(seal.params, now.params));
  if (seal.stages !== now.stages && differences.length === 0) differences.push('the stages, their axes or settings');
  for (const [what, before, after] of [
    ['code of', seal.code, now.code],
    ['source', seal.sources, now.sources],
  ] as const)
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      if (before[name] !== after[name]) differences.push(`${what} ${name}`);
  return differences;
}

function paramDifferences(before: JsonObject, after: JsonObject): string[] {
  const keys = [...new Set([...dottedKeys(before), ...dottedKeys(after)])];
  return keys.flatMap((key) => {
    const [was, is] = [valueAt(before, key), valueAt(after, key)];
    if (isObject(was) && isObject(is)) return [];
    const [old, fresh] = [was, is].map((value) => (value === undefined ? 'nothing' : canonicalJson(value)));
    return old === fresh ? [] : [`${key}: ${shorten(old!)} → ${shorten(fresh!)}`];
  });
}
