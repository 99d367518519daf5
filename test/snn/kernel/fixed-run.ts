/** One fixed network, batch and loss, and the sha256 of all that a kernel makes of them. */
import { createHash } from 'node:crypto';
import { openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import { randomCountGradient, randomInput, randomNetwork, randomParameters } from './random-network.ts';

/** Counts and every gradient, with gains and with free weights, over 5 chunks, the last one not full. */
export function fixedRunDigest(kind: 'reference' | 'wasm', threads: number, checkpointSteps = 0): string {
  const hash = createHash('sha256');
  const network = randomNetwork({ inputSize: 20, size: 60, steps: 60, gainCount: 6, density: 0.15 }, 11);
  const batch = 37;
  const inputs = Array.from({ length: batch }, (_, b) => randomInput(network, 0.1, b));
  const kernel = openKernel(kind, network, { threads, checkpointSteps });
  for (const freeWeights of [false, true]) {
    const style = { maxRefractory: 3, freeWeights, loudness: 1.5, damping: 0.3, width: [2, 6] } as const;
    kernel.setParameters(randomParameters(network, style, 11));
    const { counts, events } = kernel.forward(inputs, true);
    hash.update(counts).update(`${events}`);
    for (const [name, x] of Object.entries(kernel.backward(randomCountGradient(batch * network.size, 11))).sort()) {
      hash.update(name).update(x instanceof Float32Array ? x : JSON.stringify(x));
    }
  }
  kernel.close();
  return hash.digest('hex');
}
