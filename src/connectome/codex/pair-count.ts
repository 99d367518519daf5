/** Counts of pairs and their synapses. Knows no cells. */
import { compareText } from '../../base/compare-text.ts';

export interface PairCount {
  pairs: number;
  synapses: number;
}

export function noPairs(): PairCount {
  return { pairs: 0, synapses: 0 };
}

/** Counts one pair. */
export function addPair(count: PairCount, synapses: number): void {
  count.pairs += 1;
  count.synapses += synapses;
}

/** Counts by name, made when first needed. */
export class PairCountsByName {
  private readonly counts = new Map<string, PairCount>();

  add(name: string, synapses: number): void {
    if (!this.counts.has(name)) this.counts.set(name, noPairs());
    addPair(this.counts.get(name)!, synapses);
  }

  /** In code-unit order of the names, whatever the order of the pairs. */
  sorted(): Record<string, PairCount> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => compareText(a, b)));
  }
}
