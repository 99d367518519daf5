/** Walks the selected stages: what is fresh is settled at once, what is stale is scheduled, what depends on a failure is skipped. */
import { errorText } from '../execute/disk-errors.ts';
import type { RunContext } from '../execute/run-context.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Verdict } from '../verdict/judge-stage.ts';
import { evaluate, settle } from '../verdict/judge-stage.ts';
import { blockedEnd, endEvent, type StageEnd } from '../verdict/stage-end.ts';
import type { Scheduler } from './schedule.ts';

export interface RunStagesOptions {
  readonly keepGoing: boolean;
}

interface Walk {
  readonly context: RunContext;
  readonly options: RunStagesOptions;
  readonly selected: ReadonlyMap<string, PlannedStage>;
  readonly ends: Map<string, StageEnd>;
  readonly waiting: Set<PlannedStage>;
  /** Stage → the selected stages that need it, in the plan's order. */
  readonly dependents: ReadonlyMap<string, readonly PlannedStage[]>;
  failed: string | undefined;
}

/** The end of every selected stage, in the order they came. `prepare` is called once, before the first stale stage is touched. */
export async function runStages(
  context: RunContext,
  stages: readonly PlannedStage[],
  options: RunStagesOptions,
  prepare: () => Promise<Scheduler>,
): Promise<readonly StageEnd[]> {
  const selected = new Map(stages.map((stage) => [stage.id, stage]));
  const walk: Walk = {
    context,
    options,
    selected,
    ends: new Map(),
    waiting: new Set(),
    dependents: dependentsOf(stages),
    failed: undefined,
  };
  const stale: [PlannedStage, Extract<Verdict, { kind: 'stale' }>][] = [];
  for (const stage of stages) {
    if (!isReady(walk, stage)) walk.waiting.add(stage);
    else {
      const verdict = await evaluate(context.workspace, stage, context.isForced(stage.id));
      if (verdict.kind === 'stale') stale.push([stage, verdict]);
      else finish(walk, await endOf(walk, stage, verdict));
    }
  }
  if (stale.length > 0 || walk.waiting.size > 0) {
    const scheduler = await prepare();
    for (const [stage, verdict] of stale) start(walk, scheduler, stage, verdict);
    await scheduler.idle();
    for (const stage of [...walk.waiting]) skip(walk, stage);
  }
  return [...walk.ends.values()];
}

/** Whether everything it needs, of what this run covers, has ended well. */
function isReady(walk: Walk, stage: PlannedStage): boolean {
  return stage.needs.every((need) => !walk.selected.has(need) || isGood(walk.ends.get(need)));
}

function isGood(end: StageEnd | undefined): boolean {
  return end !== undefined && end.event.status !== 'failed' && end.event.status !== 'skipped';
}

async function endOf(walk: Walk, stage: PlannedStage, verdict: Exclude<Verdict, { kind: 'stale' }>): Promise<StageEnd> {
  if (verdict.kind === 'blocked') return blockedEnd(stage, verdict.problems);
  const { workspace } = walk.context;
  if (!verdict.stored) await keepAgain(walk, stage, verdict);
  const headlines = settle(workspace, stage, verdict.gathered.key, verdict.outputs);
  return { stage, verdict, event: endEvent(stage, 'cached', verdict, { headlines }) };
}

/** A cache that cannot be written costs what it would have saved, nothing more. */
async function keepAgain(walk: Walk, stage: PlannedStage, verdict: Extract<Verdict, { kind: 'fresh' }>): Promise<void> {
  const { workspace, runId, emit } = walk.context;
  try {
    const { storeAgain } = await import('./store-again.ts');
    await storeAgain(workspace, stage, verdict, runId);
  } catch (error) {
    emit({ event: 'message', text: `${stage.id}: its result was not kept in the cache: ${errorText(error)}` });
  }
}

function finish(walk: Walk, end: StageEnd): void {
  walk.ends.set(end.stage.id, end);
  if (end.event.status === 'failed') walk.failed ??= end.stage.id;
  walk.context.emit(end.event);
}

/** Nothing more is begun: something failed and the run does not keep going, or it was interrupted. */
function isClosed(walk: Walk): boolean {
  return walk.context.signal.aborted || (walk.failed !== undefined && !walk.options.keepGoing);
}

function start(
  walk: Walk,
  scheduler: Scheduler,
  stage: PlannedStage,
  verdict: Extract<Verdict, { kind: 'stale' }>,
): void {
  scheduler.add({
    id: stage.id,
    resources: stage.resources,
    run: async () => {
      if (isClosed(walk)) return void walk.waiting.add(stage);
      finish(walk, await perform(walk, stage, verdict));
      await advance(walk, scheduler, stage.id);
    },
  });
}

async function perform(
  walk: Walk,
  stage: PlannedStage,
  verdict: Extract<Verdict, { kind: 'stale' }>,
): Promise<StageEnd> {
  const { context } = walk;
  try {
    const { bringUpToDate } = await import('./bring-up-to-date.ts');
    return await bringUpToDate(context, stage, verdict);
  } catch (error) {
    const status = context.signal.aborted ? 'skipped' : 'failed';
    return {
      stage,
      verdict,
      event: endEvent(stage, status, verdict, { error: `stage ${stage.id}: ${errorText(error)}` }),
    };
  }
}

/** Judges every stage that waited for this one and whose needs are met now, and in turn what waited for those. */
async function advance(walk: Walk, scheduler: Scheduler, ended: string): Promise<void> {
  for (const stage of walk.dependents.get(ended) ?? []) {
    if (isClosed(walk)) return;
    if (!walk.waiting.has(stage) || !isReady(walk, stage)) continue;
    walk.waiting.delete(stage);
    const verdict = await evaluate(walk.context.workspace, stage, walk.context.isForced(stage.id));
    if (verdict.kind === 'stale') start(walk, scheduler, stage, verdict);
    else {
      finish(walk, await endOf(walk, stage, verdict));
      await advance(walk, scheduler, stage.id);
    }
  }
}

function dependentsOf(stages: readonly PlannedStage[]): ReadonlyMap<string, readonly PlannedStage[]> {
  const dependents = new Map<string, PlannedStage[]>();
  for (const stage of stages)
    for (const need of stage.needs) {
      const list = dependents.get(need);
      if (list === undefined) dependents.set(need, [stage]);
      else list.push(stage);
    }
  return dependents;
}

function skip(walk: Walk, stage: PlannedStage): void {
  const verdict: Verdict = { kind: 'blocked', problems: [] };
  const needed = stage.needs.find((need) => walk.selected.has(need) && !isGood(walk.ends.get(need)));
  const reason = walk.context.signal.aborted
    ? 'interrupted'
    : needed !== undefined
      ? `needs ${needed}`
      : `not begun: ${walk.failed} failed`;
  walk.waiting.delete(stage);
  finish(walk, { stage, verdict, event: endEvent(stage, 'skipped', verdict, { reason: [reason] }) });
}
