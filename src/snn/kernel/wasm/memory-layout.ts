/** Sizes of linear memory, and the words by which threads meet. The layout itself: ../layout.ts. */

export const pageBytes = 65536;
/** 4 GiB: all that 32-bit addresses reach. */
export const maximumPages = 65536;
export const maximumBytes: number = maximumPages * pageBytes;

/** 32-bit words from address 0 on, shared by all threads. */
export const control = { sequence: 0, operation: 1, left: 2, done: 3, failed: 4 } as const;
export const operation = { stop: 0, forward: 1, forwardTaped: 2, backward: 3 } as const;

/** Rounded up to whole cache lines. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Hands out addresses, one after the other, on cache lines. */
export class Bump {
  private end: number;
  constructor(begin: number) {
    this.end = aligned(begin);
  }
  take(bytes: number): number {
    const address = this.end;
    this.end = address + aligned(bytes);
    return address;
  }
  get used(): number {
    return this.end;
  }
}
