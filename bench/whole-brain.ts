/**
 * Every cell of a table of connections as one recurrent population, driven by its ORN: the kernel's time and memory for 500 ms, forward and backward.
 * usage: node dist/bench/whole-brain.js CONNECTIONS.csv.gz CELL_TYPES.csv.gz [BATCH] [CHECKPOINT_STEPS]
 */
import { exp } from '../src/base/exp.ts';
import type { KernelNetwork, KernelParameters, KernelTask } from '../src/snn/kernel/kernel.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { readBrain } from './brain-table.ts';

const STEPS = 500;

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
const begin = process.cpuUsage().user;
const network = readBrain(connections, cellTypes, STEPS);
const reading = (process.cpuUsage().user - begin) / 1e6;
console.log(
  `${network.inputSize} ORN, ${network.size} cells, ${network.colIdx.length} pairs; read in ${reading.toFixed(1)} CPU s`,
);
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
