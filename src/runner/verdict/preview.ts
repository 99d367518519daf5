/** What a run would do, without doing it: for `status` and `--dry-run`. Changes nothing but stat records. */

import { formatDiagnostic } from '../../base/located-error.ts';
import type { StageEvent } from '../model/events.ts';
import type { PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionRecord } from '../store/actions.ts';
import { judgeStage, settle, type Verdict } from './judge-stage.ts';
import { endEvent } from './stage-end.ts';

export interface Preview {
  readonly stage: PlannedStage;
  readonly verdict: Verdict;
  readonly event: StageEvent;
}

/** In the plan's order. What would be brought back counts as there for the stages after it; what would run makes them uncertain. */
export async function preview(
  workspace: Workspace,
  stages: readonly PlannedStage[],
  isForced: (id: string) => boolean,
): Promise<readonly Preview[]> {
  const uncertain = new Map<string, string>();
  const previews: Preview[] = [];
  for (const stage of stages) {
    const cause = stage.needs.find((need) => uncertain.has(need));
    const one =
      cause === undefined
        ? await previewOne(workspace, stage, isForced(stage.id))
        : waitsFor(stage, cause, uncertain.get(cause)!);
    if (one.event.status === 'would-run') uncertain.set(stage.id, 'would run');
    if (one.event.status === 'failed' || one.event.status === 'skipped') uncertain.set(stage.id, 'cannot run');
    previews.push(one);
  }
  return previews;
}

async function previewOne(workspace: Workspace, stage: PlannedStage, forced: boolean): Promise<Preview> {
  const verdict = await judgeStage(workspace, stage, forced);
  if (verdict.kind === 'blocked')
    return {
      stage,
      verdict,
      event: endEvent(stage, 'failed', verdict, { error: verdict.problems.map(formatDiagnostic).join('\n') }),
    };
  if (verdict.kind === 'fresh') {
    settle(workspace, stage, verdict.gathered.key, verdict.outputs);
    return { stage, verdict, event: endEvent(stage, 'cached', verdict) };
  }
  const status = statusOf(workspace, verdict.record);
  if (status !== 'would-run')
    for (const [name, { path }] of Object.entries(stage.outputs))
      workspace.known.set(projectPath(path), verdict.record!.outputs[name]!);
  return { stage, verdict, event: endEvent(stage, status, verdict) };
}

/** A remote that is asked, and told of a result, is taken to hold it; where none is asked, it stays there until something needs it. */
function statusOf(workspace: Workspace, record: ActionRecord | undefined): 'would-run' | 'restored' | 'remote' {
  if (record === undefined) return 'would-run';
  const files = Object.values(record.outputs).flatMap((tree) => tree.files);
  if (files.every((file) => workspace.objects.has(file.digest, file.size))) return 'restored';
  if (record.remote !== true) return 'would-run';
  return workspace.remote === undefined ? 'remote' : 'restored';
}

function waitsFor(stage: PlannedStage, need: string, what: string): Preview {
  const verdict: Verdict = { kind: 'blocked', problems: [] };
  const status = what === 'would run' ? 'would-run' : 'skipped';
  return { stage, verdict, event: endEvent(stage, status, verdict, { reason: [`needs ${need}, which ${what}`] }) };
}
