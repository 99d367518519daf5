/**
 * A Neuromorphic Intermediate Representation graph → HDF5 bytes, as nir 1.0.8 and 1.0.4 read it. Knows no neuroscience and no disk:
 * the file is made in the HDF5 library's own memory. Layout: /version, /node/{type, edges [n, 2], nodes/NAME/{type, …}, metadata/…}.
 * Source: neuromorphs/NIR (doi:10.1038/s41467-024-52259-9). Pinned by test/spinnaker/nir-network.test.ts.
 */
import * as h5wasm from 'h5wasm';
import { clearObjectTimes } from './hdf5-times.ts';

/** A float array with its shape, a list of lengths (int64), or text. */
export type NirValue = { readonly data: Float32Array; readonly shape: readonly number[] } | readonly number[] | string;

export interface NirNode {
  /** `Input`, `Linear`, `LI`, `LIF`, `Output` … */
  readonly type: string;
  readonly values: Readonly<Record<string, NirValue>>;
}

export interface NirGraph {
  readonly nodes: Readonly<Record<string, NirNode>>;
  readonly edges: readonly (readonly [string, string])[];
  /** What the format itself cannot hold, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Arrays from this many values on are compressed. */
const compressFrom = 4096;
/** Rows times columns of a compressed block, about. */
const chunkValues = 65536;

function chunksOf(shape: readonly number[]): number[] {
  const [rows, ...rest] = shape;
  const width = rest.reduce((a, b) => a * b, 1);
  return [Math.max(1, Math.min(rows!, Math.floor(chunkValues / Math.max(1, width)))), ...rest];
}

function writeValue(group: h5wasm.Group, name: string, value: NirValue): void {
  if (typeof value === 'string') {
    group.create_dataset({ name, data: value });
  } else if ('data' in value) {
    const { data } = value;
    const shape = [...value.shape];
    const packing = data.length >= compressFrom ? { chunks: chunksOf(shape), compression: 1 } : {};
    group.create_dataset({ name, data, shape, dtype: '<f4', ...packing });
  } else {
    group.create_dataset({ name, data: BigInt64Array.from(value, BigInt), shape: [value.length], dtype: '<q' });
  }
}

function checkEdges(graph: NirGraph): void {
  for (const name of graph.edges.flat()) {
    if (!(name in graph.nodes)) throw new RangeError(`NIR: an edge names the node '${name}', which is not there`);
  }
}

/** Bytes of the graph, the same each time; throws RangeError on an edge without its node. cost: dense weights, packed with deflate level 1. */
export async function encodeNir(graph: NirGraph, version = '1.0.8'): Promise<Uint8Array> {
  checkEdges(graph);
  const { FS } = await h5wasm.ready;
  const path = 'network.nir';
  const file = new h5wasm.File(path, 'w');
  file.create_dataset({ name: 'version', data: version });
  const root = file.create_group('node');
  root.create_dataset({ name: 'type', data: 'NIRGraph' });
  root.create_dataset({ name: 'edges', data: graph.edges.flat(), shape: [graph.edges.length, 2] });
  const nodes = root.create_group('nodes');
  for (const [name, node] of Object.entries(graph.nodes)) {
    const group = nodes.create_group(name);
    group.create_dataset({ name: 'type', data: node.type });
    for (const [key, value] of Object.entries(node.values)) writeValue(group, key, value);
  }
  const metadata = root.create_group('metadata');
  for (const [key, value] of Object.entries(graph.metadata)) metadata.create_dataset({ name: key, data: value });
  file.close();
  const bytes = FS.readFile(path);
  FS.unlink(path);
  clearObjectTimes(bytes);
  return bytes;
}
