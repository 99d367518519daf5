/**
 * Judges several stages of which none needs another, and asks the remote for all their results at once: a remote far away then costs one wait for
 * many stages, not one each. Ends nothing.
 */
import type { RunContext } from '../execute/run-context.ts';
import type { PlannedStage } from '../model/plan.ts';
import { judgeStage, type Verdict } from '../verdict/judge-stage.ts';

/** Enough to hide the way to the remote; few enough that a run which is interrupted stops soon. */
export const stagesAhead = 256;

/** By id. Without a remote the same as judging one after the other. */
export async function judgeAhead(
  { workspace, isForced }: RunContext,
  stages: readonly PlannedStage[],
): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for (const stage of stages) verdicts.set(stage.id, await judgeStage(workspace, stage, isForced(stage.id), false));
  const unknown = stages.filter((stage) => mayBeThere(verdicts.get(stage.id)!) && stage.cache && !isForced(stage.id));
  const cache = unknown.length === 0 ? undefined : await workspace.remote?.open();
  if (cache === undefined) return verdicts;
  const found = await Promise.all(
    unknown.map(async (stage) => {
      const verdict = verdicts.get(stage.id)!;
      return verdict.kind === 'stale' && (await cache.lookup(verdict.gathered.key)) !== undefined;
    }),
  );
  for (const [i, stage] of unknown.entries())
    if (found[i] === true) verdicts.set(stage.id, await judgeStage(workspace, stage, false));
  return verdicts;
}

function mayBeThere(verdict: Verdict): boolean {
  return verdict.kind === 'stale' && verdict.record === undefined;
}
