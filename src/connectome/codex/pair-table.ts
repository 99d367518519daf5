/** Pairs of cells and their sums, by open addressing: rows of a pair may come in any order. Knows no ids, no signs' meaning. */

/** Sums of pair k are at place k of each array, 0 … size−1, in the order of first appearance. */
export class PairTable {
  size = 0;
  pre: Int32Array = new Int32Array(1024);
  post: Int32Array = new Int32Array(1024);
  /** Synapses of all rows. */
  total: Int32Array = new Int32Array(1024);
  /** Synapses of rows that excite and of rows that inhibit, by each row's own transmitter. */
  excitatory: Int32Array = new Int32Array(1024);
  inhibitory: Int32Array = new Int32Array(1024);
  /** Place + 1 of the pair in each slot; 0 is empty. */
  private slots: Int32Array = new Int32Array(2048);

  /** Adds a row's synapses to its pair and gives its place; `sign` is that of the row, 0 for none. Throws RangeError beyond 2^31 − 1 synapses. */
  add(pre: number, post: number, synapses: number, sign: number): number {
    let slot = this.slotOf(pre, post);
    if (this.slots[slot] === 0) {
      if (this.size === this.pre.length) {
        this.grow();
        slot = this.slotOf(pre, post);
      }
      this.pre[this.size] = pre;
      this.post[this.size] = post;
      this.slots[slot] = ++this.size;
    }
    const k = this.slots[slot]! - 1;
    if (this.total[k]! + synapses > 0x7fffffff) throw new RangeError('a pair has more than 2^31 − 1 synapses in all');
    this.total[k]! += synapses;
    if (sign > 0) this.excitatory[k]! += synapses;
    if (sign < 0) this.inhibitory[k]! += synapses;
    return k;
  }

  private slotOf(pre: number, post: number): number {
    const mask = this.slots.length - 1;
    let hash = Math.imul(pre ^ Math.imul(post, 0x85ebca6b), 0x9e3779b1);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const k = this.slots[slot]! - 1;
      if (k < 0 || (this.pre[k] === pre && this.post[k] === post)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const larger = (old: Int32Array): Int32Array => {
      const made = new Int32Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.pre = larger(this.pre);
    this.post = larger(this.post);
    this.total = larger(this.total);
    this.excitatory = larger(this.excitatory);
    this.inhibitory = larger(this.inhibitory);
    this.slots = new Int32Array(this.slots.length * 2);
    for (let k = 0; k < this.size; k++) this.slots[this.slotOf(this.pre[k]!, this.post[k]!)] = k + 1;
  }
}
