/**
 * Stands for snn/kernel/wasm/web-assembly.ts in the page: the same compiled kernel with memory that is not shared, since a page opened from a file
 * is not cross-origin isolated. Of the kernel's bytes one flag differs, that of its imported memory; its code is untouched.
 */
import type { WebAssemblyApi } from '../../../snn/kernel/wasm/web-assembly.ts';
import { unsharedMemory } from '../../live/unshared-memory.ts';

/** Pages that memory has from the start: growing would take the arrays away that lie on it. */
const size = { pages: 512 };
const MOST_PAGES = 16384;

/** Calls `open` with more and more memory until it does. */
export function withRoom<T>(open: () => T): T {
  for (;;) {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof MemoryFull) || size.pages >= MOST_PAGES) throw error;
      size.pages *= 2;
    }
  }
}

class MemoryFull extends Error {}

class FixedMemory extends WebAssembly.Memory {
  constructor() {
    super({ initial: size.pages, maximum: MOST_PAGES });
  }
  override grow(): number {
    throw new MemoryFull('kernel: the page gave its memory too little room');
  }
}

class UnsharedModule extends WebAssembly.Module {
  constructor(bytes: Uint8Array) {
    super(unsharedMemory(bytes));
  }
}

export const webAssembly: WebAssemblyApi = {
  Memory: FixedMemory,
  Module: UnsharedModule,
  Instance: WebAssembly.Instance,
} as unknown as WebAssemblyApi;
