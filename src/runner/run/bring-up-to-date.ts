/** One stale stage → restored, run, or failed: takes the key's lock, looks again, then restores or runs with retries. */
import { relative } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import type { Again } from '../execute/executor.ts';
import { restore } from '../execute/known-result.ts';
import { type ActionEnd, runAction } from '../execute/run-action.ts';
import type { RunContext } from '../execute/run-context.ts';
import { KeyLock } from '../locks/key-lock.ts';
import type { PlannedStage } from '../model/plan.ts';
import { scratchDir } from '../model/project.ts';
import { logPath, StageLog } from '../state/stage-log.ts';
import { holdsFiles } from '../store/atomic-file.ts';
import { errorText as diskWords } from '../store/disk-errors.ts';
import { judgeStage, settle, type Verdict } from '../verdict/judge-stage.ts';
import { blockedEnd, endEvent, type StageEnd } from '../verdict/stage-end.ts';

type Stale = Extract<Verdict, { kind: 'stale' }>;

export async function bringUpToDate(context: RunContext, stage: PlannedStage, first: Stale): Promise<StageEnd> {
  const started = performance.now();
  let verdict: Verdict = first;
  // At most one change of its inputs while it waits and one while it runs is followed.
  for (let round = 0; verdict.kind === 'stale'; round++) {
    const end = await underKeyLock(context, stage, verdict, round < 2);
    if ('event' in end) return { ...end, event: { ...end.event, seconds: rounded(started) } };
    verdict = end;
  }
  if (verdict.kind === 'blocked') return blockedEnd(stage, verdict.problems);
  const headlines = settle(context.workspace, stage, verdict.gathered.key, verdict.outputs);
  return {
    stage,
    verdict,
    event: endEvent(stage, 'cached', verdict, { seconds: rounded(started), reason: first.reasons, headlines }),
  };
}

function rounded(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}

/** The end, or a new verdict to go on with: another run made it, or its ingredients changed. */
async function underKeyLock(
  context: RunContext,
  stage: PlannedStage,
  verdict: Stale,
  mayChange: boolean,
): Promise<StageEnd | Verdict> {
  const { workspace } = context;
  const { key } = verdict.gathered;
  const wait = (holder: string): void => context.emit({ event: 'waiting', stage: stage.id, holder });
  const lock = await KeyLock.acquire(workspace.project, key, stage.id, context.signal, wait);
  try {
    const forced = context.isForced(stage.id) || !stage.cache;
    const now = await judgeStage(workspace, stage, context.isForced(stage.id));
    if (now.kind !== 'stale') return now;
    if (now.gathered.key !== key) return now;
    const same: Stale = { ...now, reasons: verdict.reasons };
    const restored = forced || now.record === undefined ? undefined : await restore(context, stage, now.record);
    if (restored === undefined) return await makeUnderLock(context, stage, same, lock, mayChange);
    settle(workspace, stage, key, restored, now.record!.headlines, now.record!.seconds);
    return {
      stage,
      verdict: { ...same, record: now.record! },
      event: endEvent(stage, 'restored', same, { headlines: now.record!.headlines }),
    };
  } finally {
    lock.release();
  }
}

/** Runs it, when what it reads is here. */
async function makeUnderLock(
  context: RunContext,
  stage: PlannedStage,
  verdict: Stale,
  lock: KeyLock,
  mayChange: boolean,
): Promise<StageEnd | Verdict> {
  const skipped = (reason: string): StageEnd => ({
    stage,
    verdict,
    event: endEvent(stage, 'skipped', verdict, { reason: [reason] }),
  });
  if (context.pullOnly === true) return skipped('neither the cache nor the remote has its result');
  const needs = (await context.bringNeeds?.(stage.needs)) ?? 'here';
  if (typeof needs === 'object') return skipped(`needs ${needs.failed}`);
  if (needs === 'changed') {
    const now = await judgeStage(context.workspace, stage, context.isForced(stage.id));
    if (now.kind !== 'stale' || now.gathered.key !== verdict.gathered.key) return now;
  }
  return runUnderLock(context, stage, verdict, lock, mayChange);
}

async function runUnderLock(
  context: RunContext,
  stage: PlannedStage,
  verdict: Stale,
  lock: KeyLock,
  mayChange: boolean,
): Promise<StageEnd | Verdict> {
  const { workspace, emit } = context;
  const { key } = verdict.gathered;
  emit({ event: 'start', stage: stage.id, key, reason: verdict.reasons });
  const log = new StageLog(logPath(workspace.project, context.runId, stage.id));
  const end = await withRetries(context, stage, verdict, lock, log);
  const logged = log.written ? { log: relative(workspace.project.root, log.path) } : {};
  log.close();
  if (log.trouble !== undefined)
    emit({ event: 'message', text: `${stage.id}: its log was not kept: ${diskWords(log.trouble)}` });
  if (end.kind === 'overtaken' && end.again && mayChange) {
    emit({ event: 'message', text: `${stage.id}: ${end.message}; it runs again` });
    return judgeStage(workspace, stage, context.isForced(stage.id));
  }
  if (end.kind !== 'done') {
    const usage = end.kind === 'failed' ? end.usage : {};
    const told = { ...logged, ...usage, ...lastLines(log), error: failureText(stage, end) };
    const event = stopped(context)
      ? endEvent(stage, 'skipped', verdict, { ...told, reason: [howStopped(context, key)] })
      : endEvent(stage, 'failed', verdict, told);
    return { stage, verdict, event };
  }
  settle(workspace, stage, key, end.outputs, end.headlines, end.seconds);
  await offer(context, key);
  // The next run then looks whether the cache has it, and tries again.
  if (end.kept === false) delete workspace.state.stages[stage.id];
  const told = { ...logged, ...end.usage, headlines: end.headlines };
  return { stage, verdict, event: endEvent(stage, 'ran', verdict, told) };
}

/** Puts a new result into the remote, while the run goes on. */
async function offer({ workspace }: RunContext, key: Digest): Promise<void> {
  const remote = await workspace.remote?.open();
  const record = remote?.writes === true ? workspace.actions.read(key) : undefined;
  if (record !== undefined) remote?.offer(record);
}

/** Without the frames of a stack, which the log holds. */
function lastLines(log: StageLog): Partial<StageEnd['event']> {
  const lines = log.last.filter((line) => !/^ {4}at /.test(line));
  return lines.length === 0 ? {} : { lastLines: lines };
}

/** Whether the next run begins anew is what people ask after Ctrl-C. */
function howStopped({ workspace }: RunContext, key: Digest): string {
  const kept = holdsFiles(scratchDir(workspace.project, key));
  return kept ? 'stopped; the next run goes on from what it kept' : 'stopped; the next run begins it anew';
}

function stopped(context: RunContext): boolean {
  return context.signal.aborted;
}

async function withRetries(
  context: RunContext,
  stage: PlannedStage,
  verdict: Stale,
  lock: KeyLock,
  log: StageLog,
): Promise<ActionEnd> {
  const causes = new Map<string, number>();
  let own = 0;
  let again: Again | undefined;
  for (let tries = 1; ; tries++) {
    const end = await runAction({ context, stage, gathered: verdict.gathered, lock, log, again });
    if (end.kind !== 'failed' || end.final || stopped(context)) return end;
    if (end.cause === undefined) {
      if (++own > stage.retries) return end;
    } else {
      const next = context.executor.retry(end.cause, causes);
      if (next === undefined) return end;
      causes.set(end.cause, (causes.get(end.cause) ?? 0) + 1);
      again = next;
    }
    context.emit({ event: 'retry', stage: stage.id, attempt: tries, error: end.message });
    log.write(`attempt ${tries} failed: ${end.message}`);
  }
}

function failureText(stage: PlannedStage, end: Exclude<ActionEnd, { kind: 'done' }>): string {
  if (end.kind === 'overtaken')
    return `stage ${stage.id}: ${end.message}\n  its result was not kept; run again when nothing else writes there`;
  return `stage ${stage.id} ${end.message}${end.hint === undefined ? '' : `\n  ${end.hint}`}`;
}
