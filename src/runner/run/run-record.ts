/** What happened in a run, kept in cache/runs for history, logs and comparison. A run that did nothing leaves none. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import type { Headline } from '../../stage.ts';
import type { RunContext } from '../execute/run-context.ts';
import type { StageStatus, Summary } from '../model/events.ts';
import type { Json } from '../model/plan.ts';
import { type Project, runsDir } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import type { Workspace } from '../state/workspace.ts';
import { isMissing } from '../store/atomic-file.ts';
import { readSealed, writeSealed } from '../store/sealed-json.ts';
import { digestsOf } from '../verdict/judge-stage.ts';
import type { StageEnd } from '../verdict/stage-end.ts';

export interface RunRecord {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly root: string;
  readonly arguments: readonly string[];
  readonly params: { readonly [key: string]: Json };
  readonly stages: readonly {
    readonly stage: string;
    readonly status: StageStatus;
    readonly key: string;
    readonly seconds: number;
    readonly reason: readonly string[];
    readonly outputs: Readonly<Record<string, string>>;
    readonly headlines: readonly Headline[];
    readonly error?: string;
    readonly cpuSeconds?: number;
    readonly peakMemoryBytes?: number;
  }[];
  readonly summary: Summary;
  readonly interrupted: boolean;
}

/** What a finished run leaves behind. */
interface Finished {
  readonly started: Date;
  readonly commandLine: readonly string[];
  readonly ends: readonly StageEnd[];
  readonly summary: Summary;
}

export function recordRun({ workspace, runId, signal }: RunContext, finished: Finished): void {
  const { project, plan } = workspace;
  writeRunRecord(project, {
    run: runId,
    started: finished.started.toISOString(),
    root: project.root,
    arguments: finished.commandLine,
    params: plan.params,
    stages: finished.ends.map((end) => recordOf(workspace, end)),
    summary: finished.summary,
    interrupted: signal.aborted,
  });
}

function recordOf(workspace: Workspace, { stage, event }: StageEnd): RunRecord['stages'][number] {
  return {
    stage: event.stage,
    status: event.status,
    key: event.key,
    seconds: event.seconds,
    reason: event.reason,
    outputs: ['failed', 'skipped'].includes(event.status) ? {} : outputsOf(workspace, stage.outputs),
    headlines: event.headlines,
    ...(event.error === undefined ? {} : { error: event.error }),
    ...(event.cpuSeconds === undefined ? {} : { cpuSeconds: event.cpuSeconds }),
    ...(event.peakMemoryBytes === undefined ? {} : { peakMemoryBytes: event.peakMemoryBytes }),
  };
}

function outputsOf(workspace: Workspace, outputs: StageEnd['stage']['outputs']): Record<string, string> {
  const trees = Object.entries(outputs).flatMap(([name, { path }]) => {
    const tree = workspace.known.get(projectPath(path));
    return tree === undefined ? [] : [[name, tree] as const];
  });
  return digestsOf(Object.fromEntries(trees));
}

function writeRunRecord(project: Project, record: RunRecord): void {
  writeSealed(join(runsDir(project), `${record.run}.json`), record);
}

/** Oldest first; damaged records are left out. */
export function readRunRecords(project: Project): readonly RunRecord[] {
  return listRuns(project).flatMap((run) => {
    const found = readSealed<RunRecord>(join(runsDir(project), `${run}.json`));
    return found.state === 'whole' ? [found.value] : [];
  });
}

function listRuns(project: Project): string[] {
  try {
    const names = readdirSync(runsDir(project)).filter((name) => name.endsWith('.json'));
    return names.map((name) => name.slice(0, -5)).sort(compareText);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
