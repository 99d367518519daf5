/**
 * `run --frozen`: compare with pipeline.lock, run or bring back, compare what was made. Where a source is absent, the lock says what it
 * was. Never writes the lock file.
 */
import type { Digest } from '../../base/digest.ts';
import { restore } from '../execute/known-result.ts';
import type { RunContext } from '../execute/run-context.ts';
import { type Gathered, gather } from '../key/read-ingredients.ts';
import { type InputState, MissingInputError, readInput } from '../key/read-inputs.ts';
import { KeyLock } from '../locks/key-lock.ts';
import { hasOutputs } from '../model/events.ts';
import { describeChange } from '../model/ingredients.ts';
import type { Plan, PlannedInput, PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import { compareWithLock, type LockedStage, type LockedStages, readLockFile } from '../state/pipeline-lock.ts';
import type { Workspace } from '../state/workspace.ts';
import { saveWorkspace } from '../state/workspace.ts';
import { digestsOf, inPlace, problemsOf, settle, type Verdict } from '../verdict/judge-stage.ts';
import { endEvent, type StageEnd } from '../verdict/stage-end.ts';
import type { OpenedPlan } from './open-plan.ts';
import { claimCheckout } from './prepare-run.ts';

interface Difference {
  readonly stage: string;
  readonly text: string;
}

interface FrozenState {
  readonly differences: readonly Difference[];
  /** Source paths that are not here. */
  readonly absent: readonly string[];
  /** Of the stages without a difference. */
  readonly gathered: ReadonlyMap<string, Gathered>;
}

export async function runFrozen(
  context: RunContext,
  { plan, stages, workspace }: OpenedPlan,
  runAll: () => Promise<readonly StageEnd[]>,
): Promise<{ readonly ends: readonly StageEnd[]; readonly differences: number }> {
  const locked = readLockFile(workspace.project);
  const state = await checkFrozen(workspace, plan, stages, locked);
  if (state.differences.length > 0) return { ends: [], differences: tell(context, state.differences) };
  let ends: readonly StageEnd[];
  if (state.absent.length === 0) ends = await runAll();
  else {
    context.emit({ event: 'message', text: `not here: ${state.absent.join(', ')}; compared by pipeline.lock alone` });
    const release = await claimCheckout(context);
    try {
      ends = await restoreFrozen(context, stages, locked, state);
    } finally {
      release();
    }
  }
  saveWorkspace(workspace);
  return { ends, differences: tell(context, compareOutputs(workspace, ends, locked)) };
}

function tell(context: RunContext, differences: readonly Difference[]): number {
  for (const { stage, text } of differences) context.emit({ event: 'difference', stage, text });
  return differences.length;
}

/** Holds the stages, their code, parameters, sources and environment against the lock. Runs nothing. */
async function checkFrozen(
  workspace: Workspace,
  plan: Plan,
  stages: readonly PlannedStage[],
  locked: LockedStages,
): Promise<FrozenState> {
  const differences: Difference[] = [];
  const absent = new Set<string>();
  const gathered = new Map<string, Gathered>();
  const ids = new Set(plan.stages.map((stage) => stage.id));
  for (const id of Object.keys(locked))
    if (!ids.has(id)) differences.push({ stage: id, text: 'is in pipeline.lock and not in pipeline.yaml' });
  for (const stage of stages) {
    const entry = locked[stage.id];
    const found =
      entry === undefined
        ? ['is not in pipeline.lock']
        : await compareStage(workspace, stage, entry, locked, absent, gathered);
    differences.push(...found.map((text) => ({ stage: stage.id, text })));
  }
  return { differences, absent: [...absent], gathered };
}

async function compareStage(
  workspace: Workspace,
  stage: PlannedStage,
  entry: LockedStage,
  locked: LockedStages,
  absent: Set<string>,
  gathered: Map<string, Gathered>,
): Promise<readonly string[]> {
  try {
    const now = await gather(workspace, stage, (name, input) => lockedInput(workspace, name, input, entry, absent));
    const changes = compareWithLock(entry, now.ingredients).map(describeChange);
    if (changes.length === 0 && now.key === entry.key) gathered.set(stage.id, now);
    const torn = tornInputs(stage, entry, locked);
    if (changes.length > 0 || torn.length > 0) return [...changes, ...torn];
    return now.key === entry.key
      ? []
      : [`key ${entry.key.slice(0, 12)} → ${now.key.slice(0, 12)}: the code or the command changed`];
  } catch (error) {
    return problemsOf(error, stage).map((problem) => problem.message);
  }
}

/** Another stage's output is what the lock says; so is a source that is not here. */
function lockedInput(
  workspace: Workspace,
  name: string,
  input: PlannedInput,
  entry: LockedStage,
  absent: Set<string>,
): InputState {
  const digest = (entry.ingredients[`input ${name}`] ?? '') as Digest;
  if (input.kind === 'artifact') return { digest, paths: input.paths.map((path) => projectPath(path)), files: [] };
  try {
    return readInput(workspace.project.root, input, workspace.stats, workspace.known);
  } catch (error) {
    if (!(error instanceof MissingInputError) || digest === '') throw error;
    absent.add(error.path);
    const seen = entry.ingredients[`path inputs.${name}`];
    return { digest, paths: [], files: [], ...(seen === undefined ? {} : { seen }) };
  }
}

/** Inputs that are another stage's whole output, and that the lock says two things of (a bad merge, say). */
function tornInputs(stage: PlannedStage, entry: LockedStage, locked: LockedStages): string[] {
  return Object.entries(stage.inputs).flatMap(([name, input]) => {
    if (input.kind !== 'artifact' || input.list) return [];
    const producer = input.producers[0]!;
    const outputs = Object.values(locked[producer]?.outputs ?? {});
    const digest = entry.ingredients[`input ${name}`];
    const whole =
      outputs.length === 1 && input.paths[0]!.split('/').length <= 3 + (input.paths[0]!.endsWith('/') ? 1 : 0);
    return whole && outputs[0] !== digest
      ? [`pipeline.lock contradicts itself: input ${name} is not what it says ${producer} made`]
      : [];
  });
}

/** Without all sources: what is in place stays, what the cache has is brought back, the rest is skipped. */
async function restoreFrozen(
  context: RunContext,
  stages: readonly PlannedStage[],
  locked: LockedStages,
  state: FrozenState,
): Promise<readonly StageEnd[]> {
  const ends: StageEnd[] = [];
  for (const stage of stages) {
    const gathered = state.gathered.get(stage.id)!;
    const end = await bringBack(context, stage, gathered, locked[stage.id]!);
    context.emit(end.event);
    ends.push(end);
  }
  return ends;
}

async function bringBack(
  context: RunContext,
  stage: PlannedStage,
  gathered: Gathered,
  entry: LockedStage,
): Promise<StageEnd> {
  const { workspace } = context;
  const found = inPlace(workspace, stage, entry.outputs);
  if (found.outputs !== undefined) {
    const headlines = settle(workspace, stage, gathered.key, found.outputs);
    const verdict: Verdict = { kind: 'fresh', gathered, outputs: found.outputs, stored: true };
    return { stage, verdict, event: endEvent(stage, 'cached', verdict, { headlines }) };
  }
  const verdict: Verdict = { kind: 'stale', gathered, reasons: found.wrong };
  const record = workspace.actions.read(gathered.key);
  const wanted = JSON.stringify(Object.entries(entry.outputs).sort());
  if (record === undefined || JSON.stringify(Object.entries(digestsOf(record.outputs)).sort()) !== wanted)
    return {
      stage,
      verdict,
      event: endEvent(stage, 'skipped', verdict, {
        reason: ['its inputs are not all here, and its result is not in the cache'],
      }),
    };
  const lock = await KeyLock.acquire(workspace.project, gathered.key, stage.id, context.signal, () => undefined);
  try {
    const outputs = await restore(context, stage, record);
    if (outputs === undefined)
      return {
        stage,
        verdict,
        event: endEvent(stage, 'skipped', verdict, { reason: ['its result in the cache is damaged'] }),
      };
    settle(workspace, stage, gathered.key, outputs, record.headlines);
    return { stage, verdict, event: endEvent(stage, 'restored', verdict, { headlines: record.headlines }) };
  } finally {
    lock.release();
  }
}

/** Outputs of a run that are not those of the lock. */
function compareOutputs(workspace: Workspace, ends: readonly StageEnd[], locked: LockedStages): readonly Difference[] {
  return ends.flatMap(({ stage, event }) => {
    if (!hasOutputs(event.status)) return [];
    return Object.entries(stage.outputs).flatMap(([name, { path }]) => {
      const made = workspace.known.get(projectPath(path))?.digest;
      const wanted = locked[stage.id]?.outputs[name];
      return made === wanted
        ? []
        : [
            {
              stage: stage.id,
              text: `output ${path}: ${wanted?.slice(0, 12) ?? '(none)'} → ${made?.slice(0, 12) ?? '(none)'}, not what pipeline.lock says`,
            },
          ];
    });
  });
}
