/** Where the stages of a run work: by the command line, else the pipeline file with its profiles, else the user's configuration, else here. */
import { existsSync } from 'node:fs';
import { userError } from '../../base/located-error.ts';
import type { RunContext } from '../execute/run-context.ts';
import { mergeSlurm } from '../load/merge-slurm.ts';
import { planSlurm } from '../load/plan-slurm.ts';
import type { Problems } from '../load/problems.ts';
import type { RawSlurm } from '../load/raw-pipeline.ts';
import type { ExecutorName, Json, SlurmSettings } from '../model/plan.ts';
import { jobsDir } from '../model/project.ts';
import { configPath, readConfig } from '../remote/settings.ts';

interface Chosen {
  readonly executor?: ExecutorName | undefined;
  /** `--jobs`. */
  readonly jobs?: number | undefined;
}

export async function openExecutor(context: RunContext, { executor, jobs }: Chosen): Promise<RunContext> {
  const { plan, project } = context.workspace;
  const own = await readOwnSettings();
  const name = executor ?? plan.executor ?? own.executor ?? 'local';
  if (name === 'local' && !existsSync(jobsDir(project))) return context;
  const { defaultJobs, SlurmExecutor } = await import('../execute/slurm/slurm-executor.ts');
  const settings = mergeSlurm(own.slurm, plan.slurm ?? {});
  const tell = (text: string): void => context.emit({ event: 'message', text });
  const slurm = new SlurmExecutor(project, settings, context.signal, tell);
  if (name === 'slurm') return { ...context, executor: slurm, jobs: jobs ?? settings.jobs ?? defaultJobs };
  const { LeftJobsExecutor } = await import('../execute/slurm/left-jobs.ts');
  return { ...context, executor: new LeftJobsExecutor(slurm) };
}

/** A person's account and partition are no part of a project. Throws a UserError that names the file where they are wrong. */
async function readOwnSettings(): Promise<{ readonly executor?: ExecutorName; readonly slurm: SlurmSettings }> {
  const file = configPath();
  const { executor, slurm = {} } = (await readConfig(file)) as {
    readonly executor?: unknown;
    readonly slurm?: unknown;
  };
  if (executor !== undefined && executor !== 'local' && executor !== 'slurm')
    throw userError(`executor: expected local or slurm, got ${JSON.stringify(executor)}`, undefined, { file });
  if (typeof slurm !== 'object' || slurm === null || Array.isArray(slurm))
    throw userError('slurm: expected a table', 'docs/cluster.md says what may stand in it', { file });
  const report: Problems['report'] = (path, message, hint) => {
    throw userError(`${path.join('.')}: ${message}`, hint, { file });
  };
  if (Object.keys(slurm).length > 0) await checkShape(slurm as Json, report);
  const settings = planSlurm(slurm as RawSlurm, ['slurm'], undefined, { report });
  return { ...(executor === undefined ? {} : { executor }), slurm: settings };
}

/** What pipeline.yaml may say, the configuration may. */
async function checkShape(slurm: Json, report: Problems['report']): Promise<void> {
  const { checkPipelineSchema } = await import('../load/check-schema.ts');
  const stages = { a: { command: 'true', outputs: { o: 'o' } } };
  checkPipelineSchema({ version: 1, slurm, stages }, { ...noProblems, report });
}

const noProblems: Problems = {
  list: [],
  doubts: [],
  placeOf: () => ({ file: '' }),
  placeWithin: () => ({ file: '' }),
  report: () => undefined,
  add: () => undefined,
  doubt: () => undefined,
};
