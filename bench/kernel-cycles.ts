/** Opens, uses and closes kernels with 1 … 4 threads, then exits, sometimes with one left open: node dist/bench/kernel-cycles.js COUNT SEED */
import { RandomStream } from '../src/base/random.ts';
import { openKernel } from '../src/snn/kernel/open-kernel.ts';
import { randomInput, randomNetwork, randomParameters } from '../test/snn/kernel/random-network.ts';

const [count, seed] = process.argv.slice(2).map(Number);
const stream = new RandomStream([seed!, 0x6379636c]);
const network = randomNetwork({ inputSize: 5, size: 20, steps: 10, gainCount: 2, density: 0.3 }, 1);
const style = { maxRefractory: 2, freeWeights: false, loudness: 2, damping: 0.3, width: [1, 5] } as const;
const parameters = randomParameters(network, style, 1);
const inputs = Array.from({ length: 40 }, (_, b) => randomInput(network, 0.3, b));
const countGradient = new Float32Array(40 * 20).fill(1);
const sums = new Set<number>();
for (let k = 0; k < count!; k++) {
  const kernel = openKernel('wasm', network, { threads: 1 + stream.below(4) });
  kernel.setParameters(parameters);
  const runs = stream.below(4);
  for (let run = 0; run < runs; run++) {
    kernel.forward(inputs, true);
    sums.add(kernel.backward(countGradient).gain[0]!);
  }
  if (k + 1 < count! || stream.below(2) === 0) kernel.close();
}
if (sums.size > 1) throw new Error(`${sums.size} results of one computation: ${[...sums].join()}`);
console.log(`${count} cycles`);
