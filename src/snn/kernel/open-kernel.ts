/** Opens a kernel by name. Knows no parameters and no trial. */
import type { Kernel, KernelNetwork } from './kernel.ts';
import { ReferenceKernel } from './reference/reference-kernel.ts';

export interface KernelOptions {
  /** Threads, the caller's among them; results do not depend on it. */
  readonly threads?: number;
}

/** @throws RangeError when the network's arrays do not fit each other, naming the array. */
export function openKernel(kind: 'reference' | 'wasm', network: KernelNetwork, options: KernelOptions = {}): Kernel {
  const threads = options.threads ?? 1;
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`openKernel: threads is ${threads}, expected a whole number ≥ 1`);
  }
  if (kind === 'wasm') throw new Error("openKernel: 'wasm' is not built in yet, use 'reference'");
  return new ReferenceKernel(network);
}
