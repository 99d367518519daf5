/**
 * The bound that keeps gradients from exploding: no recurrent excitatory synapse lifts its target by more than a fraction of the way
 * from rest to threshold. Knows no training.
 */
import type { SpikingNetwork } from './network.ts';
import { cellStepConstants, peakOfOneSpike } from './step-constants.ts';

/** Largest lift by one spike of one recurrent synapse, relative to vThresh − vRest. Measured: 0.25 is safe, 0.5 is not. */
export const defaultJumpBound = 0.25;

/**
 * [N] the lowest vThresh, mV, that holds the bound: vRest + peak of the strongest incoming excitatory synapse of a spiking cell / bound.
 * Cells without one get −Infinity. cost: O(N + E).
 */
export function thresholdFloors(network: SpikingNetwork, bound: number = defaultJumpBound): Float64Array {
  const { topology, cells, weightNa } = network;
  const strongest = new Float64Array(topology.size);
  for (let e = topology.rowPtr[topology.inputSize]!; e < topology.colIdx.length; e++) {
    const cell = topology.colIdx[e]!;
    if (topology.receptor[e] === 0 && weightNa[e]! > strongest[cell]!) strongest[cell] = weightNa[e]!;
  }
  const peaks = new PeakTable();
  return strongest.map((weight, i) => {
    if (weight === 0) return Number.NEGATIVE_INFINITY;
    const peak = peaks.of(cells.tauMMs[i]!, cells.cmNf[i]!, cells.tauSynEMs[i]!, network.dtMs);
    return cells.vRestMv[i]! + (weight * peak) / bound;
  });
}

/** Peak of V per nA of one excitatory spike; remembers the last cell, since neighbours share their time constants. */
class PeakTable {
  private key = '';
  private peak = 0;
  of(tauMMs: number, cmNf: number, tauSynEMs: number, dtMs: number): number {
    const key = `${tauMMs} ${cmNf} ${tauSynEMs}`;
    if (key === this.key) return this.peak;
    const cell = { tauMMs, cmNf, tauSynEMs, tauSynIMs: tauSynEMs, vRestMv: 0, iOffsetNa: 0 };
    const { a, bE, kE } = cellStepConstants(cell, dtMs);
    this.key = key;
    this.peak = kE * peakOfOneSpike(a, bE);
    return this.peak;
  }
}
