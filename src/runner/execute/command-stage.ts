/** Runs a command stage by zx under `bash -euo pipefail`, in a sandbox where there is one. Knows no keys. */
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandCodeFiles } from '../key/read-ingredients.ts';
import { isSandboxed, sandboxArguments } from '../key/sandbox.ts';
import { pathFrom } from '../key/seen-paths.ts';
import { mountsOf } from '../key/view-mounts.ts';
import { expandCommand } from '../load/expand-command.ts';
import { instanceFolder } from '../model/ingredients.ts';
import { projectPath } from '../model/project-path.ts';
import { endingWords } from './ending.ts';
import { gate, timed } from './gate.ts';
import { makePlainView } from './plain-view.ts';
import { type JobEnd, reasonOf, type StageJob } from './stage-job.ts';
import { followProcess, type ProcessEnd, startError } from './stage-process.ts';
import { undeclaredFile } from './undeclared-file.ts';

/** More bytes than this are handed over as a file: the kernel allows 128 KiB an argument, and quoting may double it. */
const maxArgumentBytes = 40_000;

export async function runCommandStage(job: StageJob): Promise<JobEnd> {
  const sandboxed = isSandboxed(job.stage);
  const tail: string[] = [];
  const onLine = (line: string): void => {
    tail.push(line);
    if (tail.length > 200) tail.shift();
    job.onLine(line);
  };
  const { end, bringOut } = sandboxed ? await runInSandbox(job, onLine) : await runInPlainView(job, onLine);
  bringOut();
  return { ...judge(job, end, tail, sandboxed), usage: end.usage };
}

interface Ran {
  readonly end: ProcessEnd;
  /** Brings what the command made beside its outputs to where it belongs. */
  bringOut(): void;
}

async function runInSandbox(job: StageJob, onLine: (line: string) => void): Promise<Ran> {
  const file = join(job.base, 'bwrap');
  writeFileSync(
    file,
    sandboxFor(job)
      .map((argument) => `${argument}\0`)
      .join(''),
  );
  const fd = openSync(file, 'r');
  try {
    return { end: await run(job, job.root, ['bwrap', '--args', '3', '--'], fd, onLine), bringOut: () => undefined };
  } finally {
    closeSync(fd);
  }
}

async function runInPlainView(job: StageJob, onLine: (line: string) => void): Promise<Ran> {
  const { root, view: folder, stage, ignored } = job;
  const staged = projectPath(instanceFolder(stage));
  const { workdir } = stage;
  const bringOut = await makePlainView({ root, folder, staged, workdir, declared: declaredPaths(job), ignored });
  return { end: await run(job, join(folder, workdir ?? ''), [], 'ignore', onLine), bringOut };
}

async function run(
  job: StageJob,
  cwd: string,
  before: readonly string[],
  third: number | 'ignore',
  onLine: (line: string) => void,
): Promise<ProcessEnd> {
  const { $, quote } = await import('zx/core');
  const words = [...before, 'bash', '-c', timed, 'bash', 'bash', '-euo', 'pipefail', ...scriptArguments(job)];
  const shell = $({
    cwd,
    env: environment(job),
    stdio: ['ignore', 'pipe', 'pipe', third, 'pipe'],
    detached: true,
    nothrow: true,
    verbose: false,
    quiet: true,
    shell: 'bash',
    quote,
    prefix: gate,
    postfix: '',
  });
  const running = shell`${words}`;
  if (running.child === undefined) throw startError((await running).cause);
  const { signal, base, onSpawn } = job;
  return followProcess(running.child, { signal, folder: base, contained: before.length > 0, onSpawn, onLine });
}

function judge(job: StageJob, { code, signal }: ProcessEnd, tail: readonly string[], sandboxed: boolean): JobEnd {
  if (job.signal.aborted) return { ok: false, message: reasonOf(job.signal) };
  if (code === 0) return { ok: true, headlines: [] };
  const undeclared = sandboxed ? undeclaredFile(job, tail) : undefined;
  if (undeclared !== undefined) return { ok: false, final: true, ...undeclared };
  return { ok: false, message: endingWords(code, signal) };
}

/** PATH, HOME and what was declared. */
function environment(job: StageJob): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), ...job.env };
}

/** Project-relative. */
function declaredPaths(job: StageJob): string[] {
  const inputs = Object.values(job.gathered.inputs).flatMap((input) => input.paths);
  return [...inputs, ...commandCodeFiles(job.root, job.stage, job.ignored)];
}

function sandboxFor(job: StageJob): string[] {
  const { stage, root } = job;
  const temporary = job.env['TMPDIR'];
  return sandboxArguments({
    root,
    mounts: mountsOf(root, declaredPaths(job), job.ignored),
    writes: [
      [job.staging, join(root, instanceFolder(stage))],
      [job.tmp, job.tmp],
      ...(temporary !== undefined && existsSync(temporary) ? [[temporary, temporary] as const] : []),
    ],
    workdir: stage.workdir,
    beside: stage.sandbox,
    network: stage.network,
    home: process.env['HOME'],
    path: process.env['PATH'] ?? '/usr/bin:/bin',
  });
}

/** The script, its paths relative to where the command runs. */
function scriptArguments(job: StageJob): string[] {
  const { stage, gathered } = job;
  const seen = (path: string): string => pathFrom(stage.workdir, path);
  const inputs = Object.entries(gathered.inputs).map(
    ([name, { paths }]) => [name, stage.inputs[name]!.list ? paths.map(seen) : seen(paths[0]!)] as const,
  );
  const outputs = Object.entries(stage.outputs).map(([name, { path }]) => [name, seen(projectPath(path))] as const);
  const script = expandCommand(stage, { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) });
  if (Buffer.byteLength(script) < maxArgumentBytes) return ['-c', script];
  const file = join(job.tmp, 'command.sh');
  writeFileSync(file, script);
  return [file];
}
