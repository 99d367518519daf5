/** Between two runs of `run --watch`. */
import type { OpenedPlan } from '../open-plan.ts';
import { openPlan } from '../open-plan.ts';
import { nextChange } from '../watch.ts';
import { type CommandIo, planFlags } from './command-io.ts';

/** False where it was interrupted. After a file that cannot be read, the plain project folder is watched until it can. */
export async function waitForChange(io: CommandIo, opened: OpenedPlan | undefined): Promise<boolean> {
  if (!io.line.has('json')) io.out('watching; Ctrl-C ends it\n');
  try {
    await nextChange(opened ?? (await emptyPlan(io)), io.signal);
    return true;
  } catch (error) {
    if (io.signal.aborted) return false;
    throw error;
  }
}

async function emptyPlan(io: CommandIo): Promise<OpenedPlan> {
  const found = await openPlan({ ...planFlags(io), toMake: true });
  if (found.ok) return found.value;
  const { openWorkspace } = await import('../workspace.ts');
  const plan = { version: 1 as const, params: {}, targets: {}, stages: [] };
  return { plan, stages: [], workspace: openWorkspace(io.project, plan) };
}
