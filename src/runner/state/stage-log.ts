/** A stage's log in its run's folder: every line it printed. Made when the first line comes. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Project, runsDir } from '../model/project.ts';
import { isRefused, makeFolder } from '../store/atomic-file.ts';

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
  private refused = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Where nothing can be written, people see the line only now. */
  write(line: string): void {
    this.last.push(line);
    if (this.last.length > lastCount) this.last.shift();
    if (this.trouble !== undefined || this.refused) return;
    try {
      this.fd ??= this.open();
      if (this.fd !== undefined) writeSync(this.fd, `${line}\n`);
    } catch (error) {
      this.trouble = error;
    }
  }

  private open(): number | undefined {
    try {
      makeFolder(dirname(this.path));
      return openSync(this.path, 'a');
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.refused = true;
      return undefined;
    }
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  get written(): boolean {
    return this.fd !== undefined;
  }
}
