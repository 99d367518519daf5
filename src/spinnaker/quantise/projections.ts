/** Edges grouped as PyNN projections: one for each (pre population, post population, receptor). Knows no weights. */
import type { PopulationSlice } from '../../snn/network/network.ts';
import { populationIdxOf, type Wiring } from '../firmware/board-network.ts';

export type ReceptorName = 'excitatory' | 'inhibitory';
const receptorNames: readonly ReceptorName[] = ['excitatory', 'inhibitory'];

export interface ProjectionEdges {
  readonly pre: string;
  readonly post: string;
  readonly receptor: ReceptorName;
  /** Number of the post population. */
  readonly postIdx: number;
  /** 0 excitatory, 1 inhibitory. */
  readonly receptorIdx: number;
  /** Edge numbers, ascending; [n] each. */
  readonly edge: Int32Array;
  /** Cells within their populations. */
  readonly preCell: Int32Array;
  readonly postCell: Int32Array;
}

/** `PN→KC excitatory`. */
export function projectionName(projection: Pick<ProjectionEdges, 'pre' | 'post' | 'receptor'>): string {
  return `${projection.pre}→${projection.post} ${projection.receptor}`;
}

/** `cell 3 of PN to cell 17 of KC`, for the n-th edge of a projection. */
export function endsOf(p: ProjectionEdges, n: number): string {
  return `cell ${p.preCell[n]} of ${p.pre} to cell ${p.postCell[n]} of ${p.post}`;
}

/** All projections that have edges, by pre, post, receptor. cost: one pass over the edges. */
export function projectionsOf(wiring: Wiring): ProjectionEdges[] {
  const postOf = populationIdxOf(wiring);
  const sources: readonly PopulationSlice[] = [
    { name: wiring.inputPopulation, offset: -wiring.inputSize, size: wiring.inputSize },
    ...wiring.populations,
  ];
  return sources.flatMap((pre) => projectionsFrom(pre, wiring, postOf));
}

function projectionsFrom(pre: PopulationSlice, wiring: Wiring, postOf: Int32Array): ProjectionEdges[] {
  const firstRow = wiring.inputSize + pre.offset;
  const edges: { edge: number[]; row: number[] }[] = [];
  for (let row = firstRow; row < firstRow + pre.size; row++) {
    for (let e = wiring.rowPtr[row]!; e < wiring.rowPtr[row + 1]!; e++) {
      const place = 2 * postOf[wiring.colIdx[e]!]! + wiring.receptor[e]!;
      edges[place] ??= { edge: [], row: [] };
      edges[place].edge.push(e);
      edges[place].row.push(row - firstRow);
    }
  }
  return edges.flatMap((found, place) => {
    const postIdx = place >> 1;
    const post = wiring.populations[postIdx]!;
    const edge = Int32Array.from(found.edge);
    return {
      pre: pre.name,
      post: post.name,
      receptor: receptorNames[place & 1]!,
      postIdx,
      receptorIdx: place & 1,
      edge,
      preCell: Int32Array.from(found.row),
      postCell: edge.map((e) => wiring.colIdx[e]! - post.offset),
    };
  });
}
