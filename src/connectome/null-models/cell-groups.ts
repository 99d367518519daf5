/** Which cells a shuffled control may take for one another, and the edges between two such groups. Knows no kinds of controls, no randomness. */
import type { Pathway, Population } from '../pathway.ts';
import type { EdgeList } from './edge-list.ts';

/** Cells of one type, of one larger type (the caller says which), or of a whole population are alike. */
export type Within = 'type' | 'superType' | 'population';

/** A population's cells by group. */
export interface CellGroups {
  readonly count: number;
  /** [n] group of each cell. */
  readonly of: Int32Array;
}

/** By population, the name of each cell's larger type. */
export type SuperTypes = ReadonlyMap<string, readonly string[]>;

function numbered(names: readonly string[]): CellGroups {
  const numbers = new Map([...new Set(names)].map((name, i) => [name, i]));
  return { count: numbers.size, of: Int32Array.from(names, (name) => numbers.get(name)!) };
}

/** Each group once for each side; cells without a known side are alike too. */
function bySide({ count, of }: CellGroups, side: Uint8Array): CellGroups {
  return { count: 3 * count, of: of.map((group, cell) => 3 * group + side[cell]!) };
}

function alike(population: Population, within: Within, superTypes: SuperTypes): CellGroups {
  const { name, size, types, typeIdx } = population;
  if (within === 'type') return { count: types.length, of: typeIdx };
  if (within === 'population') return { count: 1, of: new Int32Array(size) };
  const names = superTypes.get(name);
  if (names?.length !== size) {
    throw new RangeError(`null model: ${names?.length ?? 0} larger types of ${size} ${name} cells, want one of each`);
  }
  return numbered(names);
}

/** Who is alike: of which types, and whether on one side only. */
export interface Likeness {
  readonly within: Within;
  readonly sides: 'keep' | 'mix';
}

/** The groups of every population, by name. Throws RangeError where larger types are wanted and not given. */
export function cellGroups(
  { populations }: Pathway,
  { within, sides }: Likeness,
  superTypes: SuperTypes,
): ReadonlyMap<string, CellGroups> {
  const groups = populations.map((population): [string, CellGroups] => {
    const found = alike(population, within, superTypes);
    return [population.name, sides === 'keep' ? bySide(found, population.side) : found];
  });
  return new Map(groups);
}

/** The cells of each group, ascending. */
export function cellsByGroup({ count, of }: CellGroups): number[][] {
  const cells: number[][] = Array.from({ length: count }, () => []);
  of.forEach((group, cell) => {
    cells[group]!.push(cell);
  });
  return cells;
}

/** Edges from one group to another, by their place in the list. */
export interface GroupPair {
  readonly from: number;
  readonly to: number;
  readonly edges: readonly number[];
}

/** The pairs of groups that have an edge, in the order of the groups. */
export function groupPairs(edges: EdgeList, pre: CellGroups, post: CellGroups): GroupPair[] {
  const found = new Map<number, number[]>();
  for (let e = 0; e < edges.pre.length; e++) {
    const key = pre.of[edges.pre[e]!]! * post.count + post.of[edges.post[e]!]!;
    const group = found.get(key);
    if (group === undefined) found.set(key, [e]);
    else group.push(e);
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([key, list]) => ({ from: Math.floor(key / post.count), to: key % post.count, edges: list }));
}
