/** The executor that works through Slurm. Its jobs outlive a run that is killed; the next one takes up what they do and what they did. */
import { setMaxListeners } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestOfJson } from '../../../base/digest.ts';
import { commandCodeFiles, type Gathered } from '../../key/read-ingredients.ts';
import { FileLock } from '../../locks/file-lock.ts';
import type { PlannedStage, Resources, SlurmRetries, SlurmSettings } from '../../model/plan.ts';
import { jobsDir, locksDir, type Project } from '../../model/project.ts';
import type { Workspace } from '../../state/workspace.ts';
import { ActionCache } from '../../store/actions.ts';
import { removeTree } from '../../store/remove-tree.ts';
import { fingerprintOf } from '../../store/stat-cache.ts';
import type { Again, Desk, Executor, StageCode } from '../executor.ts';
import { type JobEnd, reasonOf, type StageJob } from '../stage-job.ts';
import { placesIn } from '../staging-places.ts';
import { type Cause, isGoing } from './fate.ts';
import { type Attempt, exitFile, JobFiles, markOf, readJson, writeSpec } from './job-files.ts';
import { QueueWatch } from './queue-watch.ts';
import { scancel } from './slurm-programs.ts';
import { type Place, Submitter, type Waiting } from './submitter.ts';
import { sbatchFlags, wishesOf } from './wishes.ts';

/** What sites accept: the queue is asked for all jobs together, this often. */
const defaultPollMs = 30_000;
/** Stages in the queue or under way at most. */
export const defaultJobs = 500;
/** After scancel, for the words of what was stopped. */
const farewellMs = 5000;

const timesOf: Readonly<Record<Cause, (retries: SlurmRetries) => number>> = {
  'node-failure': ({ nodeFailure = 3 }) => nodeFailure,
  preemption: ({ preemption = 10 }) => preemption,
  'time-limit': ({ timeLimit = 0 }) => timeLimit,
  'out-of-memory': ({ outOfMemory = 0 }) => outOfMemory,
  // The job of a group ended before its turn: at least one before it had its own.
  'not-begun': () => 10_000,
};

/** An attempt as a desk. */
interface SlurmDesk extends Desk {
  readonly key: string;
  readonly name: string;
  readonly workspace: Workspace;
  /** Of what it reads, as it was when the job was submitted. */
  readonly seen: string;
  /** Of one that is under way or has ended. */
  readonly place?: Place;
  staysBehind?: boolean;
}

export class SlurmExecutor implements Executor {
  private readonly settings: SlurmSettings;
  private readonly project: Project;
  private readonly files: JobFiles;
  private readonly submitter: Submitter;
  private readonly watch: QueueWatch;
  private readonly signal: AbortSignal;
  /** Of runs that are no more, by stage. */
  private readonly left: Map<string, Attempt[]> = new Map();
  private asked: Promise<boolean> | undefined;
  private cancelling: Promise<void> | undefined;
  private readonly desks: WeakSet<Desk> = new WeakSet();
  /** Places of this run's jobs that have not ended. */
  private readonly under: Map<SlurmDesk, Place> = new Map();

  constructor(project: Project, settings: SlurmSettings, signal: AbortSignal, tell: (text: string) => void) {
    this.project = project;
    this.settings = settings;
    this.signal = signal;
    // One listener a stage under way.
    setMaxListeners(0, signal);
    this.files = new JobFiles(jobsDir(project));
    this.submitter = new Submitter(this.files, project.root, tell);
    this.watch = new QueueWatch(this.files, settings.pollMs ?? defaultPollMs);
    for (const attempt of this.files.attempts())
      this.left.set(attempt.stage, [...(this.left.get(attempt.stage) ?? []), attempt]);
  }

  occupies({ slots }: Resources): Resources {
    return { cpus: 1, slots };
  }

  cpusOf(stage: PlannedStage): number {
    return wishesOf(stage, this.settings).cpus ?? 1;
  }

  async claim(workspace: Workspace, stage: PlannedStage, gathered: Gathered): Promise<Desk> {
    const left = await this.takeUp(workspace, stage, gathered);
    if (left !== undefined) return left;
    const name = this.files.claim(gathered.key);
    return this.desk(workspace, stage, gathered, { name, going: false });
  }

  /** The desk of a run that is no more, where its job may be followed to its end. Others of that stage are cleared away. */
  async takeUp(workspace: Workspace, stage: PlannedStage, gathered: Gathered): Promise<Desk | undefined> {
    const { key } = gathered;
    await this.clearOthers(stage.id, key);
    const before = this.files.attempt(key);
    if (before === undefined) return undefined;
    const desk = this.desk(workspace, stage, gathered, { name: before.name, going: true, place: before });
    if (before.seen === desk.seen && (await this.mayTake(before, desk.places.base))) return desk;
    await this.drop(before);
    return undefined;
  }

  private desk(
    workspace: Workspace,
    stage: PlannedStage,
    gathered: Gathered,
    more: Pick<SlurmDesk, 'name' | 'going' | 'place'>,
  ): SlurmDesk {
    const { key } = gathered;
    const seen = seenBy(workspace, stage, gathered);
    const places = placesIn(this.files.base(key, more.name), workspace, stage);
    const untouched = (): boolean => seenBy(workspace, stage, gathered) === seen;
    const desk: SlurmDesk = { ...more, key, workspace, seen, places, untouched, diesWithRun: false };
    this.desks.add(desk);
    return desk;
  }

  owns(desk: Desk): boolean {
    return this.desks.has(desk);
  }

  /** Whether it runs, waits or has ended with a word. */
  private async mayTake(before: Attempt, base: string): Promise<boolean> {
    const ended = (): boolean => readJson(exitFile(base)) !== undefined;
    if (ended()) return true;
    this.asked ??= this.askQueue();
    await this.asked;
    const task = this.watch.taskAt(before);
    return (task !== undefined && isGoing(task.state)) || ended();
  }

  /** Of a controller that does not answer nothing is known: it is asked until it does, for that a job runs twice would be worse. */
  private async askQueue(): Promise<boolean> {
    while ((await this.watch.ask()) === undefined)
      await sleep(this.settings.pollMs ?? defaultPollMs, undefined, { signal: this.signal });
    return true;
  }

  /** Jobs of runs that were killed, for the same stage with other ingredients: nobody will take their results. */
  private async clearOthers(stage: string, key: string): Promise<void> {
    const others = (this.left.get(stage) ?? []).filter((attempt) => attempt.key !== key);
    this.left.delete(stage);
    for (const attempt of others) {
      const lock = FileLock.tryAcquire(join(locksDir(this.project), attempt.key), 'exclusive', true);
      if (lock === undefined) continue;
      await this.drop(attempt);
      lock.release(true);
    }
  }

  /** Of runs that were killed between keeping a result and clearing its job away. */
  private async clearTaken(): Promise<void> {
    const actions = new ActionCache(this.project.cacheDir);
    for (const attempt of [...this.left.values()].flat()) {
      const ended = existsSync(exitFile(this.files.base(attempt.key, attempt.name)));
      if (!ended || actions.read(attempt.key as Digest) === undefined) continue;
      const lock = FileLock.tryAcquire(join(locksDir(this.project), attempt.key), 'exclusive', true);
      if (lock === undefined) continue;
      await this.drop(attempt);
      lock.release(true);
    }
  }

  private async drop(attempt: Attempt): Promise<void> {
    this.files.forget(attempt.key, attempt.name);
    this.files.unmark(attempt.key, attempt.name);
    const id = this.taskId(attempt);
    if (id !== undefined && !attempt.shared) await scancel([id]);
    removeTree(this.files.keyFolder(attempt.key));
  }

  /** As scancel takes it; undefined where Slurm has not said it. */
  private taskId({ submission, task }: Place): string | undefined {
    const { jobId, tasks } = this.files.submission(submission) ?? {};
    if (jobId === undefined) return this.watch.taskAt({ submission, task })?.id;
    return tasks!.length > 1 ? `${jobId}_${task}` : jobId;
  }

  async run(job: StageJob, code: StageCode | undefined, at: Desk, again: Again): Promise<JobEnd> {
    const desk = at as SlurmDesk;
    const { end, one } = this.watch.follow(desk.key, desk.name, job, desk.place);
    const placed = (place: Place): void => {
      this.under.set(desk, place);
      one.placed(place);
    };
    if (desk.place === undefined)
      this.submit(job, code, desk, again, {
        placed,
        refused: (message) => one.settle({ ok: false, final: true, message }),
      });
    else {
      job.onLine('slurm: taken up from a run that was ended');
      placed(desk.place);
    }
    const stop = (): void => {
      desk.staysBehind = isHungUp(job.signal) && this.under.has(desk);
      const over = desk.staysBehind ? Promise.resolve() : this.cancelAll();
      void over.then(() => one.settle(stopped(job.signal)));
    };
    if (job.signal.aborted) stop();
    else job.signal.addEventListener('abort', stop, { once: true });
    const word = await end;
    job.signal.removeEventListener('abort', stop);
    this.under.delete(desk);
    return job.signal.aborted && !word.ok ? stopped(job.signal) : word;
  }

  private submit(
    job: StageJob,
    code: StageCode | undefined,
    { key, name, places, workspace, seen }: SlurmDesk,
    again: Again,
    hear: Pick<Waiting, 'placed' | 'refused'>,
  ): void {
    const { signal, ignored, onSpawn, onLine, onWarning, onProgress, ...plain } = job;
    writeSpec(places.base, {
      format: 1,
      job: plain,
      ...(code === undefined ? {} : { code }),
      ignore: workspace.plan.ignore ?? [],
      cacheDir: this.project.cacheDir,
      path: process.env['PATH'] ?? '/usr/bin:/bin',
      home: process.env['HOME'] ?? '/',
    });
    this.submitter.add({
      attempt: { stage: job.stage.id, key, name, seen },
      group: wishesOf(job.stage, this.settings).group ?? 1,
      flags: (turns) => sbatchFlags(job.stage, this.settings, again, turns),
      ...hear,
    });
  }

  /** Once, for all: what was not submitted is not, what was is cancelled, and has a moment for its last words. */
  private cancelAll(): Promise<void> {
    this.cancelling ??= this.cancel();
    return this.cancelling;
  }

  private async cancel(): Promise<void> {
    await this.submitter.stop();
    const under = [...this.under].filter(([desk]) => desk.staysBehind !== true);
    if (under.length === 0) return;
    await scancel([...new Set(under.flatMap(([, place]) => this.taskId(place) ?? []))]);
    for (const [{ key, name }] of under) this.files.forget(key, name);
    const deadline = performance.now() + farewellMs;
    const began = this.files.marks();
    const lives = ({ key, name }: SlurmDesk): boolean =>
      began.has(markOf(key, name, 'began')) && readJson(exitFile(this.files.base(key, name))) === undefined;
    while (performance.now() < deadline && under.some(([desk]) => lives(desk))) await sleep(100);
  }

  retry(cause: string, before: ReadonlyMap<string, number>): Again | undefined {
    const { retry = {} } = this.settings;
    const so = (name: Cause): number => before.get(name) ?? 0;
    if (so(cause as Cause) >= timesOf[cause as Cause](retry)) return undefined;
    const grown = (name: Cause): number => (retry.grow ?? 2) ** (so(name) + (cause === name ? 1 : 0));
    return { memory: grown('out-of-memory'), time: grown('time-limit') };
  }

  leave(at: Desk): void {
    const { key, name } = at as SlurmDesk;
    const place = this.under.get(at as SlurmDesk);
    const id = place === undefined ? undefined : this.taskId(place);
    if (id !== undefined) void scancel([id]);
    this.files.forget(key, name);
    this.files.unmark(key, name);
  }

  async close(): Promise<void> {
    this.watch.stop();
    await this.submitter.stop();
    await this.clearTaken();
    this.files.sweep();
  }
}

/** The terminal is gone: who sat there may well come back for the results. */
function isHungUp(signal: AbortSignal): boolean {
  return reasonOf(signal) === 'hung up';
}

function stopped(signal: AbortSignal): JobEnd {
  return { ok: false, message: reasonOf(signal) };
}

/** Of every file that the stage reads, by its stat record: one that was changed and changed back has another. */
function seenBy({ project, stats, closures }: Workspace, stage: PlannedStage, gathered: Gathered): string {
  const inputs = Object.values(gathered.inputs).flatMap(({ files }) => files.map(({ path }) => path));
  const code =
    stage.work.kind === 'module'
      ? (closures.get(stage.work.module)?.files ?? []).map(({ file }) => file)
      : commandCodeFiles(project.root, stage, stats.ignored);
  const paths = [...inputs, ...code, ...gathered.sources.map(({ path }) => path)];
  return digestOfJson(paths.map((path) => fingerprintAt(resolve(project.root, path))));
}

function fingerprintAt(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : fingerprintOf(stat);
}
