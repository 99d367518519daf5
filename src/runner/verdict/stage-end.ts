/** How one stage ended, as an event and as what the lock file needs to know. Runs nothing. */
import { type Diagnostic, formatDiagnostic } from '../../base/located-error.ts';
import type { StageEvent, StageStatus } from '../model/events.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Verdict } from './judge-stage.ts';

/** How a stage ended, and what the lock file is to say of it. */
export interface StageEnd {
  readonly event: StageEvent;
  readonly stage: PlannedStage;
  readonly verdict: Verdict;
}

export function endEvent(
  stage: PlannedStage,
  status: StageStatus,
  verdict: Verdict,
  more: Partial<StageEvent> = {},
): StageEvent {
  return {
    event: 'stage',
    stage: stage.id,
    status,
    key: verdict.kind === 'blocked' ? '' : verdict.gathered.key,
    reason: verdict.kind === 'stale' ? verdict.reasons : [],
    seconds: 0,
    outputs: Object.values(stage.outputs).map((output) => output.path),
    headlines: [],
    ...more,
  };
}

/** A stage that cannot run: an input or a program is missing. */
export function blockedEnd(stage: PlannedStage, problems: readonly Diagnostic[]): StageEnd {
  const verdict: Verdict = { kind: 'blocked', problems };
  return {
    stage,
    verdict,
    event: endEvent(stage, 'failed', verdict, { error: problems.map(formatDiagnostic).join('\n') }),
  };
}
