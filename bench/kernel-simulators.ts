/** NEST and Brian2 on the same network, forward only: makes their pinned environments and runs them. Knows no statistics. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KernelInput } from '../src/snn/kernel/kernel.ts';
import type { BenchWorld } from './kernel-network.ts';
import { writePeerProblem } from './kernel-peers.ts';

const pinned = {
  nest: ['nest-simulator==3.10.0', 'numpy==2.4.6'],
  brian2: ['Brian2==2.9.0', 'numpy==2.2.6'],
} as const;
export type Simulator = keyof typeof pinned;

export interface SimulatorResult {
  /** CPU ms a trial, the median and the least of several. */
  readonly ms: number;
  readonly least: number;
  readonly spikes: number;
}

/** cost: a download of some 100 MB, once; Brian2 compiles its network each time, about a minute. */
export function runSimulator(name: Simulator, world: BenchWorld, inputs: readonly KernelInput[]): SimulatorResult {
  const folder = resolve(`.bench/${name}`);
  const python = `${folder}/bin/python`;
  if (!existsSync(python)) {
    console.log(`making ${folder} (${pinned[name].join(' ')})`);
    execFileSync('python3', ['-m', 'venv', folder]);
    execFileSync(python, ['-m', 'pip', 'install', '-q', ...pinned[name]]);
  }
  const problem = writePeerProblem(world, inputs, world.network.steps);
  const out = execFileSync(python, ['bench/peers/simulator_peers.py', problem, name, resolve('.bench/brian2-code')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return JSON.parse(out.slice(out.lastIndexOf('{'))) as SimulatorResult;
}
