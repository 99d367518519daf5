/** Pairs → signed edges: threshold, left-out projections, self-loops, signs; everything that goes is counted. Knows no tables. */
import type { EdgeCollector } from './edge-collector.ts';
import type { Membership } from './membership.ts';
import type { PairTable } from './pair-table.ts';
import type { PathwayRules } from './rules.ts';
import type { CellTransmitter } from './transmitters.ts';

/** Pairs and their synapses. */
export interface PairCount {
  pairs: number;
  synapses: number;
}

/** Why pairs within the populations are no edges, and what is remarkable among the rest. */
export interface EdgeCounts {
  readonly belowThreshold: PairCount;
  /** By projection, e.g. `DAN>KC`. */
  readonly dropped: Readonly<Record<string, PairCount>>;
  readonly selfLoops: PairCount;
  readonly selfLoopsDropped: boolean;
  /** By presynaptic population: the transmitter has no sign. */
  readonly withoutSign: Readonly<Record<string, PairCount>>;
  /** Kept pairs whose rows do not all have one sign. */
  readonly mixedRows: PairCount;
}

/** Edges between members, sorted by presynaptic, then postsynaptic member. */
export interface SignedEdges {
  readonly pre: Int32Array;
  readonly post: Int32Array;
  readonly synCount: Int32Array;
  readonly sign: Int8Array;
  readonly counts: EdgeCounts;
}

function add(count: PairCount, synapses: number): void {
  count.pairs += 1;
  count.synapses += synapses;
}

/** Counts by name, made when first needed. */
class CountsByName {
  private readonly counts = new Map<string, PairCount>();
  add(name: string, synapses: number): void {
    if (!this.counts.has(name)) this.counts.set(name, { pairs: 0, synapses: 0 });
    add(this.counts.get(name)!, synapses);
  }
  /** In code-unit order of the names, whatever the order of the rows. */
  sorted(): Record<string, PairCount> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function isDropped(rules: PathwayRules, pre: string, post: string): boolean {
  return rules.dropProjections.some((text) => {
    const [from, to] = text.split('>');
    return (from === '*' || from === pre) && (to === '*' || to === post);
  });
}

/** Populations of the members, and for each ordered pair of populations whether it is left out. */
class Layout {
  readonly names: readonly string[];
  private readonly populations: Uint8Array;
  private readonly dropped: readonly (readonly boolean[])[];
  constructor({ offsets, members }: Membership, rules: PathwayRules) {
    this.names = rules.populations.map(({ name }) => name);
    this.dropped = this.names.map((pre) => this.names.map((post) => isDropped(rules, pre, post)));
    this.populations = new Uint8Array(offsets[offsets.length - 1]!);
    members.forEach((_, p) => {
      this.populations.fill(p, offsets[p], offsets[p + 1]);
    });
  }
  nameOf(member: number): string {
    return this.names[this.populations[member]!]!;
  }
  drops(pre: number, post: number): boolean {
    return this.dropped[this.populations[pre]!]![this.populations[post]!]!;
  }
}

/** The sign of pair k: by its rows where the rule says so (the larger sum of synapses; the neuron's own in a tie), else the neuron's. */
function signOf(pairs: PairTable, k: number, own: number, byRow: boolean): number {
  if (!byRow) return own;
  const lead = pairs.excitatory[k]! - pairs.inhibitory[k]!;
  if (pairs.excitatory[k]! + pairs.inhibitory[k]! === 0) return 0;
  return lead === 0 ? own : Math.sign(lead);
}

/** Edges of the pairs. cost: O(pairs · log pairs). */
export function signEdges(
  { pairs }: EdgeCollector,
  membership: Membership,
  transmitters: readonly CellTransmitter[],
  rules: PathwayRules,
): SignedEdges {
  const layout = new Layout(membership, rules);
  const [dropped, withoutSign] = [new CountsByName(), new CountsByName()];
  const [belowThreshold, selfLoops, mixedRows] = [0, 0, 0].map((): PairCount => ({ pairs: 0, synapses: 0 }));
  const signs = new Int8Array(pairs.size);
  const judge = (k: number): boolean => {
    const [pre, post, synapses] = [pairs.pre[k]!, pairs.post[k]!, pairs.total[k]!];
    if (synapses < rules.pairThreshold) {
      add(belowThreshold!, synapses);
      return false;
    }
    if (layout.drops(pre, post)) {
      dropped.add(`${layout.nameOf(pre)}>${layout.nameOf(post)}`, synapses);
      return false;
    }
    if (pre === post) {
      add(selfLoops!, synapses);
      if (rules.dropSelfLoops) return false;
    }
    const own = rules.signs[transmitters[pre]!.transmitter] ?? 0;
    signs[k] = signOf(pairs, k, own, rules.transmitterRule === 'row');
    if (signs[k] === 0) {
      withoutSign.add(layout.nameOf(pre), synapses);
      return false;
    }
    if (pairs.excitatory[k]! > 0 && pairs.inhibitory[k]! > 0) add(mixedRows!, synapses);
    return true;
  };
  const kept = Array.from({ length: pairs.size }, (_, k) => k).filter(judge);
  kept.sort((a, b) => pairs.pre[a]! - pairs.pre[b]! || pairs.post[a]! - pairs.post[b]!);
  return {
    pre: Int32Array.from(kept, (k) => pairs.pre[k]!),
    post: Int32Array.from(kept, (k) => pairs.post[k]!),
    synCount: Int32Array.from(kept, (k) => pairs.total[k]!),
    sign: Int8Array.from(kept, (k) => signs[k]!),
    counts: {
      ...{ belowThreshold: belowThreshold!, selfLoops: selfLoops!, mixedRows: mixedRows! },
      ...{ dropped: dropped.sorted(), withoutSign: withoutSign.sorted(), selfLoopsDropped: rules.dropSelfLoops },
    },
  };
}
