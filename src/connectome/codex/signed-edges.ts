/** Pairs → signed edges: threshold, left-out projections, self-loops, signs; everything that goes is counted. Knows no tables. */
import type { EdgeCollector } from './edge-collector.ts';
import type { Membership } from './membership.ts';
import type { CellTransmitter } from './own-transmitter.ts';
import { addPair, noPairs, type PairCount, PairCountsByName } from './pair-count.ts';
import type { PairTable } from './pair-table.ts';
import type { PathwayRules } from './rules.ts';

/** Why pairs within the populations are not edges, and what is remarkable among the rest. */
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

/** Decides pair by pair, and counts. */
class Judge {
  /** [pairs] sign of the pairs that were kept. */
  readonly signs: Int8Array;
  private readonly pairs: PairTable;
  private readonly layout: Layout;
  private readonly transmitters: readonly CellTransmitter[];
  private readonly rules: PathwayRules;
  private readonly belowThreshold = noPairs();
  private readonly selfLoops = noPairs();
  private readonly mixedRows = noPairs();
  private readonly dropped = new PairCountsByName();
  private readonly withoutSign = new PairCountsByName();

  constructor(pairs: PairTable, layout: Layout, transmitters: readonly CellTransmitter[], rules: PathwayRules) {
    this.pairs = pairs;
    this.layout = layout;
    this.transmitters = transmitters;
    this.rules = rules;
    this.signs = new Int8Array(pairs.size);
  }

  /** Whether pair k becomes an edge. */
  keeps(k: number): boolean {
    const { pairs, layout, rules } = this;
    const pre = pairs.pre[k]!;
    const post = pairs.post[k]!;
    const synapses = pairs.total[k]!;
    if (synapses < rules.pairThreshold) {
      addPair(this.belowThreshold, synapses);
      return false;
    }
    if (layout.drops(pre, post)) {
      this.dropped.add(`${layout.nameOf(pre)}>${layout.nameOf(post)}`, synapses);
      return false;
    }
    if (pre === post) addPair(this.selfLoops, synapses);
    return !(pre === post && rules.dropSelfLoops) && this.hasSign(k, pre, synapses);
  }

  private hasSign(k: number, pre: number, synapses: number): boolean {
    const { pairs, rules } = this;
    const own = rules.signs[this.transmitters[pre]!.transmitter] ?? 0;
    this.signs[k] = signOf(pairs, k, own, rules.transmitterRule === 'row');
    if (this.signs[k] === 0) {
      this.withoutSign.add(this.layout.nameOf(pre), synapses);
      return false;
    }
    if (pairs.excitatory[k]! > 0 && pairs.inhibitory[k]! > 0) addPair(this.mixedRows, synapses);
    return true;
  }

  counts(): EdgeCounts {
    return {
      belowThreshold: this.belowThreshold,
      dropped: this.dropped.sorted(),
      selfLoops: this.selfLoops,
      selfLoopsDropped: this.rules.dropSelfLoops,
      withoutSign: this.withoutSign.sorted(),
      mixedRows: this.mixedRows,
    };
  }
}

/** Edges of the pairs. cost: O(pairs · log pairs). */
export function signEdges(
  { pairs }: EdgeCollector,
  membership: Membership,
  transmitters: readonly CellTransmitter[],
  rules: PathwayRules,
): SignedEdges {
  const judge = new Judge(pairs, new Layout(membership, rules), transmitters, rules);
  const kept = Array.from({ length: pairs.size }, (_, k) => k)
    .filter((k) => judge.keeps(k))
    .sort((a, b) => pairs.pre[a]! - pairs.pre[b]! || pairs.post[a]! - pairs.post[b]!);
  return {
    pre: Int32Array.from(kept, (k) => pairs.pre[k]!),
    post: Int32Array.from(kept, (k) => pairs.post[k]!),
    synCount: Int32Array.from(kept, (k) => pairs.total[k]!),
    sign: Int8Array.from(kept, (k) => judge.signs[k]!),
    counts: judge.counts(),
  };
}
