/** Is a stage's result in place, in the cache or the remote, or must it run, and why? Changes nothing but what the cache knows of the remote. */
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { type Diagnostic, UserError } from '../../base/located-error.ts';
import type { Headline } from '../../stage.ts';
import { type Gathered, gather } from '../key/read-ingredients.ts';
import { type Change, compareIngredients, describeChange, type Ingredient } from '../model/ingredients.ts';
import type { PlannedStage, StagePlace } from '../model/plan.ts';
import { lockFileName, lockFilePath, type Project } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import { compareWithLock, type LockedStages, lockFileFingerprint, noStages, readLock } from '../state/pipeline-lock.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionRecord } from '../store/actions.ts';
import { readTree, type TreeRecord } from '../store/tree.ts';

export type Trees = Readonly<Record<string, TreeRecord>>;
type Digests = Readonly<Record<string, Digest>>;

export type Verdict =
  /** Its outputs are in place and are what this key gives. */
  | { readonly kind: 'fresh'; readonly gathered: Gathered; readonly outputs: Trees; readonly stored: boolean }
  /** It must run, or its outputs be brought back from `record`. */
  | {
      readonly kind: 'stale';
      readonly gathered: Gathered;
      readonly reasons: readonly string[];
      readonly record?: ActionRecord;
    }
  /** It cannot run: an input or a program is missing. */
  | { readonly kind: 'blocked'; readonly problems: readonly Diagnostic[] };

/** `forced`: it is stale whatever is known of it. `ask`: the remote too, where there is one. */
export async function judgeStage(
  workspace: Workspace,
  stage: PlannedStage,
  forced = false,
  ask = true,
): Promise<Verdict> {
  let gathered: Gathered;
  try {
    gathered = await gather(workspace, stage);
  } catch (error) {
    return { kind: 'blocked', problems: problemsOf(error, stage) };
  }
  if (forced) return { kind: 'stale', gathered, reasons: ['forced'] };
  if (!stage.cache) return { kind: 'stale', gathered, reasons: ['cache: false, so it always runs'] };
  const verdict = verdictOn(workspace, stage, gathered);
  if (verdict.kind !== 'stale' || verdict.record !== undefined || !ask) return verdict;
  const remote = await workspace.remote?.open();
  return (await remote?.lookup(gathered.key)) === undefined ? verdict : verdictOn(workspace, stage, gathered);
}

/** What to tell of an error that is not the runner's own. */
export function problemsOf(error: unknown, stage: PlannedStage): readonly Diagnostic[] {
  if (error instanceof UserError) return error.diagnostics;
  const message = error instanceof Error ? error.message : String(error);
  return [{ at: stage.at, message: `stage ${stage.id}: ${message}` }];
}

function verdictOn(workspace: Workspace, stage: PlannedStage, gathered: Gathered): Verdict {
  const { key } = gathered;
  const last = workspace.state.stages[stage.id];
  const lastInPlace = last?.key === key ? inPlace(workspace, stage, last.outputs) : undefined;
  if (lastInPlace?.outputs !== undefined)
    return { kind: 'fresh', gathered, outputs: lastInPlace.outputs, stored: true };
  const record = workspace.actions.read(key);
  const digests = record === undefined ? lockedOutputs(workspace, stage, key) : digestsOf(record.outputs);
  const found = digests === undefined ? undefined : inPlace(workspace, stage, digests);
  if (found?.outputs !== undefined)
    return { kind: 'fresh', gathered, outputs: found.outputs, stored: record !== undefined && record.kept !== false };
  const wrong = found?.wrong ?? lastInPlace?.wrong ?? [];
  const changes = differenceSince(workspace, stage, gathered.ingredients)?.changes.map(describeChange);
  const reasons =
    changes === undefined ? ['it has not run here yet'] : [...changes, ...(changes.length === 0 ? wrong : [])];
  return {
    kind: 'stale',
    gathered,
    reasons: reasons.length > 0 ? reasons : ['its result is no longer in the cache'],
    ...(record === undefined ? {} : { record }),
  };
}

export function digestsOf(outputs: Trees): Digests {
  return Object.fromEntries(Object.entries(outputs).map(([name, tree]) => [name, tree.digest]));
}

/** The outputs as they lie in artifacts/, or what is wrong with them. */
export function inPlace(
  workspace: Workspace,
  stage: Pick<StagePlace, 'outputs'>,
  wanted: Digests,
): { readonly outputs?: Trees; readonly wrong: readonly string[] } {
  const outputs: Record<string, TreeRecord> = {};
  const wrong: string[] = [];
  for (const [name, { path }] of Object.entries(stage.outputs)) {
    const plain = projectPath(path);
    const tree = readOutput(workspace, plain);
    if (tree === undefined) wrong.push(`${plain} is missing`);
    else if (tree.digest !== wanted[name] || tree.folder !== path.endsWith('/'))
      wrong.push(`${plain} was changed after the stage made it`);
    else outputs[name] = tree;
  }
  return wrong.length === 0 ? { outputs, wrong } : { wrong };
}

function readOutput(workspace: Workspace, path: string): TreeRecord | undefined {
  try {
    return readTree(join(workspace.project.root, path), workspace.stats, 'output');
  } catch {
    return undefined;
  }
}

function lockedOutputs(workspace: Workspace, stage: PlannedStage, key: Digest): Digests | undefined {
  const { project } = workspace;
  for (const lock of new Set([project.lock, lockFileName(project.file, [])])) {
    const entry = lockedStages({ ...project, lock })[stage.id];
    if (entry?.key === key) return entry.outputs;
  }
  return undefined;
}

/** Lock file → its fingerprint and what it says: every stale stage asks, and the file of 10,000 stages has megabytes. */
const readLocks = new Map<string, readonly [fingerprint: string, stages: LockedStages]>();

/** The committed lock, or nothing where it cannot be read. Read once for as long as it does not change. */
function lockedStages(project: Project): LockedStages {
  const path = lockFilePath(project);
  const fingerprint = lockFileFingerprint(project);
  const known = readLocks.get(path);
  if (known?.[0] === fingerprint) return known[1];
  const lock = readLock(project);
  const stages = lock.state === 'whole' ? lock.stages : noStages;
  readLocks.set(path, [fingerprint, stages]);
  return stages;
}

/** How a stage differs from its last result, as far as one is known. */
export interface Difference {
  readonly since: 'cache' | 'pipeline.lock';
  readonly key: Digest;
  readonly changes: readonly Change[];
  /** Of the last result, where the cache still has it. */
  readonly record?: ActionRecord;
}

/** Each ingredient that differs from the stage's last result; undefined where none is known. */
export function differenceSince(
  workspace: Workspace,
  stage: PlannedStage,
  now: readonly Ingredient[],
): Difference | undefined {
  const last = workspace.state.stages[stage.id];
  const record = last === undefined ? undefined : workspace.actions.read(last.key);
  if (record !== undefined)
    return { since: 'cache', key: record.key, changes: compareIngredients(record.ingredients, now), record };
  const locked = lockedStages(workspace.project)[stage.id];
  if (locked === undefined) return undefined;
  return { since: 'pipeline.lock', key: locked.key, changes: compareWithLock(locked, now) };
}

/** Makes a settled stage's outputs known to the stages after it and to the next run; returns what the stage told people, now or before. */
export function settle(
  workspace: Workspace,
  stage: Pick<StagePlace, 'id' | 'outputs'>,
  key: Digest,
  outputs: Trees,
  told?: readonly Headline[],
  took?: number,
): readonly Headline[] {
  for (const [name, { path }] of Object.entries(stage.outputs)) workspace.known.set(projectPath(path), outputs[name]!);
  const digests = digestsOf(outputs);
  const last = workspace.state.stages[stage.id];
  const headlines = told ?? (last?.key === key ? last.headlines : undefined) ?? [];
  if (told === undefined && last?.key === key && sameDigests(last.outputs, digests)) return headlines;
  const seconds = took ?? last?.seconds;
  workspace.state.stages[stage.id] = {
    key,
    outputs: digests,
    ...(headlines.length > 0 ? { headlines } : {}),
    ...(seconds === undefined ? {} : { seconds }),
  };
  workspace.stateChanged = true;
  return headlines;
}

function sameDigests(a: Digests, b: Digests): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
