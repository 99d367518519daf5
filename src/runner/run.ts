/** One `pipeline run`: plan → selection → stages → lock file, state, record. Prints nothing; everything is an event. */
import { availableParallelism } from 'node:os';
import { type Diagnostic, UserError } from '../base/located-error.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Listener, type StageEvent, type Summary, summarise } from './events.ts';
import { NoOpKeeper } from './keep-no-op.ts';
import { loadPlan } from './load/load-plan.ts';
import type { Plan, PlannedStage } from './plan.ts';
import type { Project } from './project.ts';
import type { RunContext } from './run-context.ts';
import { newRunId } from './run-record.ts';
import { runStages } from './run-stages.ts';
import { selectStages } from './select.ts';
import type { StageEnd } from './stage-end.ts';
import { openWorkspace, saveWorkspace, type Workspace } from './workspace.ts';

export interface PlanOptions {
  readonly project: Project;
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
}

export interface SelectOptions {
  readonly targets: readonly string[];
  readonly until?: string | undefined;
  readonly from?: string | undefined;
}

export interface RunOptions extends PlanOptions, SelectOptions {
  /** Every selected stage, or these. */
  readonly force: true | readonly string[];
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  readonly jobs?: number | undefined;
  /** As typed, for the run record. */
  readonly commandLine: readonly string[];
  readonly signal: AbortSignal;
  readonly emit: Listener;
}

export interface RunOutcome {
  readonly ends: readonly StageEvent[];
  readonly summary: Summary;
  readonly interrupted: boolean;
}

type Diagnostics = readonly Diagnostic[];

/** The plan and the stages that a command is about. */
export async function openPlan(
  options: PlanOptions & SelectOptions,
): Promise<Result<{ plan: Plan; stages: readonly PlannedStage[]; workspace: Workspace }, Diagnostics>> {
  const { project, profiles, sets, targets, until, from } = options;
  const plan = await loadPlan({ projectDir: project.root, profiles, sets, cacheDir: project.cacheDir });
  if (!plan.ok) return plan;
  const stages = selectStages(plan.value, { targets, until, from });
  if (!stages.ok) return stages;
  return ok({ plan: plan.value, stages: stages.value, workspace: openWorkspace(project, plan.value) });
}

/** Errors are those of the pipeline file or of the command line; a failed stage is an outcome. */
export async function runPipeline(options: RunOptions): Promise<Result<RunOutcome, Diagnostics>> {
  const keeper = new NoOpKeeper(options.commandLine, options.project.root);
  const opened = await openPlan(options);
  if (!opened.ok) return opened;
  const forced = forcedIds(options, opened.value);
  if (!forced.ok) return forced;
  try {
    const outcome = await runSelected(options, opened.value, forced.value);
    const nothingDone =
      !options.dryRun && !outcome.interrupted && outcome.ends.every(({ status }) => status === 'cached');
    if (nothingDone) keeper.keep(opened.value.workspace, opened.value.stages, outcome.ends);
    return ok(outcome);
  } catch (error) {
    if (error instanceof UserError) return err(error.diagnostics);
    throw error;
  }
}

function forcedIds(
  options: RunOptions,
  { plan, stages }: { plan: Plan; stages: readonly PlannedStage[] },
): Result<ReadonlySet<string>, Diagnostics> {
  if (options.force === true) return ok(new Set(stages.map((stage) => stage.id)));
  if (options.force.length === 0) return ok(new Set());
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

async function runSelected(
  options: RunOptions,
  opened: { plan: Plan; stages: readonly PlannedStage[]; workspace: Workspace },
  forced: ReadonlySet<string>,
): Promise<RunOutcome> {
  const started = new Date();
  const runId = newRunId(started);
  const { stages, workspace } = opened;
  const { emit, signal } = options;
  emit({ event: 'run', run: runId, stages: stages.length });
  if (options.dryRun) return previewRun(options, opened, forced, started);
  const context: RunContext = {
    workspace,
    runId,
    signal,
    emit,
    contracts: new Map(),
    jobs: Math.max(1, options.jobs ?? availableParallelism()),
    isForced: (id) => forced.has(id),
  };
  let release: (() => void) | undefined;
  let ends: readonly StageEnd[] = [];
  try {
    ends = await runStages(context, stages, options, async () => {
      const { claimCheckout, learnContracts } = await import('./prepare-run.ts');
      release = await claimCheckout(context);
      await learnContracts(context, options, stages);
      const { Scheduler } = await import('./schedule.ts');
      return new Scheduler(
        workspace.plan.stages.map((stage) => stage.id),
        context.jobs,
      );
    });
    await finish(options, workspace, ends);
  } finally {
    release?.();
  }
  const events = ends.map((end) => end.event);
  const summary = summarise(events, (Date.now() - started.getTime()) / 1000);
  const outcome = { ends: events, summary, interrupted: signal.aborted };
  if (events.some((event) => event.status !== 'cached')) {
    const { recordRun } = await import('./record-run.ts');
    recordRun(workspace, {
      runId,
      started,
      commandLine: options.commandLine,
      ends,
      summary,
      interrupted: signal.aborted,
    });
  }
  emit(summary);
  return outcome;
}

/** The lock file and the state; a cache that cannot be written does not undo what was done. */
async function finish(options: RunOptions, workspace: Workspace, ends: readonly StageEnd[]): Promise<void> {
  try {
    const { updateLockFile } = await import('./run-lock-file.ts');
    await updateLockFile(workspace, ends);
    saveWorkspace(workspace);
  } catch (error) {
    options.emit({ event: 'message', text: `the state of this run could not be kept: ${(error as Error).message}` });
  }
}

async function previewRun(
  options: RunOptions,
  opened: { stages: readonly PlannedStage[]; workspace: Workspace },
  forced: ReadonlySet<string>,
  started: Date,
): Promise<RunOutcome> {
  const { preview } = await import('./preview.ts');
  const previews = await preview(opened.workspace, opened.stages, (id) => forced.has(id));
  const ends = previews.map(({ event }) => event);
  for (const event of ends) options.emit(event);
  saveWorkspace(opened.workspace);
  const summary = summarise(ends, (Date.now() - started.getTime()) / 1000);
  options.emit(summary);
  return { ends, summary, interrupted: false };
}
