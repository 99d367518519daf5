/** One process with all that it starts: begun behind the gate, supervised, measured; nothing of it is left. Knows no stages. */
import type { ChildProcess } from 'node:child_process';
import { endLeftovers } from '../locks/leftover-processes.ts';
import { meetGate } from './gate.ts';
import { drain, readLines, superviseGroup } from './process-group.ts';
import { type Usage, UsageMeter } from './usage.ts';

export interface ProcessSpec {
  readonly signal: AbortSignal;
  /** By which what it leaves behind is known: its environment names it. */
  readonly folder: string;
  /** Nothing outlives it: it is alone in a process namespace. */
  readonly contained: boolean;
  onSpawn(pid: number): void;
  onLine(line: string): void;
  /** How it is asked to stop; by SIGTERM if not given. */
  readonly onAbort?: () => void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly usage: Usage;
}

/** Why a process could not even begin. */
export class StartError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.name = 'StartError';
    this.hint = hint;
  }
}

/** Follows a process that has just been spawned with its gate. Throws a StartError where it could not be. */
export async function followProcess(child: ChildProcess, spec: ProcessSpec): Promise<ProcessEnd> {
  const end = superviseGroup(child, spec.signal, spec.onAbort);
  const failed = end.then(
    () => undefined,
    (error: unknown) => error,
  );
  const met = await meetGate(child);
  if (child.pid === undefined) throw startError(await failed);
  spec.onSpawn(child.pid);
  const lines = Promise.all([readLines(met.out, spec.onLine), readLines(met.err, spec.onLine)]);
  const meter = new UsageMeter(child.pid);
  met.open();
  const { code, signal } = await end;
  meter.stop();
  if (!spec.contained) endLeftovers({ folder: spec.folder, pipes: met.pipes, seen: meter.seen });
  await drain([met.out, met.err], lines);
  return { code, signal, usage: meter.usage(met.said()) };
}

/** What the system said, in words. */
export function startError(cause: unknown): StartError {
  const { code = '', message = String(cause), path = '' } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new StartError(
      `could not begin: ${path || 'bash'} is not on the PATH`,
      `PATH is ${process.env['PATH'] ?? 'not set'}`,
    );
  if (code === 'E2BIG')
    return new StartError(
      'could not begin: its environment and command line are longer than this system allows',
      'hand long values over in files, not in env',
    );
  if (code === 'EAGAIN' || code === 'ENOMEM')
    return new StartError('could not begin: the system has no room for another process', 'run fewer at once: --jobs 1');
  return new StartError(`could not begin: ${message}`, 'pipeline doctor says what this machine allows');
}
