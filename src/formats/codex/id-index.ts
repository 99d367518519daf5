/** Root id → dense index, by open addressing on two 32-bit words: no strings, no BigInt in the hot path. Knows no tables. */
import { idOfWords, wordsOfId } from './root-id.ts';

/** Slots are at most half full, so a probe run is about 1.5 long. */
const SLOTS_PER_ID = 2;

export class IdIndex {
  /** Index + 1 of the id in each slot; 0 is empty. */
  private slots: Int32Array;
  private hi: Uint32Array;
  private lo: Uint32Array;
  private count = 0;

  /** Ids numbered in the given order; throws RangeError on an id given twice. cost: about 12 bytes an id. */
  constructor(ids: Iterable<bigint> = []) {
    this.slots = new Int32Array(16);
    this.hi = new Uint32Array(8);
    this.lo = new Uint32Array(8);
    for (const id of ids) {
      const { hi, lo } = wordsOfId(id);
      const before = this.count;
      if (this.add(hi, lo) < before) throw new RangeError(`IdIndex: root id ${id} is there twice`);
    }
  }

  get size(): number {
    return this.count;
  }

  /** The index of an id, or −1. */
  find(hi: number, lo: number): number {
    return this.slots[this.slotOf(hi, lo)]! - 1;
  }

  findId(id: bigint): number {
    const { hi, lo } = wordsOfId(id);
    return this.find(hi, lo);
  }

  /** The index of an id, given the next one when it is new. */
  add(hi: number, lo: number): number {
    const slot = this.slotOf(hi, lo);
    const known = this.slots[slot]!;
    if (known !== 0) return known - 1;
    const index = this.count++;
    if (this.count > this.hi.length) this.grow();
    this.hi[index] = hi;
    this.lo[index] = lo;
    this.slots[this.slotOf(hi, lo)] = index + 1;
    return index;
  }

  /** The id of an index; throws RangeError when there is none. */
  idAt(index: number): bigint {
    if (!(index >= 0 && index < this.count)) throw new RangeError(`IdIndex: index ${index} of ${this.count}`);
    return idOfWords(this.hi[index]!, this.lo[index]!);
  }

  /** The slot that holds the id, or the empty one where it belongs. */
  private slotOf(hi: number, lo: number): number {
    const mask = this.slots.length - 1;
    let hash = Math.imul(lo ^ Math.imul(hi, 0x85ebca6b), 0x9e3779b1);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const index = this.slots[slot]! - 1;
      if (index < 0 || (this.lo[index] === lo && this.hi[index] === hi)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const capacity = this.hi.length * 2;
    const [hi, lo] = [new Uint32Array(capacity), new Uint32Array(capacity)];
    hi.set(this.hi);
    lo.set(this.lo);
    this.hi = hi;
    this.lo = lo;
    this.slots = new Int32Array(capacity * SLOTS_PER_ID);
    for (let index = 0; index < this.count - 1; index++) this.slots[this.slotOf(hi[index]!, lo[index]!)] = index + 1;
  }
}
