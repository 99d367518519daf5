/**
 * Trained network → the board's integers, by sPyNNaker's stock rule or by measured ranges; no weight wraps or vanishes unsaid.
 * Knows no files. Two exact changes of units come first, cell by cell, and change no spike in exact arithmetic:
 *   membrane   cm' = tauM, so R' = 1 MΩ, and w' = w·tauM/cm, iOffset' = iOffset·tauM/cm: (I·R) >> 15 loses nothing;
 *   scale λ    V, thresholds, w and iOffset of a population × λ: more fraction bits for V and currents.
 * Then shifts: least s with peak·headroom < 2^(s + 1), what a 16-bit slot holds (sPyNNaker's own rule leaves that bit unused), per population
 * and receptor; λ is lowered a little where that fills the slots better. Pinned by test/spinnaker/quantise.test.ts.
 */
import type { CellParameters, SpikingNetwork } from '../../snn/network/network.ts';
import type { BoardCellParameters } from '../firmware/board-cells.ts';
import { type BoardNetwork, populationIdxOf, type Wiring } from '../firmware/board-network.ts';
import { roundHalfEven, toS1615 } from '../firmware/fixed-point.ts';
import type { FloatPeaks } from '../simulators/float-simulator.ts';
import { endsOf, type ProjectionEdges, projectionName, projectionsOf } from './projections.ts';
import { roundedWord, slotMax, slotRange, stockShifts, tightShift, weightOf } from './weight-shift.ts';

export interface QuantisationPolicy {
  /** `stock`: sPyNNaker's worst case, units as trained. `calibrated`: measured ranges and the changes of units above. */
  readonly rule: 'stock' | 'calibrated';
  /** Ring buffers hold this times the largest input measured. Free parameter. */
  readonly headroom: number;
  /** Largest λ. Free parameter. */
  readonly maxScale: number;
  /**
   * Bits of a weight, 16 where left out: fewer leave 2^bits − 1 levels onto the cells of a population and receptor, a power of two apart, as on
   * chips with narrower weights (8 on SpiNNaker 2). The words stay those of 16 bits, so that every target runs them.
   */
  readonly weightBits?: number;
}

/** What quantisation did to the weights of one projection. */
export interface ProjectionReport {
  readonly projection: string;
  readonly edges: number;
  readonly shift: number;
  /** Weights above 0 that became 0. */
  readonly vanished: number;
  readonly largestWord: number;
  readonly medianWord: number;
  /** Σ|w_board − w| / Σ|w|. */
  readonly relativeError: number;
}

export interface QuantisedNetwork {
  readonly board: BoardNetwork;
  /** [P] λ of each population. */
  readonly scale: Float64Array;
  readonly projections: readonly ProjectionReport[];
}

/** [N] factor on weights and offsets of each cell, [N] factor on its voltages. */
interface Units {
  readonly current: Float64Array;
  readonly voltage: Float64Array;
  readonly cmNf: Float64Array;
}

/** Half of the range of s1615: sums of two such values do not wrap. */
const safeMagnitude = 32768;

/** The largest magnitude that V, its asymptote or a current of a cell may take, in mV at R = 1. */
function largestMagnitude(cells: CellParameters, peaks: FloatPeaks, i: number): number {
  const resistance = cells.tauMMs[i]! / cells.cmNf[i]!;
  const currents = peaks.current[2 * i]! + peaks.current[2 * i + 1]! + Math.abs(cells.iOffsetNa[i]!);
  const volts = [cells.vRestMv[i]!, cells.vResetMv[i]!, cells.vThreshMv[i]!].map(Math.abs);
  return resistance * currents + Math.max(...volts);
}

/** Largest input [P, 2] of each population and receptor with λ = 1: measured sums with headroom, and no less than any single weight. */
function inputBounds(
  network: SpikingNetwork,
  peaks: FloatPeaks,
  headroom: number,
  population: Int32Array,
): Float64Array {
  const { cells, topology } = network;
  const bound = new Float64Array(2 * topology.populations.length);
  const raise = (cell: number, receptor: number, currentNa: number) => {
    const place = 2 * population[cell]! + receptor;
    bound[place] = Math.max(bound[place]!, (currentNa * cells.tauMMs[cell]!) / cells.cmNf[cell]!);
  };
  for (let i = 0; i < topology.size; i++) for (const r of [0, 1]) raise(i, r, peaks.input[2 * i + r]! * headroom);
  topology.colIdx.forEach((cell, e) => {
    raise(cell, topology.receptor[e]!, network.weightNa[e]!);
  });
  return bound;
}

/** How full a ring buffer with the best shift gets, 0 … 1. */
function fillOf(bound: number): number {
  return bound / slotRange(tightShift(bound));
}

/** Of λ and what makes either ring buffer just full, the one that leaves the emptier of the two fullest. */
function fillBest(scale: number, bounds: readonly number[]): number {
  const used = bounds.filter((bound) => bound > 0);
  const worst = (candidate: number) => Math.min(1, ...used.map((bound) => fillOf(candidate * bound)));
  const candidates = [scale, ...used.map((bound) => (scale * 0.999) / (2 * fillOf(scale * bound)))];
  return candidates.filter((c) => c <= scale).reduce((best, c) => (worst(c) > worst(best) ? c : best), scale);
}

/** λ of each population: as large as maxScale and the 32-bit range allow, then such that ring buffers are well filled. */
function scalesOf(
  network: SpikingNetwork,
  peaks: FloatPeaks,
  policy: QuantisationPolicy,
  population: Int32Array,
  bounds: Float64Array,
): Float64Array {
  const { cells, topology } = network;
  const largest = new Float64Array(topology.populations.length);
  for (let i = 0; i < topology.size; i++) {
    const p = population[i]!;
    largest[p] = Math.max(largest[p]!, largestMagnitude(cells, peaks, i) * policy.headroom);
  }
  return largest.map((magnitude, p) => {
    const scale = Math.min(policy.maxScale, safeMagnitude / magnitude);
    return fillBest(scale, [bounds[2 * p]!, bounds[2 * p + 1]!]);
  });
}

function calibratedUnits(network: SpikingNetwork, scale: Float64Array, population: Int32Array): Units {
  const { cells } = network;
  const voltage = Float64Array.from(population, (p) => scale[p]!);
  return {
    voltage,
    current: voltage.map((lambda, i) => lambda * (cells.tauMMs[i]! / cells.cmNf[i]!)),
    cmNf: Float64Array.from(cells.tauMMs),
  };
}

function trainedUnits(network: SpikingNetwork): Units {
  const ones = () => new Float64Array(network.topology.size).fill(1);
  return { voltage: ones(), current: ones(), cmNf: Float64Array.from(network.cells.cmNf) };
}

function boardParameters(cells: CellParameters, units: Units, dtMs: number): BoardCellParameters {
  const bits = (name: keyof CellParameters, value: (i: number) => number) =>
    Int32Array.from({ length: cells.tauMMs.length }, (_, i) => toS1615(value(i), `${name}[${i}]`));
  const volts = (name: 'vRestMv' | 'vResetMv' | 'vThreshMv') => bits(name, (i) => cells[name][i]! * units.voltage[i]!);
  const vRest = volts('vRestMv');
  return {
    vInit: vRest,
    vRest,
    vReset: volts('vResetMv'),
    vThresh: volts('vThreshMv'),
    cm: bits('cmNf', (i) => units.cmNf[i]!),
    tauM: bits('tauMMs', (i) => cells.tauMMs[i]!),
    iOffset: bits('iOffsetNa', (i) => cells.iOffsetNa[i]! * units.current[i]!),
    tauRefrac: bits('refractorySteps', (i) => cells.refractorySteps[i]! * dtMs),
    tauSynE: bits('tauSynEMs', (i) => cells.tauSynEMs[i]!),
    tauSynI: bits('tauSynIMs', (i) => cells.tauSynIMs[i]!),
  };
}

/** [P, 2] distance of the words onto a population and receptor: the least power of two by which the largest fits into the bits. */
function wordSteps(
  projections: readonly ProjectionEdges[],
  weightNa: Float64Array,
  shifts: Uint8Array,
  bits: number,
): Float64Array {
  const steps = new Float64Array(shifts.length).fill(1);
  if (bits >= 16) return steps;
  for (const { edge, postIdx, receptorIdx } of projections) {
    const place = 2 * postIdx + receptorIdx;
    const largest = edge.reduce((most, e) => Math.max(most, roundedWord(weightNa[e]!, shifts[place]!)), 0);
    while (roundHalfEven(largest / steps[place]!) > 2 ** bits - 1) steps[place]! *= 2;
  }
  return steps;
}

/** The word of a weight at a shift, a multiple of `step` that 16 bits hold where the weight itself is held. */
function coarseWord(weightNa: number, shift: number, step: number): number {
  const fine = roundedWord(weightNa, shift);
  if (step === 1 || fine > slotMax) return fine;
  const level = roundHalfEven((Math.abs(weightNa) * 2 ** (15 - shift)) / step);
  return step * Math.min(level, Math.floor(slotMax / step));
}

/** Words of one projection; throws RangeError, naming it with counts, where a weight would wrap. */
function projectionWords(
  p: ProjectionEdges,
  weightNa: Float64Array,
  shifts: Uint8Array,
  steps: Float64Array,
  word: Uint16Array,
): ProjectionReport {
  const place = 2 * p.postIdx + p.receptorIdx;
  const shift = shifts[place]!;
  let vanished = 0;
  let wrapped = 0;
  let error = 0;
  let total = 0;
  for (const e of p.edge) {
    const rounded = coarseWord(weightNa[e]!, shift, steps[place]!);
    if (rounded === 0 && weightNa[e]! > 0) vanished++;
    if (rounded > slotMax) wrapped++;
    error += Math.abs(weightOf(rounded, shift) - weightNa[e]!);
    total += weightNa[e]!;
    word[e] = rounded;
  }
  if (wrapped > 0) {
    const largest = p.edge.reduce((best, e, n) => (weightNa[e]! > weightNa[p.edge[best]!]! ? n : best), 0);
    throw new RangeError(
      `${projectionName(p)}: ${wrapped} of ${p.edge.length} weights exceed ${slotRange(shift)} nA and would wrap on the board, the largest from ${endsOf(p, largest)}; choose a larger shift or a smaller scale`,
    );
  }
  const sorted = Uint16Array.from(p.edge, (e) => word[e]!).sort();
  return {
    projection: projectionName(p),
    edges: p.edge.length,
    shift,
    vanished,
    largestWord: sorted[sorted.length - 1]!,
    medianWord: sorted[sorted.length >> 1]!,
    relativeError: total === 0 ? 0 : error / total,
  };
}

/**
 * The network in the board's integers. `peaks` come from calibration; the stock rule does not look at them.
 * Throws RangeError on a parameter outside s1615 and on a weight that would wrap, naming cell or projection. cost: a few passes over the edges.
 */
export function quantise(network: SpikingNetwork, peaks: FloatPeaks, policy: QuantisationPolicy): QuantisedNetwork {
  if (network.dtMs !== 1) throw new RangeError(`quantise: dtMs is ${network.dtMs}, the board's step here is 1 ms`);
  const wiring: Wiring = network.topology;
  const population = populationIdxOf(wiring);
  const stock = policy.rule === 'stock';
  const bounds = inputBounds(network, peaks, policy.headroom, population);
  const scale = stock
    ? new Float64Array(wiring.populations.length).fill(1)
    : scalesOf(network, peaks, policy, population, bounds);
  const units = stock ? trainedUnits(network) : calibratedUnits(network, scale, population);
  const weightNa = Float64Array.from(network.weightNa, (w, e) => w * units.current[wiring.colIdx[e]!]!);
  const projections = projectionsOf(wiring);
  const shifts = stock
    ? stockShifts(projections, weightNa, wiring.populations.length)
    : Uint8Array.from(bounds, (bound, k) => tightShift(bound * scale[k >> 1]!));
  const word = new Uint16Array(weightNa.length);
  const steps = wordSteps(projections, weightNa, shifts, policy.weightBits ?? 16);
  const reports = projections.map((p) => projectionWords(p, weightNa, shifts, steps, word));
  const parameters = boardParameters(network.cells, units, network.dtMs);
  return { board: { wiring, parameters, shifts, word, delaySteps: 1 }, scale, projections: reports };
}
