/** What a shuffled control leaves of the pathway that it was made from, counted. Shuffles nothing. */
import { type Pathway, type Population, type Projection, populationOf } from '../pathway.ts';
import { edgesOf } from './edge-list.ts';

/** So many of so many. */
export interface Kept {
  readonly kept: number;
  readonly of: number;
}

export interface ProjectionLeft {
  readonly pre: string;
  readonly post: string;
  /** Pairs of cells that are connected still. */
  readonly pairs: Kept;
  /** Pairs with the same number of synapses as before. */
  readonly weights: Kept;
  /** Pairs with the same sign as before. */
  readonly signs: Kept;
  /** Edges that the pairs of cell types have in common: Σ min(edges before, after). */
  readonly typePairs: Kept;
  /** Receivers with an edge whose inputs come from the same cell types as before, each as often. */
  readonly combinations: Kept;
}

export interface WhatIsLeft {
  readonly pairs: Kept;
  readonly weights: Kept;
  readonly signs: Kept;
  readonly typePairs: Kept;
  readonly projections: readonly ProjectionLeft[];
}

const WIDTH = 2 ** 26;

/** Edges by pair of cells: synapses with the sign. */
function signedWeights(projection: Projection): Map<number, number> {
  const { pre, post, synCount, sign } = edgesOf(projection);
  return new Map(Array.from(pre, (from, e) => [from * WIDTH + post[e]!, synCount[e]! * sign[e]!]));
}

/** How often each key occurs. */
function tally(keys: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function inCommon(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [key, n] of a) sum += Math.min(n, b.get(key) ?? 0);
  return sum;
}

/** How often each pair of types is connected. */
function typePairCounts(projection: Projection, pre: Population, post: Population): Map<number, number> {
  const edges = edgesOf(projection);
  return tally(Array.from(edges.pre, (from, e) => pre.typeIdx[from]! * WIDTH + post.typeIdx[edges.post[e]!]!));
}

/** [nPost] the types of a cell's inputs, sorted, as a text; '' without inputs. */
function inputTypes(projection: Projection, pre: Population, post: Population): string[] {
  const edges = edgesOf(projection);
  const inputs: number[][] = Array.from({ length: post.size }, () => []);
  edges.post.forEach((to, e) => {
    inputs[to]!.push(pre.typeIdx[edges.pre[e]!]!);
  });
  return inputs.map((types) => types.sort((a, b) => a - b).join());
}

function combinationsLeft(before: Projection, after: Projection, pre: Population, post: Population): Kept {
  const now = inputTypes(after, pre, post);
  const had = inputTypes(before, pre, post).map((types, cell) => ({ types, same: types === now[cell] }));
  const withInput = had.filter(({ types }) => types !== '');
  return { kept: withInput.filter(({ same }) => same).length, of: withInput.length };
}

function projectionLeft(before: Projection, after: Projection, pathway: Pathway): ProjectionLeft {
  const [pre, post] = [populationOf(pathway, before.pre), populationOf(pathway, before.post)];
  const now = signedWeights(after);
  const had = [...signedWeights(before)].flatMap(([pair, weight]) => {
    const left = now.get(pair);
    return left === undefined ? [] : [{ weight, left }];
  });
  const of = before.colIdx.length;
  return {
    pre: before.pre,
    post: before.post,
    pairs: { kept: had.length, of },
    weights: { kept: had.filter(({ weight, left }) => Math.abs(weight) === Math.abs(left)).length, of },
    signs: { kept: had.filter(({ weight, left }) => Math.sign(weight) === Math.sign(left)).length, of },
    typePairs: { kept: inCommon(typePairCounts(before, pre, post), typePairCounts(after, pre, post)), of },
    combinations: combinationsLeft(before, after, pre, post),
  };
}

/** What `after` has of `before`, whose projections are between the same cells in the same order. cost: O(E). */
export function whatIsLeft(before: Pathway, after: Pathway): WhatIsLeft {
  const projections = before.projections.map((projection, i) =>
    projectionLeft(projection, after.projections[i]!, before),
  );
  const all = (key: 'pairs' | 'weights' | 'signs' | 'typePairs'): Kept => ({
    kept: projections.reduce((n, left) => n + left[key].kept, 0),
    of: projections.reduce((n, left) => n + left[key].of, 0),
  });
  return {
    pairs: all('pairs'),
    weights: all('weights'),
    signs: all('signs'),
    typePairs: all('typePairs'),
    projections,
  };
}
