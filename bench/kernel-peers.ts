/** PyTorch and SNN libraries on the same network: makes their pinned environment, writes the problem, runs each form. Knows no statistics. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KernelInput } from '../src/snn/kernel/kernel.ts';
import type { BenchWorld } from './kernel-network.ts';

const folder = resolve('.bench/peers');
const python = `${folder}/bin/python`;
const pinned = [...['torch==2.13.0', 'numpy==2.4.6', 'scipy==1.17.1', 'h5py==3.16.0', 'loguru', 'tqdm', 'matplotlib']];
/** Without their dependencies: those ask for torchvision and another PyTorch. */
const libraries = ['snntorch==1.0.0', 'norse==1.1.0', 'spikingjelly==2.0.0', 'nir==1.0.8', 'nirtorch==2.6'];

/** cost: a download of about 300 MB, once. */
export function makeEnvironment(): void {
  if (existsSync(python)) return;
  console.log(`making ${folder} (${pinned.join(' ')} ${libraries.join(' ')})`);
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(python, ['-m', 'pip', 'install', '-q', ...pinned]);
  execFileSync(python, ['-m', 'pip', 'install', '-q', '--no-deps', ...libraries]);
}

/** The first `steps` steps of the inputs, as kernel_peers.py reads them. */
export function writePeerProblem(world: BenchWorld, inputs: readonly KernelInput[], steps: number): string {
  const { network, parameters } = world;
  const { inputSize, size, rowPtr, colIdx, receptor, synCount, gainIdx } = network;
  const edges = colIdx.length;
  const rows = new Int32Array(edges);
  for (let row = 0; row < inputSize + size; row++) rows.fill(row, rowPtr[row]!, rowPtr[row + 1]!);
  const weight = Float32Array.from(synCount, (count, e) => parameters.gain[gainIdx[e]!]! * count);
  const padded = Math.ceil(inputSize / 4) * 4;
  const raster = new Uint8Array(steps * inputs.length * padded);
  inputs.forEach(({ stepPtr, cell }, b) => {
    for (let t = 0; t < steps; t++) {
      for (let k = stepPtr[t]!; k < stepPtr[t + 1]!; k++) raster[(t * inputs.length + b) * padded + cell[k]!] = 1;
    }
  });
  const offsets = world.names.map((_, p) => world.populationIdx.indexOf(p));
  const arrays = [
    Int32Array.of(inputSize, size, edges, steps, inputs.length, world.names.length),
    ...[rows, colIdx, Int32Array.from(receptor), weight],
    ...[parameters.drive, parameters.a, parameters.kE, parameters.kI, parameters.bE, parameters.bI],
    ...[parameters.vThresh, parameters.vReset, parameters.surrogateWidth],
    ...[Int32Array.of(...offsets, size), raster],
  ];
  mkdirSync('.bench', { recursive: true });
  const path = resolve('.bench/peers.bin');
  writeFileSync(path, Buffer.concat(arrays.map((x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength))));
  return path;
}

export interface PeerResult {
  readonly form: string;
  readonly batch: number;
  readonly steps: number;
  /** CPU ms a sample, scaled to 500 steps. */
  readonly forward: number;
  readonly backward: number;
  readonly spikes: number;
  readonly peakMb: number;
}

export function runPeer(problem: string, form: string, batch: number, steps: number): PeerResult {
  const args = ['bench/peers/kernel_peers.py', problem, form, `${batch}`, `${steps}`];
  return JSON.parse(
    execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  ) as PeerResult;
}
