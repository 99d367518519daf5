/**
 * exp and log from +, −, ×, ÷ alone, so that constants have the same bits on every machine and engine.
 * Error ≤ 2 ulp. Pinned by test/base/exp.test.ts.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 2^k for whole k in [−1022, 1023], exactly. */
function powerOfTwo(k: number): number {
  let result = 1;
  let base = k < 0 ? 0.5 : 2;
  for (let n = Math.abs(k); n > 0; n >>= 1) {
    if ((n & 1) === 1) result *= base;
    base *= base;
  }
  return result;
}

/** e^x; 0 below −708, Infinity above 709; throws RangeError on NaN. */
export function exp(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('exp: x is NaN');
  if (x < -708) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const k = Math.round(x / (LN2_HIGH + LN2_LOW));
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 16; n >= 1; n--) sum = 1 + (r * sum) / n;
  return sum * powerOfTwo(k);
}

/** Natural logarithm of a normal positive number; throws RangeError otherwise. */
export function log(x: number): number {
  if (!(x >= 2.2250738585072014e-308 && x < Number.POSITIVE_INFINITY)) throw new RangeError(`log: x is ${x}`);
  let m = x;
  let k = 0;
  while (m >= 2 ** 32) {
    m /= 2 ** 32;
    k += 32;
  }
  while (m < 2 ** -32) {
    m *= 2 ** 32;
    k -= 32;
  }
  while (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    k -= 1;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let n = 27; n >= 1; n -= 2) sum = sum * s2 + 1 / n;
  return 2 * s * sum + k * LN2_LOW + k * LN2_HIGH;
}
