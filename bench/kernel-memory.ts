/**
 * Peak memory and CPU time of one configuration, in a process of its own: node dist/bench/kernel-memory.js BATCH CHECKPOINTSTEPS THRESHOLDS.
 * THRESHOLDS is a file of settled thresholds, f32. Prints one JSON line: peak resident MB before the kernel and after two batches.
 */
import { readFileSync } from 'node:fs';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { syntheticWorld, trialsOf, withThresholds } from './kernel-network.ts';

const [batch, checkpointSteps] = process.argv.slice(2, 4).map(Number) as [number, number];
const world = syntheticWorld(1, 500);
const bytes = readFileSync(process.argv[4]!);
const vThresh = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const peakMb = () => (process.resourceUsage().maxRSS * 1024) / 1e6;
const loss = new Float32Array(batch * world.network.size).map((_, i) => (((i * 37) % 17) - 8) * 1e-6);
const before = peakMb();
const kernel = openKernel('wasm', world.network, { checkpointSteps });
kernel.setTask(world.task);
kernel.setParameters(withThresholds(world.parameters, vThresh));
let ms = Number.POSITIVE_INFINITY;
for (let round = 0; round < 2; round++) {
  const begin = process.cpuUsage();
  kernel.forwardTrials(trialsOf(batch, 1000), true);
  kernel.backward(loss);
  const { user, system } = process.cpuUsage(begin);
  ms = Math.min(ms, (user + system) / 1000 / batch);
}
console.log(JSON.stringify({ before, peak: peakMb(), ms }));
