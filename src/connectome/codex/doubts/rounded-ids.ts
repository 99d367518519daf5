/** Signs that root ids went through a floating-point number or a spreadsheet, which keep 53 bits or 15 digits of them. Knows no table. */

/** Fewer ids than this say nothing. */
const LEAST = 20;

/** Whether all of a column's ids beyond 2^53 end in zeros. */
export class IdDigits {
  private beyond = 0;
  private binary = true;
  private decimal = true;

  add(hi: number, lo: number): void {
    if (hi < 0x200000) return;
    this.beyond += 1;
    // Bits that a double has no place for: hi has 32 − clz32 of its own, and the id 32 more.
    const lost = 11 - Math.clz32(hi);
    if (this.binary && (lo & ((1 << lost) - 1)) !== 0) this.binary = false;
    // 2^32 ≡ 6 (mod 10)
    if (this.decimal && ((hi % 10) * 6 + (lo % 10)) % 10 !== 0) this.decimal = false;
  }

  get allRounded(): boolean {
    return this.beyond >= LEAST && (this.binary || this.decimal);
  }
}

/** Of unknown ids, those that a known one became by rounding: how many, and one with what it was. */
export interface Rounded {
  readonly count: number;
  readonly example: readonly [written: bigint, was: bigint] | undefined;
}

/** cost: one number an id. */
export function roundedIds(unknown: readonly bigint[], known: Iterable<bigint>): Rounded {
  if (unknown.length === 0) return { count: 0, example: undefined };
  const doubles = new Map<number, bigint>();
  const thousands = new Map<bigint, bigint>();
  const truncated = unknown.every((id) => id % 1000n === 0n);
  for (const id of known) {
    if (id >= 1n << 53n) doubles.set(Number(id), id);
    if (truncated) for (const cut of [id / 1000n, (id + 500n) / 1000n]) thousands.set(cut, id);
  }
  const was = (id: bigint): bigint | undefined =>
    doubles.get(Number(id)) ?? (truncated ? thousands.get(id / 1000n) : undefined);
  const found = unknown.flatMap((id): (readonly [bigint, bigint])[] => {
    const original = was(id);
    return original === undefined ? [] : [[id, original]];
  });
  return { count: found.length, example: found[0] };
}
