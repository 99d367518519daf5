/** The files by which a run and its jobs speak, on a disk that both see; they outlive either. Runs nothing. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing, makeFolder, readTextIfPresent, writeFileAtomic } from '../../store/atomic-file.ts';
import type { StageCode } from '../executor.ts';
import type { JobEnd, StageJob } from '../stage-job.ts';

/** What a job needs to run a stage as the run itself would. */
export interface JobSpec {
  readonly format: 1;
  readonly job: Omit<StageJob, 'signal' | 'ignored' | 'onSpawn' | 'onLine' | 'onWarning' | 'onProgress'>;
  readonly code?: StageCode;
  readonly ignore: readonly string[];
  readonly cacheDir: string;
  readonly path: string;
  readonly home: string;
}

/** The one attempt at a key that counts: what names another may not begin. */
export interface Attempt {
  readonly stage: string;
  readonly key: string;
  /** Of its folder in that of the key; never given again, so that a job that was given up cannot write where another works. */
  readonly name: string;
  readonly submission: string;
  /** Of the job array; of a single job 0. */
  readonly task: number;
  /** Of what the stage reads, as it was when the job was submitted. */
  readonly seen: string;
  /** With others in one job. */
  readonly shared: boolean;
}

/** Jobs submitted together: task → the attempts that it makes one after another, each as `KEY/NAME`. */
export interface Submission {
  readonly tasks: readonly (readonly string[])[];
  /** What Slurm calls it, once it has said so. */
  readonly jobId?: string;
}

/** The durable word of how an attempt ended. */
export interface Exit {
  readonly end: JobEnd;
  /** The signal by which the job was asked to stop. */
  readonly stopped?: string;
  readonly node: string;
  readonly seconds: number;
}

/** One line of an attempt's journal. */
export type JournalEntry =
  | readonly ['line', string]
  | readonly ['warning', string]
  | readonly ['progress', number, number, string | null, Readonly<Record<string, number | string>> | null];

export class JobFiles {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Of all attempts at a key. */
  keyFolder(key: string): string {
    return join(this.root, key.slice(0, 32));
  }

  base(key: string, name: string): string {
    return join(this.keyFolder(key), name);
  }

  /** Makes the folder of a new attempt, and gives its name. */
  claim(key: string): string {
    makeFolder(join(this.root, '.marks'));
    const name = randomBytes(4).toString('hex');
    makeFolder(this.base(key, name));
    return name;
  }

  attempt(key: string): Attempt | undefined {
    return readJson<Attempt>(join(this.keyFolder(key), 'attempt.json'));
  }

  noteAttempt(attempt: Attempt): void {
    writeFileAtomic(join(this.keyFolder(attempt.key), 'attempt.json'), JSON.stringify(attempt));
  }

  /** From now on no job may begin that attempt, and no run takes its result. */
  forget(key: string, name: string): void {
    if (this.attempt(key)?.name === name) rmSync(join(this.keyFolder(key), 'attempt.json'), { force: true });
    removeIfEmpty(this.keyFolder(key));
  }

  /** Attempts that some run has made and nobody has taken the result of. */
  attempts(): Attempt[] {
    return namesIn(this.root)
      .filter((folder) => !folder.startsWith('.'))
      .flatMap((folder) => readJson<Attempt>(join(this.root, folder, 'attempt.json')) ?? []);
  }

  submission(id: string): Submission | undefined {
    return readJson<Submission>(join(this.root, '.submitted', `${id}.json`));
  }

  noteSubmission(id: string, submission: Submission): void {
    writeFileAtomic(join(this.root, '.submitted', `${id}.json`), JSON.stringify(submission));
  }

  /** Where Slurm puts what a task prints beside its stages: its own words, mostly. */
  outputFile(id: string, task: number | '%a'): string {
    return join(this.root, '.submitted', `${id}-${task}.out`);
  }

  /** Submissions that no attempt names any more, and marks of attempts that were given up. */
  sweep(): void {
    for (const mark of this.marks()) {
      const [key, name] = mark.split('.') as [string, string];
      if (!existsSync(this.base(key, name))) rmSync(join(this.root, '.marks', mark), { force: true });
    }
    const folder = join(this.root, '.submitted');
    const used = new Set(this.attempts().map(({ submission }) => submission));
    for (const name of namesIn(folder))
      if (!used.has(/^[0-9a-z]+/.exec(name)?.[0] ?? '')) rmSync(join(folder, name), { force: true });
    for (const path of [folder, join(this.root, '.marks'), this.root]) removeIfEmpty(path);
  }

  /** Says that an attempt began or ended, in one folder for all, so that one look finds whatever is new. */
  mark(key: string, name: string, what: 'began' | 'ended'): void {
    writeFileSync(join(this.root, '.marks', markOf(key, name, what)), '');
  }

  marks(): ReadonlySet<string> {
    return new Set(namesIn(join(this.root, '.marks')));
  }

  unmark(key: string, name: string): void {
    for (const what of ['began', 'ended'] as const)
      rmSync(join(this.root, '.marks', markOf(key, name, what)), { force: true });
  }
}

export function markOf(key: string, name: string, what: 'began' | 'ended'): string {
  return `${key.slice(0, 32)}.${name}.${what}`;
}

export const specFile = (base: string): string => join(base, 'spec.json');
export const exitFile = (base: string): string => join(base, 'exit.json');
export const journalFile = (base: string): string => join(base, 'journal');

/** Its environment may hold secrets. */
export function writeSpec(base: string, spec: JobSpec): void {
  writeFileSync(specFile(base), JSON.stringify(spec), { mode: 0o600 });
}

/** What is there and can be read; a file that is being written is not there yet. */
export function readJson<T>(path: string): T | undefined {
  const text = readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** The last lines of what a task printed; '' where there is nothing. */
export function tailOf(path: string, lines = 5): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // others are there, or nothing ever was
  }
}
