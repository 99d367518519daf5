/**
 * The board's own exponential: table of e^z, table of e^(−k/16) and a short series, in 64-bit integers. Set-up only (BigInt); knows no neuron.
 * Rounds as IF_curr_exp.aplx of sPyNNaker 7.4.1 does, quirks included. Pinned by test/spinnaker/firmware-exp.test.ts (values read from the firmware).
 */

const smallest = -340695;
/** Coefficients of 2^32·(1 − e^(−y/2^36)), highest last, as the firmware holds them. */
const series = [5294n, 4293434720n, 2081624032n] as const;
const scaleBits = 160n;

/** 2^scaleBits·e^(−p/q), by Taylor's series. */
function scaledExpMinus(p: bigint, q: bigint): bigint {
  let sum = 0n;
  let term = 1n << scaleBits;
  for (let n = 1n; term !== 0n; n++) {
    sum += n % 2n === 1n ? term : -term;
    term = (term * p) / (q * n);
  }
  return sum;
}

/** 2^32·e^(−p/q), rounded to nearest. */
function roundedExpMinus(p: bigint, q: bigint): bigint {
  const drop = scaleBits - 32n;
  return (scaledExpMinus(p, q) + (1n << (drop - 1n))) >> drop;
}

/** (a·m) >> 32 with the firmware's rounding: up where the lost bits are at least 0x7fffffff. */
function scale(a: bigint, m: bigint): bigint {
  const product = a * m;
  return (product >> 32n) + ((product & 0xffffffffn) > 0x7ffffffen ? 1n : 0n);
}

/** 2^32·e^(n/2^15) for n ≤ 0 in range, 64 bits. */
function exp64(n: number): bigint {
  const fraction = n & 0x7fff;
  const whole = n >> 15;
  if (fraction === 0) return roundedExpMinus(BigInt(-whole), 1n);
  const rest = 0x8000 - fraction;
  const start = roundedExpMinus(BigInt(-whole - 1), 1n);
  const middle = start - scale(start, (1n << 32n) - roundedExpMinus(BigInt(rest >> 11), 16n));
  const y = BigInt((rest << 17) & 0x0ffe0000);
  const oneMinusExp = ((((series[1] - ((series[2] * y) >> 32n)) & 0xffffffffn) * y) >> 32n) + series[0];
  return middle - scale(middle, oneMinusExp);
}

function checkArgument(n: number): void {
  if (!(Number.isInteger(n) && n <= 0)) throw new RangeError(`firmware exp: ${n} is not a whole number ≤ 0`);
}

/** e^x in s1615 for an s1615 x ≤ 0 (`expk`). */
export function expS1615(n: number): number {
  checkArgument(n);
  return n < smallest ? 0 : Number(BigInt.asIntN(32, exp64(n) >> 17n));
}

/** e^x in u032 for an s1615 x ≤ 0 (`expulr`); e^0 wraps to 0, as on the board. */
export function expU032(n: number): number {
  checkArgument(n);
  return n < smallest ? 0 : Number(BigInt.asUintN(32, exp64(n)));
}
