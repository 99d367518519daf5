/** One action, once: staging folder, child process, checks, store, publication. Holds the key's lock already; decides no retry. */
import { accessSync, constants, rmdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Headline } from '../../stage.ts';
import { type Gathered, listedFiles } from '../key/read-ingredients.ts';
import type { KeyLock } from '../locks/key-lock.ts';
import { compareIngredients, describeChange } from '../model/ingredients.ts';
import type { PlannedStage } from '../model/plan.ts';
import { liveDir, scratchDir } from '../model/project.ts';
import type { StageLog } from '../state/stage-log.ts';
import type { Workspace } from '../state/workspace.ts';
import type { ActionCache, ActionRecord } from '../store/actions.ts';
import { makeFolder } from '../store/atomic-file.ts';
import { diskTrouble, errorText } from '../store/disk-errors.ts';
import type { Ignored } from '../store/ignore.ts';
import { OutputError, prepareStaging, publish, readStaged, storeStaged } from '../store/outputs.ts';
import { removeTree } from '../store/remove-tree.ts';
import type { Verdict } from '../verdict/judge-stage.ts';
import { judgeStage, type Trees } from '../verdict/judge-stage.ts';
import { tellOfCache } from './cache-trouble.ts';
import type { Again, Desk, Executor } from './executor.ts';
import { Aside } from './keep-aside.ts';
import type { RunContext } from './run-context.ts';
import type { JobEnd, StageJob } from './stage-job.ts';
import { StartError } from './stage-process.ts';
import type { Places } from './staging-places.ts';
import type { Usage } from './usage.ts';

export type ActionEnd =
  | {
      readonly kind: 'done';
      /** false where the cache could not be written. */
      readonly kept?: boolean;
      readonly outputs: Trees;
      readonly headlines: readonly Headline[];
      readonly seconds: number;
      readonly usage?: Usage;
    }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint?: string;
      readonly final: boolean;
      /** Where it was no failure of the stage's own. */
      readonly cause?: string;
      readonly usage?: Usage;
    }
  /** Its inputs are no longer those of its key. */
  | { readonly kind: 'overtaken'; readonly message: string; readonly again: boolean };

/** One action to be run: whose key's lock is held. */
export interface Action {
  readonly context: RunContext;
  readonly stage: PlannedStage;
  readonly gathered: Gathered;
  readonly lock: KeyLock;
  readonly log: StageLog;
  /** Of an attempt after one that did not get enough. */
  readonly again?: Again | undefined;
}

const asAtFirst: Again = { memory: 1, time: 1 };

/** Folders of a stage beside its outputs: what it goes on from, and what people watch. */
export interface Beside {
  readonly scratch: string;
  readonly live: string;
}

/** What a stage wrote, checked and hashed, before anything is done with it. */
export interface Made {
  /** Where it lies until it is moved or taken away. */
  readonly places: Places;
  readonly desk: Desk;
  readonly outputs: Trees;
  readonly headlines: readonly Headline[];
  readonly seconds: number;
  readonly usage: Usage;
}

/** Runs the stage and, if all is well, stores and publishes what it made. */
export async function runAction(action: Action): Promise<ActionEnd> {
  const { context, stage, gathered } = action;
  const { project } = context.workspace;
  const beside = { scratch: usableScratch(context.workspace, gathered.key), live: liveDir(project, stage.id) };
  return runInStaging(action, beside, async (made) => {
    const overtaken = (await checkInputs(context.workspace, stage, gathered)) ?? touched(made.desk);
    if (overtaken !== undefined) return overtaken;
    const kept = await keep(action, made);
    removeTree(beside.scratch);
    const { outputs, headlines, seconds, usage } = made;
    return { kind: 'done', kept, outputs, headlines, seconds, usage };
  });
}

/** What was changed and changed back while it waited or ran leaves the key as it was. */
function touched(desk: Desk): ActionEnd | undefined {
  if (desk.untouched?.() !== false) return undefined;
  return { kind: 'overtaken', message: 'a file that it reads was touched since it was submitted', again: true };
}

/** In the cache; where that cannot be written, a folder that is gone when the run ends. */
function usableScratch({ project, stagingFolder }: Workspace, key: string): string {
  const scratch = scratchDir(project, key);
  try {
    makeFolder(scratch);
    accessSync(scratch, constants.W_OK);
    return scratch;
  } catch (error) {
    if (diskTrouble(error) === undefined) throw error;
    return join(stagingFolder, `.scratch-${key.slice(0, 16)}`);
  }
}

/** Runs the stage in a clean folder, hands what it made to `accept`, and takes the folder away. */
export async function runInStaging(
  action: Action,
  { scratch, live }: Beside,
  accept: (made: Made) => Promise<ActionEnd>,
): Promise<ActionEnd> {
  const { workspace, executor } = action.context;
  let desk: Desk | undefined;
  const started = performance.now();
  try {
    desk = await executor.claim(workspace, action.stage, action.gathered);
    const { places } = desk;
    if (!desk.going) {
      prepareStaging(places.staging, places.outputs);
      makeFolder(places.tmp);
      removeTree(live);
    }
    // Of a folder that is not there yet, Node's permission model would allow the name alone.
    const beside = { scratch: makeBeside(scratch, places), live: makeBeside(live, places) };
    if (desk.diesWithRun) action.lock.noteFolder(places.base);
    const end = await runProcess(action, desk, jobFor(action, places, beside));
    if (!end.ok) return { ...end, kind: 'failed', final: end.final === true };
    const ignored = ignoredIn(workspace, places);
    const outputs = end.outputs ?? (await readStaged(places.staging, places.outputs, ignored));
    const seconds = end.seconds ?? (performance.now() - started) / 1000;
    return await accept({ places, desk, outputs, headlines: end.headlines, seconds, usage: end.usage ?? {} });
  } catch (error) {
    return failure(error);
  } finally {
    if (desk !== undefined) leave(executor, desk);
    removeIfEmpty(scratch);
    removeIfEmpty(live);
    removeIfEmpty(dirname(live));
  }
}

function leave(executor: Executor, desk: Desk): void {
  if (desk.staysBehind === true) return;
  removeTree(desk.places.base);
  executor.leave(desk);
}

/** In the cache, where others find it; in the attempt's own folder where the cache cannot be written. */
function makeBeside(folder: string, { base }: Places): string {
  try {
    makeFolder(folder);
    return folder;
  } catch (error) {
    if (diskTrouble(error) === undefined) throw error;
    const own = join(base, basename(dirname(folder)), basename(folder));
    makeFolder(own);
    return own;
  }
}

/** Of staged files, by the paths that they will have. */
function ignoredIn({ stats }: Workspace, { staging, target }: Places): Ignored {
  return (path, folder) => stats.ignored(join(target, relative(staging, path)), folder);
}

function failure(error: unknown): ActionEnd {
  if (error instanceof StartError) return { kind: 'failed', message: error.message, hint: error.hint, final: true };
  if (error instanceof OutputError)
    return {
      kind: 'failed',
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      final: true,
    };
  const trouble = diskTrouble(error);
  return trouble === undefined
    ? { kind: 'failed', message: errorText(error), final: false }
    : { kind: 'failed', ...trouble, final: true };
}

/** Objects first, then the record that names them, then artifacts/: killed anywhere between, nothing half is believed. */
async function keep(action: Action, made: Made): Promise<boolean> {
  const kept = await storeMade(action, made);
  const { places, outputs } = made;
  const { context, stage } = action;
  const aside = new Aside(context.workspace, stage.id);
  publish(places.staging, places.target, places.outputs, outputs, places.trash, context.workspace.stats, aside);
  aside.tell(context, stage.id);
  return kept;
}

/** A cache that cannot be written costs what it would have saved, nothing more: then false. */
async function storeMade(action: Action, { places, outputs, headlines, seconds }: Made): Promise<boolean> {
  const { stage, gathered, context } = action;
  const { objects, actions } = context.workspace;
  const { key, ingredients } = gathered;
  const inputFiles = listedFiles(gathered);
  const told = { headlines, seconds, run: context.runId };
  const record: ActionRecord = { format: 1, key, stage: stage.id, ingredients, inputFiles, outputs, ...told };
  try {
    await storeStaged(places.staging, places.outputs, outputs, objects);
    actions.write(record);
    return true;
  } catch (error) {
    if (diskTrouble(error) === undefined) throw error;
    tellOfCache(context, `${stage.id}: its result was not kept in the cache`, error);
    noteWithoutFiles(actions, record);
    return false;
  }
}

/** There may be room for the record at least: then the next run knows the result where it lies. */
function noteWithoutFiles(actions: ActionCache, record: ActionRecord): void {
  try {
    actions.write({ ...record, kept: false });
  } catch {
    return;
  }
}

function jobFor(action: Action, places: Places, { scratch, live }: Beside): StageJob {
  const { context, stage, gathered, lock, log } = action;
  const { id } = stage;
  return {
    root: context.workspace.project.root,
    ignored: context.workspace.stats.ignored,
    stage,
    gathered,
    env: { ...gathered.env, ...passedOn(stage), ...slotVariables(context.slots ?? {}) },
    base: places.base,
    view: places.view,
    staging: places.staging,
    tmp: places.tmp,
    scratch,
    live,
    cpus: context.executor.cpusOf(stage, context.jobs),
    signal: context.signal,
    onSpawn: (pid) => lock.noteChild(pid),
    onLine: (line) => {
      log.write(line);
      context.emit({ event: 'log', stage: id, line });
    },
    onWarning: (text) => {
      log.write(`warning: ${text}`);
      context.emit({ event: 'warning', stage: id, text });
    },
    onProgress: (done, total, unit, figures) =>
      context.emit({
        event: 'progress',
        stage: id,
        done,
        total,
        ...(unit === undefined ? {} : { unit }),
        ...(figures === undefined ? {} : { figures }),
      }),
  };
}

/** What the stage sees of the environment without its being in the key. */
function passedOn(stage: PlannedStage): Record<string, string> {
  const names = (stage.passEnv ?? []).filter((name) => process.env[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, process.env[name]!]));
}

/** `PIPELINE_SLOT_GPU=0,2`. */
function slotVariables(slots: Readonly<Record<string, readonly number[]>>): Record<string, string> {
  const variable = (name: string): string => `PIPELINE_SLOT_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  return Object.fromEntries(Object.entries(slots).map(([name, places]) => [variable(name), places.join(',')]));
}

/** The executor runs it; of a module, with its code. */
async function runProcess({ context, stage, again }: Action, desk: Desk, job: StageJob): Promise<JobEnd> {
  const { executor } = context;
  if (stage.work.kind === 'command') return executor.run(job, undefined, desk, again ?? asAtFirst);
  const { closureOf } = await import('../key/closure-of.ts');
  const closure = await closureOf(context.workspace, stage.work.module);
  const contract = context.contracts.get(stage.work.module);
  return executor.run(job, { closure, contract }, desk, again ?? asAtFirst);
}

/** Looks at everything in the key again, on the disk: what changed while the stage ran must not be stored under the old key. */
async function checkInputs(
  workspace: Workspace,
  stage: PlannedStage,
  before: Gathered,
): Promise<ActionEnd | undefined> {
  const fresh = workspace.lookingAfresh();
  const now: Verdict = await judgeStage(fresh, stage, true);
  if (now.kind === 'blocked')
    return { kind: 'overtaken', message: now.problems.map((problem) => problem.message).join('; '), again: false };
  if (now.gathered.key === before.key) return undefined;
  for (const module of fresh.closures.keys()) workspace.closures.delete(module);
  workspace.codeDigests.clear();
  const file = changedFile(before, now.gathered);
  if (file !== undefined)
    return { kind: 'overtaken', message: `${file.path} ${file.how} while it ran`, again: !isArtifact(file.path) };
  const changes = compareIngredients(before.ingredients, now.gathered.ingredients).map(describeChange);
  return { kind: 'overtaken', message: `something changed while it ran: ${changes.join(', ')}`, again: true };
}

function isArtifact(path: string): boolean {
  return path.startsWith('artifacts/');
}

/** The first input file that is not what it was. */
function changedFile(before: Gathered, now: Gathered): { readonly path: string; readonly how: string } | undefined {
  for (const [name, input] of Object.entries(before.inputs)) {
    const old = new Map(input.files.map((file) => [file.path, file.digest]));
    const files = now.inputs[name]?.files ?? [];
    const changed = files.find((file) => old.get(file.path) !== file.digest);
    if (changed !== undefined) return { path: changed.path, how: old.has(changed.path) ? 'changed' : 'appeared' };
    const kept = new Set(files.map((file) => file.path));
    const gone = input.files.find((file) => !kept.has(file.path));
    if (gone !== undefined) return { path: gone.path, how: 'was removed' };
  }
  return undefined;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it holds something to go on from, or is gone
  }
}
