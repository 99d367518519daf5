/** A network as the board holds it: s1615 parameters, 16-bit weights, ring-buffer shifts. Plain records; computes nothing of the simulation. */
import type { Topology } from '../../snn/network/network.ts';
import type { BoardCellParameters } from './board-cells.ts';
import type { BoardShifts } from './board-tick.ts';

/** Connections without synapse counts and gains. */
export type Wiring = Pick<
  Topology,
  'inputPopulation' | 'inputSize' | 'size' | 'populations' | 'rowPtr' | 'colIdx' | 'receptor'
>;

export interface BoardNetwork {
  readonly wiring: Wiring;
  /** s1615 bits, [N] each. */
  readonly parameters: BoardCellParameters;
  /** [P, 2] left shift of each population's excitatory and inhibitory ring buffers. */
  readonly shifts: Uint8Array;
  /** [E] weight as a whole number of 2^(shift − 15) nA, shift that of the post population's receptor. */
  readonly word: Uint16Array;
  /** Steps from a spike to its effect, the same for all edges (1), or [E]. */
  readonly delaySteps: number | Uint8Array;
}

/** Number of the population of each cell, [N]. Throws RangeError unless the slices cover all cells once, in order. */
export function populationIdxOf(wiring: Pick<Wiring, 'populations' | 'size'>): Int32Array {
  const idx = new Int32Array(wiring.size);
  let next = 0;
  wiring.populations.forEach(({ name, offset, size }, p) => {
    if (offset !== next) throw new RangeError(`population ${name} begins at ${offset}, want ${next}`);
    idx.fill(p, offset, offset + size);
    next = offset + size;
  });
  if (next !== wiring.size) throw new RangeError(`populations hold ${next} cells, want ${wiring.size}`);
  return idx;
}

/** The shifts of each cell. */
export function cellShifts(network: Pick<BoardNetwork, 'wiring' | 'shifts'>): BoardShifts {
  const population = populationIdxOf(network.wiring);
  return {
    shiftE: Uint8Array.from(population, (p) => network.shifts[2 * p]!),
    shiftI: Uint8Array.from(population, (p) => network.shifts[2 * p + 1]!),
  };
}
