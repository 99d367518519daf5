/** Runs the process of one stage on this machine: a module or a command, at most for its timeout. */

import type { Executor, StageCode } from './executor.ts';
import type { JobEnd, StageJob } from './stage-job.ts';
import { claimPlaces } from './staging-places.ts';

export async function runHere(job: StageJob, code: StageCode | undefined): Promise<JobEnd> {
  const { timeoutMs, stage } = job.stage;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signal = timeout === undefined ? job.signal : AbortSignal.any([job.signal, timeout]);
  const end = await runWork({ ...job, signal }, code);
  const timedOut = !end.ok && signal.aborted && !job.signal.aborted;
  return timedOut
    ? {
        ...end,
        ok: false,
        message: `took longer than its timeout of ${timeoutMs! / 1000} s`,
        hint: `raise stages.${stage}.timeout`,
      }
    : end;
}

async function runWork(job: StageJob, code: StageCode | undefined): Promise<JobEnd> {
  if (code === undefined) {
    const { runCommandStage } = await import('./command-stage.ts');
    return runCommandStage(job);
  }
  const { runModuleStage } = await import('./module-stage.ts');
  return runModuleStage(job, code.closure, code.contract);
}

/** The machine that the run itself is on. */
export const localExecutor: Executor = {
  occupies: (resources) => resources,
  cpusOf: ({ resources }, jobs) => Math.min(resources.cpus, jobs),
  claim: async (workspace, stage) => ({ places: claimPlaces(workspace, stage), going: false, diesWithRun: true }),
  run: runHere,
  retry: () => undefined,
  leave: () => undefined,
  close: async () => undefined,
};
