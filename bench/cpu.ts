/** CPU time of commands: user + system with all children, interleaved so that a busy machine meets all alike. */
import { spawnSync } from 'node:child_process';

export interface Command {
  readonly name: string;
  readonly cwd: string;
  /** A line for bash. */
  readonly line: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** User + system milliseconds of one run; throws where it fails. */
export function cpuMs({ cwd, line, env = {}, name }: Command): number {
  const script = `TIMEFORMAT='cpu %3U %3S'; time { ${line} ; } >/dev/null 2>.bench-err`;
  const { stderr, status } = spawnSync('bash', ['-c', script], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  if (status !== 0 || user === undefined) throw new Error(`${name} failed (${status}): ${line} in ${cwd}: ${stderr}`);
  return 1000 * (Number(user) + Number(system));
}

export interface Measured {
  readonly name: string;
  readonly min: number;
  readonly median: number;
}

/** Each command `rounds` times, in turn. */
export function measure(commands: readonly Command[], rounds: number): readonly Measured[] {
  const times = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, command] of commands.entries()) times[i]!.push(cpuMs(command));
  return commands.map(({ name }, i) => {
    const sorted = times[i]!.sort((a, b) => a - b);
    return { name, min: sorted[0]!, median: sorted[sorted.length >> 1]! };
  });
}
