/** A trained network, the untrained one and their task ⇄ the bytes that a page carries. Only what a trial and its naming need. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { concat } from '../../base/concat.ts';
import type { OdourTask } from '../../odour/odour-task.ts';
import type { CellParameters, Model, Readout, SpikingNetwork, Topology } from '../../snn/network/network.ts';
import { weightsOf } from '../../snn/network/with-parameters.ts';
import { type PackedArray, pack, unpack } from './pack.ts';

/** The two networks have one topology; each has its main readout alone, the untrained one perhaps none. */
export interface LiveNetwork {
  readonly trained: Model;
  readonly untrained: Model;
  readonly task: OdourTask;
  /** [nIn] cell type of each input cell, as names; empty where nobody knows. */
  readonly inputTypeNames: readonly string[];
  readonly inputTypeIdx: Int32Array;
}

const topologyArrays = ['rowPtr', 'colIdx', 'receptor', 'synCount', 'gainIdx'] as const;
const cellArrays = [
  'vRestMv',
  'vResetMv',
  'vThreshMv',
  'tauMMs',
  'cmNf',
  'iOffsetNa',
  'tauSynEMs',
  'tauSynIMs',
  'refractorySteps',
] as const;
const readoutArrays = ['weight', 'bias', 'mean', 'scale'] as const;
const networks = ['trained', 'untrained'] as const;

/** What is not an array. */
interface Head {
  readonly dtMs: number;
  readonly steps: number;
  readonly topology: Pick<Topology, 'inputPopulation' | 'inputSize' | 'size' | 'populations' | 'gainNames'>;
  readonly typeNames: readonly string[];
  readonly inputTypeNames: readonly string[];
  readonly readout: { readonly population: string; readonly classes: readonly string[] };
  readonly task: Omit<OdourTask, 'onProbability' | 'offProbability' | 'provenance'>;
}

/** Bytes of it; the same networks are the same bytes. Throws RangeError where the two do not have one topology. */
export function encodeLive({ trained, untrained, task, inputTypeNames, inputTypeIdx }: LiveNetwork): Uint8Array {
  const { topology } = trained.network;
  const main = mainReadoutOf(trained);
  const arrays: Record<string, PackedArray> = { typeIdx: trained.typeIdx, inputTypeIdx };
  for (const name of topologyArrays) {
    if (!sameWords(topology[name], untrained.network.topology[name]))
      throw new RangeError(`live network: the untrained network has another topology.${name}`);
    arrays[`topology.${name}`] = topology[name];
  }
  for (const name of networks) {
    const model = name === 'trained' ? trained : untrained;
    const { gainNa, weightNa, cells } = model.network;
    arrays[gainNa === undefined ? `${name}.weightNa` : `${name}.gainNa`] = gainNa ?? weightNa;
    for (const key of cellArrays) arrays[`${name}.${key}`] = cells[key];
    const [own] = model.readouts;
    if (own !== undefined) for (const key of readoutArrays) arrays[`${name}.readout.${key}`] = own[key];
  }
  Object.assign(arrays, columnsOf(task));
  arrays['off'] = task.offProbability;
  const { onProbability: _on, offProbability: _off, provenance: _provenance, ...plainTask } = task;
  const { inputPopulation, inputSize, size, populations, gainNames } = topology;
  const head: Head = {
    dtMs: trained.network.dtMs,
    steps: trained.steps,
    topology: { inputPopulation, inputSize, size, populations, gainNames },
    typeNames: trained.typeNames,
    inputTypeNames,
    readout: { population: main.population, classes: main.classes },
    task: plainTask,
  };
  const text = new TextEncoder().encode(canonicalJson(head));
  return concat([new Uint8Array(new Uint32Array([text.length]).buffer), text, pack(arrays)]);
}

/** The same networks and task, bit for bit, without other readouts and provenance. */
export function decodeLive(bytes: Uint8Array): LiveNetwork {
  const size = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size))) as Head;
  const arrays = unpack(bytes.subarray(4 + size));
  const topology = {
    ...head.topology,
    ...Object.fromEntries(topologyArrays.map((name) => [name, arrays[`topology.${name}`]])),
  } as Topology;
  const [trained, untrained] = networks.map((name) => modelOf(head, topology, arrays, name));
  const task: OdourTask = {
    ...head.task,
    onProbability: fromColumns(arrays['on'] as Float32Array, arrays['onColumn'] as Int32Array),
    offProbability: arrays['off'] as Float32Array,
    provenance: {},
  };
  const inputTypeIdx = arrays['inputTypeIdx'] as Int32Array;
  return { trained: trained!, untrained: untrained!, task, inputTypeNames: head.inputTypeNames, inputTypeIdx };
}

function modelOf(
  head: Head,
  topology: Topology,
  arrays: Readonly<Record<string, PackedArray>>,
  name: (typeof networks)[number],
): Model {
  const gainNa = arrays[`${name}.gainNa`] as Float32Array | undefined;
  const cells = Object.fromEntries(cellArrays.map((key) => [key, arrays[`${name}.${key}`]]));
  const own = `${name}.readout.weight` in arrays;
  const readout = Object.fromEntries(readoutArrays.map((key) => [key, arrays[`${name}.readout.${key}`]]));
  const network: SpikingNetwork = {
    topology,
    cells: cells as unknown as CellParameters,
    weightNa: (arrays[`${name}.weightNa`] as Float32Array | undefined) ?? weightsOf(topology, gainNa!),
    ...(gainNa === undefined ? {} : { gainNa }),
    dtMs: head.dtMs,
  };
  return {
    network,
    readouts: own
      ? [{ ...head.readout, ...(readout as unknown as Pick<Readout, (typeof readoutArrays)[number]>) }]
      : [],
    steps: head.steps,
    typeNames: head.typeNames,
    typeIdx: arrays['typeIdx'] as Int32Array,
    provenance: {},
  };
}

/** Input cells of one glomerulus as a rule share their chances: each different column of onProbability [C, nIn] once, and which one each cell has. */
function columnsOf({ onProbability, odours, inputSize }: OdourTask): { on: Float32Array; onColumn: Int32Array } {
  const words = new Uint32Array(onProbability.buffer, onProbability.byteOffset, onProbability.length);
  const seen = new Map<string, number>();
  const first: number[] = [];
  const onColumn = Int32Array.from({ length: inputSize }, (_, i) => {
    const key = odours.map((_, c) => words[c * inputSize + i]!.toString(36)).join();
    const known = seen.get(key);
    if (known !== undefined) return known;
    seen.set(key, first.length);
    return first.push(i) - 1;
  });
  const on = Float32Array.from(
    { length: odours.length * first.length },
    (_, k) => onProbability[Math.floor(k / first.length) * inputSize + first[k % first.length]!]!,
  );
  return { on, onColumn };
}

/** [C, nIn] */
function fromColumns(on: Float32Array, onColumn: Int32Array): Float32Array {
  const columns = onColumn.reduce((most, column) => Math.max(most, column + 1), 0);
  const cells = onColumn.length;
  const odours = columns === 0 ? 0 : on.length / columns;
  return Float32Array.from(
    { length: odours * cells },
    (_, k) => on[Math.floor(k / cells) * columns + onColumn[k % cells]!]!,
  );
}

function mainReadoutOf(model: Model): Readout {
  const [main] = model.readouts;
  if (main === undefined) throw new RangeError('live network: the model has no readout');
  return main;
}

function sameWords(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
