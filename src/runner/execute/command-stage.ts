/** Runs a command stage by zx under `bash -euo pipefail`, in a sandbox where there is one. Knows no keys. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandCodeFiles } from '../key/read-ingredients.ts';
import { expandCommand } from '../load/expand-command.ts';
import { instanceFolder } from '../model/ingredients.ts';
import { stagedOutputs } from '../store/outputs.ts';
import { readLines, superviseGroup } from './process-group.ts';
import { sandboxArguments, sandboxState } from './sandbox.ts';
import type { JobEnd, StageJob } from './stage-job.ts';
import { undeclaredFile } from './undeclared-file.ts';

/** The shell waits for one line on descriptor 4: the runner has noted whose process this is. */
const gate = 'read -r -u 4 _ || exit 125; exec 4<&-; exec ';
/** Longer than this, a script is handed over as a file (the kernel allows 128 KiB an argument). */
const maxArgument = 100_000;

export async function runCommandStage(job: StageJob): Promise<JobEnd> {
  const { $ } = await import('zx/core');
  const sandboxed = sandboxState().ok;
  const args = [...(sandboxed ? sandboxFor(job) : []), 'bash', '-euo', 'pipefail', ...scriptArguments(job, sandboxed)];
  const shell = $({
    cwd: job.root,
    env: environment(job),
    stdio: ['ignore', 'pipe', 'pipe', job.lockFd, 'pipe'],
    detached: true,
    nothrow: true,
    verbose: false,
    quiet: true,
    shell: 'bash',
    prefix: gate,
    postfix: '',
  });
  const running = shell`${args}`;
  const child = running.child!;
  const tail: string[] = [];
  const onLine = (line: string): void => {
    tail.push(line);
    if (tail.length > 200) tail.shift();
    job.onLine(line);
  };
  const output = Promise.all([readLines(child.stdout!, onLine), readLines(child.stderr!, onLine)]);
  const end = superviseGroup(child, job.signal);
  if (child.pid !== undefined) job.onSpawn(child.pid);
  const go = child.stdio[4] as NodeJS.WritableStream;
  go.on('error', () => undefined);
  go.end('\n');
  const { code, signal } = await end;
  await Promise.all([output, running]);
  return endOf(job, code, signal, tail, sandboxed);
}

function endOf(
  job: StageJob,
  code: number | null,
  signal: NodeJS.Signals | null,
  tail: readonly string[],
  sandboxed: boolean,
): JobEnd {
  if (job.signal.aborted)
    return { ok: false, message: job.signal.reason instanceof Error ? job.signal.reason.message : 'stopped' };
  if (code === 0) return { ok: true, headlines: [] };
  const undeclared = sandboxed ? undeclaredFile(job, tail) : undefined;
  if (undeclared !== undefined) return { ok: false, final: true, ...undeclared };
  const end =
    signal === null
      ? `ended with status ${code}`
      : `was ended by ${signal}${signal === 'SIGKILL' ? ' (out of memory?)' : ''}`;
  return { ok: false, message: `its command ${end}${code === 127 ? ' (a program was not found)' : ''}` };
}

/** PATH, HOME and what was declared. */
function environment(job: StageJob): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), ...job.gathered.env };
}

function sandboxFor(job: StageJob): string[] {
  const { stage, root } = job;
  const reads = [
    ...Object.values(job.gathered.inputs).flatMap((input) => input.paths),
    ...commandCodeFiles(root, stage, job.ignored),
  ];
  return sandboxArguments({
    root,
    reads,
    writes: [
      [job.staging, join(root, instanceFolder(stage))],
      [job.tmp, job.tmp],
    ],
    network: stage.network,
    home: process.env['HOME'],
    path: process.env['PATH'] ?? '/usr/bin:/bin',
  });
}

/** The script, its paths relative to the project where the command runs. */
function scriptArguments(job: StageJob, sandboxed: boolean): string[] {
  const { stage, gathered } = job;
  const inputs = Object.entries(gathered.inputs).map(
    ([name, { paths }]) => [name, stage.inputs[name]!.list ? paths : paths[0]!] as const,
  );
  const folder = sandboxed ? instanceFolder(stage) : `${job.staging}/`;
  const outputs = stagedOutputs(stage.outputs, instanceFolder(stage)).map(
    ({ name, path }) => [name, folder + path] as const,
  );
  const script = expandCommand(stage, { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) });
  if (script.length < maxArgument) return ['-c', script];
  const file = join(job.tmp, 'command.sh');
  writeFileSync(file, script);
  return [file];
}
