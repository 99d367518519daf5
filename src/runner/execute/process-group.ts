/** A child with its descendants as one process group: lines of its output, orderly stop. Knows no stages. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Between asking a group to stop and ending it. */
const graceMs = 2000;

export interface GroupEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Sends a signal to every process of the group that `pid` leads. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone
  }
}

/** Waits for the leader; on abort asks the group to stop, later ends it; at the end kills what is left of it. */
export function superviseGroup(child: ChildProcess, signal: AbortSignal, onAbort?: () => void): Promise<GroupEnd> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      onAbort?.();
      if (child.pid === undefined) return;
      if (onAbort === undefined) signalGroup(child.pid, 'SIGTERM');
      timer = setTimeout(() => signalGroup(child.pid!, 'SIGKILL'), graceMs);
    };
    child.once('error', reject);
    child.once('exit', (code, killedBy) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      resolve({ code, signal: killedBy });
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

const maxLine = 10_000;

/** Calls back for each line; a line longer than 10,000 characters is cut into several. Resolves at the end of the stream. */
export function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  /** Tells all of a line but the last part of it. */
  const cutOff = (line: string): string => {
    let from = 0;
    for (; line.length - from > maxLine; from += maxLine) onLine(line.slice(from, from + maxLine));
    return line.slice(from);
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop()!;
    for (const line of lines) onLine(cutOff(line));
    rest = cutOff(rest);
  });
  return new Promise((resolve) => {
    const finish = (): void => {
      if (rest !== '') onLine(rest);
      rest = '';
      resolve();
    };
    stream.once('end', finish);
    stream.once('close', finish);
    stream.once('error', finish);
  });
}

/** Output that is still on its way when the process has ended is read on for as long as it flows, and at most so long. */
const quietMs = 500;
const longestMs = 5000;

/** Waits for the end of the output of a process that has ended, then closes it: a program that still holds it is not waited for. */
export async function drain(streams: readonly Readable[], done: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const last = setTimeout(() => over.abort(), longestMs);
  let quiet = setTimeout(() => over.abort(), quietMs);
  const flows = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => over.abort(), quietMs);
  };
  for (const stream of streams) stream.on('data', flows);
  await Promise.race([done, new Promise((resolve) => over.signal.addEventListener('abort', resolve, { once: true }))]);
  clearTimeout(last);
  clearTimeout(quiet);
  for (const stream of streams) stream.destroy();
  await done;
}
