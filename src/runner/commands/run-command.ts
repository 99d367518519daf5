/** `pipeline run`: flags → a run, its view, its exit status. */
import type { Listener } from '../events.ts';
import { type RunOptions, runPipeline } from '../run.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function runCommand(io: CommandIo): Promise<number> {
  const options = readFlags(io);
  if (typeof options === 'string') return refuse(io, [{ message: options }]);
  const emit = await openView(io);
  const outcome = await runPipeline({ ...options, emit });
  if (!outcome.ok) return refuse(io, outcome.error);
  if (outcome.value.interrupted) return exitCodes.interrupted;
  return outcome.value.summary.failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** The options, or what is wrong with a flag. */
function readFlags(io: CommandIo): Omit<RunOptions, 'emit'> | string {
  const { line } = io;
  const executor = line.text('executor') ?? 'local';
  if (executor !== 'local') return `--executor ${executor} is not available yet; only local is`;
  if (line.has('remote')) return '--remote is not available yet; share a cache by --cache-dir';
  const jobs = line.text('jobs');
  if (jobs !== undefined && !/^[1-9]\d{0,5}$/.test(jobs))
    return `--jobs: expected a whole number from 1, got '${jobs}'`;
  const force = line.all('force');
  return {
    ...planFlags(io),
    until: line.text('until'),
    from: line.text('from'),
    force: force.includes('') ? true : force,
    keepGoing: line.has('keep-going'),
    dryRun: line.has('dry-run'),
    jobs: jobs === undefined ? undefined : Number(jobs),
    commandLine: io.commandLine,
    signal: io.signal,
  };
}

async function openView(io: CommandIo): Promise<Listener> {
  if (io.line.has('json')) {
    const { jsonView } = await import('../views/json-view.ts');
    return jsonView(io.out);
  }
  const { PlainView } = await import('../views/plain-view.ts');
  const view = new PlainView(io.out);
  return (event) => view.on(event);
}
