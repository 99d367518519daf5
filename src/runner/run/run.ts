/** One `pipeline run`: plan → selection → stages → lock file, state, record. Prints nothing; everything is an event. */
import type PQueue from 'p-queue';
import { type Diagnostic, UserError } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { tellOfCache } from '../execute/cache-trouble.ts';
import type { RunContext } from '../execute/run-context.ts';
import { forcedStages } from '../load/select.ts';
import { hasOutputs, type Listener, type Summary, summarise } from '../model/events.ts';
import type { ExecutorName, PlannedStage } from '../model/plan.ts';
import { artifactsDir } from '../model/project.ts';
import { RemoteLink } from '../remote/remote-link.ts';
import type { RemoteChoice } from '../remote/settings.ts';
import { saveWorkspace, type Workspace } from '../state/workspace.ts';
import { errorText } from '../store/disk-errors.ts';
import { judgeStage, settle, type Verdict } from '../verdict/judge-stage.ts';
import { blockedEnd, endEvent, type StageEnd } from '../verdict/stage-end.ts';
import type { Admission } from './admission.ts';
import { beginContext } from './begin-context.ts';
import { judgeAhead, stagesAhead } from './judge-ahead.ts';
import { LeftThere } from './left-there.ts';
import { NoOpKeeper } from './no-op/keep.ts';
import { type OpenedPlan, openPlan, type PlanOptions } from './open-plan.ts';
import { Walk } from './walk.ts';

export interface RunOptions extends PlanOptions {
  /** Every selected stage, or these. */
  readonly force: true | readonly string[];
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  /** Nothing may differ from pipeline.lock, which is not written. */
  readonly frozen: boolean;
  /** Writes the lock file also where --set or a profile was given. */
  readonly lock: boolean;
  readonly jobs?: number | undefined;
  /** The remote to ask; none where it is left out. */
  readonly remote?: RemoteChoice | undefined;
  /** Nothing is run: what no cache holds is skipped. */
  readonly pullOnly?: boolean;
  /** Where stages run; if not given, what the pipeline file or the user's settings say. */
  readonly executor?: ExecutorName | undefined;
  /** As typed, for the run record. */
  readonly commandLine: readonly string[];
  readonly signal: AbortSignal;
  readonly emit: Listener;
}

export interface RunOutcome {
  readonly summary: Summary;
  readonly interrupted: boolean;
  /** With --frozen: how much is not as pipeline.lock says. */
  readonly differences: number;
  /** What the run looked at, for --watch. */
  readonly opened: OpenedPlan;
}

type Diagnostics = readonly Diagnostic[];

/** Stages and how each ended; the differences of a frozen run. */
interface Worked {
  readonly ends: readonly StageEnd[];
  readonly differences: number;
}

/** Errors are those of the pipeline file or of the command line; a failed stage is an outcome. */
export async function runPipeline(options: RunOptions): Promise<Result<RunOutcome, Diagnostics>> {
  const keeper = new NoOpKeeper(options.commandLine, options.project.root);
  const opened = await openPlan({ ...options, toMake: true });
  if (!opened.ok) return opened;
  const forced = forcedStages(opened.value.plan, opened.value.stages, options.force);
  if (!forced.ok) return forced;
  const { stages, workspace } = opened.value;
  const started = new Date();
  const context = beginContext(workspace, { ...options, started, forced: forced.value });
  options.emit({
    event: 'run',
    run: context.runId,
    stages: stages.length,
    ...(options.dryRun ? { dryRun: true } : {}),
  });
  try {
    const { ends, differences } = await workWithRemote(options, context, opened.value);
    const events = ends.map((end) => end.event);
    const summary = summarise(events, (Date.now() - started.getTime()) / 1000);
    if (!options.dryRun && events.some(({ status }) => status !== 'cached' && status !== 'remote'))
      await tryTo(context, async () => {
        const { recordRun } = await import('./run-record.ts');
        recordRun(context, { started, commandLine: options.commandLine, ends, summary });
      });
    if (!options.dryRun) await tellSeals(options, opened.value);
    options.emit(summary);
    const isKept = (status: string, id: string): boolean =>
      status === 'cached' && workspace.state.stages[id] !== undefined;
    const nothingDone = ends.length === stages.length && events.every(({ status, stage }) => isKept(status, stage));
    if (nothingDone && differences === 0 && !options.dryRun && !options.signal.aborted)
      keeper.keep(workspace, stages, events);
    return ok({ summary, interrupted: options.signal.aborted, differences, opened: opened.value });
  } catch (error) {
    if (error instanceof UserError) return err(error.diagnostics);
    throw error;
  }
}

/** Of experiments that were sealed: whether their results are made under the plan that stood before them. */
async function tellSeals(options: RunOptions, { plan, stages, workspace }: OpenedPlan): Promise<void> {
  const beside = new Set(plan.included?.files.map(([path]) => path));
  if (!stages.some(({ at }) => beside.has(at.file))) return;
  const { sealSentences } = await import('./sealed-experiments.ts');
  for (const text of await sealSentences(workspace, stages, options)) options.emit({ event: 'message', text });
}

/** What was made is put into the remote before the run ends, unless it is interrupted. */
async function workWithRemote(options: RunOptions, context: RunContext, opened: OpenedPlan): Promise<Worked> {
  const { workspace } = opened;
  if (options.remote === undefined) return work(options, context, opened);
  const tell = (text: string): void => context.emit({ event: 'message', text });
  const { actions, objects, project } = workspace;
  const link = new RemoteLink(options.remote, process.cwd(), { actions, objects, cacheDir: project.cacheDir }, tell);
  const stop = (): void => void link.close();
  options.signal.addEventListener('abort', stop, { once: true });
  workspace.remote = link;
  try {
    const worked = await work(options, context, opened);
    await link.drain();
    return worked;
  } finally {
    options.signal.removeEventListener('abort', stop);
    await link.close();
  }
}

async function work(options: RunOptions, context: RunContext, opened: OpenedPlan): Promise<Worked> {
  if (options.frozen) {
    const { runFrozen } = await import('./frozen.ts');
    return runFrozen(context, opened, {
      dryRun: options.dryRun,
      runAll: () => runAll(options, context, opened),
      preview: () => previewStages(options, context, opened),
    });
  }
  if (options.dryRun) return { ends: await previewStages(options, context, opened), differences: 0 };
  const ends = await runAll(options, context, opened);
  await tryTo(context, async () => {
    const { mayWriteLock, updateLockFile } = await import('./update-pipeline-lock.ts');
    // What was interrupted or failed half-way would leave entries of two states side by side.
    const whole = !context.signal.aborted && ends.every(({ event }) => hasOutputs(event.status));
    if (whole && mayWriteLock(context.workspace, options)) await updateLockFile(context, ends);
    const { keepState } = await import('./keep-state.ts');
    await keepState(context.workspace);
  });
  return { ends, differences: 0 };
}

/** Everything selected: what is fresh is settled at once, what is stale is brought up to date, what needs a failed one is skipped. */
async function runAll(options: RunOptions, context: RunContext, opened: OpenedPlan): Promise<readonly StageEnd[]> {
  const first = await survey(options, context, opened);
  if (first.stale.length === 0 && !first.walk.someWait) {
    tellEnds(context, first.walk);
    return first.walk.ends;
  }
  const { ends, torn } = await runStale(options, context, opened, first);
  if (!torn) return ends;
  // Something that the remote had lost was made again, and is other than what the rest was judged by.
  opened.workspace.lookAgain();
  return runAll(options, context, { ...opened, asked: undefined });
}

/** What a first look gives: stages that need no work have ended, nobody has been told yet. */
interface Survey {
  readonly walk: Walk;
  readonly stale: readonly StaleStage[];
  readonly left: LeftThere;
}

async function survey(options: RunOptions, context: RunContext, opened: OpenedPlan): Promise<Survey> {
  const walk = new Walk(opened.stages, options.keepGoing, context.signal);
  const left = new LeftThere(opened.asked);
  const stale: StaleStage[] = [];
  let ahead: ReadonlyMap<string, Verdict> = new Map();
  for (const [i, stage] of opened.stages.entries()) {
    if (!walk.isReady(stage)) walk.wait(stage);
    else {
      if (!ahead.has(stage.id)) ahead = await judgeAhead(context, readyFrom(context, opened.stages, i, walk));
      const verdict = ahead.get(stage.id)!;
      if (verdict.kind === 'blocked') await refuseMisfits(options, context, opened);
      if (verdict.kind !== 'stale') walk.finish(await settledEnd(context, stage, verdict));
      else {
        const end = left.take(context, stage, verdict);
        if (end === undefined) stale.push({ stage, verdict });
        else walk.finish(end);
      }
    }
  }
  return { walk, stale, left };
}

/** This stage, and with a remote those after it that may be judged as well. */
function readyFrom(
  { workspace }: RunContext,
  stages: readonly PlannedStage[],
  from: number,
  walk: Walk,
): readonly PlannedStage[] {
  if (workspace.remote === undefined) return [stages[from]!];
  return stages.slice(from, from + stagesAhead).filter((stage) => walk.isReady(stage));
}

function tellEnds({ emit }: RunContext, walk: Walk, left?: LeftThere): void {
  for (const { event } of walk.ends) if (left?.has(event.stage) !== true) emit(event);
}

/** A wrong parameter may be why a stage cannot be judged: then it is told, where it was written, and nothing else. */
async function refuseMisfits(options: RunOptions, context: RunContext, { stages }: OpenedPlan): Promise<void> {
  const { learnContracts } = await import('./prepare-run.ts');
  await learnContracts(context, options, stages);
}

/** The folders of these stages are claimed where some are stale, and let go at the end. */
async function runStale(
  options: RunOptions,
  begun: RunContext,
  opened: OpenedPlan,
  first: Survey,
): Promise<{ readonly ends: readonly StageEnd[]; readonly torn: boolean }> {
  const { plan, stages } = opened;
  const { claimCheckout, learnContracts } = await import('./prepare-run.ts');
  const { openExecutor } = await import('./open-executor.ts');
  const context = await openExecutor(begun, options);
  const release = await claimCheckout(context, stages);
  try {
    const { walk, stale, left } = await stillTrue(options, context, opened, first);
    tellEnds(context, walk, left);
    await learnContracts(context, options, stages);
    const [{ Admission }, { default: PQueue }] = await Promise.all([import('./admission.ts'), import('p-queue')]);
    const order = plan.stages.map((stage) => stage.id);
    context.emit({ event: 'expect', seconds: secondsLastTime(context.workspace, walk.unended) });
    // The queue tells when the last has ended; when each may begin is Admission's, for p-queue counts tasks, not cores.
    const admission = new Admission(order, context.jobs, plan.slots);
    const line: Line = { context: bringing(context, walk, left), walk, left, queue: new PQueue(), admission };
    for (const one of stale) enqueue(line, one);
    await line.queue.onIdle();
    for (const end of walk.skipped()) finish(context, walk, end);
    for (const { event } of walk.ends) if (event.status === 'remote') context.emit(event);
    return { ends: walk.ends, torn: left.torn };
  } finally {
    await context.executor.close();
    await release();
  }
}

/** A context by which a stage that must run gets here what it reads and was left in the remote. */
function bringing(context: RunContext, walk: Walk, left: LeftThere): RunContext {
  const whole: RunContext = {
    ...context,
    bringNeeds: (needs) =>
      left.bring(
        context,
        needs,
        async (stage, verdict) => endOf(whole, { stage, verdict }),
        (end) => finish(context, walk, end),
      ),
  };
  return whole;
}

/** The survey; or another, where a run that held these folders until now has put something else there. */
async function stillTrue(options: RunOptions, context: RunContext, opened: OpenedPlan, first: Survey): Promise<Survey> {
  const { workspace } = context;
  if (workspace.stats.isAsSeen(artifactsDir(workspace.project))) return first;
  workspace.lookAgain();
  return survey(options, context, opened);
}

/** What each took when it last ran here. */
function secondsLastTime({ state }: Workspace, ids: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(ids.map((id) => [id, state.stages[id]?.seconds ?? 0]));
}

/** A stage that must run or be brought back. */
interface StaleStage {
  readonly stage: PlannedStage;
  readonly verdict: Extract<Verdict, { kind: 'stale' }>;
}

/** What carries stale stages from their verdict to their end. */
interface Line {
  readonly context: RunContext;
  readonly walk: Walk;
  readonly left: LeftThere;
  readonly queue: PQueue;
  readonly admission: Admission;
}

function enqueue(line: Line, one: StaleStage): void {
  const { context, walk, queue, admission } = line;
  const { stage } = one;
  void queue.add(async () => {
    const { slots, leave } = await admission.enter(stage.id, context.executor.occupies(stage.resources));
    try {
      if (walk.isClosed) return walk.wait(stage);
      finish(context, walk, await endOf({ ...context, slots }, one));
      await advance(line, stage);
    } finally {
      leave();
    }
  });
}

async function endOf(context: RunContext, { stage, verdict }: StaleStage): Promise<StageEnd> {
  try {
    const { bringUpToDate } = await import('./bring-up-to-date.ts');
    return await bringUpToDate(context, stage, verdict);
  } catch (error) {
    const status = context.signal.aborted ? 'skipped' : 'failed';
    const text = `stage ${stage.id}: ${errorText(error)}`;
    return { stage, verdict, event: endEvent(stage, status, verdict, { error: text }) };
  }
}

/** Judges every stage that waited for this one and whose needs are met now, and in turn what waited for those. */
async function advance(line: Line, ended: PlannedStage): Promise<void> {
  const { context, walk, left } = line;
  const next = context.workspace.remote === undefined ? [] : walk.releasable(ended).slice(0, stagesAhead);
  const ahead = next.length > 1 ? await judgeAhead(context, next) : new Map<string, Verdict>();
  for (const stage of walk.released(ended)) {
    const verdict = ahead.get(stage.id) ?? (await judgeStage(context.workspace, stage, context.isForced(stage.id)));
    const there = verdict.kind === 'stale' ? left.take(context, stage, verdict) : undefined;
    if (there !== undefined) {
      walk.finish(there);
      await advance(line, stage);
    } else if (verdict.kind === 'stale') enqueue(line, { stage, verdict });
    else {
      finish(context, walk, await settledEnd(context, stage, verdict));
      await advance(line, stage);
    }
  }
}

function finish(context: RunContext, walk: Walk, end: StageEnd): void {
  walk.finish(end);
  context.emit(end.event);
}

/** The end of a stage that needs no work, or that cannot be worked on. */
async function settledEnd(
  context: RunContext,
  stage: PlannedStage,
  verdict: Exclude<Verdict, { kind: 'stale' }>,
): Promise<StageEnd> {
  if (verdict.kind === 'blocked') return blockedEnd(stage, verdict.problems);
  const kept = verdict.stored || (await keepAgain(context, stage, verdict));
  const headlines = settle(context.workspace, stage, verdict.gathered.key, verdict.outputs);
  // The next run then looks at the record, and tries again.
  if (!kept) delete context.workspace.state.stages[stage.id];
  return { stage, verdict, event: endEvent(stage, 'cached', verdict, { headlines }) };
}

/** A cache that cannot be written costs what it would have saved, nothing more: then false. */
async function keepAgain(
  context: RunContext,
  stage: PlannedStage,
  verdict: Extract<Verdict, { kind: 'fresh' }>,
): Promise<boolean> {
  try {
    const { storeAgain } = await import('../execute/known-result.ts');
    await storeAgain(context.workspace, stage, verdict, context.runId);
    return true;
  } catch (error) {
    tellOfCache(context, `${stage.id}: its result was not kept in the cache`, error);
    return false;
  }
}

async function previewStages(
  options: RunOptions,
  context: RunContext,
  opened: OpenedPlan,
): Promise<readonly StageEnd[]> {
  const { checkedPreview } = await import('./checked-preview.ts');
  const { workspace } = opened;
  const previews = await checkedPreview(opened, options, context.isForced);
  if (!previews.ok) throw new UserError(previews.error);
  for (const { event } of previews.value) context.emit(event);
  saveWorkspace(workspace);
  return previews.value;
}

/** A cache that cannot be written does not undo what was done. */
async function tryTo(context: RunContext, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    tellOfCache(context, 'the state of this run was not kept', error);
  }
}
