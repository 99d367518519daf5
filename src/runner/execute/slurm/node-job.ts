/**
 * What runs on a node of the cluster: one task of a submission. Runs each of its stages as the run itself would on its own machine, hashes and
 * stores what it made, and leaves the word of its end. Knows no plan; its folder is all it is told.
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { instanceFolder } from '../../model/ingredients.ts';
import { writeFileAtomic } from '../../store/atomic-file.ts';
import { type Ignored, ignoring } from '../../store/ignore.ts';
import { ObjectStore } from '../../store/objects.ts';
import { OutputError, readStaged, stagedOutputs, storeStaged } from '../../store/outputs.ts';
import type { TreeRecord } from '../../store/tree.ts';
import { runHere } from '../run-here.ts';
import type { JobEnd, StageJob } from '../stage-job.ts';
import { StartError } from '../stage-process.ts';
import { type Exit, exitFile, JobFiles, type JobSpec, readJson, specFile } from './job-files.ts';
import { Journal } from './journal.ts';

const stop = new AbortController();
let stoppedBy: NodeJS.Signals | undefined;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => {
    stoppedBy ??= signal;
    stop.abort(new Error(`stopped by ${signal}`));
  });

/** Runs one task; 0 where every stage of it ended well. */
async function main([root, id, task]: readonly string[]): Promise<number> {
  const files = new JobFiles(root!);
  const turns = files.submission(id!)?.tasks[Number(task)] ?? [];
  let code = 0;
  for (const turn of turns) {
    if (stop.signal.aborted) return 1;
    const [key, name] = turn.split('/') as [string, string];
    const attempt = files.attempt(key);
    // Another run has begun it anew, or nobody wants it any more.
    if (attempt === undefined || attempt.submission !== id || attempt.name !== name) continue;
    if (!(await runAttempt(files, key, name))) code = 1;
  }
  return code;
}

async function runAttempt(files: JobFiles, key: string, name: string): Promise<boolean> {
  const base = files.base(key, name);
  const spec = readJson<JobSpec>(specFile(base));
  if (spec === undefined) return false;
  tryToMark(files, key, name, 'began');
  const started = performance.now();
  const journal = new Journal(base);
  const end = await runStage(spec, journal).catch(failure);
  journal.close();
  const seconds = Math.round(performance.now() - started) / 1000;
  const exit: Exit = { end, node: nodeName(), seconds, ...(stoppedBy === undefined ? {} : { stopped: stoppedBy }) };
  // The run took its folder away: nobody waits for it.
  if (!existsSync(base)) return false;
  try {
    writeFileAtomic(exitFile(base), JSON.stringify(exit));
    tryToMark(files, key, name, 'ended');
  } catch {
    // a full disk, or the folder has just gone: the run learns it from Slurm
  }
  return end.ok;
}

/** Where it cannot be done the run is gone, or finds out by its own looks. */
function tryToMark(files: JobFiles, key: string, name: string, what: 'began' | 'ended'): void {
  try {
    files.mark(key, name, what);
  } catch {
    return;
  }
}

async function runStage(spec: JobSpec, journal: Journal): Promise<JobEnd> {
  process.env['PATH'] = spec.path;
  process.env['HOME'] = spec.home;
  const ignored = ignoring(spec.job.root, spec.ignore);
  const { passEnv = [] } = spec.job.stage;
  const own = passEnv.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  const job: StageJob = {
    ...spec.job,
    // What Slurm says of this node comes before what was true where it was submitted.
    env: { ...spec.job.env, ...Object.fromEntries(own) },
    ignored,
    signal: stop.signal,
    onSpawn: () => undefined,
    onLine: (line) => journal.add(['line', line]),
    onWarning: (text) => journal.add(['warning', text]),
    onProgress: (done, total, unit, figures) =>
      journal.progress(['progress', done, total, unit ?? null, figures ?? null]),
  };
  const end = await runHere(job, spec.code);
  return end.ok ? { ...end, outputs: await keepOutputs(spec, job, ignored) } : end;
}

/** Checked, hashed and stored here, so that the machine that the run is on has little to read. */
async function keepOutputs(
  { cacheDir }: JobSpec,
  job: StageJob,
  ignored: Ignored,
): Promise<Readonly<Record<string, TreeRecord>>> {
  const folder = instanceFolder(job.stage);
  const outputs = stagedOutputs(job.stage.outputs, folder);
  const target = join(job.root, folder);
  const records = await readStaged(job.staging, outputs, (path, isFolder) =>
    ignored(join(target, relative(job.staging, path)), isFolder),
  );
  try {
    await storeStaged(job.staging, outputs, records, new ObjectStore(cacheDir));
  } catch {
    // the run tries again, and says what the matter is
  }
  return records;
}

function failure(error: unknown): JobEnd {
  if (error instanceof StartError) return { ok: false, message: error.message, hint: error.hint, final: true };
  if (error instanceof OutputError)
    return {
      ok: false,
      message: error.message,
      final: true,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  return { ok: false, message: error instanceof Error ? error.message : String(error) };
}

function nodeName(): string {
  return process.env['SLURMD_NODENAME'] ?? hostname();
}

process.exitCode = await main(process.argv.slice(2));
