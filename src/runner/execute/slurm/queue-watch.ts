/**
 * Waits for attempts to end: one look a second at one folder of marks, one squeue now and then for all of them together, and what they say in
 * between. An exit file is believed at once; that there is none only after two looks at the queue.
 */
import type { JobEnd, StageJob } from '../stage-job.ts';
import { fateOf, isDoubtful, isGoing, type QueuedTask, saysWhy } from './fate.ts';
import { type Exit, exitFile, type JobFiles, markOf, readJson, tailOf } from './job-files.ts';
import { JournalReader } from './journal.ts';
import { squeue } from './slurm-programs.ts';
import { jobName, type Place } from './submitter.ts';

/** Soon after something happened, and ever more slowly while nothing does. */
const firstLookMs = 150;
const slowestLookMs = 1000;

/** An attempt that somebody waits for. */
interface Followed {
  readonly key: string;
  readonly name: string;
  readonly base: string;
  readonly job: Pick<StageJob, 'onLine' | 'onWarning' | 'onProgress'>;
  readonly journal: JournalReader;
  place: Place | undefined;
  told: string;
  began: boolean;
  /** Looks at the queue since it was last seen there as one that may yet run. */
  misses: number;
  settle(end: JobEnd): void;
}

export class QueueWatch {
  private readonly files: JobFiles;
  private readonly pollMs: number;
  private readonly followed = new Set<Followed>();
  private timer: NodeJS.Timeout | undefined;
  private lookMs: number = firstLookMs;
  private lastPoll: number = performance.now();
  private polling: Promise<ReadonlyMap<string, QueuedTask> | undefined> | undefined;
  private queue: ReadonlyMap<string, QueuedTask> = new Map();

  constructor(files: JobFiles, pollMs: number) {
    this.files = files;
    this.pollMs = pollMs;
  }

  /** Resolves when the attempt has ended. */
  follow(key: string, name: string, job: Followed['job'], place?: Place): { end: Promise<JobEnd>; one: Handle } {
    const base = this.files.base(key, name);
    let settle: (end: JobEnd) => void = () => undefined;
    const end = new Promise<JobEnd>((resolve) => {
      settle = resolve;
    });
    const one: Followed = {
      ...{ key, name, base, job, place, told: '', began: false, misses: 0 },
      journal: new JournalReader(base),
      settle: (word) => {
        if (!this.followed.delete(one)) return;
        this.lookMs = firstLookMs;
        this.files.unmark(key, name);
        settle(word);
      },
    };
    this.followed.add(one);
    this.soon();
    const handle: Handle = {
      placed: (where) => {
        one.place = where;
      },
      settle: one.settle,
    };
    return { end, one: handle };
  }

  /** What Slurm says now, asked at most once an interval but for the first time. */
  async ask(): Promise<ReadonlyMap<string, QueuedTask> | undefined> {
    this.polling ??= squeue();
    const answer = await this.polling;
    this.polling = undefined;
    this.lastPoll = performance.now();
    if (answer !== undefined) this.queue = answer;
    return answer;
  }

  taskAt(place: Place): QueuedTask | undefined {
    return this.queue.get(`${jobName(place.submission)}/${place.task}`);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private soon(): void {
    this.lookMs = firstLookMs;
    this.timer ??= setTimeout(() => this.look(), this.lookMs);
  }

  private look(): void {
    const marks = this.files.marks();
    for (const one of [...this.followed]) this.lookAt(one, marks);
    if (performance.now() - this.lastPoll >= this.pollMs && this.polling === undefined && this.followed.size > 0)
      void this.ask().then((queue) => queue !== undefined && this.compare());
    this.lookMs = Math.min(slowestLookMs, this.lookMs * 1.2);
    this.timer = this.followed.size === 0 ? undefined : setTimeout(() => this.look(), this.lookMs);
  }

  private lookAt(one: Followed, marks: ReadonlySet<string>): void {
    if (!one.began && marks.has(markOf(one.key, one.name, 'began'))) {
      one.began = true;
      this.lookMs = firstLookMs;
    }
    if (one.began) this.tell(one);
    if (!marks.has(markOf(one.key, one.name, 'ended'))) return;
    const exit = readJson<Exit>(exitFile(one.base));
    if (exit !== undefined && !isDoubtful(exit)) this.end(one, exit, undefined);
  }

  /** After an answer of squeue: who is not among those that may yet run has ended, or never came so far. */
  private compare(): void {
    for (const one of [...this.followed]) {
      if (one.place === undefined) continue;
      const task = this.taskAt(one.place);
      this.tellState(one, task);
      if (task !== undefined && isGoing(task.state)) one.misses = 0;
      else {
        const exit = readJson<Exit>(exitFile(one.base));
        const known = task !== undefined && (exit !== undefined || saysWhy(task.state));
        if (++one.misses >= 2 || known) this.end(one, exit, task);
      }
    }
  }

  private end(one: Followed, exit: Exit | undefined, task: QueuedTask | undefined): void {
    this.tell(one);
    const said = one.place === undefined ? '' : tailOf(this.files.outputFile(one.place.submission, one.place.task), 20);
    one.settle(fateOf(exit, task, said, one.began));
  }

  /** Passes on what the stage said since the last look. */
  private tell({ job, journal }: Followed): void {
    for (const entry of journal.read()) {
      if (entry[0] === 'line') job.onLine(entry[1]);
      else if (entry[0] === 'warning') job.onWarning(entry[1]);
      else job.onProgress(entry[1], entry[2], entry[3] ?? undefined, entry[4] ?? undefined);
    }
  }

  /** That it waits, and why, is news once. */
  private tellState(one: Followed, task: QueuedTask | undefined): void {
    if (task?.state !== 'PENDING') return;
    const words = `slurm: job ${task.id} waits (${task.reason})`;
    if (words !== one.told) one.job.onLine(words);
    one.told = words;
  }
}

/** By which who asked for it says more of an attempt. */
export interface Handle {
  placed(place: Place): void;
  settle(end: JobEnd): void;
}
