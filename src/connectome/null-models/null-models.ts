/**
 * Shuffled controls of a pathway: the same cells with part of the wiring randomised among cells that count as alike. Pure functions.
 * Knows no tables and no training. Invariants are pinned by test/connectome/null-models.test.ts.
 */
import { deriveKey, RandomStream } from '../../base/random.ts';
import { type Pathway, type Population, type Projection, populationOf } from '../pathway.ts';
import {
  type CellGroups,
  cellGroups,
  cellsByGroup,
  type GroupPair,
  groupPairs,
  type Likeness,
  type SuperTypes,
  type Within,
} from './cell-groups.ts';
import { type EdgeList, edgesOf, projectionOfEdges } from './edge-list.ts';
import { randomClaws } from './random-claws.ts';
import { permuteSigns } from './sign-permutation.ts';

/**
 * What is shuffled, within each pair (group of senders, group of receivers) of each projection:
 * `permuteWeights`: synapse counts among the edges; who connects to whom stays.
 * `swapEdges`: targets are exchanged; every cell keeps its in- and out-degree and every sender its synapse counts and sign.
 * `erdosRenyi`: edges are drawn anew, uniformly; their number and the synapse counts stay.
 * `permuteSigns`: within each group the senders exchange their transmitters; the wiring stays.
 * `randomClaws`: PN → KC alone: each KC's inputs are drawn anew by how often they occur in its group; numbers and counts stay.
 */
export const nullModelKinds = ['permuteWeights', 'swapEdges', 'erdosRenyi', 'permuteSigns', 'randomClaws'] as const;

export type NullModelKind = (typeof nullModelKinds)[number];

export interface NullModel {
  readonly kind: NullModelKind;
  /** Which cells are alike; null or left out: `type`, but the whole population for `permuteSigns` and `randomClaws`. */
  readonly within?: Within | null;
  /** Whether cells are alike on one side only; null or left out: `mix`, but `keep` for `randomClaws`. */
  readonly sides?: Likeness['sides'] | null;
  /** A whole number 0 … 2^32 − 1; default 1. */
  readonly seed?: number;
}

/** Free parameter: attempted swaps an edge; after about 5 successful ones an edge's target is forgotten. */
const SWAPS_PER_EDGE = 20;

/** Labels that keep the kinds' random streams apart. */
const labels: Readonly<Record<NullModelKind, number>> = {
  permuteWeights: 1,
  swapEdges: 2,
  erdosRenyi: 3,
  permuteSigns: 4,
  randomClaws: 5,
};

function permuteWeights(edges: EdgeList, pairs: readonly GroupPair[], random: RandomStream): EdgeList {
  const synCount = edges.synCount.slice();
  for (const { edges: group } of pairs) {
    const shuffled = random.shuffle([...group]);
    group.forEach((e, i) => {
      synCount[e] = edges.synCount[shuffled[i]!]!;
    });
  }
  return { ...edges, synCount };
}

/** Exchanges the targets of two edges unless a pair would be there twice or a self-loop would come or go. */
function swapEdges(edges: EdgeList, pairs: readonly GroupPair[], random: RandomStream, within: boolean): EdgeList {
  const { pre } = edges;
  const post = edges.post.slice();
  const width = 2 ** 26;
  const there = new Set(Array.from(pre, (from, e) => from * width + post[e]!));
  const isLoop = (e: number, target: number): boolean => within && pre[e] === target;
  const trySwap = (a: number, b: number): void => {
    const [x, y] = [post[a]!, post[b]!];
    if (isLoop(a, x) || isLoop(b, y) || isLoop(a, y) || isLoop(b, x)) return;
    if (there.has(pre[a]! * width + y) || there.has(pre[b]! * width + x)) return;
    there.delete(pre[a]! * width + x);
    there.delete(pre[b]! * width + y);
    there.add(pre[a]! * width + y);
    there.add(pre[b]! * width + x);
    post[a] = y;
    post[b] = x;
  };
  for (const { edges: group } of pairs) {
    if (group.length < 2) continue;
    for (let k = 0; k < (SWAPS_PER_EDGE * group.length) / 2; k++) {
      trySwap(group[random.below(group.length)]!, group[random.below(group.length)]!);
    }
  }
  return { ...edges, post };
}

/** The sign of each transmitter of a population, as its edges have it (the commoner where they differ). */
function transmitterSigns(pathway: Pathway, population: Population): Map<number, 1 | -1> {
  const sums = new Map<number, number>();
  for (const projection of pathway.projections.filter(({ pre }) => pre === population.name)) {
    const { pre, sign } = edgesOf(projection);
    sign.forEach((s, e) => {
      const transmitter = population.transmitterIdx[pre[e]!]!;
      sums.set(transmitter, (sums.get(transmitter) ?? 0) + s);
    });
  }
  return new Map([...sums].map(([transmitter, sum]) => [transmitter, sum < 0 ? -1 : 1]));
}

/** `count` distinct whole numbers below n (Floyd's algorithm), ascending. */
function distinctBelow(n: number, count: number, random: RandomStream): number[] {
  const chosen = new Set<number>();
  for (let j = n - count; j < n; j++) {
    const t = random.below(j + 1);
    chosen.add(chosen.has(t) ? j : t);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Every pair of a sender and a receiver that may connect, by number. */
interface Places {
  readonly count: number;
  at(place: number): readonly [pre: number, post: number];
}

/** Where `noLoops`, senders are among the receivers and a cell is no receiver of its own. */
function possiblePairs(senders: readonly number[], receivers: readonly number[], noLoops: boolean): Places {
  const width = receivers.length - Number(noLoops);
  const own = new Map(receivers.map((cell, i) => [cell, i]));
  return {
    count: senders.length * width,
    at: (place) => {
      const from = senders[Math.floor(place / width)]!;
      const column = place % width;
      const skipped = noLoops && column >= own.get(from)! ? column + 1 : column;
      return [from, receivers[skipped]!];
    },
  };
}

interface Ends {
  readonly pre: Population;
  readonly post: Population;
  readonly preGroups: CellGroups;
  readonly postGroups: CellGroups;
  /** Sign by transmitter of the presynaptic population. */
  readonly signs: ReadonlyMap<number, 1 | -1>;
}

function erdosRenyi(edges: EdgeList, pairs: readonly GroupPair[], random: RandomStream, ends: Ends): EdgeList {
  const drawn: EdgeList = { ...edges, pre: edges.pre.slice(), post: edges.post.slice(), sign: edges.sign.slice() };
  const signOf = (cell: number): 1 | -1 | undefined => ends.signs.get(ends.pre.transmitterIdx[cell]!);
  const [senders, receivers] = [cellsByGroup(ends.preGroups), cellsByGroup(ends.postGroups)];
  for (const { from: sending, to: receiving, edges: group } of pairs) {
    const loops = group.some((e) => edges.pre[e] === edges.post[e]);
    const noLoops = ends.pre === ends.post && sending === receiving && !loops;
    const able = senders[sending]!.filter((cell) => signOf(cell) !== undefined);
    const places = possiblePairs(able, receivers[receiving]!, noLoops);
    const order = random.shuffle([...group]);
    distinctBelow(places.count, group.length, random).forEach((place, i) => {
      const [from, to] = places.at(place);
      drawn.pre[order[i]!] = from;
      drawn.post[order[i]!] = to;
      drawn.sign[order[i]!] = signOf(from)!;
    });
  }
  return drawn;
}

function shuffleProjection(
  pathway: Pathway,
  projection: Projection,
  kind: Exclude<NullModelKind, 'permuteSigns'>,
  groups: ReadonlyMap<string, CellGroups>,
  random: RandomStream,
): Projection {
  const [pre, post] = [populationOf(pathway, projection.pre), populationOf(pathway, projection.post)];
  const [preGroups, postGroups] = [groups.get(pre.name)!, groups.get(post.name)!];
  const edges = edgesOf(projection);
  const pairs = groupPairs(edges, preGroups, postGroups);
  const shuffled = {
    permuteWeights: () => permuteWeights(edges, pairs, random),
    swapEdges: () => swapEdges(edges, pairs, random, pre === post),
    erdosRenyi: () => {
      const signs = transmitterSigns(pathway, pre);
      return erdosRenyi(edges, pairs, random, { pre, post, preGroups, postGroups, signs });
    },
    randomClaws: () => (isClaws(projection) ? randomClaws(edges, postGroups, random) : edges),
  }[kind]();
  return projectionOfEdges(projection, shuffled);
}

const isClaws = ({ pre, post }: Projection): boolean => pre === 'PN' && post === 'KC';

function checkNullModel({ projections }: Pathway, { kind, seed = 1 }: NullModel): void {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new RangeError(`null model: seed is ${seed}, want a whole number 0 … 2^32 − 1`);
  }
  if (kind === 'randomClaws' && !projections.some(isClaws)) {
    const there = projections.map(({ pre, post }) => `${pre} → ${post}`).join(', ') || 'none';
    throw new RangeError(`null model: randomClaws redraws PN → KC, the projections are: ${there}`);
  }
}

/** Which cells a kind takes for alike where nothing is said. */
const usual: Readonly<Record<NullModelKind, Likeness>> = {
  permuteWeights: { within: 'type', sides: 'mix' },
  swapEdges: { within: 'type', sides: 'mix' },
  erdosRenyi: { within: 'type', sides: 'mix' },
  permuteSigns: { within: 'population', sides: 'mix' },
  randomClaws: { within: 'population', sides: 'keep' },
};

/**
 * A shuffled control of a pathway; the pathway itself is not changed. `superTypes` are needed for `within: superType` alone. Throws RangeError
 * on a seed out of range, without larger types or PN → KC where these are needed, and for `permuteSigns` on cells with edges of both signs.
 * Determinism: a function of (pathway, kind, within, sides, seed). cost: O(E log E).
 */
export function applyNullModel(pathway: Pathway, nullModel: NullModel, superTypes: SuperTypes = new Map()): Pathway {
  checkNullModel(pathway, nullModel);
  const { kind, seed = 1 } = nullModel;
  const within = nullModel.within ?? usual[kind].within;
  const sides = nullModel.sides ?? usual[kind].sides;
  const groups = cellGroups(pathway, { within, sides }, superTypes);
  const key = deriveKey([seed, labels[kind]], 0x6e756c6c, 0);
  const provenance = { ...pathway.provenance, nullModel: { kind, within, sides, seed } };
  if (kind === 'permuteSigns') return { ...permuteSigns(pathway, groups, key), provenance };
  const projections = pathway.projections.map((projection, i) =>
    shuffleProjection(pathway, projection, kind, groups, new RandomStream(deriveKey(key, 1, i))),
  );
  return { ...pathway, projections, provenance };
}
