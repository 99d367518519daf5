/** Keeps pipeline.lock in step with what a run settled. One writer at a time; another run's entries are kept. */
import { join } from 'node:path';
import { digestOf } from '../../base/digest.ts';
import { FileLock } from '../locks/file-lock.ts';
import { hasOutputs } from '../model/events.ts';
import { locksDir } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import {
  type LockedStage,
  lockedIngredients,
  lockFileFingerprint,
  readLockFile,
  writeLockFile,
} from '../state/pipeline-lock.ts';
import type { Workspace } from '../state/workspace.ts';
import { digestsOf, type Trees } from '../verdict/judge-stage.ts';
import type { StageEnd } from '../verdict/stage-end.ts';

/** Does nothing, and reads nothing, where neither the file nor any result changed since the last run. */
export async function updateLockFile(workspace: Workspace, ends: readonly StageEnd[]): Promise<void> {
  const { project, state, plan } = workspace;
  const untouched = lockFileFingerprint(project) === state.lockFile;
  if (untouched && !workspace.stateChanged) return;
  const entries = ends.flatMap((end) => entryOf(workspace, end));
  const ids = new Set(plan.stages.map((stage) => stage.id));
  const guard = await FileLock.acquire(
    join(locksDir(project), `lockfile-${digestOf(project.root).slice(0, 16)}`),
    'exclusive',
  );
  try {
    const now = readOrNothing(workspace);
    const kept = Object.entries(now).filter(([id]) => ids.has(id));
    const next = Object.fromEntries([...kept, ...entries]);
    writeLockFile(project, next);
  } finally {
    guard.release(true);
  }
  state.lockFile = lockFileFingerprint(project);
  workspace.stateChanged = true;
}

/** A lock file that cannot be read is written anew: what this run settled is known. */
function readOrNothing(workspace: Workspace): ReturnType<typeof readLockFile> {
  try {
    return readLockFile(workspace.project);
  } catch {
    return {};
  }
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
