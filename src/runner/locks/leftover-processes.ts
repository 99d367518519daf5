/**
 * Processes that a stage left behind and that are in no group of its own any more: told by the environment they were given, by a pipe
 * they hold, or by having been seen below it. Linux; elsewhere none are found. Knows no stages.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { startOf } from './process-identity.ts';

/** By which a stage's processes are known. */
export interface Traces {
  /** A folder that only they were told of: it stands in their environment as the value of PWD, OLDPWD or PIPELINE_STAGING. */
  readonly folder: string;
  /** Texts such as `pipe:[123]`. */
  readonly pipes?: readonly string[];
  /** Seen below the stage's process: number → start time. */
  readonly seen?: ReadonlyMap<number, string>;
}

/** Ends them until none is found, at most a few times over: one may have begun another meanwhile. Gives how many there were. */
export function endLeftovers(traces: Traces): number {
  let ended = 0;
  for (let round = 0; round < 5; round++) {
    const found = leftovers(traces);
    if (found.length === 0) break;
    for (const pid of found) if (kill(pid)) ended++;
  }
  return ended;
}

function leftovers(traces: Traces): number[] {
  return processNumbers().filter((pid) => {
    if (pid === process.pid) return false;
    const start = traces.seen?.get(pid);
    if (start !== undefined && startOf(pid) === start) return true;
    return isTold(pid, traces.folder) || holdsPipe(pid, traces.pipes ?? []);
  });
}

function processNumbers(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function isTold(pid: number, folder: string): boolean {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return false;
  }
  const wanted = Buffer.from(folder).toString('latin1');
  return environment.split('\0').some((entry) => {
    const value = /^(?:PWD|OLDPWD|PIPELINE_STAGING)=(.*)$/su.exec(entry)?.[1];
    return value !== undefined && (value === wanted || value.startsWith(`${wanted}/`));
  });
}

function holdsPipe(pid: number, pipes: readonly string[]): boolean {
  if (pipes.length === 0) return false;
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => pipes.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
