/**
 * The `--version` line of a program that a stage declares under `tools`, asked where the stage runs: with its environment, in its folder and
 * its sandbox. Asked anew by each process: what a shim would start depends on files that only it knows.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { userError } from '../../base/located-error.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';
import { isSandboxed, sandboxArguments } from './sandbox.ts';
import { mountsOf } from './view-mounts.ts';

/** Answers of one look at the project, by question. */
const answers = new WeakMap<Workspace, Map<string, string>>();

/** `visible`: project-relative, what of the project's own files the stage sees. `instead`: what is taken for the version of a tool that is not here. */
export function toolVersions(
  workspace: Workspace,
  stage: PlannedStage,
  visible: readonly string[],
  instead: (tool: string) => string | undefined = () => undefined,
): Record<string, string> {
  if (stage.tools.length === 0) return {};
  const place = placeOf(workspace, stage, visible);
  return Object.fromEntries(
    stage.tools.map((tool) => [tool, otherVersion(tool, instead) ?? versionOf(workspace, tool, place)]),
  );
}

function otherVersion(tool: string, instead: (tool: string) => string | undefined): string | undefined {
  return findProgram(tool) === undefined ? instead(tool) : undefined;
}

/** Where a stage's programs run. */
interface Place {
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** What bubblewrap is told; none where the stage has no sandbox. */
  readonly sandbox: readonly string[] | undefined;
}

function placeOf({ project, stats }: Workspace, stage: PlannedStage, visible: readonly string[]): Place {
  const { root } = project;
  const names = ['PATH', 'HOME', ...stage.env, ...(stage.passEnv ?? [])];
  const env = Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const sandboxed = stage.work.kind === 'command' && isSandboxed(stage);
  const sandbox = !sandboxed
    ? undefined
    : sandboxArguments({
        root,
        mounts: mountsOf(root, visible, stats.ignored),
        writes: [],
        workdir: stage.workdir,
        beside: stage.sandbox,
        network: stage.network,
        home: process.env['HOME'],
        path: process.env['PATH'] ?? '/usr/bin:/bin',
      });
  return { cwd: join(root, stage.workdir ?? ''), env, sandbox };
}

function versionOf(workspace: Workspace, tool: string, place: Place): string {
  const known = answers.get(workspace) ?? new Map<string, string>();
  answers.set(workspace, known);
  const question = JSON.stringify([tool, place]);
  const answer = known.get(question) ?? ask(tool, place);
  known.set(question, answer);
  return answer;
}

function ask(tool: string, { cwd, env, sandbox }: Place): string {
  if (findProgram(tool) === undefined)
    throw userError(`the program '${tool}', declared under tools, is not on the PATH`);
  const [program, ...words] =
    sandbox === undefined
      ? [tool, '--version']
      : ['bwrap', '--args', '0', '--', 'bash', '-c', 'exec "$0" --version < /dev/null', tool];
  const input = (sandbox ?? []).map((argument) => `${argument}\0`).join('');
  const { status, stdout, stderr } = spawnSync(program!, words, { cwd, env, input, encoding: 'utf8', timeout: 20_000 });
  if (sandbox !== undefined && (status === 126 || status === 127))
    throw userError(
      `the program '${tool}', declared under tools, is not to be found in the stage's sandbox`,
      'let the stage see where it lies: sandbox: { paths: […] }',
    );
  const line = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').find((text) => text.trim() !== '');
  if (line === undefined) throw userError(`'${tool} --version' says nothing`);
  return line.trim();
}

/** The real path of a program on the PATH. */
export function findProgram(name: string): string | undefined {
  for (const path of programPaths(name)) {
    const real = executableAt(path);
    if (real !== undefined) return real;
  }
  return undefined;
}

/** A folder of the PATH that may not be entered, or leads in a circle, holds no program for us. */
function executableAt(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() && (stat.mode & 0o111) !== 0 ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Where a program is looked for, in order. */
export function programPaths(name: string): readonly string[] {
  if (name.includes('/')) return [name];
  return (process.env['PATH'] ?? '').split(':').map((folder) => (folder === '' ? name : join(folder, name)));
}

/**
 * Whether a program is what it is called: no script, and no program of another name that looks at files of its own to learn which one it
 * is to start.
 */
export function isPlainProgram(tool: string, path: string): boolean {
  const stem = /^[a-z]+/i.exec(basename(tool))?.[0] ?? tool;
  if (!basename(path).startsWith(stem) || statSync(path).nlink > 1) return false;
  const head = Buffer.alloc(2);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, head, 0, 2, 0);
  } finally {
    closeSync(fd);
  }
  return head.toString('latin1') !== '#!';
}
