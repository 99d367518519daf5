/** Runs stages again in clean folders and holds the bytes they make against those they made before. Keeps and publishes nothing. */
import { join } from 'node:path';
import { type ActionEnd, type Made, runInStaging } from '../execute/run-action.ts';
import type { RunContext } from '../execute/run-context.ts';
import { KeyLock } from '../locks/key-lock.ts';
import type { PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import { logPath, StageLog } from '../state/stage-log.ts';
import { makeFolder } from '../store/atomic-file.ts';
import { removeTree } from '../store/remove-tree.ts';
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
  const scratch = join(workspace.stagingFolder, `.scratch-${stage.id.replaceAll('/', '_')}`);
  let detail: string | undefined;
  try {
    makeFolder(scratch);
    context.emit({ event: 'start', stage: stage.id, key: gathered.key, reason: ['rebuild'] });
    const end = await runInStaging(
      { context: { ...context, slots: firstPlaces(stage) }, stage, gathered, lock, log },
      { scratch, live: join(scratch, 'live') },
      async (made): Promise<ActionEnd> => {
        detail = compare(workspace.project.root, stage, outputs, made);
        return { kind: 'done', ...made };
      },
    );
    if (end.kind !== 'done') return { stage: stage.id, state: 'failed', detail: end.message };
    return { stage: stage.id, state: detail === undefined ? 'same' : 'different', detail: detail ?? '' };
  } finally {
    log.close();
    lock.release();
    removeTree(scratch);
  }
}

/** Stages are rebuilt one at a time. */
function firstPlaces({ resources }: PlannedStage): Record<string, readonly number[]> {
  const slots = Object.entries(resources.slots);
  return Object.fromEntries(slots.map(([slot, count]) => [slot, Array.from({ length: count }, (_, i) => i)]));
}

/** The first file that is not what it was, and where in it. */
function compare(
  root: string,
  stage: PlannedStage,
  before: Readonly<Record<string, TreeRecord>>,
  made: Made,
): string | undefined {
  for (const { name, path } of made.places.outputs) {
    const old = filesOf(before[name]!);
    const now = filesOf(made.outputs[name]!);
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
    const empty = emptyFolderOfOne(before[name]!, made.outputs[name]!);
    if (empty !== undefined)
      return `${join(stage.outputs[name]!.path, empty)} is an empty folder in one of the two only`;
  }
  return undefined;
}

/** By path, without what counts for nothing. */
function filesOf(tree: TreeRecord): ReadonlyMap<string, FileRecord> {
  return new Map(tree.files.filter((file) => file.ignored !== true).map((file) => [file.path, file]));
}

function emptyFolderOfOne(a: TreeRecord, b: TreeRecord): string | undefined {
  const [one = [], other = []] = [a.emptyFolders, b.emptyFolders];
  return one.find((path) => !other.includes(path)) ?? other.find((path) => !one.includes(path));
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
  if (before.digest !== after.digest) return `${shown}: ${firstDifference(a, b, shown)}`;
  if (before.executable === after.executable) return undefined;
  return `${shown} ${after.executable ? 'can' : 'cannot'} be executed now, and ${after.executable ? 'could not' : 'could'} before`;
}
