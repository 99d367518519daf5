/** `run --frozen` in order: compare with pipeline.lock; run or bring back; compare what was made. */

import type { RunContext } from '../execute/run-context.ts';
import { readLockFile } from '../state/pipeline-lock.ts';
import { saveWorkspace } from '../state/workspace.ts';
import type { StageEnd } from '../verdict/stage-end.ts';
import { checkFrozen, compareOutputs, type Difference, restoreFrozen } from './frozen.ts';
import type { OpenedPlan } from './open-plan.ts';
import { claimCheckout } from './prepare-run.ts';

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
