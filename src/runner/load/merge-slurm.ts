/** Slurm's settings of several places → one: the later ones come before the earlier, flags are put together. Reads nothing. */
import type { SlurmSettings, SlurmWishes } from '../model/plan.ts';

export function mergeSlurm(general: SlurmSettings, particular: SlurmSettings): SlurmSettings {
  const names = new Set([...Object.keys(general.stages ?? {}), ...Object.keys(particular.stages ?? {})]);
  const stages = [...names].map(
    (name) => [name, mergeWishes(general.stages?.[name] ?? {}, particular.stages?.[name] ?? {})] as const,
  );
  const retry = { ...general.retry, ...particular.retry };
  return {
    ...general,
    ...mergeWishes(general, particular),
    ...(stages.length === 0 ? {} : { stages: Object.fromEntries(stages) }),
    ...(Object.keys(retry).length === 0 ? {} : { retry }),
  };
}

export function mergeWishes<T extends SlurmWishes>(general: SlurmWishes, particular: T): T {
  const flags = [...(general.flags ?? []), ...(particular.flags ?? [])];
  return { ...general, ...particular, ...(flags.length === 0 ? {} : { flags }) };
}
