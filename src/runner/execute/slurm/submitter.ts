/** Stages that are ready at about the same time → one sbatch for all that ask for the same: an array, its tasks of one or several stages. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Attempt, JobFiles } from './job-files.ts';
import { type Submitted, sbatch, squeue } from './slurm-programs.ts';

/** An attempt that is to be submitted. */
export interface Waiting {
  readonly attempt: Omit<Attempt, 'submission' | 'task' | 'shared'>;
  /** So many of its like in one job. */
  readonly group: number;
  /** Of sbatch, for a job of so many turns. */
  flags(turns: number): readonly string[];
  /** Its place, once it is known; before sbatch is asked. */
  placed(place: Place): void;
  /** sbatch would not have it. */
  refused(message: string): void;
}

export interface Place {
  readonly submission: string;
  readonly task: number;
}

/** Others that become ready within this time are submitted with it … */
const quietMs = 150;
/** … but none waits longer. */
const longestMs = 2000;
/** Below what sites set as MaxArraySize (1001 by default). */
const maxTasks = 1000;
/** After sbatch said that it cannot now; doubled each time. */
const firstPauseMs = 2000;
const longestPauseMs = 60_000;

export class Submitter {
  private readonly files: JobFiles;
  private readonly root: string;
  private readonly tell: (text: string) => void;
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  /** sbatch runs one at a time, as sites ask for. */
  private line: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();

  constructor(files: JobFiles, root: string, tell: (text: string) => void) {
    this.files = files;
    this.root = root;
    this.tell = tell;
  }

  add(one: Waiting): void {
    const now = performance.now();
    if (this.waiting.length === 0) this.since = now;
    this.waiting.push(one);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), Math.max(0, Math.min(quietMs, this.since + longestMs - now)));
  }

  /** Nothing more is submitted; resolves when no sbatch is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.stopped.abort();
    for (const one of this.waiting) one.refused('not submitted');
    this.waiting = [];
    await this.line;
  }

  private flush(): void {
    const alike = new Map<string, Waiting[]>();
    for (const one of this.waiting) {
      const kind = JSON.stringify([one.group, one.flags(one.group)]);
      const others = alike.get(kind);
      if (others === undefined) alike.set(kind, [one]);
      else others.push(one);
    }
    this.waiting = [];
    for (const all of alike.values()) {
      const tasks = chunks(all, all[0]!.group);
      for (const some of chunks(tasks, maxTasks)) this.line = this.line.then(() => this.submit(some));
    }
  }

  /** What is to be done is written before sbatch is asked: whoever comes after a run that was killed meanwhile finds it by its name. */
  private async submit(tasks: readonly (readonly Waiting[])[]): Promise<void> {
    if (this.stopped.signal.aborted) return this.refuse(tasks, 'not submitted');
    const id = randomBytes(6).toString('hex');
    try {
      this.place(id, tasks);
    } catch (error) {
      return this.refuse(tasks, `could not be submitted: ${(error as Error).message}`);
    }
    const answer = await this.ask(id, tasks);
    if (typeof answer === 'string') this.refuse(tasks, answer);
  }

  private place(id: string, tasks: readonly (readonly Waiting[])[]): void {
    const turns = tasks.map((task) => task.map(({ attempt }) => `${attempt.key}/${attempt.name}`));
    for (const [task, some] of tasks.entries())
      for (const one of some) {
        this.files.noteAttempt({ ...one.attempt, submission: id, task, shared: some.length > 1 });
        one.placed({ submission: id, task });
      }
    // After the attempts that name it, so that nobody sweeps it away.
    this.files.noteSubmission(id, { tasks: turns });
  }

  /** Until sbatch has an answer that stays; what it said where it will not. */
  private async ask(id: string, tasks: readonly (readonly Waiting[])[]): Promise<string | undefined> {
    const array = tasks.length > 1 ? [`--array=0-${tasks.length - 1}`] : [];
    const output = this.files.outputFile(id, tasks.length > 1 ? '%a' : 0);
    const flags = [`--job-name=${jobName(id)}`, `--output=${output}`, `--chdir=${this.root}`, ...array];
    const most = Math.max(...tasks.map((task) => task.length));
    const asked = [...flags, ...tasks[0]![0]!.flags(most)];
    for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
      const answer = await submitOnce(id, asked, script(this.files.root, id), pause > firstPauseMs);
      if (answer.kind === 'done') {
        const submission = this.files.submission(id);
        if (submission !== undefined) this.files.noteSubmission(id, { ...submission, jobId: answer.jobId });
        return undefined;
      }
      if (answer.kind === 'refused') return `sbatch refused it: ${answer.message}`;
      this.tell(`sbatch: ${answer.message}; it is asked again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      if (this.stopped.signal.aborted) return 'not submitted';
    }
  }

  private refuse(tasks: readonly (readonly Waiting[])[], message: string): void {
    for (const one of tasks.flat()) one.refused(message);
  }
}

/** An sbatch that was not answered may have been heard all the same: its name is looked for before it is asked again. */
async function submitOnce(id: string, flags: readonly string[], text: string, again: boolean): Promise<Submitted> {
  const known = again ? (await squeue())?.get(`${jobName(id)}/0`) : undefined;
  if (known !== undefined) return { kind: 'done', jobId: known.id.replace(/_.*/, '') };
  return sbatch(flags, text);
}

/** By which squeue's lines are told. */
export function jobName(submission: string): string {
  return `pipeline-${submission}`;
}

/** Becomes the program that runs on the node, so that Slurm's signals reach it. */
function script(root: string, id: string): string {
  const words = [process.execPath, fileURLToPath(new URL('./node-job.js', import.meta.url)), root, id];
  return `#!/bin/bash\nexec ${words.map(quoted).join(' ')} "\${SLURM_ARRAY_TASK_ID:-0}"\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const cut: T[][] = [];
  for (let i = 0; i < list.length; i += size) cut.push(list.slice(i, i + size));
  return cut;
}
