/**
 * What a run that finds nothing to do costs: CPU of `node dist/src/cli.js run` beside `node -e 0` and other tools, as a markdown table.
 * Usage: node dist/bench/no-op.js [--rounds N] [--peers] [--large] [--beside]   (--peers installs them under .bench/; --large adds 10,000 stages; --beside measures that table alone)
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { resolve } from 'node:path';
import { type Command, cpuMs, type Measured, measure } from './cpu.ts';
import { installPeers, preparePeers } from './no-op-peers.ts';
import { cli, seed, writeBeside, writeProject } from './no-op-projects.ts';

const base = resolve('.bench/no-op');
const node = process.execPath;

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : (process.argv[at + 1] ?? '');
}

function ours(dir: string): Command {
  return { name: 'cc-snn', cwd: dir, line: `${node} ${cli} run` };
}

/** A project in which everything is up to date and has been found so. */
async function settled(stages: number, mebibytes: number): Promise<Command> {
  const dir = writeProject(base, stages, mebibytes);
  const command = ours(dir);
  if (stages > 100) await seed(dir);
  for (let i = 0; i < 4; i++) cpuMs(command);
  const { stdout } = spawnSync(node, [cli, 'run'], { cwd: dir, encoding: 'utf8' });
  if (!stdout.includes(`${stages} cached`)) throw new Error(`not settled: ${stdout}`);
  return command;
}

/** CPU of the runner itself per further command stage that runs: what 150 stages cost more than 50, less the shells alone. */
function stageOverheadMs(rounds: number): number {
  const costs: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const few = cpuMs(ours(writeProject(base, 50)));
    const dir = writeProject(base, 150);
    const many = cpuMs(ours(dir));
    const line = 'for i in $(seq 50 149); do bash -euo pipefail -c "cat in/$i.txt > /dev/null"; done';
    costs.push((many - few - cpuMs({ name: 'shells', cwd: dir, line })) / 100);
  }
  return Math.min(...costs);
}

function table(title: string, rows: readonly Measured[], floor: number): string {
  const line = ({ name, min, median }: Measured): string =>
    `| ${name} | ${min.toFixed(0)} | ${median.toFixed(0)} | ${(min / floor).toFixed(2)} |`;
  return [
    `### ${title}`,
    '',
    '| tool | least CPU ms | median CPU ms | × `node -e 0` |',
    '|---|---|---|---|',
    ...rows.map(line),
    '',
  ].join('\n');
}

/** The same 8 stages with and without twenty included files of a hundred instances each, in alternating rounds. */
async function besideTable(rounds: number): Promise<string> {
  const floor: Command = { name: '`node -e 0`', cwd: base, line: `${node} -e 0` };
  const alone = { ...(await settled(8, 0)), name: 'alone' };
  const beside = { ...ours(writeBeside(base)), name: '2,000 instances in 20 files beside' };
  for (let i = 0; i < 4; i++) cpuMs(beside);
  const rows = measure([floor, alone, beside], rounds);
  return table('8 stages, alone and with experiments beside', rows, rows[0]!.min);
}

async function main(): Promise<void> {
  const rounds = Number(option('rounds') ?? 15);
  const withPeers = process.argv.includes('--peers');
  mkdirSync(base, { recursive: true });
  if (withPeers) installPeers();
  const conditions = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, Node ${process.versions.node}; user + system CPU with children, ${rounds} interleaved rounds`;
  process.stdout.write(`${conditions}\n\n`);
  if (process.argv.includes('--beside')) {
    process.stdout.write(await besideTable(rounds));
    return;
  }
  const sizes: readonly (readonly [number, number])[] = [
    [8, 0],
    [8, 256],
    [1000, 0],
    [10_000, 0],
  ];
  for (const [stages, mebibytes] of process.argv.includes('--large') ? sizes : sizes.slice(0, 3)) {
    const floor: Command = { name: '`node -e 0`', cwd: base, line: `${node} -e 0` };
    const commands = [
      floor,
      await settled(stages, mebibytes),
      ...(withPeers ? preparePeers(base, stages, mebibytes, cpuMs) : []),
    ];
    const rows = measure(commands, rounds);
    process.stdout.write(
      `${table(`${stages} stages, a file of ${mebibytes > 0 ? `${mebibytes} MiB` : '1 KB'} each`, rows, rows[0]!.min)}\n`,
    );
  }
  process.stdout.write(`${await besideTable(rounds)}\n`);
  const own = stageOverheadMs(3).toFixed(1);
  process.stdout.write(`Runner's own CPU per command stage that runs (150 stages less 50, least of 3): ${own} ms\n`);
}

await main();
