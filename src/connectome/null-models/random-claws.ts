/** Kenyon cells that take their inputs by chance: each claw's projection neuron is drawn anew. One of the shuffled controls. */
import type { RandomStream } from '../../base/random.ts';
import type { CellGroups } from './cell-groups.ts';
import type { EdgeList } from './edge-list.ts';

/** The edges onto each Kenyon cell, and those from which its claws are drawn. */
function clawsOf(edges: EdgeList, size: number): readonly (readonly number[])[] {
  const claws: number[][] = Array.from({ length: size }, () => []);
  edges.post.forEach((cell, e) => {
    claws[cell]!.push(e);
  });
  return claws;
}

/** All claws of the cells of each group. */
function pools(edges: EdgeList, groups: CellGroups): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: groups.count }, () => []);
  edges.post.forEach((cell, e) => {
    found[groups.of[cell]!]!.push(e);
  });
  return found;
}

/**
 * Every Kenyon cell keeps its number of claws and their synapse counts; the projection neuron of each is that of a claw drawn at random from
 * all claws of its group, again where the cell has this neuron already. So a glomerulus, and each of its neurons, is drawn in
 * proportion to its share of the claws. cost: O(E) draws.
 */
export function randomClaws(edges: EdgeList, groups: CellGroups, random: RandomStream): EdgeList {
  const drawn = { ...edges, pre: edges.pre.slice(), sign: edges.sign.slice() };
  const all = pools(edges, groups);
  clawsOf(edges, groups.of.length).forEach((claws, cell) => {
    const pool = all[groups.of[cell]!]!;
    const taken = new Set<number>();
    for (const claw of random.shuffle([...claws])) {
      let model = pool[random.below(pool.length)]!;
      while (taken.has(edges.pre[model]!)) model = pool[random.below(pool.length)]!;
      taken.add(edges.pre[model]!);
      drawn.pre[claw] = edges.pre[model]!;
      drawn.sign[claw] = edges.sign[model]!;
    }
  });
  return drawn;
}
