/**
 * The bound that keeps gradients from exploding: no recurrent excitatory synapse lifts its target, in the step in which a spike arrives,
 * by more than a fraction (`bound`: the jump kE·w relative to vThresh − vRest) of the way from rest to threshold. Knows no training.
 */
import type { SpikingNetwork } from '../network/network.ts';
import { inputFactor, membraneFactor } from '../network/step-constants.ts';

/**
 * [N] the lowest vThresh, mV, that holds the bound: vRest + kE·(strongest incoming excitatory weight of a spiking cell) / bound.
 * Cells without one get −Infinity. cost: O(N + E). Pinned by test/snn/jump-bound.test.ts against the kernel's own voltages.
 */
export function thresholdFloors(network: SpikingNetwork, bound: number): Float64Array {
  const { topology, cells, weightNa, dtMs } = network;
  const strongest = new Float64Array(topology.size);
  for (let e = topology.rowPtr[topology.inputSize]!; e < topology.colIdx.length; e++) {
    const cell = topology.colIdx[e]!;
    if (topology.receptor[e] === 0 && weightNa[e]! > strongest[cell]!) strongest[cell] = weightNa[e]!;
  }
  return strongest.map((weight, i) => {
    if (weight === 0) return Number.NEGATIVE_INFINITY;
    const kE = inputFactor(membraneFactor(cells.tauMMs[i]!, cells.cmNf[i]!, dtMs), cells.tauSynEMs[i]!, dtMs);
    return cells.vRestMv[i]! + (weight * kE) / bound;
  });
}
