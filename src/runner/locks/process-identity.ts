/** Which process is it, even after its number was given to another? Linux: /proc; elsewhere only the number. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot, '' where /proc is not there. */
  readonly start: string;
  /** Machine and boot; a process of another one cannot be looked at. */
  readonly machine: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, start: startOf(pid), machine: machineName() };
}

/** Whether it still runs; undefined where this cannot be known from here (another machine, boot or container). */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.machine !== machineName()) return undefined;
  if (identity.start !== '') return startOf(identity.pid) === identity.start;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat; a zombie does not run. */
export function startOf(pid: number): string {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

function machineName(): string {
  return [hostname(), readOrEmpty('/proc/sys/kernel/random/boot_id').trim(), pidNamespace()].join(' ');
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
