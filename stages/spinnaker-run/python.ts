/** Python for a target: makes its pinned environment once, runs an exported project's script in a folder of its own. Knows no network. */
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { userError } from '../../src/base/located-error.ts';
import { pinnedRequirements, pythonEnvironment } from '../../src/spinnaker/project/python-environment.ts';
import { runProgram } from './program.ts';

/** Where environments are kept; declared in the stage's permissions. */
export const environmentCache = '.cache/cc-snn/venvs';

export interface PythonRun {
  readonly target: 'nest' | 'brian2' | 'spiNNaker' | 'firmware';
  readonly interpreter: string;
  /** The exported project; copied, never written to. */
  readonly project: string;
  readonly workFolder: string;
  readonly signal: AbortSignal;
  log(message: string): void;
}

export interface PythonResult {
  readonly exitCode: number | null;
  readonly output: string;
}

const renameOrRemove = `import os, shutil, sys
try: os.rename(sys.argv[1], sys.argv[2])
except OSError: shutil.rmtree(sys.argv[1])`;

/**
 * The interpreter of a target's environment, made where it is not there yet (a minute or two, with network). Throws UserError. Only programs look
 * into the cache: a stage may read a declared folder only if it was there when the stage started.
 */
async function preparePython(run: PythonRun): Promise<string> {
  const cache = join(homedir(), environmentCache);
  const requirements = pinnedRequirements[run.target];
  const environment = pythonEnvironment(requirements, cache, `${process.pid}`, run.interpreter);
  const { folder, python, staging } = environment;
  const does = (program: string, args: readonly string[]) => runProgram(program, args, { signal: run.signal });
  if ((await does(python, ['-c', ''])).exitCode === 0) return python;
  run.log(`making a Python environment with ${requirements.join(', ')} in ${folder}`);
  for (const command of environment.commands) {
    const [program = '', ...args] = command;
    const made = await does(program, args);
    if (made.exitCode === 0) continue;
    await does(run.interpreter, ['-c', 'import shutil, sys; shutil.rmtree(sys.argv[1], True)', staging]);
    throw userError(
      `spinnaker-run: '${command.join(' ')}' failed: ${made.stderr.trim().split('\n').slice(-3).join(' | ')}`,
      `the target needs ${run.interpreter} (3.11 or newer, with venv) and, the first time, a package index; target 'simulated' needs neither`,
    );
  }
  await does(run.interpreter, ['-c', renameOrRemove, staging, folder]);
  return python;
}

/** Copies the files of a folder without folders. Not fs.cp: that also looks at all folders above, which a stage may not read. */
async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await copyFile(join(from, name), join(to, name));
}

/** Runs `script` of a copy of the project; HOME is that copy, so that no file of the user is read or written; `extraFiles` replace files of the copy. */
export async function runScriptOf(
  run: PythonRun,
  script: string,
  args: readonly string[],
  extraFiles: Readonly<Record<string, string>> = {},
): Promise<PythonResult> {
  const python = await preparePython(run);
  await copyFiles(run.project, run.workFolder);
  for (const [name, text] of Object.entries(extraFiles)) await writeFile(join(run.workFolder, name), text);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: run.workFolder,
    PYTHONDONTWRITEBYTECODE: '1',
    MPLCONFIGDIR: run.workFolder,
  };
  const done = await runProgram(python, [script, ...args], { cwd: run.workFolder, env, signal: run.signal });
  const output = `${done.stdout}${done.stderr}`;
  for (const line of toldLines(output)) run.log(line);
  return { exitCode: done.exitCode, output };
}

/** A line without the time at which a log wrote it. */
const untimed = (line: string) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '');

/** What people want to know of a script's output: its own lines, and each warning of the simulator once. */
export function toldLines(output: string): string[] {
  const lines = output.split('\n').map(untimed);
  return [
    ...new Set(
      lines.filter((line) =>
        /^(trial|nest|brian2|spiNNaker|firmware|run\.py)\b|^(WARNING|ERROR|CRITICAL): /.test(line),
      ),
    ),
  ];
}

/** The last lines of a program's output that say something new, for an error message. */
export function tailOf(output: string, lines = 12): string {
  const said = [...new Set(output.trim().split('\n').map(untimed))];
  return said.slice(-lines).join('\n  ');
}
