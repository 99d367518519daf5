/** One `pipeline run`: plan → selection → stages → lock file, state, record. Prints nothing; everything is an event. */
import { availableParallelism } from 'node:os';
import { type Diagnostic, UserError } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { errorText } from '../execute/disk-errors.ts';
import type { RunContext } from '../execute/run-context.ts';
import { selectStages } from '../load/select.ts';
import { type Listener, type Summary, summarise } from '../model/events.ts';
import { newRunId } from '../state/run-record.ts';
import { saveWorkspace, type Workspace } from '../state/workspace.ts';
import type { StageEnd } from '../verdict/stage-end.ts';
import { NoOpKeeper } from './no-op/keep.ts';
import { type OpenedPlan, openPlan, type PlanOptions } from './open-plan.ts';
import { runStages } from './run-stages.ts';

export interface RunOptions extends PlanOptions {
  /** Every selected stage, or these. */
  readonly force: true | readonly string[];
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  /** Nothing may differ from pipeline.lock, which is not written. */
  readonly frozen: boolean;
  readonly jobs?: number | undefined;
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
  const forced = forcedIds(options, opened.value);
  if (!forced.ok) return forced;
  const { stages, workspace } = opened.value;
  const started = new Date();
  const context = contextFor(options, workspace, forced.value, newRunId(started));
  options.emit({ event: 'run', run: context.runId, stages: stages.length });
  try {
    const { ends, differences } = await work(options, context, opened.value);
    const events = ends.map((end) => end.event);
    const summary = summarise(events, (Date.now() - started.getTime()) / 1000);
    if (!options.dryRun) await leaveRecord(options, context, started, ends, summary);
    options.emit(summary);
    const nothingDone = ends.length === stages.length && events.every(({ status }) => status === 'cached');
    if (nothingDone && differences === 0 && !options.dryRun && !options.signal.aborted)
      keeper.keep(workspace, stages, events);
    return ok({ summary, interrupted: options.signal.aborted, differences, opened: opened.value });
  } catch (error) {
    if (error instanceof UserError) return err(error.diagnostics);
    throw error;
  }
}

function contextFor(options: RunOptions, workspace: Workspace, forced: ReadonlySet<string>, runId: string): RunContext {
  return {
    workspace,
    runId,
    signal: options.signal,
    emit: options.emit,
    contracts: new Map(),
    jobs: Math.max(1, options.jobs ?? availableParallelism()),
    isForced: (id) => forced.has(id),
  };
}

function forcedIds(options: RunOptions, { plan, stages }: OpenedPlan): Result<ReadonlySet<string>, Diagnostics> {
  if (options.force === true) return ok(new Set(stages.map((stage) => stage.id)));
  const ids = new Set<string>();
  for (const name of options.force) {
    const named = plan.stages.filter((stage) => stage.stage === name || stage.id === name);
    if (named.length === 0) {
      const found = selectStages(plan, { targets: [name] });
      return found.ok ? err([{ message: `--force=${name}: name a stage` }]) : found;
    }
    for (const stage of named) ids.add(stage.id);
  }
  return ok(ids);
}

async function work(options: RunOptions, context: RunContext, opened: OpenedPlan): Promise<Worked> {
  if (options.dryRun) return { ends: await previewStages(context, opened), differences: 0 };
  if (options.frozen) {
    const { runFrozen } = await import('./run-frozen.ts');
    return runFrozen(context, opened, () => runAll(options, context, opened));
  }
  const ends = await runAll(options, context, opened);
  await tryTo(options, async () => {
    const { updateLockFile } = await import('./update-pipeline-lock.ts');
    await updateLockFile(context.workspace, ends);
    saveWorkspace(context.workspace);
  });
  return { ends, differences: 0 };
}

/** Everything selected; the checkout is claimed when the first stale stage is met, and let go at the end. */
async function runAll(
  options: RunOptions,
  context: RunContext,
  { stages, plan }: OpenedPlan,
): Promise<readonly StageEnd[]> {
  let release: (() => void) | undefined;
  try {
    return await runStages(context, stages, options, async () => {
      const { claimCheckout, learnContracts } = await import('./prepare-run.ts');
      release = await claimCheckout(context);
      await learnContracts(context, options, stages);
      const { Scheduler } = await import('./schedule.ts');
      return new Scheduler(
        plan.stages.map((stage) => stage.id),
        context.jobs,
      );
    });
  } finally {
    release?.();
  }
}

async function previewStages(context: RunContext, { stages, workspace }: OpenedPlan): Promise<readonly StageEnd[]> {
  const { preview } = await import('../verdict/preview.ts');
  const previews = await preview(workspace, stages, context.isForced);
  for (const { event } of previews) context.emit(event);
  saveWorkspace(workspace);
  return previews;
}

async function leaveRecord(
  options: RunOptions,
  context: RunContext,
  started: Date,
  ends: readonly StageEnd[],
  summary: Summary,
): Promise<void> {
  if (ends.every((end) => end.event.status === 'cached')) return;
  await tryTo(options, async () => {
    const { recordRun } = await import('./record-run.ts');
    const { runId, signal, workspace } = context;
    recordRun(workspace, {
      runId,
      started,
      commandLine: options.commandLine,
      ends,
      summary,
      interrupted: signal.aborted,
    });
  });
}

/** A cache that cannot be written does not undo what was done. */
async function tryTo(options: RunOptions, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    options.emit({ event: 'message', text: `the state of this run could not be kept: ${errorText(error)}` });
  }
}
