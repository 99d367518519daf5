/** Cells, membership and pairs → the pathway. The way: CodexCells → assignPopulations → EdgeCollector → buildPathway. Knows no files. */

import { compareText } from '../../base/compare-text.ts';
import type { Pathway, Population, Projection } from '../pathway.ts';
import type { CodexCells } from './codex-cells.ts';
import type { EdgeCollector } from './edge-collector.ts';
import type { Membership } from './membership.ts';
import type { CellTransmitter } from './own-transmitter.ts';
import type { PathwayRules } from './rules.ts';
import { type EdgeCounts, type SignedEdges, signEdges } from './signed-edges.ts';
import { memberTransmitters } from './transmitters.ts';

/** The pathway and what the report needs beside it. */
export interface BuiltPathway {
  readonly pathway: Pathway;
  /** Of every member, population by population, unconnected ones included. */
  readonly transmitters: readonly CellTransmitter[];
  /** [members] 1 where the member has an edge as sender, receiver. */
  readonly sends: Uint8Array;
  readonly receives: Uint8Array;
  readonly edgeCounts: EdgeCounts;
}

/** Distinct texts in code-unit order and each text's place among them. */
function indexed(texts: readonly string[]): { readonly names: string[]; readonly at: number[] } {
  const names = [...new Set(texts)].sort(compareText);
  const places = new Map(names.map((name, i) => [name, i]));
  return { names, at: texts.map((text) => places.get(text)!) };
}

const sides: Readonly<Record<string, number>> = { left: 1, right: 2 };

function buildPopulation(codex: CodexCells, name: string, kept: readonly number[], released: string[]): Population {
  const cells = kept.map((cell) => codex.cells[cell]!);
  const types = indexed(cells.map((cell) => cell.primaryType));
  const transmitters = indexed(released);
  return {
    name,
    size: cells.length,
    rootIds: BigInt64Array.from(cells, (cell) => cell.rootId),
    types: types.names,
    typeIdx: Int32Array.from(types.at),
    side: Uint8Array.from(cells, (cell) => sides[cell.side] ?? 0),
    transmitters: transmitters.names,
    transmitterIdx: Uint8Array.from(transmitters.at),
  };
}

/** Edges [from, to) of one presynaptic population, grouped by the postsynaptic one, as CSR. `local` numbers members within populations. */
function projectionsOf(
  pre: Population,
  posts: readonly Population[],
  edges: SignedEdges,
  from: number,
  to: number,
  local: { readonly population: Uint8Array; readonly place: Int32Array },
): Projection[] {
  return posts.flatMap((post, q) => {
    const chosen: number[] = [];
    for (let e = from; e < to; e++) if (local.population[edges.post[e]!] === q) chosen.push(e);
    if (chosen.length === 0) return [];
    const rowPtr = new Int32Array(pre.size + 1);
    for (const e of chosen) rowPtr[local.place[edges.pre[e]!]! + 1]! += 1;
    for (let row = 0; row < pre.size; row++) rowPtr[row + 1]! += rowPtr[row]!;
    return {
      pre: pre.name,
      post: post.name,
      rowPtr,
      colIdx: Int32Array.from(chosen, (e) => local.place[edges.post[e]!]!),
      synCount: Int32Array.from(chosen, (e) => edges.synCount[e]!),
      sign: Int8Array.from(chosen, (e) => edges.sign[e]!),
    };
  });
}

/** Populations with the members that stay, and where each member went. */
function placeMembers(
  codex: CodexCells,
  { members, offsets }: Membership,
  rules: PathwayRules,
  transmitters: readonly CellTransmitter[],
  connected: (member: number) => boolean,
): { readonly populations: Population[]; readonly population: Uint8Array; readonly place: Int32Array } {
  const size = offsets[offsets.length - 1]!;
  const population = new Uint8Array(size);
  const place = new Int32Array(size).fill(-1);
  const populations = rules.populations.map((rule, p) => {
    const offset = offsets[p]!;
    population.fill(p, offset, offsets[p + 1]);
    const kept = Array.from(members[p]!, (_, i) => i).filter(
      (i) => rule.unconnected !== 'drop' || connected(offset + i),
    );
    kept.forEach((i, k) => {
      place[offset + i] = k;
    });
    const cells = kept.map((i) => members[p]![i]!);
    return buildPopulation(
      codex,
      rule.name,
      cells,
      kept.map((i) => transmitters[offset + i]!.transmitter),
    );
  });
  return { populations, population, place };
}

/** First edge whose presynaptic member is not below `member`. */
function firstEdge(pre: Int32Array, member: number): number {
  let low = 0;
  let high = pre.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pre[middle]! < member) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The pathway of tables that have been read whole: populations by rule, every connected pair between two populations as an edge whose
 * weight is its synapses over all neuropils and whose sign follows the transmitter rules. Determinism: the order of the tables' rows
 * does not matter. cost: O(edges · populations). Pinned by test/connectome/build.test.ts.
 */
export function buildPathway(
  codex: CodexCells,
  membership: Membership,
  collected: EdgeCollector,
  rules: PathwayRules,
): BuiltPathway {
  const transmitters = memberTransmitters(codex, membership, collected, rules);
  const edges = signEdges(collected, membership, transmitters, rules);
  const [sends, receives] = [new Uint8Array(transmitters.length), new Uint8Array(transmitters.length)];
  for (const member of edges.pre) sends[member] = 1;
  for (const member of edges.post) receives[member] = 1;
  const connected = (member: number): boolean => sends[member] === 1 || receives[member] === 1;
  const { populations, ...local } = placeMembers(codex, membership, rules, transmitters, connected);
  const projections = populations.flatMap((pre, p) => {
    const from = firstEdge(edges.pre, membership.offsets[p]!);
    const to = firstEdge(edges.pre, membership.offsets[p + 1]!);
    return projectionsOf(pre, populations, edges, from, to, local);
  });
  const pathway: Pathway = { populations, projections, provenance: { rules } };
  return { pathway, transmitters, sends, receives, edgeCounts: edges.counts };
}
