/** What pipeline.yaml says of where stages run → the plan: executor, Slurm's settings, what stages ask of it. Looks at no files. */
import { didYouMean } from '../../base/suggest.ts';
import type { ExecutorName, Plan, SlurmSettings, SlurmWishes } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { JsonPath } from './located-yaml.ts';
import { mergeSlurm } from './merge-slurm.ts';
import type { Problems } from './problems.ts';
import { parseBytes, parseDuration } from './quantities.ts';
import type { RawPipeline, RawSlurm, RawWishes } from './raw-pipeline.ts';

/** Flags by which the runner speaks with sbatch itself. */
const ownFlags: Readonly<Record<string, string>> = {
  array: 'the runner makes arrays of matrix instances',
  'job-name': 'the runner knows its jobs by their names',
  J: 'the runner knows its jobs by their names',
  output: 'pipeline log shows what a stage printed',
  o: 'pipeline log shows what a stage printed',
  error: 'pipeline log shows what a stage printed',
  e: 'pipeline log shows what a stage printed',
  input: 'jobs read nothing',
  i: 'jobs read nothing',
  chdir: 'jobs run in the project',
  D: 'jobs run in the project',
  wrap: 'the runner gives the script',
  wait: 'the runner waits by itself',
  W: 'the runner waits by itself',
  parsable: 'the runner reads what sbatch says',
  quiet: 'the runner reads what sbatch says',
  Q: 'the runner reads what sbatch says',
  requeue: 'see slurm.retry',
  'no-requeue': 'see slurm.retry',
  export: 'see env and passEnv of a stage',
  dependency: 'the runner submits a stage when all that it needs is there',
  d: 'the runner submits a stage when all that it needs is there',
  ntasks: 'a stage is one task; see cpus',
  n: 'a stage is one task; see cpus',
  nodes: 'a stage is one task; see cpus',
  N: 'a stage is one task; see cpus',
};

/** The executor and the settings of the profiles in use over those of the file. */
export function planExecution(
  raw: RawPipeline,
  profiles: readonly string[],
  problems: Problems,
): Pick<Plan, 'executor' | 'slurm'> {
  const known = Object.keys(raw.stages);
  const all = new Map<string, SlurmSettings>();
  if (raw.slurm !== undefined) all.set('', planSlurm(raw.slurm, ['slurm'], known, problems));
  for (const [name, profile] of Object.entries(raw.profiles ?? {}))
    if (profile.slurm !== undefined)
      all.set(`profile ${name}`, planSlurm(profile.slurm, ['profiles', name, 'slurm'], known, problems));
  const used = ['', ...profiles.map((name) => `profile ${name}`)].flatMap((name) => all.get(name) ?? []);
  const named: readonly (ExecutorName | undefined)[] = [
    raw.executor,
    ...profiles.map((name) => raw.profiles?.[name]?.executor),
  ];
  const executor = named.findLast((name) => name !== undefined);
  return {
    ...(executor === undefined ? {} : { executor }),
    ...(used.length === 0 ? {} : { slurm: used.reduce(mergeSlurm) }),
  };
}

/** `known` are the stages that there are; undefined where this cannot be said. */
export function planSlurm(
  raw: RawSlurm,
  path: JsonPath,
  known: readonly string[] | undefined,
  problems: Pick<Problems, 'report'>,
): SlurmSettings {
  const { stages = {}, jobs, poll, retry } = raw;
  for (const name of Object.keys(stages))
    if (known !== undefined && !known.includes(name)) {
      const hint = didYouMean(name, known) ?? `the stages are: ${known.join(', ')}`;
      problems.report([...path, 'stages', name], `there is no stage '${printable(name)}'`, hint, 'key');
    }
  const asked = Object.entries(stages).map(
    ([name, wishes]) => [name, planWishes(wishes, [...path, 'stages', name], problems)] as const,
  );
  const interval = planAmount('pollMs', poll, [...path, 'poll'], problems);
  if (interval.pollMs !== undefined && interval.pollMs < 1000)
    problems.report([...path, 'poll'], 'squeue is asked at most once a second', 'sites ask for 30s or more');
  return {
    ...planWishes(raw, path, problems),
    ...(asked.length === 0 ? {} : { stages: Object.fromEntries(asked) }),
    ...(jobs === undefined ? {} : { jobs }),
    ...interval,
    ...(retry === undefined ? {} : { retry }),
  };
}

export function planWishes(raw: RawWishes, path: JsonPath, problems: Pick<Problems, 'report'>): SlurmWishes {
  const { partition, account, qos, time, memory, cpus, gpus, group, flags } = raw;
  for (const [i, flag] of (flags ?? []).entries()) {
    const name = /^--?([A-Za-z-]+)/.exec(flag)?.[1] ?? '';
    const short = flag.startsWith('--') ? name : name.slice(0, 1);
    if (Object.hasOwn(ownFlags, short))
      problems.report([...path, 'flags', i], `'${printable(flag)}' is the runner's to say`, ownFlags[short]);
  }
  return {
    ...present({ partition, account, qos, cpus, gpus, group, flags }),
    ...planAmount('timeMs', time, [...path, 'time'], problems),
    ...planAmount('memoryBytes', memory, [...path, 'memory'], problems),
  };
}

type Amount = 'timeMs' | 'pollMs' | 'memoryBytes';

/** `{ timeMs: 90000 }` of `90s`; nothing, and a report, of what cannot be read. */
export function planAmount<Name extends Amount>(
  name: Name,
  written: string | number | undefined,
  path: JsonPath,
  problems: Pick<Problems, 'report'>,
): { readonly [key in Name]?: number } {
  if (written === undefined) return {};
  const bytes = name === 'memoryBytes';
  const value = bytes ? parseBytes(written) : parseDuration(written);
  if (value !== undefined) return { [name]: value } as { readonly [key in Name]?: number };
  const what = bytes ? 'an amount of memory' : 'a duration';
  const example = bytes ? 'such as 512MiB, 2GiB or 4GB' : 'such as 90s, 10m or 1h30m; at most 24d';
  problems.report(path, `'${printable(String(written))}' is not ${what}`, example);
  return {};
}

function present<T extends object>(values: T): { [key in keyof T]?: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [key in keyof T]?: Exclude<T[key], undefined>;
  };
}
