/** Keeps the lock file in step with what a run settled. One writer at a time; another run's entries are kept where they still fit. */
import { existsSync } from 'node:fs';
import { digestOf, digestOfJson } from '../../base/digest.ts';
import type { RunContext } from '../execute/run-context.ts';
import { acquireCacheLock, releaseCacheLock } from '../locks/cache-lock.ts';
import { hasOutputs } from '../model/events.ts';
import { ingredientsOf } from '../model/ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import { lockFilePath } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import {
  type LockedStage,
  lockedIngredients,
  lockFileFingerprint,
  lockTrouble,
  readLock,
  writeLockFile,
} from '../state/pipeline-lock.ts';
import type { Workspace } from '../state/workspace.ts';
import { digestsOf, type Trees } from '../verdict/judge-stage.ts';
import type { StageEnd } from '../verdict/stage-end.ts';
import { tornInputs } from './torn-lock.ts';

/** What decides whether a run may write the lock file. */
export interface LockWish {
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
  /** Asked for by --lock. */
  readonly lock: boolean;
}

/** The lock is that of the default parameters; a profile has its own where there is one already, or on request. */
export function mayWriteLock({ project }: Workspace, { profiles, sets, lock }: LockWish): boolean {
  if (lock) return true;
  return sets.length === 0 && (profiles.length === 0 || existsSync(lockFilePath(project)));
}

/** Does nothing, and reads nothing, where neither the file nor the plan nor any result changed since a run last wrote it. */
export async function updateLockFile({ workspace, emit }: RunContext, ends: readonly StageEnd[]): Promise<void> {
  const { project, state, plan } = workspace;
  const settled = digestOfJson([
    plan.stages.map((stage) => stage.id),
    ends.map(({ event }) => [event.stage, event.key]),
  ]);
  const [fingerprint, before] = state.locks[project.lock] ?? [];
  const untouched = lockFileFingerprint(project) === fingerprint && before === settled;
  if (untouched && !workspace.stateChanged) return;
  const guard = await acquireCacheLock(project, `lockfile-${digestOf(project.root).slice(0, 16)}`);
  try {
    const lock = readLock(project);
    if (lock.state === 'conflict') {
      const text = `${project.lock} ${lockTrouble('conflict')}, so it is left as it is: take one side or delete it, and run again`;
      emit({ event: 'message', text });
      return;
    }
    const entries = Object.fromEntries(ends.flatMap((end) => entryOf(workspace, end)));
    writeLockFile(project, nextEntries(workspace, lock.state === 'whole' ? lock.stages : {}, entries));
  } finally {
    releaseCacheLock(project, guard);
  }
  state.locks[project.lock] = [lockFileFingerprint(project), settled];
  workspace.stateChanged = true;
}

/** What this run settled, and of the rest what the plan still has and what does not contradict it. */
function nextEntries(
  { plan }: Workspace,
  before: Readonly<Record<string, LockedStage>>,
  settled: Readonly<Record<string, LockedStage>>,
): Record<string, LockedStage> {
  const next: Record<string, LockedStage> = Object.create(null);
  const byId = new Map(plan.stages.map((stage) => [stage.id, stage]));
  for (const stage of plan.stages) {
    const own = Object.hasOwn(settled, stage.id);
    const entry = own ? settled[stage.id] : Object.hasOwn(before, stage.id) ? before[stage.id] : undefined;
    if (entry === undefined) continue;
    next[stage.id] = entry;
    if (!own && (!fitsPlan(stage, entry) || tornInputs(stage, entry, next, byId).length > 0)) delete next[stage.id];
  }
  return next;
}

/** Whether an entry is of the command, parameters and outputs that the plan has. */
function fitsPlan(stage: PlannedStage, entry: LockedStage): boolean {
  const planned = lockedIngredients(
    ingredientsOf(stage, { code: [], packages: {}, inputs: {}, sources: {}, env: {}, tools: {} }).filter(
      ([kind]) => kind === 'param',
    ),
  );
  const locked = Object.entries(entry.ingredients).filter(([name]) => name.startsWith('param '));
  return locked.length === Object.keys(planned).length && locked.every(([name, value]) => planned[name] === value);
}

function entryOf(workspace: Workspace, { stage, verdict, event }: StageEnd): [string, LockedStage][] {
  if (verdict.kind === 'blocked' || !hasOutputs(event.status)) return [];
  const outputs: Record<string, Trees[string]> = {};
  for (const [name, { path }] of Object.entries(stage.outputs)) {
    const tree = workspace.known.get(projectPath(path));
    if (tree === undefined) return [];
    outputs[name] = tree;
  }
  const { key, ingredients } = verdict.gathered;
  return [[stage.id, { key, ingredients: lockedIngredients(ingredients), outputs: digestsOf(outputs) }]];
}
