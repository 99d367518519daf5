/** What a command may use of the world: where it writes, how it is stopped, which project. Decides nothing. */
import type { Diagnostic } from '../../base/located-error.ts';
import { formatDiagnostic } from '../../base/located-error.ts';
import type { Summary } from '../model/events.ts';
import { lockFileName, type Project } from '../model/project.ts';
import type { RemoteChoice } from '../remote/settings.ts';
import type { CommandLine } from './command-line.ts';
import { targetOf } from './open-project.ts';

export interface CommandIo {
  readonly line: CommandLine;
  readonly project: Project;
  /** The folder that the command was typed in. */
  readonly cwd: string;
  /** As typed. */
  readonly commandLine: readonly string[];
  readonly signal: AbortSignal;
  out(text: string): void;
  error(text: string): void;
  /** The terminal that standard output is, where it can be drawn on; undefined where lines are plain. */
  readonly terminal: NodeJS.WriteStream | undefined;
}

export type Command = (io: CommandIo) => Promise<number>;

export const exitCodes = { done: 0, failed: 1, usage: 2, different: 3, interrupted: 130 } as const;

/** Of `--check`: 3 where something would run, 1 where something cannot. */
export function checkedStatus({ failed, wouldRun }: Pick<Summary, 'failed' | 'wouldRun'>): number {
  if (failed > 0) return exitCodes.failed;
  return wouldRun > 0 ? exitCodes.different : exitCodes.done;
}

/** Tells what is wrong with the pipeline file or the command line. */
export function refuse(io: CommandIo, problems: readonly Diagnostic[]): number {
  if (io.line.has('json'))
    for (const problem of problems) io.out(`${JSON.stringify({ event: 'error', ...problem })}\n`);
  for (const problem of problems) io.error(`${formatDiagnostic(problem)}\n`);
  return exitCodes.usage;
}

/** What --remote and --read-only say. */
export function remoteFlags({ line }: CommandIo): RemoteChoice {
  return { url: line.text('remote'), readOnly: line.has('read-only') };
}

/** The plan flags of every command that has them. */
export function planFlags(io: CommandIo): {
  readonly project: Project;
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
  readonly targets: readonly string[];
} {
  const { line, cwd } = io;
  const profiles = line.all('profile');
  const project = { ...io.project, lock: lockFileName(io.project.file, profiles) };
  const targets = line.operands.map((typed) => targetOf(project.root, typed, cwd));
  return { project, profiles, sets: line.all('set'), targets };
}
