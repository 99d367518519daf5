/** Bytes → the one string for them, so that a column with few values costs no string a row. Knows no tables. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const utf8 = new TextDecoder();

export class Interner {
  private readonly strings: string[] = [''];
  private readonly bytes: Uint8Array[] = [new Uint8Array(0)];
  /** Index + 1 in each slot; 0 is empty. */
  private slots: Int32Array = new Int32Array(64);
  private readonly limit: number;

  /** Beyond `limit` distinct values new ones are decoded each time: memory stays flat on a column of unique values. */
  constructor(limit = 65536) {
    this.limit = limit;
  }

  /** The text of bytes[start, end) in UTF-8. */
  text(bytes: Uint8Array, start: number, end: number): string {
    if (start === end) return '';
    const slot = this.slotOf(bytes, start, end);
    const known = this.slots[slot]!;
    return known === 0 ? this.remember(new Uint8Array(bytes.subarray(start, end)), slot) : this.strings[known - 1]!;
  }

  private remember(bytes: Uint8Array, slot: number): string {
    const text = utf8.decode(bytes);
    if (this.strings.length >= this.limit) return text;
    this.strings.push(text);
    this.bytes.push(bytes);
    this.slots[slot] = this.strings.length;
    if (this.strings.length * 2 > this.slots.length) this.grow();
    return text;
  }

  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = OFFSET;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, PRIME);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.slots[slot] !== 0 && !this.same(this.slots[slot]! - 1, bytes, start, end)) slot = (slot + 1) & mask;
    return slot;
  }

  private same(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.bytes[index]!;
    if (known.length !== end - start) return false;
    for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
    return true;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let index = 1; index < this.bytes.length; index++) {
      const bytes = this.bytes[index]!;
      this.slots[this.slotOf(bytes, 0, bytes.length)] = index + 1;
    }
  }
}
