/** What a stage asks for → the flags of sbatch. Runs nothing. */
import { mergeWishes } from '../../load/merge-slurm.ts';
import type { PlannedStage, SlurmSettings, SlurmWishes } from '../../model/plan.ts';
import type { Again } from '../executor.ts';

/** Beyond the stage's own timeout, for its start and for keeping what it made. */
const slackMs = 120_000;

/** The general before the particular: settings, the stage's own resources and wishes, what the settings say of it by name. */
export function wishesOf(stage: PlannedStage, settings: SlurmSettings): SlurmWishes {
  const { cpus, memoryBytes, timeMs, gpus } = stage.resources;
  const { partition, account, qos, flags, group } = settings;
  const general = defined({ partition, account, qos, flags, group });
  const common = {
    cpus: settings.cpus,
    memoryBytes: settings.memoryBytes,
    timeMs: settings.timeMs,
    gpus: settings.gpus,
  };
  // One core is what a stage has that says nothing.
  const resources = { ...defined(common), ...defined({ memoryBytes, timeMs, gpus }), ...(cpus === 1 ? {} : { cpus }) };
  const own = mergeWishes({ ...general, ...resources }, stage.slurm ?? {});
  return mergeWishes(own, settings.stages?.[stage.stage] ?? {});
}

/** What the program on the node takes beside its stage: Slurm counts all of a job together. */
const programBytes = 128 * 2 ** 20;

/** For one job that runs `turns` such stages one after another. */
export function sbatchFlags(stage: PlannedStage, settings: SlurmSettings, again: Again, turns: number): string[] {
  const { partition, account, qos, cpus = 1, memoryBytes, timeMs, gpus = 0, flags = [] } = wishesOf(stage, settings);
  const limit = timeMs ?? (stage.timeoutMs === undefined ? undefined : stage.timeoutMs + slackMs);
  return [
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    ...(memoryBytes === undefined ? [] : [`--mem=${mebibytes(memoryBytes * again.memory + programBytes)}M`]),
    ...(limit === undefined ? [] : [`--time=${minutes(limit * again.time * turns)}`]),
    ...(gpus === 0 ? [] : [`--gpus=${gpus}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(qos === undefined ? [] : [`--qos=${qos}`]),
    ...flags,
  ];
}

/** Never less than was asked for: Slurm counts in whole mebibytes … */
function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** … and in whole minutes. */
function minutes(ms: number): number {
  return Math.ceil(ms / 60_000);
}

function defined<T extends object>(values: T): { [key in keyof T]?: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [key in keyof T]?: Exclude<T[key], undefined>;
  };
}
