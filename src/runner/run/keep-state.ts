/** Keeps what a run knows for the next one; two runs that end at once do so one after the other, so that neither loses what the other learned. */
import { digestOf } from '../../base/digest.ts';
import { acquireCacheLock, releaseCacheLock } from '../locks/cache-lock.ts';
import { needsSaving, saveWorkspace, type Workspace } from '../state/workspace.ts';

/** Throws where the cache cannot be written, which costs only time. */
export async function keepState(workspace: Workspace): Promise<void> {
  const { project } = workspace;
  if (!needsSaving(workspace)) return;
  const guard = await acquireCacheLock(project, `state-${digestOf(project.root).slice(0, 16)}`);
  let trouble: unknown;
  try {
    trouble = saveWorkspace(workspace);
  } finally {
    releaseCacheLock(project, guard);
  }
  if (trouble !== undefined) throw trouble;
}
