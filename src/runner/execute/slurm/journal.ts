/** What a stage says while it runs, from the node to the run: lines added to a file there, read from where one was here. Decides nothing. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { isMissing } from '../../store/atomic-file.ts';
import { type JournalEntry, journalFile } from './job-files.ts';

/** What was said is written at most this often: each time costs a shared disk something. */
const writeMs = 500;

/** The writing end. */
export class Journal {
  private readonly fd: number;
  private waiting: string[] = [];
  private last: JournalEntry | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(base: string) {
    this.fd = openSync(journalFile(base), 'a');
  }

  add(entry: JournalEntry): void {
    this.waiting.push(`${JSON.stringify(entry)}\n`);
    this.timer ??= setTimeout(() => this.flush(), writeMs);
  }

  /** Only the last one counts. */
  progress(entry: JournalEntry): void {
    this.last = entry;
    this.timer ??= setTimeout(() => this.flush(), writeMs);
  }

  close(): void {
    clearTimeout(this.timer);
    this.flush();
    closeSync(this.fd);
  }

  private flush(): void {
    this.timer = undefined;
    if (this.last !== undefined) this.waiting.push(`${JSON.stringify(this.last)}\n`);
    this.last = undefined;
    const bytes = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    } catch {
      // a full disk loses what was said, not what was made
    }
  }
}

/** The reading end: what is new since the last look. */
export class JournalReader {
  private readonly path: string;
  private at = 0;
  private rest = Buffer.alloc(0);

  constructor(base: string) {
    this.path = journalFile(base);
  }

  read(): readonly JournalEntry[] {
    const bytes = this.newBytes();
    if (bytes === undefined) return [];
    const whole = Buffer.concat([this.rest, bytes]);
    const cut = whole.lastIndexOf(10) + 1;
    this.rest = whole.subarray(cut);
    return whole
      .subarray(0, cut)
      .toString('utf8')
      .split('\n')
      .flatMap((line) => entryOf(line) ?? []);
  }

  private newBytes(): Buffer | undefined {
    let fd: number;
    try {
      fd = openSync(this.path, 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const length = fstatSync(fd).size - this.at;
      if (length <= 0) return undefined;
      const bytes = Buffer.alloc(length);
      const got = readSync(fd, bytes, 0, length, this.at);
      this.at += got;
      return bytes.subarray(0, got);
    } finally {
      closeSync(fd);
    }
  }
}

function entryOf(line: string): readonly [JournalEntry] | undefined {
  if (line === '') return undefined;
  try {
    return [JSON.parse(line) as JournalEntry];
  } catch {
    return undefined;
  }
}
