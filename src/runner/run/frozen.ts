/**
 * `run --frozen`: compare with pipeline.lock, run or bring back, compare what was made. Where a source is absent, the lock says what it
 * was. Never writes the lock file.
 */
import type { Digest } from '../../base/digest.ts';
import { userError } from '../../base/located-error.ts';
import { tellOfCache } from '../execute/cache-trouble.ts';
import { restore } from '../execute/known-result.ts';
import type { RunContext } from '../execute/run-context.ts';
import { type Gathered, gather, type Lookups } from '../key/read-ingredients.ts';
import { type InputState, MissingInputError, readInput } from '../key/read-inputs.ts';
import { KeyLock } from '../locks/key-lock.ts';
import { hasOutputs } from '../model/events.ts';
import { describeChange } from '../model/ingredients.ts';
import type { Plan, PlannedInput, PlannedStage } from '../model/plan.ts';
import { lockFileName } from '../model/project.ts';
import { projectPath } from '../model/project-path.ts';
import {
  compareWithLock,
  duplicateKey,
  type LockedStage,
  type LockedStages,
  lockCure,
  lockFileText,
  lockTrouble,
  readLock,
} from '../state/pipeline-lock.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionRecord } from '../store/actions.ts';
import { StatCache } from '../store/stat-cache.ts';
import { digestsOf, inPlace, problemsOf, settle, type Verdict } from '../verdict/judge-stage.ts';
import { endEvent, type StageEnd } from '../verdict/stage-end.ts';
import { keepState } from './keep-state.ts';
import { LeftThere } from './left-there.ts';
import type { OpenedPlan } from './open-plan.ts';
import { claimCheckout } from './prepare-run.ts';
import { tornInputs } from './torn-lock.ts';

interface LockDifference {
  readonly stage: string;
  readonly text: string;
}

interface FrozenState {
  readonly differences: readonly LockDifference[];
  /** Source paths that are not here. */
  readonly absent: readonly string[];
  /** Of the stages without a difference. */
  readonly gathered: ReadonlyMap<string, Gathered>;
}

export async function runFrozen(
  context: RunContext,
  opened: OpenedPlan,
  how: FrozenWork,
): Promise<{ readonly ends: readonly StageEnd[]; readonly differences: number }> {
  const { plan, stages, workspace } = opened;
  const lock = readLock(workspace.project);
  if (lock.state === 'broken')
    throw userError(lockTrouble('broken'), lockCure(workspace.project), { file: workspace.project.lock });
  const unreadable = lock.state === 'whole' ? whyNoProof(lock.text, lock.stages) : noLock(workspace, lock.state);
  if (unreadable !== undefined || lock.state !== 'whole')
    return { ends: [], differences: tell(context, [{ stage: workspace.project.lock, text: unreadable ?? '' }]) };
  const locked = lock.stages;
  const state = await checkFrozen(workspace, plan, stages, locked);
  if (state.differences.length > 0) return { ends: [], differences: tell(context, state.differences) };
  const absent = state.absent.length > 0;
  if (absent)
    context.emit({
      event: 'message',
      text: `not here: ${state.absent.join(', ')}; compared by ${workspace.project.lock} alone`,
    });
  const ends = absent
    ? await restoreAll(context, opened, locked, state, how.dryRun)
    : how.dryRun
      ? await how.preview()
      : await how.runAll();
  await keepState(workspace).catch((error: unknown) =>
    tellOfCache(context, 'the state of this run was not kept', error),
  );
  return { ends, differences: tell(context, compareEnds(workspace, ends, locked, how.dryRun)) };
}

/** What is done once the lock fits the plan. */
export interface FrozenWork {
  readonly dryRun: boolean;
  runAll(): Promise<readonly StageEnd[]>;
  preview(): Promise<readonly StageEnd[]>;
}

function noLock({ project }: Workspace, state: 'missing' | 'conflict'): string {
  if (state === 'conflict') return `${lockTrouble('conflict')}: --frozen has nothing to compare with`;
  const profile =
    project.lock === lockFileName(project.file, []) ? '' : ', which a run of this profile with --lock makes';
  return `does not exist${profile}: --frozen has nothing to compare with`;
}

/** A key that stands twice in the file: of two merged entries only the last would be compared. */
function whyNoProof(text: string, stages: LockedStages): string | undefined {
  if (text === lockFileText(stages)) return undefined;
  const fault = duplicateKey(text);
  return fault === undefined ? undefined : `contradicts itself: ${fault} stands twice`;
}

async function restoreAll(
  context: RunContext,
  opened: OpenedPlan,
  locked: LockedStages,
  state: FrozenState,
  dry: boolean,
): Promise<readonly StageEnd[]> {
  if (dry) return restoreFrozen(context, opened, locked, state, true);
  const release = await claimCheckout(context, opened.stages);
  try {
    return await restoreFrozen(context, opened, locked, state, false);
  } finally {
    await release();
  }
}

function tell(context: RunContext, differences: readonly LockDifference[]): number {
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
  const differences: LockDifference[] = [];
  const absent = new Set<string>();
  const gathered = new Map<string, Gathered>();
  const { project } = workspace;
  const ids = new Map(plan.stages.map((stage) => [stage.id, stage]));
  for (const id of Object.keys(locked))
    if (!ids.has(id)) differences.push({ stage: id, text: `is in ${project.lock} and not in ${project.file}` });
  for (const stage of stages) {
    const entry = locked[stage.id];
    const found =
      entry === undefined
        ? [`is not in ${project.lock}`]
        : [
            ...(await compareStage(workspace, stage, entry, absent, gathered)),
            ...tornInputs(stage, entry, locked, ids).map((text) => `${project.lock} contradicts itself: ${text}`),
          ];
    differences.push(...found.map((text) => ({ stage: stage.id, text })));
  }
  return { differences, absent: [...absent], gathered };
}

async function compareStage(
  workspace: Workspace,
  stage: PlannedStage,
  entry: LockedStage,
  absent: Set<string>,
  gathered: Map<string, Gathered>,
): Promise<readonly string[]> {
  try {
    const now = await gather(workspace, stage, lockedLookups(workspace, entry, absent));
    const changes = compareWithLock(entry, now.ingredients).map(describeChange);
    if (changes.length === 0 && now.key === entry.key) gathered.set(stage.id, now);
    if (changes.length > 0) return changes;
    return now.key === entry.key
      ? []
      : [`key ${entry.key.slice(0, 12)} → ${now.key.slice(0, 12)}: the code or the command changed`];
  } catch (error) {
    return problemsOf(error, stage).map((problem) => problem.message);
  }
}

/** What is not here is taken to be what the lock says, and noted. */
function lockedLookups(workspace: Workspace, entry: LockedStage, absent: Set<string>): Lookups {
  const locked = (ingredient: string, name: string): string | undefined => {
    const value = entry.ingredients[ingredient];
    if (value !== undefined && value !== 'absent') absent.add(name);
    return value;
  };
  return {
    input: (name, input) => lockedInput(workspace, name, input, entry, absent),
    source: (name) => locked(`source ${name}`, name) as Digest | undefined,
    tool: (name) => locked(`tool ${name}`, name),
  };
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

/** Without all sources: what is in place stays, what the cache has is brought back, the rest is skipped. */
async function restoreFrozen(
  context: RunContext,
  { stages, asked }: OpenedPlan,
  locked: LockedStages,
  state: FrozenState,
  dry: boolean,
): Promise<readonly StageEnd[]> {
  const ends: StageEnd[] = [];
  const left = new LeftThere(asked);
  // All at once, for each is asked for in turn below.
  await Promise.all([...state.gathered.values()].map(({ key }) => knownRecord(context.workspace, key)));
  for (const stage of stages) {
    const gathered = state.gathered.get(stage.id)!;
    const end = await bringBack({ context, left, dry }, stage, gathered, locked[stage.id]!);
    context.emit(end.event);
    ends.push(end);
  }
  return ends;
}

interface BringingBack {
  readonly context: RunContext;
  readonly left: LeftThere;
  readonly dry: boolean;
}

async function bringBack(
  { context, left, dry }: BringingBack,
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
  const record = await knownRecord(workspace, gathered.key);
  const wanted = JSON.stringify(Object.entries(entry.outputs).sort());
  if (record === undefined || JSON.stringify(Object.entries(digestsOf(record.outputs)).sort()) !== wanted)
    return {
      stage,
      verdict,
      event: endEvent(stage, 'skipped', verdict, {
        reason: ['its inputs are not all here, and its result is not in the cache'],
      }),
    };
  const there = left.take(context, stage, { ...verdict, record });
  if (there !== undefined) return there;
  if (dry) {
    for (const [name, { path }] of Object.entries(stage.outputs))
      workspace.known.set(projectPath(path), record.outputs[name]!);
    return { stage, verdict, event: endEvent(stage, 'restored', verdict) };
  }
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

async function knownRecord(workspace: Workspace, key: Digest): Promise<ActionRecord | undefined> {
  const own = workspace.actions.read(key);
  if (own !== undefined) return own;
  const remote = await workspace.remote?.open();
  return remote?.lookup(key);
}

/** Whatever of a run is not as the lock says, or could not be compared; nothing of a failed run but what it made. */
function compareEnds(
  workspace: Workspace,
  ends: readonly StageEnd[],
  locked: LockedStages,
  dryRun: boolean,
): readonly LockDifference[] {
  const failed = !dryRun && ends.some(({ event }) => event.status === 'failed');
  return ends.flatMap((end): LockDifference[] => {
    const { stage, event } = end;
    if (hasOutputs(event.status)) return compareEnd(workspace, end, locked[stage.id]!);
    if (failed) return [];
    const why = event.status === 'would-run' ? 'it would run' : (event.error ?? event.reason.join('; '));
    return [{ stage: stage.id, text: `could not be compared with ${workspace.project.lock}: ${why}` }];
  });
}

function compareEnd({ known, project }: Workspace, { stage, event }: StageEnd, entry: LockedStage): LockDifference[] {
  const differences: LockDifference[] = [];
  const note = (text: string): void => void differences.push({ stage: stage.id, text });
  for (const [name, { path }] of Object.entries(stage.outputs)) {
    const made = known.get(projectPath(path))?.digest;
    const wanted = Object.hasOwn(entry.outputs, name) ? entry.outputs[name] : undefined;
    if (made === undefined || made !== wanted)
      note(`output ${path}: ${shortDigest(wanted)} → ${shortDigest(made)}, not what ${project.lock} says`);
  }
  for (const name of Object.keys(entry.outputs))
    if (!Object.hasOwn(stage.outputs, name)) note(`output ${name} is in ${project.lock} and not in ${project.file}`);
  if (event.key !== entry.key)
    note(`key ${shortDigest(entry.key)} → ${shortDigest(event.key)}: an input is not what ${project.lock} says`);
  for (const [name, input] of Object.entries(stage.inputs))
    if (input.kind === 'artifact' && inputNow(known, input, project.root) !== entry.ingredients[`input ${name}`])
      note(`input ${name} is not what ${project.lock} says`);
  return differences;
}

function shortDigest(digest: string | undefined): string {
  return digest?.slice(0, 12) ?? '(none)';
}

/** Of what this run settled; looks at no stat record, so what is not settled and not there counts as unknown. */
function inputNow(known: Workspace['known'], input: PlannedInput, root: string): string | undefined {
  try {
    return readInput(root, input, new StatCache(), known).digest;
  } catch {
    return undefined;
  }
}
