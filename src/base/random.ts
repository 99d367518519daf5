/**
 * Counter-based random numbers: Threefry-2x32-20. The same (key, counter) is the same number on every machine, in any order.
 * Knows nothing of odours, neurons or time. Source: Salmon et al. 2011, doi:10.1145/2063384.2063405.
 * Pinned by test/base/random.test.ts (the published known answers).
 */

/** A 64-bit key as two unsigned 32-bit words. */
export type RandomKey = readonly [number, number];

const PARITY = 0x1bd11bda;

/** Threefry-2x32 with 20 rounds; writes two unsigned 32-bit words to `out`. Allocates nothing. Written out: as a loop a draw takes half as long again. */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array): void {
  const key2 = PARITY ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 2) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key0) | 0;
  x1 = (x1 + key1 + 3) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 4) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 5) | 0;
  out[0] = x0;
  out[1] = x1;
}

/** The two words of one draw. */
export function draw(key: RandomKey, counter0: number, counter1: number): [number, number] {
  const out = new Uint32Array(2);
  threefry(key[0], key[1], counter0, counter1, out);
  return [out[0]!, out[1]!];
}

/** A key derived from another by two labels, e.g. trialKey = deriveKey([seed, split], odour, trial). */
export function deriveKey(key: RandomKey, label0: number, label1: number): RandomKey {
  return draw(key, label0, label1);
}

/** A sequence of numbers under one key, for set-up code (shuffles, initial values); not for hot loops. */
export class RandomStream {
  private readonly key: RandomKey;
  private readonly stream: number;
  private next = 0;
  private spare: number | undefined;
  constructor(key: RandomKey, stream = 0) {
    this.key = key;
    this.stream = stream;
  }

  /** An unsigned 32-bit integer. */
  uint32(): number {
    if (this.spare !== undefined) {
      const word = this.spare;
      this.spare = undefined;
      return word;
    }
    const [a, b] = draw(this.key, this.stream, this.next++);
    this.spare = b;
    return a;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** A whole number 0 … n−1, without bias (rejection). */
  below(n: number): number {
    if (!(Number.isInteger(n) && n > 0 && n <= 4294967296)) throw new RangeError(`RandomStream.below: n is ${n}`);
    const limit = Math.floor(4294967296 / n) * n;
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % n;
    }
  }

  /** Fisher–Yates, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}
