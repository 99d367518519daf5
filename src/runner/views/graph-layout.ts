/** Boxes and edges of a directed acyclic graph → places, in layers from top to bottom. Knows no stages and no SVG. */
import { mean } from '../../base/numbers.ts';

export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly id: string;
  /** Left upper corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Route {
  readonly from: string;
  readonly to: string;
  /** From the lower edge of one box through the gaps between others to the upper edge of the next. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Placed[];
  readonly routes: readonly Route[];
}

/** A box, or the place where an edge passes a layer. */
interface Cell {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  readonly up: Cell[];
  readonly down: Cell[];
  x: number;
}

const gapX = 28;
const gapY = 46;
const passWidth = 6;
const sweeps = 12;

/** Layered layout: longest paths, barycentre order, then x by neighbours. Edges are pairs of ids; deterministic. */
export function layOut(boxes: readonly Box[], edges: readonly (readonly [string, string])[]): Layout {
  const layerOf = assignLayers(boxes, edges);
  const cells = new Map(boxes.map((box): [string, Cell] => [box.id, cellOf(box, layerOf.get(box.id)!)]));
  const depth = 1 + Math.max(-1, ...layerOf.values());
  const layers: Cell[][] = Array.from({ length: depth }, () => []);
  for (const cell of cells.values()) layers[cell.layer]!.push(cell);
  const chains = edges.map(([from, to]) => chainOf(cells.get(from)!, cells.get(to)!, layers));
  orderLayers(layers);
  placeColumns(layers);
  const tops = rowTops(layers);
  const left = Math.min(0, ...layers.flat().map((cell) => cell.x - cell.width / 2));
  for (const cell of layers.flat()) cell.x -= left;
  const width = Math.max(0, ...layers.flat().map((cell) => cell.x + cell.width / 2));
  const placed = [...cells.values()].map(({ id, x, width: w, height, layer }) => ({
    id,
    x: x - w / 2,
    y: tops[layer]!,
    width: w,
    height,
  }));
  const routes = chains.map((chain, i) => ({
    from: edges[i]![0],
    to: edges[i]![1],
    points: pointsOf(chain, tops, layers),
  }));
  return { width, height: Math.max(0, tops[layers.length]! - gapY), boxes: placed, routes };
}

function cellOf(box: Box, layer: number): Cell {
  return { ...box, layer, up: [], down: [], x: 0 };
}

/** Longest path from the top; what needs nothing moves down to just above its first reader. */
function assignLayers(boxes: readonly Box[], edges: readonly (readonly [string, string])[]): Map<string, number> {
  const before = new Map<string, string[]>(boxes.map((box) => [box.id, []]));
  const after = new Map<string, string[]>(boxes.map((box) => [box.id, []]));
  for (const [from, to] of edges) {
    before.get(to)!.push(from);
    after.get(from)!.push(to);
  }
  const layer = new Map<string, number>();
  const waiting = new Map(boxes.map((box) => [box.id, before.get(box.id)!.length]));
  const ready = boxes.filter((box) => waiting.get(box.id) === 0).map((box) => box.id);
  for (const id of ready) {
    layer.set(id, Math.max(-1, ...before.get(id)!.map((need) => layer.get(need)!)) + 1);
    for (const next of after.get(id)!) {
      const left = waiting.get(next)! - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  for (const { id } of boxes) {
    const readers = after.get(id)!;
    if (before.get(id)!.length === 0 && readers.length > 0)
      layer.set(id, Math.min(...readers.map((reader) => layer.get(reader)!)) - 1);
  }
  return layer;
}

/** The cells that an edge passes, ends included; the ones between are made. */
function chainOf(from: Cell, to: Cell, layers: Cell[][]): readonly Cell[] {
  const chain = [from];
  for (let layer = from.layer + 1; layer < to.layer; layer++) {
    const pass: Cell = { id: '', width: passWidth, height: 0, layer, up: [], down: [], x: 0 };
    layers[layer]!.push(pass);
    chain.push(pass);
  }
  chain.push(to);
  for (let i = 1; i < chain.length; i++) {
    chain[i - 1]!.down.push(chain[i]!);
    chain[i]!.up.push(chain[i - 1]!);
  }
  return chain;
}

/** Few crossings: each layer sorted by the mean rank of its neighbours, downwards and upwards in turn; the best order is kept. */
function orderLayers(layers: Cell[][]): void {
  let best = layers.map((layer) => [...layer]);
  let fewest = countCrossings(layers);
  const rounds = layers.reduce((sum, layer) => sum + layer.length, 0) > 2000 ? 2 : sweeps;
  for (let round = 0; round < rounds && fewest > 0; round++) {
    const downwards = round % 2 === 0;
    const order = layers.map((_, i) => (downwards ? i : layers.length - 1 - i));
    for (const i of order)
      sortByNeighbours(layers[i]!, downwards ? layers[i - 1] : layers[i + 1], downwards ? 'up' : 'down');
    const crossings = countCrossings(layers);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = layers.map((layer) => [...layer]);
  }
  for (const [i, layer] of best.entries()) layers[i] = layer;
}

function sortByNeighbours(layer: Cell[], other: readonly Cell[] | undefined, side: 'up' | 'down'): void {
  if (other === undefined) return;
  const rank = new Map(other.map((cell, i) => [cell, i]));
  const own = new Map(layer.map((cell, i) => [cell, i]));
  const wishOf = (cell: Cell) =>
    cell[side].length === 0 ? own.get(cell)! : mean(cell[side].map((next) => rank.get(next)!));
  const wish = new Map(layer.map((cell) => [cell, wishOf(cell)]));
  layer.sort((a, b) => wish.get(a)! - wish.get(b)! || own.get(a)! - own.get(b)!);
}

function countCrossings(layers: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (let i = 1; i < layers.length; i++) {
    const rank = new Map(layers[i]!.map((cell, at) => [cell, at]));
    const ends = layers[i - 1]!.map((cell) => cell.down.map((next) => rank.get(next)!));
    if (ends.length * ends.length > 250_000) continue;
    for (let a = 0; a < ends.length; a++)
      for (let b = a + 1; b < ends.length; b++) for (const p of ends[a]!) for (const q of ends[b]!) if (p > q) count++;
  }
  return count;
}

/** x of every cell: towards its neighbours, never over the one beside it. */
function placeColumns(layers: readonly (readonly Cell[])[]): void {
  for (const layer of layers)
    spread(
      layer,
      layer.map(() => 0),
    );
  for (let round = 0; round < 2 * sweeps; round++) {
    const order = round % 2 === 0 ? [...layers] : [...layers].reverse();
    const side = round % 2 === 0 ? 'up' : 'down';
    for (const layer of order) {
      const both = round >= sweeps;
      const wishes = layer.map((cell) => {
        const near = both ? [...cell.up, ...cell.down] : cell[side];
        return near.length === 0 ? cell.x : mean(near.map((next) => next.x));
      });
      spread(layer, wishes);
    }
  }
}

/** Places a layer in its order as near to the wishes as its widths allow: runs that would overlap share their mean shift. */
function spread(layer: readonly Cell[], wishes: readonly number[]): void {
  const runs: { cells: Cell[]; offsets: number[]; wish: number; weight: number; width: number }[] = [];
  for (const [i, cell] of layer.entries()) {
    let run = {
      cells: [cell],
      offsets: [cell.width / 2],
      wish: wishes[i]! - cell.width / 2,
      weight: 1,
      width: cell.width,
    };
    for (let last = runs.at(-1); last !== undefined && last.wish + last.width + gapX > run.wish; last = runs.at(-1)) {
      runs.pop();
      const shift = last.width + gapX;
      const weight = last.weight + run.weight;
      const wish = (last.wish * last.weight + (run.wish - shift) * run.weight) / weight;
      const offsets = [...last.offsets, ...run.offsets.map((offset) => offset + shift)];
      run = { cells: [...last.cells, ...run.cells], offsets, wish, weight, width: shift + run.width };
    }
    runs.push(run);
  }
  for (const run of runs) for (const [i, cell] of run.cells.entries()) cell.x = run.wish + run.offsets[i]!;
}

/** The y of each layer, and below the last of them where a next one would stand. */
function rowTops(layers: readonly (readonly Cell[])[]): readonly number[] {
  const tops = [0];
  for (const layer of layers) tops.push(tops.at(-1)! + Math.max(0, ...layer.map((cell) => cell.height)) + gapY);
  return tops;
}

function pointsOf(
  chain: readonly Cell[],
  tops: readonly number[],
  layers: readonly (readonly Cell[])[],
): Route['points'] {
  return chain.flatMap((cell, i): (readonly [number, number])[] => {
    const top = tops[cell.layer]!;
    if (i === 0) return [[cell.x, top + cell.height]];
    if (i === chain.length - 1) return [[cell.x, top]];
    const bottom = top + Math.max(0, ...layers[cell.layer]!.map((other) => other.height));
    return [
      [cell.x, top],
      [cell.x, bottom],
    ];
  });
}
