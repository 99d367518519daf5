/** Model ⇄ bytes of a safetensors file. Knows no training, no kernel, no file system. */
import { canonicalJson } from '../../base/canonical-json.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
  tensor,
  tensorData,
} from '../../formats/safetensors.ts';
import type { CellParameters, Model, Readout, SpikingNetwork, Topology } from './network.ts';

const FORMAT = 'cc-snn model 1';

const topologyArrays = {
  rowPtr: Int32Array,
  colIdx: Int32Array,
  receptor: Uint8Array,
  synCount: Int32Array,
  gainIdx: Int32Array,
} as const;

const cellArrays = [
  'vRestMv',
  'vResetMv',
  'vThreshMv',
  'tauMMs',
  'cmNf',
  'iOffsetNa',
  'tauSynEMs',
  'tauSynIMs',
] as const;

/** What is not an array. */
interface Header {
  readonly format: string;
  readonly dtMs: number;
  readonly steps: number;
  readonly inputPopulation: string;
  readonly inputSize: number;
  readonly size: number;
  readonly populations: Topology['populations'];
  readonly gainNames: readonly string[];
  readonly typeNames: readonly string[];
  readonly readouts: readonly { readonly population: string; readonly classes: readonly string[] }[];
  readonly provenance: Model['provenance'];
}

/** Bytes of a model; the same model is the same bytes. cost: one copy of its arrays. */
export function encodeModel(model: Model): Uint8Array {
  const { network } = model;
  const { topology, cells } = network;
  const tensors: Record<string, Tensor> = {
    typeIdx: tensor(model.typeIdx),
    weightNa: tensor(network.weightNa),
    'cells.refractorySteps': tensor(cells.refractorySteps),
  };
  if (network.gainNa !== undefined) tensors['gainNa'] = tensor(network.gainNa);
  for (const name of Object.keys(topologyArrays) as (keyof typeof topologyArrays)[]) {
    tensors[`topology.${name}`] = tensor(topology[name]);
  }
  for (const name of cellArrays) tensors[`cells.${name}`] = tensor(cells[name]);
  model.readouts.forEach((readout, r) => {
    tensors[`readout.${r}.weight`] = tensor(readout.weight, [readout.classes.length, readout.mean.length]);
    for (const name of ['bias', 'mean', 'scale'] as const) tensors[`readout.${r}.${name}`] = tensor(readout[name]);
  });
  const header: Header = {
    format: FORMAT,
    dtMs: network.dtMs,
    steps: model.steps,
    inputPopulation: topology.inputPopulation,
    inputSize: topology.inputSize,
    size: topology.size,
    populations: topology.populations,
    gainNames: topology.gainNames,
    typeNames: model.typeNames,
    readouts: model.readouts.map(({ population, classes }) => ({ population, classes })),
    provenance: model.provenance,
  };
  return encodeSafetensors({ tensors, metadata: { model: canonicalJson(header) } });
}

/** The model of a file; throws RangeError that names the array and the sizes that do not fit. cost: one copy. */
export function decodeModel(bytes: Uint8Array): Model {
  const file = decodeSafetensors(bytes);
  const header = headerOf(file);
  const topology = decodeTopology(file, header);
  const cells = decodeCells(file, header.size);
  const edges = topology.colIdx.length;
  const gains =
    'gainNa' in file.tensors ? { gainNa: sized(file, 'gainNa', Float32Array, header.gainNames.length) } : {};
  const weightNa = sized(file, 'weightNa', Float32Array, edges);
  const network: SpikingNetwork = { topology, cells, weightNa, ...gains, dtMs: header.dtMs };
  return {
    network,
    readouts: header.readouts.map((readout, r) => decodeReadout(file, r, readout, topology)),
    steps: header.steps,
    typeNames: header.typeNames,
    typeIdx: sized(file, 'typeIdx', Int32Array, header.size),
    provenance: header.provenance,
  };
}

function headerOf(file: TensorFile): Header {
  const text = file.metadata['model'];
  if (text === undefined)
    throw new RangeError(`model file: no metadata 'model'; is this another kind of safetensors file?`);
  const header = JSON.parse(text) as Header;
  if (header.format !== FORMAT)
    throw new RangeError(`model file: format '${header.format}', this version reads '${FORMAT}'`);
  return header;
}

type Sized<T> = { new (length: number): T; readonly name: string };

function sized<T extends Tensor['data']>(file: TensorFile, name: string, type: Sized<T>, length: number): T {
  const data = tensorData(file, name, type);
  if (data.length !== length) throw new RangeError(`model file: '${name}' has ${data.length} elements, want ${length}`);
  return data;
}

function decodeTopology(file: TensorFile, header: Header): Topology {
  const rows = header.inputSize + header.size;
  const rowPtr = sized(file, 'topology.rowPtr', Int32Array, rows + 1);
  const edges = rowPtr[rows]!;
  for (let r = 0; r < rows; r++) {
    if (rowPtr[r + 1]! < rowPtr[r]!) throw new RangeError(`model file: topology.rowPtr falls at row ${r}`);
  }
  const colIdx = sized(file, 'topology.colIdx', Int32Array, edges);
  const gainIdx = sized(file, 'topology.gainIdx', Int32Array, edges);
  within('topology.colIdx', colIdx, header.size);
  within('topology.gainIdx', gainIdx, header.gainNames.length);
  return {
    inputPopulation: header.inputPopulation,
    inputSize: header.inputSize,
    size: header.size,
    populations: header.populations,
    rowPtr,
    colIdx,
    receptor: sized(file, 'topology.receptor', Uint8Array, edges),
    synCount: sized(file, 'topology.synCount', Int32Array, edges),
    gainIdx,
    gainNames: header.gainNames,
  };
}

function within(name: string, values: Int32Array, end: number): void {
  const bad = values.findIndex((v) => v < 0 || v >= end);
  if (bad >= 0) throw new RangeError(`model file: ${name}[${bad}] is ${values[bad]}, want 0 … ${end - 1}`);
}

function decodeCells(file: TensorFile, size: number): CellParameters {
  const values = Object.fromEntries(cellArrays.map((name) => [name, sized(file, `cells.${name}`, Float32Array, size)]));
  return {
    ...(values as Record<(typeof cellArrays)[number], Float32Array>),
    refractorySteps: sized(file, 'cells.refractorySteps', Int32Array, size),
  };
}

function decodeReadout(file: TensorFile, r: number, of: Header['readouts'][number], topology: Topology): Readout {
  const slice = topology.populations.find((p) => p.name === of.population);
  if (slice === undefined)
    throw new RangeError(`model file: readout ${r} reads '${of.population}', which is not a population of the network`);
  return {
    population: of.population,
    classes: of.classes,
    weight: sized(file, `readout.${r}.weight`, Float32Array, of.classes.length * slice.size),
    bias: sized(file, `readout.${r}.bias`, Float32Array, of.classes.length),
    mean: sized(file, `readout.${r}.mean`, Float32Array, slice.size),
    scale: sized(file, `readout.${r}.scale`, Float32Array, slice.size),
  };
}
