/**
 * The published whole-brain equations at 0.1 ms on a whole table: CPU seconds for a second of the brain, with some ORN driven at 150 Hz.
 * usage: node dist/bench/published-brain.js CONNECTIONS.csv.gz CELL_TYPES.csv.gz DRIVEN [PROBLEM.json]   (the last is written for
 * test/snn/brain/peers/brian_golden.py --run, which runs the same in Brian2's C++ standalone mode)
 */
import { writeFileSync } from 'node:fs';
import { RandomStream } from '../src/base/random.ts';
import { type BrainNetwork, publishedBrain, simulateBrain } from '../src/snn/brain/brain-simulation.ts';
import { readBrain } from './brain-table.ts';

const STEPS = 10000;
const JUMP_MV = 68.75;
const [connections, cellTypes, drivenText, problem] = process.argv.slice(2);
if (connections === undefined || cellTypes === undefined || drivenText === undefined) {
  throw new RangeError('usage: published-brain CONNECTIONS CELL_TYPES DRIVEN [PROBLEM]');
}
const { inputSize, rowPtr, colIdx, synCount, receptor } = readBrain(connections, cellTypes, 1);
const network: BrainNetwork = {
  rowPtr,
  colIdx: colIdx.map((i) => inputSize + i),
  weightMv: Float64Array.from(synCount, (count, e) => 0.275 * count * (receptor[e] === 1 ? -1 : 1)),
};
const driven = Array.from({ length: Number(drivenText) }, (_, i) => i);
const stream = new RandomStream([3, 1]);
const jumps = Array.from({ length: STEPS + 1 }, (_, t) =>
  t === 0 ? [] : driven.filter(() => stream.uniform() < 0.015),
);
const drive = { cells: driven, jumpMv: JUMP_MV, jumpsAt: (t: number) => jumps[t]! };
for (let round = 0; round < 3; round++) {
  const begin = process.cpuUsage();
  const { step, events } = simulateBrain(network, drive, STEPS, publishedBrain);
  const { user, system } = process.cpuUsage(begin);
  console.log(`${((user + system) / 1e6).toFixed(3)} CPU s a second, ${step.length} spikes, ${events} events`);
}
if (problem !== undefined) {
  const pre = Int32Array.from(colIdx, () => 0);
  for (let row = 0; row + 1 < rowPtr.length; row++) pre.fill(row, rowPtr[row]!, rowPtr[row + 1]!);
  const jumpStep = jumps.flatMap((cells, t) => cells.map(() => t));
  const arrays = { pre, post: network.colIdx, weightMv: network.weightMv };
  const lists = Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, Array.from(x)]));
  const head = { size: rowPtr.length - 1, steps: STEPS, driven, jumpMv: JUMP_MV, jumpStep, jumpCell: jumps.flat() };
  writeFileSync(problem, JSON.stringify({ ...head, ...lists }));
}
