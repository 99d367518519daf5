/** `pipeline run`: flags → a run, its view, its exit status. */
import { type RunOptions, type RunOutcome, runPipeline } from '../run/run.ts';
import { type CommandIo, checkedStatus, exitCodes, planFlags, refuse, remoteFlags } from './command-io.ts';
import { openView } from './open-view.ts';
import type { ChangeWatch } from './wait-for-change.ts';

export async function runCommand(io: CommandIo): Promise<number> {
  const options = readFlags(io);
  if (typeof options === 'string') return refuse(io, [{ message: options }]);
  for (;;) {
    const watch = io.line.has('watch') ? await beginWatch(io) : undefined;
    const view = await openView(io);
    const outcome = await runPipeline({ ...options, emit: view.on }).finally(() => view.close());
    if (outcome.ok && (watch === undefined || outcome.value.interrupted))
      return statusOf(outcome.value, io.line.has('check'));
    const refused = outcome.ok ? exitCodes.done : refuse(io, outcome.error);
    if (watch === undefined) return refused;
    const next = outcome.ok ? watch.next(outcome.value.opened) : watch.next(undefined, outcome.error);
    if (!(await next)) return exitCodes.interrupted;
  }
}

async function beginWatch(io: CommandIo): Promise<ChangeWatch> {
  const { ChangeWatch } = await import('./wait-for-change.ts');
  return new ChangeWatch(io);
}

function statusOf(outcome: RunOutcome, check: boolean): number {
  if (outcome.interrupted) return exitCodes.interrupted;
  if (outcome.differences > 0) return exitCodes.different;
  if (check) return checkedStatus(outcome.summary);
  return outcome.summary.failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** The options, or what is wrong with a flag. */
function readFlags(io: CommandIo): Omit<RunOptions, 'emit'> | string {
  const { line } = io;
  if (line.has('check') && !line.has('dry-run')) return '--check belongs to --dry-run; status has it too';
  const jobs = line.text('jobs');
  if (jobs !== undefined && !/^[1-9]\d{0,5}$/.test(jobs))
    return `--jobs: expected a whole number from 1, got '${jobs}'`;
  const executor = line.text('executor');
  if (executor !== undefined && executor !== 'local' && executor !== 'slurm')
    return `--executor: expected local or slurm, got '${executor}'`;
  const force = line.all('force');
  return {
    ...planFlags(io),
    until: line.text('until'),
    from: line.text('from'),
    force: force.includes('') ? true : force,
    keepGoing: line.has('keep-going'),
    dryRun: line.has('dry-run'),
    frozen: line.has('frozen'),
    lock: line.has('lock'),
    jobs: jobs === undefined ? undefined : Number(jobs),
    remote: remoteFlags(io),
    executor,
    commandLine: io.commandLine,
    signal: io.signal,
  };
}
