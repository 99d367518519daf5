/** Opens a kernel by name. Knows no parameters and no trial. */
import type { Kernel, KernelNetwork } from './kernel.ts';
import { ReferenceKernel } from './reference/reference-kernel.ts';
import { maximumBytes } from './wasm/memory-layout.ts';
import { WasmKernel } from './wasm/wasm-kernel.ts';

/** How a kernel works; none of it changes a result but that gradients which are left out are 0. */
export interface KernelOptions {
  /** Threads, the caller's among them; results do not depend on it. */
  readonly threads?: number;
  /** Keep the state only every so many steps and run the steps between again in the backward pass: less memory, the same bits. */
  readonly checkpointSteps?: number;
  /** False where the gradients by bE and bI are not wanted: they are 0, and the backward pass keeps half of the synapses' adjoints. */
  readonly decayGradients?: boolean;
  /** Bytes of memory that trials in flight may take, 4 GiB at most: a larger batch is run in parts, all but the last twice where it is gone back through. */
  readonly memoryBytes?: number;
}

function checkWhole(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`openKernel: ${name} is ${value}, expected a whole number ≥ ${least}`);
}

/** @throws RangeError when the network's arrays do not fit each other, naming the array. */
export function openKernel(kind: 'reference' | 'wasm', network: KernelNetwork, options: KernelOptions = {}): Kernel {
  const threads = checkWhole('threads', options.threads ?? 1, 1);
  const checkpointSteps = checkWhole('checkpointSteps', options.checkpointSteps ?? 0, 0);
  const decayGradients = options.decayGradients ?? true;
  if (kind === 'reference') return new ReferenceKernel(network, decayGradients);
  const memoryBytes = Math.min(maximumBytes, checkWhole('memoryBytes', options.memoryBytes ?? maximumBytes, 65536));
  return new WasmKernel(network, { threads, checkpointSteps, decayGradients, memoryBytes });
}
