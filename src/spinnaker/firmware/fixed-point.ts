/**
 * Arithmetic of the board's cores: s1615 (32 bits, 15 of them fraction), u032 (32 bits of fraction), all sums wrapping. Knows no neuron.
 * Wide products go through BigInt; the hot loop of board-tick.ts has exact ways of its own. Pinned by test/spinnaker/fixed-point.test.ts.
 */

/** 1.0 in s1615. */
export const s1615One = 32768;

/** Nearest whole number, halves to even, as numpy.rint and Python's round. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** s1615 bits of a value as the host sends them; throws RangeError, naming the value, outside [−65536, 65536). */
export function toS1615(value: number, name: string): number {
  const bits = roundHalfEven(value * s1615One);
  if (!(bits >= -2147483648 && bits <= 2147483647)) {
    throw new RangeError(`${name} is ${value}: outside the board's range [−65536, 65536)`);
  }
  return bits;
}

/** a / b in s1615: the 64-bit quotient (a·2^15)/b cut toward zero, its low 32 bits. b must not be 0. */
export function divideS1615(a: number, b: number): number {
  return Number(BigInt.asIntN(32, (BigInt(a) * 32768n) / BigInt(b)));
}

/** Low 32 bits of (x·y) >> 15 (floor) for signed 32-bit x, y. */
export function multiplyS1615(x: number, y: number): number {
  return Number(BigInt.asIntN(32, (BigInt(x) * BigInt(y)) >> 15n));
}

/** (x·u) >> 32 (floor) for a signed and an unsigned 32-bit number; the products with either half of u stay below 2^47. */
function highProduct(x: number, u: number): number {
  return Math.floor((x * (u >>> 16) + Math.floor((x * (u & 65535)) / 65536)) / 65536);
}

/**
 * (x·u) >> 32 for a 32-bit x and u = share·2^32. The product of doubles is the true one, rounded; rounding keeps order and whole numbers are
 * doubles, so that the two floors can differ only where the rounded product is whole.
 */
export function timesShare(x: number, share: number): number {
  const product = x * share;
  const floor = Math.floor(product);
  return floor === product && x !== 0 ? highProduct(x, share * 2 ** 32) : floor;
}
