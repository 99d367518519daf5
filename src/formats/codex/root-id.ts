/** Decimal root ids ⇄ two unsigned 32-bit words, straight from bytes: never through a Number. Knows no tables. */

/** A 64-bit id in two words; a mutable record, so that hot loops allocate nothing. */
export interface IdWords {
  hi: number;
  lo: number;
}

const ZERO = 0x30;

/** The decimal digits of bytes[from, to) as one number, or −1 when another byte is among them. At most 10 digits. */
function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Parses bytes[start, end) into `out`; false unless they are 1 … 19 digits of a number below 2^63.
 * a·10⁹ + b in words: with a = aₕ·2^16 + aₗ, (aₗ·10⁹ + b) and aₕ·10⁹ stay below 2^53, so every step is exact.
 */
export function parseRootId(bytes: Uint8Array, start: number, end: number, out: IdWords): boolean {
  const length = end - start;
  if (length < 1 || length > 19) return false;
  const split = length > 9 ? end - 9 : start;
  const a = digits(bytes, start, split);
  const b = digits(bytes, split, end);
  if (a < 0 || b < 0) return false;
  const aHigh = Math.floor(a / 65536);
  const low = (a - aHigh * 65536) * 1e9 + b;
  const lowHigh = Math.floor(low / 65536);
  const upper = aHigh * 1e9 + lowHigh;
  const hi = Math.floor(upper / 65536);
  out.hi = hi;
  out.lo = (((upper - hi * 65536) << 16) | (low - lowHigh * 65536)) >>> 0;
  return hi < 0x80000000;
}

/** The id of two words. */
export function idOfWords(hi: number, lo: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo);
}

/** The two words of an id; throws RangeError unless 0 ≤ id < 2^63. */
export function wordsOfId(id: bigint): IdWords {
  if (id < 0n || id >= 1n << 63n) throw new RangeError(`root id ${id} is not in 0 … 2^63 − 1`);
  return { hi: Number(id >> 32n), lo: Number(id & 0xffffffffn) };
}
