/** Wires the synthetic cells: from the statistics of a projection to its pairs and their synapses. Knows no CSV and no ids. */
import { exp } from '../../base/exp.ts';
import { deriveKey, type RandomKey, RandomStream } from '../../base/random.ts';
import type { SyntheticCell } from './cells.ts';
import { normalQuantile, spreadValue, stratifiedNormals, wholeShares } from './distributions.ts';
import { drawPartners, fillUrn, type Urn } from './partners.ts';
import type { PublishedProjection, PublishedSpread } from './projections.ts';

/** One connected pair; cells by their place in the list of all cells. */
export interface SyntheticPair {
  readonly pre: number;
  readonly post: number;
  readonly synapses: number;
  readonly statistics: PublishedProjection;
}

/** Codex's filter: the fewest synapses of a pair. */
const LEAST_SYNAPSES = 5;

/** Claws of a Kenyon cell by type: mean and standard deviation of its uniglomerular partners (visual types: almost none). */
const claws: readonly (readonly [prefix: string, mean: number, deviation: number])[] = [
  ['KCg-m', 4.8, 1.45],
  ['KCg-d', 0.2, 0],
  ['KCg-s', 1, 1],
  ['KCab-p', 0.13, 0],
  ['KCab', 4.8, 1.25],
  ['KCapbp', 2, 1.1],
];

function clawsOf(type: string, random: RandomStream): number {
  const [, mean, deviation] = claws.find(([prefix]) => type.startsWith(prefix))!;
  const u = (random.uint32() + 0.5) / 4294967296;
  return deviation === 0 ? Number(u < mean) : Math.max(0, Math.round(mean + deviation * normalQuantile(u)));
}

/** The cells of one end that take part, each with its propensity. */
interface End {
  readonly propensity: ReadonlyMap<number, number>;
}

interface Wiring {
  readonly statistics: PublishedProjection;
  readonly cells: readonly SyntheticCell[];
  readonly scale: number;
  readonly key: RandomKey;
  readonly random: RandomStream;
  /** Competing presynaptic cells at scale 1. */
  readonly fullPre: number;
  readonly pre: End;
  readonly post: End;
}

function membersOf(cells: readonly SyntheticCell[], population: string, subClass: string | undefined): number[] {
  return cells.flatMap(({ kind }, i) =>
    kind.population === population && (subClass === undefined || kind.subClass === subClass) ? [i] : [],
  );
}

/**
 * How much of the variance of a log degree lies between types: cells of one type, left and right, are alike (0.83–0.96 measured on the
 * projections of v783 with many types). Receptor and Kenyon cells vary within their types, which are large.
 */
const TYPE_VARIANCE = 0.9;
const largeTypes: readonly string[] = ['ORN', 'KC'];

/** A standard normal score of each member, similar within types; in the order of the members. */
function typeScores(cells: readonly SyntheticCell[], members: readonly number[], random: RandomStream): number[] {
  const normal = (): number => normalQuantile((random.uint32() + 0.5) / 4294967296);
  const typeParts = new Map<string, number>();
  return members.map((member) => {
    const { population, type } = cells[member]!.kind;
    if (!typeParts.has(type)) typeParts.set(type, normal());
    const share = largeTypes.includes(population) ? 0 : TYPE_VARIANCE;
    return Math.sqrt(share) * typeParts.get(type)! + Math.sqrt(1 - share) * normal();
  });
}

/** The cells of the highest scores take part, and get the propensities of the spread in the order of their scores. */
function makeEnd(
  cells: readonly SyntheticCell[],
  members: readonly number[],
  taking: number,
  spread: PublishedSpread,
  random: RandomStream,
): End {
  const scores = typeScores(cells, members, random);
  const chosen = members
    .map((cell, i) => ({ cell, score: scores[i]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, taking);
  const normals = stratifiedNormals(chosen.length, random).sort((a, b) => b - a);
  const propensities = chosen.map(({ cell }, i): [number, number] => [cell, spreadValue(spread, normals[i]!)]);
  return { propensity: new Map(propensities.sort(([a], [b]) => a - b)) };
}

/** A preference between two types, log-normal with σ = 1 (free parameter), the same in every run of a seed. */
function typePreference(key: RandomKey, typeIds: ReadonlyMap<string, number>, pre: string, post: string): number {
  const [a] = deriveKey(key, 1 + typeIds.get(pre)!, 1 + typeIds.get(post)!);
  return exp(normalQuantile((a + 0.5) / 4294967296));
}

/** Antennal-lobe cells without a glomerulus prefer glomeruli, cells with one are known by it; elsewhere types prefer types. */
const preferenceName = ({ kind }: SyntheticCell): string => kind.glomerulus || kind.type;

/** Urns of presynaptic cells on one side, by what the postsynaptic cell prefers. */
class UrnShelf {
  private readonly urns = new Map<string, { readonly places: readonly number[]; readonly urn: Urn }>();
  private readonly typeIds = new Map<string, number>();
  private readonly wiring: Wiring;
  constructor(wiring: Wiring) {
    this.wiring = wiring;
    for (const cell of wiring.cells) {
      const name = preferenceName(cell);
      if (!this.typeIds.has(name)) this.typeIds.set(name, this.typeIds.size);
    }
  }

  private preference(pre: SyntheticCell, post: SyntheticCell, within: boolean): number {
    const { affinity } = this.wiring.statistics;
    if (affinity === 'all') return 1;
    if (affinity === 'claws') return 1;
    if (affinity === 'glomerulus') return Number((pre.kind.glomerulus === post.kind.glomerulus) === within);
    return typePreference(this.wiring.key, this.typeIds, preferenceName(pre), preferenceName(post));
  }

  /** Places of the candidates on `side` and their urn, for one postsynaptic cell. */
  of(post: SyntheticCell, side: number, within: boolean): { readonly places: readonly number[]; readonly urn: Urn } {
    const name = `${side}/${within}/${preferenceName(post)}`;
    const known = this.urns.get(name);
    if (known !== undefined) return known;
    const { cells, pre } = this.wiring;
    const places = [...pre.propensity.keys()].filter((i) => cells[i]!.side === side);
    const weights = Float64Array.from(places, (i) => pre.propensity.get(i)! * this.preference(cells[i]!, post, within));
    const made = { places, urn: fillUrn(weights) };
    this.urns.set(name, made);
    return made;
  }
}

/** Same-side in-degrees of the postsynaptic cells that take part, in their order. */
function inDegrees({ statistics, cells, scale, random, fullPre, pre, post }: Wiring): number[] {
  const sides = [...post.propensity.keys()].map((i) => cells[i]!.side);
  const pools = [0, 1, 2].map((side) => [...pre.propensity.keys()].filter((i) => cells[i]!.side === side).length);
  const most = sides.map((side) => pools[side]!);
  const values = [...post.propensity.values()];
  if (statistics.affinity === 'all') return most;
  if (statistics.affinity === 'claws')
    return [...post.propensity.keys()].map((i) => clawsOf(cells[i]!.kind.type, random));
  if (statistics.affinity === 'glomerulus') return values.map((v) => Math.max(1, Math.round(v)));
  const fullMean = statistics.pairs / statistics.postCells;
  const pool = (pools[1]! + pools[2]!) / 2;
  const dense = (fullMean * pool) / (fullPre / 2);
  const keptIn = scale >= 1 ? fullMean : Math.min(fullMean, Math.max(dense, pool / 2));
  const mean =
    statistics.keeps === 'in' ? keptIn : (statistics.pairs / fullPre) * (pre.propensity.size / values.length);
  return wholeShares(values, mean * values.length, Math.min(1, mean), most);
}

/** A whole number whose mean is x. */
function roundRandomly(x: number, random: RandomStream): number {
  const whole = Math.floor(x);
  return whole + Number(random.uniform() < x - whole);
}

/** 5 % of a uniglomerular cell's receptor input comes from other glomeruli (94.8 % of pairs stay within, data as in the table). */
const STRAY = 0.055;

function drawFor(wiring: Wiring, shelf: UrnShelf, post: number, degree: number): number[] {
  const { statistics, cells, random } = wiring;
  const cell = cells[post]!;
  const crossDegree = roundRandomly((degree * statistics.cross) / (1 - statistics.cross), random);
  const draw = (side: number, count: number, within: boolean): number[] => {
    const { places, urn } = shelf.of(cell, side, within);
    return drawPartners(urn, count, places.indexOf(post), random).map((place) => places[place]!);
  };
  return [[cell.side, degree] as const, [3 - cell.side, crossDegree] as const].flatMap(([side, count]) => {
    const within = draw(side, count, true);
    if (statistics.affinity !== 'glomerulus') return within;
    return [...within, ...draw(side, roundRandomly(within.length * STRAY, random), false)];
  });
}

function withSynapses(ends: readonly (readonly [number, number])[], wiring: Wiring): SyntheticPair[] {
  const { statistics, random } = wiring;
  const normals = stratifiedNormals(ends.length, random);
  const offset = LEAST_SYNAPSES - 0.5;
  return ends.map(([pre, post], i) => ({
    pre,
    post,
    statistics,
    synapses: Math.max(LEAST_SYNAPSES, Math.round(spreadValue(statistics.weight, normals[i]!, offset))),
  }));
}

/** How many of `members` take part, when `full` of `all` do at scale 1. */
function taking(members: number, full: number, all: number): number {
  return Math.min(members, Math.max(1, Math.round((members * full) / all)));
}

/** The λ > 0 at which Poisson counts that are not zero have this mean > 1: λ / (1 − e^−λ) = mean. */
function poissonRate(mean: number): number {
  let low = 1e-3;
  let high = mean;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (middle / (1 - exp(-middle)) < mean) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * How many presynaptic cells compete at scale 1, and how unequally. Where out-degrees are small, chance alone leaves some of them
 * without an edge and makes the others unequal, so more compete on even terms.
 */
function competitors({ preCells, out }: PublishedProjection): {
  readonly fullPre: number;
  readonly spread: PublishedSpread;
} {
  const [mean, , max] = out;
  if (mean > 3.5 || mean < 1.05) return { fullPre: preCells, spread: out };
  return { fullPre: (preCells * mean) / poissonRate(mean), spread: [1.1, 1, max] };
}

/** The pairs of one projection. cost: O(pairs · log cells) and one urn per postsynaptic type and side. */
export function wireProjection(
  statistics: PublishedProjection,
  cells: readonly SyntheticCell[],
  fullSize: (population: string, subClass: string | undefined) => number,
  scale: number,
  key: RandomKey,
): SyntheticPair[] {
  const random = new RandomStream(key);
  const preMembers = membersOf(cells, statistics.pre, statistics.preSubClass);
  const postMembers = membersOf(cells, statistics.post, statistics.postSubClass);
  const everyPost = statistics.affinity === 'claws' || statistics.affinity === 'glomerulus';
  const { fullPre, spread } = competitors(statistics);
  const preTaking = taking(preMembers.length, fullPre, fullSize(statistics.pre, statistics.preSubClass));
  const { preTransmitter } = statistics;
  const senders = preMembers.filter((i) => preTransmitter === undefined || cells[i]!.transmitter === preTransmitter);
  const postTaking = taking(
    postMembers.length,
    statistics.postCells,
    fullSize(statistics.post, statistics.postSubClass),
  );
  const wiring: Wiring = {
    statistics,
    cells,
    scale,
    key,
    random,
    fullPre,
    pre: makeEnd(cells, senders, preTaking, spread, random),
    post: makeEnd(cells, postMembers, everyPost ? postMembers.length : postTaking, statistics.in, random),
  };
  const shelf = new UrnShelf(wiring);
  const degrees = inDegrees(wiring);
  const ends = [...wiring.post.propensity.keys()].flatMap((post, i) =>
    drawFor(wiring, shelf, post, degrees[i]!).map((pre) => [pre, post] as const),
  );
  const loops = postMembers.slice(0, Math.round((statistics.selfLoops ?? 0) * scale)).map((i) => [i, i] as const);
  return withSynapses([...ends, ...loops], wiring);
}
