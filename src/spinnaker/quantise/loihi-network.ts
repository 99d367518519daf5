/**
 * Trained network → Loihi's integers. Knows no files and simulates nothing. A compartment of Loihi has one current and one decay of it, resets to 0, and
 * spikes above a threshold that is the same for all here; so, for a cell of threshold θ (rest and reset 0) and V in units of Vth/θ:
 *   w' = kE·w (excitatory) or kI·w·(1 − bE)/(1 − bI) (inhibitory, at the excitatory time constant, of the same charge); bias = drive
 *   decay = rint(4096·(1 − e^(−dt/tau))), 12 bits · bias = mantissa of 12 bits and sign · 2^exponent, 0 … 7
 *   weight = mantissa 0 … 255 · 2^(6 + exponent), exponent −8 … 7 one for each pair of populations and receptor; a multiple of 64 below 2^21
 * Vth is the largest power of two (times 64) at which no weight is cut. Source: brian2-loihi 0.5.2 (Michaelis, Lehr, Oed et al. 2022,
 * doi:10.3389/fninf.2022.1015624); bias as in Davies et al. 2018, doi:10.1109/MM.2018.112130359. Pinned by test/spinnaker/loihi.test.ts.
 */
import { userError } from '../../base/located-error.ts';
import type { SpikingNetwork } from '../../snn/network/network.ts';
import { type CellStepConstants, cellStepConstants } from '../../snn/network/step-constants.ts';
import { roundHalfEven } from '../firmware/fixed-point.ts';
import type { LoihiNetwork } from '../simulators/loihi-simulator.ts';
import { cellName } from './exportable.ts';
import { type ProjectionEdges, projectionName, projectionsOf } from './projections.ts';

export interface QuantisedLoihi extends LoihiNetwork {
  readonly projections: readonly LoihiProjection[];
}

/** What 8 bits did to the weights of one projection. */
export interface LoihiProjection {
  readonly projection: string;
  readonly edges: number;
  readonly exponent: number;
  /** Weights above 0 that became 0. */
  readonly vanished: number;
  /** Σ|w_loihi − w| / Σ|w|. */
  readonly relativeError: number;
}

const most = 255;
const [leastExponent, largestExponent] = [-8, 7];
const weightLimit = 2 ** 21 - 2 ** 6;
const largestThreshold = 2 ** 22;

const decayOf = (keep: number) => roundHalfEven(4096 * (1 - keep));

function constantsOf({ cells, dtMs, topology }: SpikingNetwork): CellStepConstants[] {
  return Array.from({ length: topology.size }, (_, i) =>
    cellStepConstants(
      {
        tauMMs: cells.tauMMs[i]!,
        cmNf: cells.cmNf[i]!,
        vRestMv: cells.vRestMv[i]!,
        iOffsetNa: cells.iOffsetNa[i]!,
        tauSynEMs: cells.tauSynEMs[i]!,
        tauSynIMs: cells.tauSynIMs[i]!,
      },
      dtMs,
    ),
  );
}

/** [E] ≥ 0, weights in thresholds: what a spike adds to I. */
function inThresholds({ topology, weightNa, cells }: SpikingNetwork, constants: readonly CellStepConstants[]) {
  return Float64Array.from(topology.colIdx, (cell, e) => {
    const { kE, kI, bE, bI } = constants[cell]!;
    const gain = topology.receptor[e] === 0 ? kE : (kI * (1 - bE)) / (1 - bI);
    return (gain * weightNa[e]!) / cells.vThreshMv[cell]!;
  });
}

/** A weight of Loihi: mantissa and exponent, cut to multiples of 64. */
function loihiWeight(mantissa: number, exponent: number): number {
  return Math.min(weightLimit, 64 * Math.floor(mantissa * 2 ** exponent));
}

/** Least exponent at which the largest weight has a mantissa. */
function exponentFor(largest: number): number {
  let exponent = leastExponent;
  while (exponent < largestExponent && roundHalfEven(largest / 2 ** (6 + exponent)) > most) exponent++;
  return exponent;
}

function writeProjection(
  p: ProjectionEdges,
  wanted: Float64Array,
  threshold: number,
  weight: Int32Array,
): LoihiProjection {
  const largest = p.edge.reduce((top, e) => Math.max(top, wanted[e]!), 0) * threshold;
  const exponent = exponentFor(largest);
  let [vanished, error, total] = [0, 0, 0];
  for (const e of p.edge) {
    const exact = wanted[e]! * threshold;
    const written = loihiWeight(Math.min(most, roundHalfEven(exact / 2 ** (6 + exponent))), exponent);
    if (written === 0 && exact > 0) vanished++;
    error += Math.abs(written - exact);
    total += exact;
    weight[e] = p.receptorIdx === 0 ? written : -written;
  }
  return {
    projection: projectionName(p),
    edges: p.edge.length,
    exponent,
    vanished,
    relativeError: total === 0 ? 0 : error / total,
  };
}

/** A bias in a mantissa of 12 bits and an exponent of 0 … 7. */
function loihiBias(bias: number): number {
  let exponent = 0;
  while (exponent < 7 && Math.abs(roundHalfEven(bias / 2 ** exponent)) > 4095) exponent++;
  return Math.max(-4095, Math.min(4095, roundHalfEven(bias / 2 ** exponent))) * 2 ** exponent;
}

/** Throws UserError where a cell does not rest and reset at 0 below its threshold. cost: a few passes over the edges. */
export function loihiNetwork(network: SpikingNetwork): QuantisedLoihi {
  const { cells, topology } = network;
  const other = cells.vThreshMv.findIndex((v, i) => !(v > 0 && cells.vRestMv[i] === 0 && cells.vResetMv[i] === 0));
  if (other >= 0)
    throw userError(
      `loihi: ${cellName(topology, other)} does not rest and reset at 0 mV, below its threshold`,
      'a compartment of Loihi knows no other; train writes none',
    );
  const constants = constantsOf(network);
  const wanted = inThresholds(network, constants);
  const largest = wanted.reduce((top, w) => Math.max(top, w), 0);
  let threshold = largestThreshold;
  while (threshold > 64 && largest * threshold > weightLimit) threshold /= 2;
  const weight = new Int32Array(wanted.length);
  const projections = projectionsOf(topology).map((p) => writeProjection(p, wanted, threshold, weight));
  const each = (value: (constants: CellStepConstants, cell: number) => number) => Int32Array.from(constants, value);
  return {
    network,
    threshold,
    decayV: each(({ a }) => decayOf(a)),
    decayI: each(({ bE }) => decayOf(bE)),
    bias: each(({ drive }, i) => loihiBias((drive * threshold) / cells.vThreshMv[i]!)),
    weight,
    projections,
  };
}
