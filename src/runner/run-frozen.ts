/** `run --frozen` in order: compare with pipeline.lock; run or bring back; compare what was made. */

import { checkFrozen, compareOutputs, type Difference, restoreFrozen } from './frozen.ts';
import { readLockFile } from './lock-file.ts';
import type { OpenedPlan } from './open-plan.ts';
import { claimCheckout } from './prepare-run.ts';
import type { RunContext } from './run-context.ts';
import type { StageEnd } from './stage-end.ts';
import { saveWorkspace } from './workspace.ts';

export async function runFrozen(
  context: RunContext,
  { plan, stages, workspace }: OpenedPlan,
  runAll: () => Promise<readonly StageEnd[]>,
): Promise<{ readonly ends: readonly StageEnd[]; readonly differences: number }> {
  const locked = readLockFile(workspace.project);
  const state = await checkFrozen(workspace, plan, stages, locked);
  if (state.differences.length > 0) return { ends: [], differences: tell(context, state.differences) };
  let ends: readonly StageEnd[];
  if (state.absent.length === 0) ends = await runAll();
  else {
    context.emit({ event: 'message', text: `not here: ${state.absent.join(', ')}; compared by pipeline.lock alone` });
    const release = await claimCheckout(context);
    try {
      ends = await restoreFrozen(context, stages, locked, state);
    } finally {
      release();
    }
  }
  saveWorkspace(workspace);
  return { ends, differences: tell(context, compareOutputs(workspace, ends, locked)) };
}

function tell(context: RunContext, differences: readonly Difference[]): number {
  for (const { stage, text } of differences) context.emit({ event: 'difference', stage, text });
  return differences.length;
}
