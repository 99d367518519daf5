/** Pathway → the connections of one spiking network, by presynaptic cell. Knows no weights, no neuron equations, no files. */
import { didYouMean } from '../../base/suggest.ts';
import { type Pathway, type Projection, populationOf } from '../../connectome/pathway.ts';
import type { PopulationSlice, Topology } from './network.ts';

/** Which edges share one gain: `pair` (pre population → post population, receptor), `transmitter` (the same, split by the pre cell's
 * transmitter), `type` (pre type → post type, receptor). */
export type GainSharing = 'pair' | 'transmitter' | 'type';

export interface TopologyOptions {
  /** The population whose spikes are given; edges onto it are dropped. */
  readonly inputPopulation: string;
  /** Populations whose outputs are left out, e.g. DAN, whose dopamine is not a fast current. */
  readonly dropOutputsOf?: readonly string[];
  readonly gainSharing?: GainSharing;
}

interface EdgePlace {
  readonly projection: Projection;
  readonly postOffset: number;
}

/**
 * All edges of the pathway that end on a spiking cell: rows are the input cells, then the hidden cells in the pathway's order of
 * populations; columns ascending. Gains are numbered in the order of (pre, post, receptor[, label]) of the pathway and named like
 * `PN→KC exc`. Throws RangeError on an unknown population, on two projections for one pair, on a zero sign. cost: O(E).
 */
export function buildTopology(pathway: Pathway, options: TopologyOptions): Topology {
  const input = populationOf(pathway, options.inputPopulation);
  checkNames(pathway, options.dropOutputsOf ?? []);
  const populations = hiddenSlices(pathway, input.name);
  const size = populations.reduce((sum, p) => sum + p.size, 0);
  const kept = pathway.projections.filter((p) => p.post !== input.name && !options.dropOutputsOf?.includes(p.pre));
  const edges = kept.reduce((sum, p) => sum + p.colIdx.length, 0);
  const topology = {
    inputPopulation: input.name,
    inputSize: input.size,
    size,
    populations,
    rowPtr: new Int32Array(input.size + size + 1),
    colIdx: new Int32Array(edges),
    receptor: new Uint8Array(edges),
    synCount: new Int32Array(edges),
    gainIdx: new Int32Array(edges),
  };
  const gains = new GainNames(pathway, kept, options.gainSharing ?? 'pair');
  let row = 0;
  let at = 0;
  for (const pre of [input.name, ...populations.map((p) => p.name)]) {
    const outgoing = outgoingOf(kept, pre, populations);
    const rows = populationOf(pathway, pre).size;
    for (let cell = 0; cell < rows; cell++) {
      for (const { projection, postOffset } of outgoing) {
        for (let e = projection.rowPtr[cell]!; e < projection.rowPtr[cell + 1]!; e++, at++) {
          topology.colIdx[at] = postOffset + projection.colIdx[e]!;
          topology.receptor[at] = receptorOf(projection, e);
          topology.synCount[at] = projection.synCount[e]!;
          topology.gainIdx[at] = gains.indexOf(projection, cell, e);
        }
      }
      row += 1;
      topology.rowPtr[row] = at;
    }
  }
  return { ...topology, gainNames: gains.names };
}

function checkNames(pathway: Pathway, names: readonly string[]): void {
  const known = pathway.populations.map((p) => p.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new RangeError(`dropOutputsOf: no population '${name}', ${didYouMean(name, known) ?? known.join(', ')}`);
  }
}

function hiddenSlices(pathway: Pathway, input: string): PopulationSlice[] {
  let offset = 0;
  return pathway.populations
    .filter((p) => p.name !== input)
    .map(({ name, size }) => {
      offset += size;
      return { name, offset: offset - size, size };
    });
}

function outgoingOf(kept: readonly Projection[], pre: string, populations: readonly PopulationSlice[]): EdgePlace[] {
  const places: EdgePlace[] = [];
  for (const post of populations) {
    const found = kept.filter((p) => p.pre === pre && p.post === post.name);
    if (found.length > 1) throw new RangeError(`topology: ${found.length} projections ${pre} → ${post.name}, want one`);
    if (found[0] !== undefined) places.push({ projection: found[0], postOffset: post.offset });
  }
  return places;
}

function receptorOf(projection: Projection, edge: number): 0 | 1 {
  const sign = projection.sign[edge]!;
  if (sign === 0) throw new RangeError(`topology: edge ${edge} of ${projection.pre} → ${projection.post} has sign 0`);
  return sign > 0 ? 0 : 1;
}

/** Numbers gains by their names; only names that some edge has get a number. */
class GainNames {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly pathway: Pathway;
  private readonly sharing: GainSharing;
  constructor(pathway: Pathway, kept: readonly Projection[], sharing: GainSharing) {
    this.pathway = pathway;
    this.sharing = sharing;
    const order = pathway.populations.map((p) => p.name);
    const sorted = [...kept].sort(
      (x, y) => order.indexOf(x.pre) - order.indexOf(y.pre) || order.indexOf(x.post) - order.indexOf(y.post),
    );
    for (const projection of sorted) this.collect(projection);
  }

  indexOf(projection: Projection, cell: number, edge: number): number {
    return this.numbers.get(this.nameOf(projection, cell, edge))!;
  }

  private collect(projection: Projection): void {
    const found = new Set<string>();
    for (let cell = 0; cell + 1 < projection.rowPtr.length; cell++) {
      for (let e = projection.rowPtr[cell]!; e < projection.rowPtr[cell + 1]!; e++) {
        found.add(this.nameOf(projection, cell, e));
      }
    }
    for (const name of [...found].sort()) {
      this.numbers.set(name, this.names.length);
      this.names.push(name);
    }
  }

  private nameOf(projection: Projection, cell: number, edge: number): string {
    const { pre, post } = projection;
    const receptor = receptorOf(projection, edge) === 0 ? 'exc' : 'inh';
    const name = `${pre}→${post} ${receptor}`;
    if (this.sharing === 'pair') return name;
    const from = populationOf(this.pathway, pre);
    if (this.sharing === 'transmitter') return `${name} ${from.transmitters[from.transmitterIdx[cell]!]}`;
    const to = populationOf(this.pathway, post);
    return `${name} ${from.types[from.typeIdx[cell]!]}→${to.types[to.typeIdx[projection.colIdx[edge]!]!]}`;
  }
}

/** The slice of that name; throws RangeError that lists the names there are. */
export function sliceOf(topology: Pick<Topology, 'populations'>, name: string): PopulationSlice {
  const found = topology.populations.find((slice) => slice.name === name);
  if (found !== undefined) return found;
  const known = topology.populations.map((slice) => slice.name);
  throw new RangeError(
    `network: no population '${name}', ${didYouMean(name, known) ?? `there are: ${known.join(', ')}`}`,
  );
}
