/** A network with some populations silenced or driven, as an experimenter would. Knows no task and no files. */
import type { SpikingNetwork } from '../../snn/network/network.ts';
import { sliceOf } from '../../snn/network/topology.ts';
import { withParameters } from '../../snn/network/with-parameters.ts';

/** What is done to populations, by name; the input population can have its outputs changed alone. */
export interface NetworkChanges {
  /** Factor on the weights of all outputs; 0 silences. */
  readonly outputsTimes: Readonly<Record<string, number>>;
  /** Added to the resting drive, mV: a constant current tauM/cm-scaled, so that a cell without input rests so much higher. */
  readonly driveMv: Readonly<Record<string, number>>;
}

/** Rows of the presynaptic cells of a population. */
function rowsOf({ topology }: SpikingNetwork, name: string): readonly [from: number, to: number] {
  if (name === topology.inputPopulation) return [0, topology.inputSize];
  const { offset, size } = sliceOf(topology, name);
  return [topology.inputSize + offset, topology.inputSize + offset + size];
}

/** The changed network; the same one where nothing is asked for. Throws RangeError on an unknown population. cost: O(edges). */
export function changedNetwork(network: SpikingNetwork, changes: NetworkChanges): SpikingNetwork {
  const factors = Object.entries(changes.outputsTimes).filter(([, factor]) => factor !== 1);
  const drives = Object.entries(changes.driveMv).filter(([, mv]) => mv !== 0);
  let changed = network;
  if (factors.length > 0) {
    const weightNa = network.weightNa.slice();
    const { rowPtr } = network.topology;
    for (const [name, factor] of factors) {
      const [from, to] = rowsOf(network, name);
      for (let e = rowPtr[from]!; e < rowPtr[to]!; e++) weightNa[e]! *= factor;
    }
    changed = withParameters(changed, { weightNa });
  }
  if (drives.length === 0) return changed;
  const { tauMMs, cmNf, iOffsetNa } = network.cells;
  const current = iOffsetNa.slice();
  for (const [name, mv] of drives) {
    const { offset, size } = sliceOf(network.topology, name);
    for (let i = offset; i < offset + size; i++) current[i]! += (mv * cmNf[i]!) / tauMMs[i]!;
  }
  return withParameters(changed, { cells: { iOffsetNa: current } });
}
