/** The kernel's algorithm in C on the same problem: writes the problem, compiles, runs, compares bits. Knows no statistics. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CellNumbers } from '../src/base/draw-spikes.ts';
import { resolveModel } from '../src/snn/kernel/core-model.ts';
import { planEdges } from '../src/snn/kernel/edge-plan.ts';
import type { KernelCounts, KernelGradients, KernelInput } from '../src/snn/kernel/kernel.ts';
import { single } from '../src/snn/kernel/precision.ts';
import { hardStep } from '../src/snn/kernel/spike-function.ts';
import type { BenchWorld } from './kernel-network.ts';

/** The fields of kernel.c's Cell, in order. */
const cellNames = [
  ...(['drive', 'a', 'kE', 'kI', 'bE', 'bI', 'floor', 'vThresh', 'vReset', 'inverseWidth', 'height'] as const),
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
    ...[network.inputSize, network.size, network.steps, network.gainCount, plan.edge.length, inputs.length],
    ...[plan.segmentGain.length, 0],
  );
  const edges = (weight: ArrayLike<number>) => {
    const words = new Int32Array(2 * plan.edge.length);
    const floats = new Float32Array(words.buffer);
    plan.target.forEach((target, k) => {
      words[2 * k] = target;
      floats[2 * k + 1] = weight[k]!;
    });
    return words;
  };
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
    ...[head, plan.segmentPtr, plan.edgePtr, plan.segmentGain, model.gainGather as Float32Array],
    ...[edges(model.weight), edges(model.gather), cells, parameters.vRest, countGradient],
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

/** Whether the last native run left the same bits as the kernel. */
export function sameBits(world: BenchWorld, counts: KernelCounts, gradients: KernelGradients): boolean {
  const out = readFileSync(`${folder}/out.bin`);
  const { gainCount } = world.network;
  const countBytes = 4 * counts.counts.length;
  const gain = new Float64Array(gainCount).map((_, g) => out.readDoubleLE(countBytes + 8 * g));
  const { a, drive, vThresh, vReset, kE } = gradients;
  const rest = Buffer.concat([a, drive, vThresh, vReset, kE].map(bytesOf));
  return (
    out.subarray(0, countBytes).equals(bytesOf(counts.counts)) &&
    bytesOf(Float32Array.from(gain)).equals(bytesOf(gradients.gain)) &&
    out.subarray(countBytes + 8 * gainCount).equals(rest)
  );
}
