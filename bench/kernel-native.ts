/** The kernel's algorithm in C on the same problem: writes the problem, compiles, runs, compares bits. Knows no statistics. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CellNumbers } from '../src/base/draw-spikes.ts';
import { resolveModel } from '../src/snn/kernel/core-model.ts';
import { planEdges } from '../src/snn/kernel/edge-plan.ts';
import { finishGradients } from '../src/snn/kernel/gradient-sums.ts';
import type { KernelCounts, KernelGradients, KernelInput } from '../src/snn/kernel/kernel.ts';
import { single } from '../src/snn/kernel/precision.ts';
import { hardStep } from '../src/snn/kernel/spike-function.ts';
import type { BenchWorld } from './kernel-network.ts';

/** The fields of kernel.c's Cell, in order. */
const cellNames = [
  ...(['drive', 'a', 'bE', 'bI', 'floor', 'vThresh', 'vReset', 'inverseWidth', 'height'] as const),
  'refractorySteps',
] as const;

const folder = resolve('.bench/native');

/** @throws when gcc is missing or does not compile it. */
export function compileNative(): string {
  mkdirSync(folder, { recursive: true });
  const program = `${folder}/kernel`;
  execFileSync('gcc', ['-O3', '-march=native', '-ffp-contract=off', 'bench/native/kernel.c', '-o', program]);
  return program;
}

function bytesOf(x: Int32Array | Float32Array | CellNumbers): Buffer {
  return Buffer.from(x.buffer, x.byteOffset, x.byteLength);
}

/** The file that kernel.c reads. */
export function writeProblem(world: BenchWorld, inputs: readonly KernelInput[], countGradient: Float32Array): string {
  const { network, parameters } = world;
  const plan = planEdges(network);
  const model = resolveModel(network, plan, parameters, single, hardStep);
  const head = Int32Array.of(
    ...[network.inputSize, network.size, network.steps, plan.target.length, inputs.length, 0, 0, 0],
  );
  const edges = new Int32Array(2 * plan.target.length);
  const lifts = new Float32Array(edges.buffer);
  plan.target.forEach((target, e) => {
    edges[2 * e] = target < network.size ? 2 * target : 2 * (target - network.size) + 1;
    lifts[2 * e + 1] = model.lift[e]!;
  });
  const cells = new Float32Array(network.size * cellNames.length);
  const words = new Int32Array(cells.buffer);
  for (let i = 0; i < network.size; i++) {
    const constants = { ...model.spikeConstants[i]! };
    cellNames.forEach((name, k) => {
      const at = i * cellNames.length + k;
      if (name === 'refractorySteps') words[at] = parameters.refractorySteps[i]!;
      else if (name in constants) cells[at] = constants[name as keyof typeof constants];
      else cells[at] = (parameters[name as 'a'] as Float32Array)[i]!;
    });
  }
  const arrays = [
    ...[head, plan.rowPtr, edges, cells, parameters.vRest, countGradient],
    ...inputs.flatMap(({ stepPtr, cell }) => [stepPtr, cell]),
  ];
  const path = `${folder}/problem.bin`;
  writeFileSync(path, Buffer.concat(arrays.map(bytesOf)));
  return path;
}

/** CPU ms of the batch, least of the repetitions. */
export function runNative(
  program: string,
  problem: string,
  repetitions: number,
): { forward: number; backward: number } {
  return JSON.parse(execFileSync(program, [problem, `${repetitions}`, `${folder}/out.bin`], { encoding: 'utf8' }));
}

/** Whether the last native run left the same bits as the kernel, whose last factors are taken here. */
export function sameBits(world: BenchWorld, counts: KernelCounts, gradients: KernelGradients): boolean {
  const out = readFileSync(`${folder}/out.bin`);
  const { network, parameters } = world;
  const countBytes = 4 * counts.counts.length;
  let at = countBytes;
  const take = (length: number) => {
    const values = new Float32Array(length).map((_, i) => out.readFloatLE(at + 4 * i));
    at += 4 * length;
    return values;
  };
  const { size } = network;
  const sums = {
    ...{ vThresh: take(size), vReset: take(size), a: take(size), start: take(size) },
    ...{ edge: take(network.colIdx.length), edgeDecay: new Float32Array(0) },
  };
  const model = resolveModel(network, planEdges(network), parameters, single, hardStep);
  const native = finishGradients(model, sums);
  const names = ['gain', 'a', 'kE', 'kI', 'drive', 'vThresh', 'vReset'] as const;
  return (
    out.subarray(0, countBytes).equals(bytesOf(counts.counts)) &&
    names.every((name) => bytesOf(native[name] as Float32Array).equals(bytesOf(gradients[name])))
  );
}
