/**
 * The readout as a population of its own, one cell a class, that adds up spikes and never fires: its voltage is the logit. Knows no files.
 *   logit_c = Σ_i W[c, i]·n_i + B_c,  W = weight·scale,  B_c = bias_c − Σ_i W[c, i]·mean_i
 * IF_curr_exp has no integrator, but its current is one with the longest tauSyn that the board can hold: excitatory where W > 0, inhibitory where
 * W < 0. A membrane far shorter than a step makes V = vRest + Ie − Ii, with vRest = B_c. A spike of k steps before the end has decayed to
 * e^(−k·dt/tauSyn), 1.6 % less for the first than for the last of 500 steps; weights are divided by the mean of that over a trial's steps. No
 * input can reach vThresh. Pinned by test/spinnaker/readout-cells.test.ts and, by the firmware itself, test/spinnaker/whole-firmware.test.ts.
 */
import { userError } from '../../base/located-error.ts';
import type { CellParameters, Readout, SpikingNetwork, Topology } from '../../snn/network/network.ts';
import { sliceOf } from '../../snn/network/topology.ts';
import type { BoardNetwork } from '../firmware/board-network.ts';
import { type ReadoutCells, rowTicks, type Timetable } from '../simulators/trial-row.ts';

/** Name of the population, and of no other. */
export const readoutPopulation = 'readout';

/**
 * ms. The firmware makes decay = e^(−dt/tau) of ⌊2^15·dt/tau⌋, 1 for all from 16384 to 32768 ms, as 1 − 136317/2^32 (its series is cut short), and
 * the input factor tau·(1 − decay) of tau itself: at this one it is just below 1, above it wraps to almost nothing.
 */
const tauSynMs = 31507;
/** ms; e^(−dt/tau) is below the last bit. */
const tauMMs = 0.05;

/** The tick at whose beginning V is the logit of a trial of `steps` steps: the last spikes arrive one tick before. */
export function readoutTick(steps: number): number {
  return steps + 1;
}

/** What is left after a trial's steps of a current of its cells, as the firmware decays it. */
export function readoutLeft(steps: number): number {
  return (1 - 136317 * 2 ** -32) ** steps;
}

/** The readout's cells of a board's network, where it has them, and how they are read after trials of `steps` steps. */
export function readoutCellsIn({ wiring, parameters }: BoardNetwork, steps: number): ReadoutCells | null {
  const found = wiring.populations.find((p) => p.name === readoutPopulation);
  if (found === undefined) return null;
  const { offset, size } = found;
  const rest = parameters.vRest.slice(offset, offset + size);
  return { offset, size, tick: readoutTick(steps), left: readoutLeft(steps), rest };
}

/** What is left on average at the end of a trial of a spike of its steps, every step alike. */
function meanLeft(steps: number, dtMs: number): number {
  const rate = dtMs / tauSynMs; // 1 − e^(−rate) to 2 parts in 10⁵
  return (1 - (1 - rate) ** steps) / (steps * rate);
}

/** Connections onto the readout's cells, for each cell of its population: class, receptor and weight, classes ascending. */
interface ReadoutEdges {
  readonly classes: number[];
  readonly receptor: number[];
  readonly weight: number[];
}

/** Logits of silence [C], and edges by presynaptic cell. */
function readoutEdges(readout: Readout, left: number): { readonly bias: Float64Array; readonly edges: ReadoutEdges[] } {
  const size = readout.mean.length;
  const bias = Float64Array.from(readout.bias);
  const edges = Array.from({ length: size }, (_, i) => {
    const own: ReadoutEdges = { classes: [], receptor: [], weight: [] };
    bias.forEach((_, c) => {
      const weight = readout.weight[c * size + i]! * readout.scale[i]!;
      bias[c]! -= weight * readout.mean[i]!;
      if (weight === 0) return;
      own.classes.push(c);
      own.receptor.push(weight > 0 ? 0 : 1);
      own.weight.push(Math.abs(weight) / left);
    });
    return own;
  });
  return { bias, edges };
}

/** For each class, more than |V| can ever become: every cell fires as often as its refractory time lets it. */
function voltageBounds(bias: Float64Array, edges: readonly ReadoutEdges[], mostSpikes: readonly number[]): number[] {
  const bounds = Array.from(bias, (b) => Math.abs(b) + 1);
  edges.forEach(({ classes, weight }, i) => {
    classes.forEach((c, n) => {
      bounds[c]! += weight[n]! * mostSpikes[i]!;
    });
  });
  return bounds;
}

/** Values of the network's cells, then one a class. */
function withCells(cells: CellParameters, bias: Float64Array, bounds: readonly number[]): CellParameters {
  const own = (name: keyof CellParameters, c: number): number => {
    if (name === 'vRestMv' || name === 'vResetMv') return bias[c]!;
    if (name === 'vThreshMv') return bounds[c]!;
    if (name === 'tauSynEMs' || name === 'tauSynIMs') return tauSynMs;
    return name === 'tauMMs' || name === 'cmNf' ? tauMMs : 0;
  };
  const grown = (name: Exclude<keyof CellParameters, 'refractorySteps'>) =>
    Float32Array.from([...cells[name], ...bias.map((_, c) => own(name, c))]);
  return {
    vRestMv: grown('vRestMv'),
    vResetMv: grown('vResetMv'),
    vThreshMv: grown('vThreshMv'),
    tauMMs: grown('tauMMs'),
    cmNf: grown('cmNf'),
    iOffsetNa: grown('iOffsetNa'),
    tauSynEMs: grown('tauSynEMs'),
    tauSynIMs: grown('tauSynIMs'),
    refractorySteps: Int32Array.from([...cells.refractorySteps, ...bias.map(() => 0)]),
  };
}

/** Rows of the network with the new edges at the end of those of the readout's population; a gain of their own, one synapse each. */
function withEdges(network: SpikingNetwork, edges: readonly ReadoutEdges[], firstRow: number, classes: number) {
  const { topology, weightNa } = network;
  const { size, rowPtr, gainNames } = topology;
  const added = edges.reduce((sum, own) => sum + own.classes.length, 0);
  const total = topology.colIdx.length + added;
  const grown = {
    rowPtr: new Int32Array(rowPtr.length + classes).fill(total),
    colIdx: new Int32Array(total),
    receptor: new Uint8Array(total),
    synCount: new Int32Array(total).fill(1),
    gainIdx: new Int32Array(total).fill(gainNames.length),
  };
  const weight = new Float32Array(total);
  let at = 0;
  for (let row = 0; row + 1 < rowPtr.length; row++) {
    const [begin, end] = [rowPtr[row]!, rowPtr[row + 1]!];
    grown.rowPtr[row] = at;
    for (const name of ['colIdx', 'receptor', 'synCount', 'gainIdx'] as const)
      grown[name].set(topology[name].subarray(begin, end), at);
    weight.set(weightNa.subarray(begin, end), at);
    at += end - begin;
    const own = edges[row - firstRow];
    if (own === undefined) continue;
    grown.colIdx.set(
      own.classes.map((c) => size + c),
      at,
    );
    grown.receptor.set(own.receptor, at);
    weight.set(own.weight, at);
    at += own.classes.length;
  }
  return { grown, weight };
}

/**
 * The network with a last population `readout`: cell c holds `bias` mV at rest, and class c's logit in mV at the beginning of `readoutTick`.
 * It holds the spikes of all trials of a run. Spikes of the other cells are untouched. Throws UserError where a population of that name is there already. cost: a copy of the network.
 */
export function withReadoutCells(network: SpikingNetwork, readout: Readout, table: Timetable): SpikingNetwork {
  const { topology, cells, dtMs } = network;
  const taken = [topology.inputPopulation, ...topology.populations.map((p) => p.name)];
  if (taken.includes(readoutPopulation)) {
    throw userError(
      `export: a population is called '${readoutPopulation}', as the readout's own cells are`,
      'give it another name, or set export.readoutOnBoard: false',
    );
  }
  const source = sliceOf(topology, readout.population);
  const classes = readout.classes.length;
  const { bias, edges } = readoutEdges(readout, meanLeft(table.steps, dtMs));
  const ticks = rowTicks(table, table.trialsPerRun, { tick: readoutTick(table.steps) });
  const mostSpikes = edges.map((_, i) => Math.ceil(ticks / (cells.refractorySteps[source.offset + i]! + 1)));
  const { grown, weight } = withEdges(network, edges, topology.inputSize + source.offset, classes);
  const larger: Topology = {
    ...topology,
    ...grown,
    size: topology.size + classes,
    populations: [...topology.populations, { name: readoutPopulation, offset: topology.size, size: classes }],
    gainNames: [...topology.gainNames, `${readout.population}→${readoutPopulation}`],
  };
  const bounds = voltageBounds(bias, edges, mostSpikes);
  return { topology: larger, cells: withCells(cells, bias, bounds), weightNa: weight, dtMs };
}
