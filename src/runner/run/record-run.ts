/** A finished run → its record in cache/runs. */

import type { Summary } from '../model/events.ts';
import { type RunRecord, writeRunRecord } from '../state/run-record.ts';
import type { Workspace } from '../state/workspace.ts';
import { digestsOf } from '../verdict/judge-stage.ts';
import type { StageEnd } from '../verdict/stage-end.ts';

interface Finished {
  readonly runId: string;
  readonly started: Date;
  readonly commandLine: readonly string[];
  readonly ends: readonly StageEnd[];
  readonly summary: Summary;
  readonly interrupted: boolean;
}

export function recordRun(
  workspace: Workspace,
  { runId, started, commandLine, ends, summary, interrupted }: Finished,
): void {
  const stages = ends.map(({ stage, event }): RunRecord['stages'][number] => ({
    stage: event.stage,
    status: event.status,
    key: event.key,
    seconds: event.seconds,
    reason: event.reason,
    outputs: ['failed', 'skipped'].includes(event.status) ? {} : outputsOf(workspace, stage.outputs),
    headlines: event.headlines,
    ...(event.error === undefined ? {} : { error: event.error }),
  }));
  writeRunRecord(workspace.project, {
    run: runId,
    started: started.toISOString(),
    root: workspace.project.root,
    arguments: commandLine,
    params: workspace.plan.params,
    stages,
    summary,
    interrupted,
  });
}

function outputsOf(workspace: Workspace, outputs: StageEnd['stage']['outputs']): Record<string, string> {
  const trees = Object.entries(outputs).flatMap(([name, { path }]) => {
    const tree = workspace.known.get(path.replace(/\/$/, ''));
    return tree === undefined ? [] : [[name, tree] as const];
  });
  return digestsOf(Object.fromEntries(trees));
}
