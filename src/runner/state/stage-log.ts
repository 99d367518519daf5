/** A stage's log in its run's folder: every line it printed. Made when the first line comes. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Project, runsDir } from '../model/project.ts';
import { makeFolder } from '../store/atomic-file.ts';

/** Where the log of a stage lies; the id made fit for a file name. */
export function logPath(project: Project, runId: string, stage: string): string {
  return join(runsDir(project), runId, `${stage.replaceAll('%', '%25').replaceAll('/', '%2F').slice(0, 200)}.log`);
}

/** So many of its last lines are told with a failure. */
const lastCount = 10;

export class StageLog {
  readonly path: string;
  /** Why lines are missing from the file: its disk is full, say. The stage goes on. */
  trouble: unknown;
  /** The last lines, whether or not they could be kept. */
  readonly last: string[] = [];
  private fd: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  write(line: string): void {
    this.last.push(line);
    if (this.last.length > lastCount) this.last.shift();
    if (this.trouble !== undefined) return;
    try {
      this.append(line);
    } catch (error) {
      this.trouble = error;
    }
  }

  private append(line: string): void {
    if (this.fd === undefined) {
      makeFolder(dirname(this.path));
      this.fd = openSync(this.path, 'a');
    }
    writeSync(this.fd, `${line}\n`);
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  get written(): boolean {
    return this.fd !== undefined;
  }
}
