/** Runs stages again in clean folders and holds the bytes they make against those they made before. Keeps and publishes nothing. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionEnd, type Made, runInStaging } from '../execute/run-action.ts';
import type { RunContext } from '../execute/run-context.ts';
import { KeyLock } from '../locks/key-lock.ts';
import type { PlannedStage } from '../model/plan.ts';
import { stagingDir } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import { logPath, StageLog } from '../state/stage-log.ts';
import { makeFolder } from '../store/atomic-file.ts';
import type { FileRecord, TreeRecord } from '../store/tree.ts';
import { judgeStage } from '../verdict/judge-stage.ts';
import { firstDifference } from './first-difference.ts';

export interface RebuildEnd {
  readonly stage: string;
  readonly state: 'same' | 'different' | 'failed' | 'stale';
  readonly detail: string;
}

export async function rebuild(context: RunContext, stage: PlannedStage): Promise<RebuildEnd> {
  const { workspace, signal } = context;
  const verdict = await judgeStage(workspace, { ...stage, cache: true });
  if (verdict.kind === 'blocked')
    return { stage: stage.id, state: 'failed', detail: verdict.problems.map((problem) => problem.message).join('; ') };
  if (verdict.kind === 'stale')
    return { stage: stage.id, state: 'stale', detail: `bring it up to date first: ${verdict.reasons.join('; ')}` };
  const { gathered, outputs } = verdict;
  const wait = (holder: string): void => context.emit({ event: 'waiting', stage: stage.id, holder });
  const lock = await KeyLock.acquire(workspace.project, gathered.key, stage.id, signal, wait);
  const log = new StageLog(logPath(workspace.project, context.runId, stage.id));
  const scratch = join(stagingDir(workspace.project), `scratch-${process.pid}-${stage.id.replaceAll('/', '_')}`);
  let detail: string | undefined;
  try {
    makeFolder(scratch);
    context.emit({ event: 'start', stage: stage.id, key: gathered.key, reason: ['rebuild'] });
    const end = await runInStaging(
      { context, stage, gathered, lock, log },
      scratch,
      async (made): Promise<ActionEnd> => {
        detail = compare(workspace.project.root, stage, outputs, made);
        return { kind: 'done', outputs: made.outputs, headlines: made.headlines, seconds: made.seconds };
      },
    );
    if (end.kind !== 'done') return { stage: stage.id, state: 'failed', detail: end.message };
    return { stage: stage.id, state: detail === undefined ? 'same' : 'different', detail: detail ?? '' };
  } finally {
    log.close();
    lock.release();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The first file that is not what it was, and where in it. */
function compare(
  root: string,
  stage: PlannedStage,
  before: Readonly<Record<string, TreeRecord>>,
  made: Made,
): string | undefined {
  for (const { name, path } of made.places.outputs) {
    const old = new Map(before[name]!.files.map((file) => [file.path, file]));
    const now = new Map(made.outputs[name]!.files.map((file) => [file.path, file]));
    for (const file of [...new Set([...old.keys(), ...now.keys()])].sort()) {
      const shown = projectPath(join(stage.outputs[name]!.path, file));
      const found = compareFile(
        old.get(file),
        now.get(file),
        join(root, shown),
        join(made.places.staging, path, file),
        shown,
      );
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function compareFile(
  before: FileRecord | undefined,
  after: FileRecord | undefined,
  a: string,
  b: string,
  shown: string,
): string | undefined {
  if (before === undefined) return `${shown} was not made before`;
  if (after === undefined) return `${shown} was not made again`;
  return before.digest === after.digest ? undefined : `${shown}: ${firstDifference(a, b, shown)}`;
}
