/**
 * Every cell of a table of connections as one recurrent population, driven by its ORN: the kernel's time and memory for 500 ms, forward and backward.
 * usage: node dist/bench/whole-brain.js CONNECTIONS.csv.gz CELL_TYPES.csv.gz [BATCH] [CHECKPOINT_STEPS]
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { exp } from '../src/base/exp.ts';
import type { KernelNetwork, KernelParameters, KernelTask } from '../src/snn/kernel/kernel.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';

const STEPS = 500;
/** Transmitters that inhibit in the fly's brain; all others excite. */
const inhibitory = new Set(['GABA', 'GLUT']);

/** Rows of a gzipped CSV, without its header. */
function* rowsOf(path: string): Generator<string[]> {
  const text = gunzipSync(readFileSync(path)).toString('latin1');
  for (let from = text.indexOf('\n') + 1, end = 0; from < text.length; from = end + 1) {
    end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    if (end > from) yield text.slice(from, end).split(',');
  }
}

interface Brain {
  readonly network: KernelNetwork;
  readonly orns: number;
}

/** ORN are inputs, numbered as they come, all other cells the network; pairs that end at an ORN are left out. */
function readBrain(connections: string, cellTypes: string): Brain {
  const isOrn = new Set<string>();
  for (const [id, type] of rowsOf(cellTypes)) if (type?.startsWith('ORN')) isOrn.add(id!);
  const [inputs, cells] = [new Map<string, number>(), new Map<string, number>()];
  const numberOf = (numbers: Map<string, number>, id: string) => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const [from, to, weight, sign, fromOrn]: number[][] = [[], [], [], [], []];
  for (const [pre, post, , synapses, transmitter] of rowsOf(connections)) {
    if (isOrn.has(post!)) continue;
    const orn = isOrn.has(pre!);
    from!.push(numberOf(orn ? inputs : cells, pre!));
    to!.push(numberOf(cells, post!));
    weight!.push(Number(synapses));
    sign!.push(inhibitory.has(transmitter!) ? 1 : 0);
    fromOrn!.push(orn ? 1 : 0);
  }
  const inputSize = inputs.size;
  const row = from!.map((x, e) => (fromOrn![e] === 1 ? x : inputSize + x));
  const order = Int32Array.from(row.keys()).sort((x, y) => row[x]! - row[y]! || to![x]! - to![y]!);
  const rowPtr = new Int32Array(inputSize + cells.size + 1);
  for (const r of row) rowPtr[r + 1]! += 1;
  for (let r = 0; r + 1 < rowPtr.length; r++) rowPtr[r + 1]! += rowPtr[r]!;
  const receptor = Uint8Array.from(order, (e) => sign![e]!);
  const network = {
    ...{ inputSize, size: cells.size, steps: STEPS, gainCount: 2, rowPtr, receptor },
    colIdx: order.map((e) => to![e]!),
    synCount: order.map((e) => weight![e]!),
    gainIdx: Int32Array.from(receptor),
  };
  return { network, orns: inputSize };
}

/** The published whole-brain model's constants (Shiu et al. 2024, doi:10.1038/s41586-024-07763-9) at 1 ms: no delay, one receptor each way. */
function parametersOf({ size }: KernelNetwork): KernelParameters {
  const [a, b] = [exp(-1 / 20), exp(-1 / 5)];
  const all = (x: number) => new Float32Array(size).fill(x);
  return {
    gain: Float32Array.of(0.275, 0.275),
    ...{ a: all(a), bE: all(b), bI: all(b), kE: all(1 - a), kI: all(1 - a), drive: all(0) },
    ...{ vRest: all(0), vThresh: all(7), vReset: all(0), refractorySteps: new Int32Array(size).fill(2) },
    ...{ surrogateWidth: all(3.5), damping: 0.2 },
  };
}

function taskOf({ inputSize }: KernelNetwork): KernelTask {
  const chance = (hz: number) => Math.floor((hz / 1000) * 2 ** 32);
  return {
    onThreshold: Uint32Array.from({ length: inputSize }, (_, i) => chance(i % 3 === 0 ? 60 : 8)),
    offThreshold: new Uint32Array(inputSize).fill(chance(8)),
    ...{ seed: 1, minSteps: STEPS, maxSteps: STEPS },
  };
}

function cpuSeconds(act: () => void): number {
  const begin = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

const [connections, cellTypes, batchText, intervalText] = process.argv.slice(2);
if (connections === undefined || cellTypes === undefined) {
  throw new RangeError('usage: whole-brain CONNECTIONS CELL_TYPES [BATCH] [CHECKPOINT_STEPS]');
}
const batch = Number(batchText ?? 8);
const checkpointSteps = Number(intervalText ?? 25);
let brain: Brain | undefined;
const reading = cpuSeconds(() => {
  brain = readBrain(connections, cellTypes);
});
const { network, orns } = brain!;
console.log(`${orns} ORN, ${network.size} cells, ${network.colIdx.length} pairs; read in ${reading.toFixed(1)} CPU s`);
const kernel = openKernel('wasm', network, { checkpointSteps, decayGradients: false });
kernel.setTask(taskOf(network));
const setting = cpuSeconds(() => kernel.setParameters(parametersOf(network)));
const trials = Array.from({ length: batch }, (_, trial) => ({ split: 0, odour: 0, trial }));
const report = (what: string, seconds: number, more = '') => {
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`${what}: ${((1000 * seconds) / batch).toFixed(0)} CPU ms a trial, peak ${peak.toFixed(0)} MB${more}`);
};
report('parameters', setting);
for (const tape of [false, true]) {
  let text = '';
  const seconds = cpuSeconds(() => {
    const { counts, events } = kernel.forwardTrials(trials, tape);
    const spikes = counts.reduce((x, y) => x + y, 0);
    text = `, ${Math.round(spikes / batch)} spikes, ${Math.round(events / batch)} events a trial`;
  });
  report(tape ? `forward, state kept every ${checkpointSteps} steps` : 'forward', seconds, text);
}
const loss = new Float32Array(batch * network.size).fill(1e-6);
report(
  'backward',
  cpuSeconds(() => {
    const { gain, nonFinite } = kernel.backward(loss);
    if (nonFinite.length > 0 || gain.some((x) => x === 0))
      throw new Error(`whole-brain: gradients ${nonFinite.join()}`);
  }),
);
kernel.close();
