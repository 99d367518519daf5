/** A network with other parameter values on the same connections. Knows no training. */
import type { CellParameters, SpikingNetwork, Topology } from './network.ts';

/** The same network with other cells or gains; weights follow the gains. */
export function withParameters(
  network: SpikingNetwork,
  changes: {
    readonly cells?: Partial<CellParameters>;
    readonly gainNa?: Float32Array;
    readonly weightNa?: Float32Array;
  },
): SpikingNetwork {
  const { topology } = network;
  const cells = { ...network.cells, ...changes.cells };
  if (changes.weightNa !== undefined) {
    return { topology, cells, weightNa: changes.weightNa, dtMs: network.dtMs };
  }
  const gainNa = changes.gainNa ?? network.gainNa;
  if (gainNa === undefined) return { ...network, cells };
  const weightNa = changes.gainNa === undefined ? network.weightNa : weightsOf(topology, gainNa);
  return { topology, cells, gainNa, weightNa, dtMs: network.dtMs };
}

/** [E] gain · synCount in f32. */
export function weightsOf(topology: Topology, gainNa: Float32Array): Float32Array {
  const { synCount, gainIdx } = topology;
  const weightNa = new Float32Array(synCount.length);
  for (let e = 0; e < weightNa.length; e++) weightNa[e] = gainNa[gainIdx[e]!]! * synCount[e]!;
  return weightNa;
}
