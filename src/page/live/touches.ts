/** Cells silenced or driven by name: what a reader does to the network of the page. Knows no kernel. */
import type { Model, SpikingNetwork } from '../../snn/network/network.ts';
import { withParameters } from '../../snn/network/with-parameters.ts';
import type { LiveNetwork } from './live-network.ts';

/** A population (`APL`) or a cell type of one (`MBON/MBON01`), and what is done to it. */
export interface Touch {
  readonly cells: string;
  /** `silence`: never a spike. A number: a constant current that would hold the cell so many mV above its rest (input cells: so many spikes a second more). */
  readonly what: 'silence' | number;
}

/** A choice of cells for a menu. */
export interface CellGroup {
  readonly name: string;
  readonly cells: number;
  readonly input: boolean;
}

/** A threshold that no cell reaches, mV. */
const NEVER_MV = 1e9;

/** Populations, then their types; in the order of the network. */
export function cellGroups(live: LiveNetwork): CellGroup[] {
  const { topology } = live.trained.network;
  const count = (name: string, input: boolean): CellGroup => ({ name, input, cells: cellsOf(live, name).length });
  const populations = [count(topology.inputPopulation, true)];
  for (const { name, size } of topology.populations) if (size > 0) populations.push(count(name, false));
  const types = new Map<string, boolean>();
  for (const type of live.inputTypeNames) if (type !== '') types.set(`${topology.inputPopulation}/${type}`, true);
  for (const { name, offset, size } of topology.populations)
    for (let i = offset; i < offset + size; i++) {
      const type = live.trained.typeNames[live.trained.typeIdx[i]!]!;
      if (type !== '' && type !== name) types.set(`${name}/${type}`, false);
    }
  return [...populations, ...[...types].map(([name, input]) => count(name, input))];
}

/** Cells by name, numbered within the input population or within the network. Throws RangeError on an unknown name. */
export function cellsOf(live: LiveNetwork, name: string): number[] {
  const { topology } = live.trained.network;
  const [population, type] = name.split('/') as [string, string | undefined];
  if (population === topology.inputPopulation) {
    const all = Array.from({ length: topology.inputSize }, (_, i) => i);
    return type === undefined ? all : all.filter((i) => live.inputTypeNames[live.inputTypeIdx[i]!] === type);
  }
  const slice = topology.populations.find((of) => of.name === population);
  if (slice === undefined) throw new RangeError(`cellsOf: no population '${population}'`);
  const all = Array.from({ length: slice.size }, (_, k) => slice.offset + k);
  const { typeNames, typeIdx } = live.trained;
  return type === undefined ? all : all.filter((i) => typeNames[typeIdx[i]!] === type);
}

/** The network with silenced cells' thresholds out of reach and driven cells' offset currents raised: mV·cm/tauM nA. */
export function touched(live: LiveNetwork, model: Model, touches: readonly Touch[]): SpikingNetwork {
  const { network } = model;
  const vThreshMv = network.cells.vThreshMv.slice();
  const iOffsetNa = network.cells.iOffsetNa.slice();
  for (const { cells, what } of touches) {
    if (isInput(live, cells)) continue;
    for (const i of cellsOf(live, cells)) {
      if (what === 'silence') vThreshMv[i] = NEVER_MV;
      else iOffsetNa[i]! += (what * network.cells.cmNf[i]!) / network.cells.tauMMs[i]!;
    }
  }
  return withParameters(network, { cells: { vThreshMv, iOffsetNa } });
}

/** What touches of input cells do to the nose. */
export function touchedNose(
  live: LiveNetwork,
  touches: readonly Touch[],
): { readonly silent?: Uint8Array; readonly added?: Float32Array } {
  const own = touches.filter(({ cells }) => isInput(live, cells));
  if (own.length === 0) return {};
  const { inputSize, dtMs } = live.task;
  const silent = new Uint8Array(inputSize);
  const added = new Float32Array(inputSize);
  for (const { cells, what } of own)
    for (const i of cellsOf(live, cells)) {
      if (what === 'silence') silent[i] = 1;
      else added[i]! += (what * dtMs) / 1000;
    }
  return { silent, added };
}

function isInput({ trained }: LiveNetwork, name: string): boolean {
  return name.split('/')[0] === trained.network.topology.inputPopulation;
}
