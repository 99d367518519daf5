/** Pathway → the network before training and before calibration: PyNN defaults and gains from synapse counts. Knows no spikes. */

import { mean } from '../../base/numbers.ts';
import { type Pathway, populationOf } from '../../connectome/pathway.ts';
import type { CellParameters, Model, Topology } from './network.ts';
import { buildTopology, type TopologyOptions } from './topology.ts';
import { weightsOf } from './with-parameters.ts';

/** Cell constants at the start; the voltage scale is arbitrary. */
export interface CellConstants {
  readonly tauMMs: number;
  /** Populations with another tauM. */
  readonly tauMOf: Readonly<Record<string, number>>;
  readonly tauSynEMs: number;
  readonly tauSynIMs: number;
  readonly cmNf: number;
  /** Threshold before calibration, mV above rest; the unit of voltage. */
  readonly thresholdMv: number;
  readonly refractorySteps: number;
}

/** What fixes the network at the start. */
export interface InitialOptions extends CellConstants {
  readonly dtMs: number;
  /** Excitatory drive of a population at the target rates, over the uncalibrated threshold. Free parameter. */
  readonly excitation: number;
  /** Inhibitory over excitatory drive of a population, at the target rates. Free parameter. */
  readonly inhibition: number;
  /** Expected rates, Hz, of the calibrated populations: they fix the gains. */
  readonly targetRateHz: Readonly<Record<string, number>>;
}

/** Free parameters as decided for this model, see docs/training.md. */
export const cellConstants: CellConstants = {
  tauMMs: 15,
  tauMOf: { APL: 20 },
  tauSynEMs: 5,
  tauSynIMs: 10,
  cmNf: 1,
  thresholdMv: 10,
  refractorySteps: 2,
};

/** Expected of a population that targetRateHz does not name. */
const UNKNOWN_POPULATION_HZ = 5;

/** The network, with its cell types. One gain per (post population, receptor) at the start. Throws what buildTopology throws. */
export function initialNetwork(
  pathway: Pathway,
  options: TopologyOptions,
  initial: InitialOptions,
): Pick<Model, 'network' | 'typeNames' | 'typeIdx'> {
  const topology = buildTopology(pathway, options);
  const cells = initialCells(topology, initial);
  const gainNa = initialGains(topology, initial);
  const weightNa = weightsOf(topology, gainNa);
  return { network: { topology, cells, gainNa, weightNa, dtMs: initial.dtMs }, ...cellTypes(pathway, topology) };
}

function cellTypes(pathway: Pathway, topology: Topology): Pick<Model, 'typeNames' | 'typeIdx'> {
  const typeNames: string[] = [];
  const typeIdx = new Int32Array(topology.size);
  for (const { name, offset } of topology.populations) {
    const { types, typeIdx: within } = populationOf(pathway, name);
    within.forEach((type, i) => {
      typeIdx[offset + i] = typeNames.length + type;
    });
    typeNames.push(...types.map((type) => (type === '' ? `${name} untyped` : type)));
  }
  return { typeNames, typeIdx };
}

function initialCells(topology: Topology, initial: InitialOptions): CellParameters {
  const all = (value: number) => new Float32Array(topology.size).fill(value);
  const tauMMs = all(initial.tauMMs);
  for (const { name, offset, size } of topology.populations) {
    const tau = initial.tauMOf[name];
    if (tau !== undefined) tauMMs.fill(tau, offset, offset + size);
  }
  return {
    vRestMv: all(0),
    vResetMv: all(0),
    vThreshMv: all(initial.thresholdMv),
    tauMMs,
    cmNf: all(initial.cmNf),
    iOffsetNa: all(0),
    tauSynEMs: all(initial.tauSynEMs),
    tauSynIMs: all(initial.tauSynIMs),
    refractorySteps: new Int32Array(topology.size).fill(initial.refractorySteps),
  };
}

/**
 * Gains such that, at the target rates, the mean excitatory drive of a population's driven cells would hold V at `excitation` times the
 * initial threshold above rest, and the inhibitory one at `inhibition` times that below: gain = V·cm/(tauM·tauSyn·mean_i Σ_e n_e·rate_pre).
 */
function initialGains(topology: Topology, initial: InitialOptions): Float32Array {
  const gain = new Float32Array(topology.gainNames.length);
  const arriving = spikesPerMs(topology, initial);
  for (const { name, offset, size } of topology.populations) {
    const tauM = initial.tauMOf[name] ?? initial.tauMMs;
    const scale = (initial.thresholdMv * initial.cmNf) / tauM;
    const byReceptor = arriving.map((values, receptor) => {
      const driven = values.subarray(offset, offset + size).filter((v) => v > 0);
      if (driven.length === 0) return 0;
      const tauSyn = receptor === 0 ? initial.tauSynEMs : initial.tauSynIMs;
      const share = initial.excitation * (receptor === 0 ? 1 : initial.inhibition);
      return (share * scale) / (tauSyn * mean(driven));
    });
    setGains(topology, offset, size, byReceptor, gain);
  }
  return gain;
}

/** [2][N] synaptic spikes a ms that reach each cell by receptor, at the target rates. */
function spikesPerMs(topology: Topology, initial: InitialOptions): [Float64Array, Float64Array] {
  const arriving: [Float64Array, Float64Array] = [new Float64Array(topology.size), new Float64Array(topology.size)];
  const slices = [
    { name: topology.inputPopulation, offset: 0, size: topology.inputSize },
    ...topology.populations.map((p) => ({ ...p, offset: topology.inputSize + p.offset })),
  ];
  for (const { name, offset, size } of slices) {
    const rate = (initial.targetRateHz[name] ?? UNKNOWN_POPULATION_HZ) / 1000;
    for (let e = topology.rowPtr[offset]!; e < topology.rowPtr[offset + size]!; e++) {
      arriving[topology.receptor[e] as 0 | 1][topology.colIdx[e]!]! += topology.synCount[e]! * rate;
    }
  }
  return arriving;
}

function setGains(
  topology: Topology,
  offset: number,
  size: number,
  byReceptor: readonly number[],
  gain: Float32Array,
): void {
  topology.colIdx.forEach((cell, e) => {
    if (cell >= offset && cell < offset + size) gain[topology.gainIdx[e]!] = byReceptor[topology.receptor[e]!]!;
  });
}
