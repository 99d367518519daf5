/**
 * Trained network → a NIR graph in the convention of those who step such graphs (norse 1.1, snnTorch 1.0, SpikingJelly 2.0), where a spike is 1 for
 * one step of Euler's rule. Knows no file format.
 *   population   CubaLIF: w_in = tau_syn/dt (a spike of weight w raises the current by w), r = tau_mem/dt, v_leak = 0, v_threshold = 1
 *   projection   Linear, dense [post, pre], negative where inhibitory; a population's first is an Affine, whose bias holds rest and offset current
 * so that a step is  i = b·i + w·s + bias,  V = a·V + i,  V ≥ 1 → spike, V = 0, with a = e^(−dt/tauM) and b = e^(−dt/tauSynE): time constants are
 * dt/(1 − a) and dt/(1 − b), which Euler's rule makes exact. V is in units of what lies between reset and threshold. A CubaLIF has one tau_syn:
 * inhibitory weights are scaled to the same charge. It has no refractory time: the reset lies below the trained one, so far that a cell driven to
 * `refractoryDrive` times its threshold fires as often as with it. Not in NIR, hence in the metadata: dt, delays, initial V, the readout, what was
 * trained. For exchange, not spike-exact. Pinned by test/spinnaker/nir-network.test.ts.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { NirGraph, NirNode } from '../../formats/hdf5/nir.ts';
import type { Model, PopulationSlice, SpikingNetwork } from '../../snn/network/network.ts';
import { cellStepConstants } from '../../snn/network/step-constants.ts';
import { type ProjectionEdges, projectionsOf } from '../quantise/projections.ts';

/** Drive over threshold at which a cell without refractory time fires as often as the trained one. Free parameter, docs/spinnaker.md. */
const refractoryDrive = 3;

/** What a reader takes besides: its name, the step it assumes, and whether cells of one node may differ in time constants. */
export interface NirDialect {
  readonly stepS: number;
  readonly timeConstants: 'cell' | 'population';
}

/** snnTorch's step is fixed at 0.1 ms: times are said such that this is one of ours; SpikingJelly wants one time constant a node. */
export const nirDialects: Readonly<Record<'norse' | 'snntorch' | 'spikingjelly', NirDialect>> = {
  norse: { stepS: 1e-3, timeConstants: 'cell' },
  snntorch: { stepS: 1e-4, timeConstants: 'cell' },
  spikingjelly: { stepS: 1e-3, timeConstants: 'population' },
};

/** [N] each: what the graph says of the cells. */
interface NirCells {
  /** Decay of V and of the current in a step. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Factor on weights, nA → units of V, by receptor. */
  readonly excitatory: Float64Array;
  readonly inhibitory: Float64Array;
  /** Current a step that holds V at rest. */
  readonly bias: Float64Array;
}

/** Means by population where the dialect wants one time constant a node. */
function timeConstants(
  values: Float32Array,
  populations: readonly PopulationSlice[],
  dialect: NirDialect,
): Float64Array {
  const out = Float64Array.from(values);
  if (dialect.timeConstants === 'cell') return out;
  for (const { offset, size } of populations) {
    const mean = values.subarray(offset, offset + size).reduce((sum, x) => sum + x, 0) / size;
    out.fill(mean, offset, offset + size);
  }
  return out;
}

function nirCells(network: SpikingNetwork, dialect: NirDialect): NirCells {
  const { cells, topology, dtMs } = network;
  const tauM = timeConstants(cells.tauMMs, topology.populations, dialect);
  const tauSynE = timeConstants(cells.tauSynEMs, topology.populations, dialect);
  const names = ['a', 'b', 'excitatory', 'inhibitory', 'bias'] as const;
  const out = Object.fromEntries(names.map((name) => [name, new Float64Array(topology.size)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  for (let i = 0; i < topology.size; i++) {
    const [vRestMv, cmNf, iOffsetNa] = [cells.vRestMv[i]!, cells.cmNf[i]!, cells.iOffsetNa[i]!];
    // the same steady V for a steady current, whatever the time constant: R is the trained cell's
    const resistance = cells.tauMMs[i]! / cmNf;
    const cell = {
      tauMMs: tauM[i]!,
      cmNf: tauM[i]! / resistance,
      vRestMv,
      iOffsetNa,
      tauSynEMs: tauSynE[i]!,
      tauSynIMs: cells.tauSynIMs[i]!,
    };
    const { a, bE, bI, kE, kI } = cellStepConstants(cell, dtMs);
    const aboveRest = cells.vThreshMv[i]! - vRestMv;
    const below = refractoryDrive * aboveRest * (1 / a ** cells.refractorySteps[i]! - 1);
    const resetMv = cells.vResetMv[i]! - below;
    const unitMv = cells.vThreshMv[i]! - resetMv;
    out.a[i] = a;
    out.b[i] = bE;
    out.excitatory[i] = kE / unitMv;
    out.inhibitory[i] = (-kI * (1 - bE)) / (1 - bI) / unitMv;
    out.bias[i] = ((1 - a) * (1 - bE) * (vRestMv + resistance * iOffsetNa - resetMv)) / unitMv;
  }
  return out;
}

function linear(
  projection: ProjectionEdges,
  { topology, weightNa }: SpikingNetwork,
  cells: NirCells,
  [preSize, postSize]: readonly [number, number],
): NirNode {
  const data = new Float32Array(preSize * postSize);
  const factor = projection.receptor === 'excitatory' ? cells.excitatory : cells.inhibitory;
  projection.edge.forEach((e, n) => {
    data[projection.postCell[n]! * preSize + projection.preCell[n]!]! += weightNa[e]! * factor[topology.colIdx[e]!]!;
  });
  return { type: 'Linear', values: { weight: { data, shape: [postSize, preSize] } } };
}

function cubaLif(cells: NirCells, slice: PopulationSlice, stepS: number): NirNode {
  const vector = (value: (i: number) => number) => ({
    data: Float32Array.from({ length: slice.size }, (_, i) => value(slice.offset + i)),
    shape: [slice.size],
  });
  return {
    type: 'CubaLIF',
    values: {
      tau_mem: vector((i) => stepS / (1 - cells.a[i]!)),
      tau_syn: vector((i) => stepS / (1 - cells.b[i]!)),
      w_in: vector((i) => 1 / (1 - cells.b[i]!)),
      r: vector((i) => 1 / (1 - cells.a[i]!)),
      v_leak: vector(() => 0),
      v_threshold: vector(() => 1),
    },
  };
}

/** What NIR has no place for. */
function metadataOf(model: Model, dialect: NirDialect): Record<string, string> {
  const { network } = model;
  const { cells, topology } = network;
  const slice = (values: ArrayLike<number>, p: PopulationSlice) =>
    Array.prototype.slice.call(values, p.offset, p.offset + p.size) as number[];
  const byPopulation = (values: ArrayLike<number>) =>
    canonicalJson(Object.fromEntries(topology.populations.map((p) => [p.name, slice(values, p)])));
  const approximate = topology.populations.filter((p) => {
    const inhibitory = slice(cells.tauSynIMs, p);
    return slice(cells.tauSynEMs, p).some((tau, i) => tau !== inhibitory[i]);
  });
  return {
    about:
      'cc-snn: IF_curr_exp cells for readers in which a spike is 1 for one step of Euler’s rule; V in units between reset and threshold; begin with some 50 steps without input, for V starts at reset',
    step_s: `${dialect.stepS}`,
    dt_ms: `${network.dtMs}`,
    delay_steps: '1 for every connection when trained',
    refractory_steps: byPopulation(cells.refractorySteps),
    refractory_as: `a lower reset, right for cells driven to ${refractoryDrive} times their threshold`,
    time_constants: dialect.timeConstants,
    v_reset_mv: byPopulation(cells.vResetMv),
    v_rest_mv: byPopulation(cells.vRestMv),
    v_thresh_mv: byPopulation(cells.vThreshMv),
    tau_m_ms: byPopulation(cells.tauMMs),
    i_offset_na: byPopulation(cells.iOffsetNa),
    tau_syn_excitatory_ms: byPopulation(cells.tauSynEMs),
    tau_syn_inhibitory_ms: byPopulation(cells.tauSynIMs),
    inhibitory_weights_scaled_in: canonicalJson(approximate.map((p) => p.name)),
    readout: canonicalJson(model.readouts.map(({ population, classes }) => ({ population, classes }))),
    provenance: canonicalJson(model.provenance),
  };
}

/** Merges the excitatory and inhibitory connections of one pair of populations. */
function addInto(sum: NirNode | undefined, part: NirNode): NirNode {
  if (sum === undefined) return part;
  const [a, b] = [sum.values['weight'], part.values['weight']] as { readonly data: Float32Array; shape: number[] }[];
  for (let i = 0; i < a!.data.length; i++) a!.data[i]! += b!.data[i]!;
  return sum;
}

/** Gives the first node into a population the bias of its cells; one from the input, without weights, where there is none. */
function addBias(
  nodes: Record<string, NirNode>,
  edges: [string, string][],
  slice: PopulationSlice,
  bias: Float64Array,
  inputSize: number,
): void {
  const values = {
    data: Float32Array.from(bias.subarray(slice.offset, slice.offset + slice.size)),
    shape: [slice.size],
  };
  let name = edges.find(([, to]) => to === slice.name)?.[0];
  if (name === undefined) {
    name = `input_to_${slice.name}`;
    nodes[name] = {
      type: 'Linear',
      values: { weight: { data: new Float32Array(slice.size * inputSize), shape: [slice.size, inputSize] } },
    };
    edges.push(['input', name], [name, slice.name]);
  }
  nodes[name] = { type: 'Affine', values: { ...nodes[name]!.values, bias: values } };
}

/** The graph of a model; its output is the population of the main readout. cost: memory for dense weights. */
export function nirNetwork(model: Model, dialect: NirDialect = nirDialects.norse): NirGraph {
  const { network } = model;
  const { topology } = network;
  const sizes = new Map([
    [topology.inputPopulation, topology.inputSize],
    ...topology.populations.map((p) => [p.name, p.size] as const),
  ]);
  const readout = model.readouts[0];
  if (readout === undefined) throw new RangeError('NIR: the model has no readout, hence no output');
  const cells = nirCells(network, dialect);
  const nodes: Record<string, NirNode> = { input: { type: 'Input', values: { shape: [topology.inputSize] } } };
  const edges: [string, string][] = [];
  for (const slice of topology.populations) nodes[slice.name] = cubaLif(cells, slice, dialect.stepS);
  for (const projection of projectionsOf(topology)) {
    const { pre, post } = projection;
    const name = `${pre}_to_${post}`;
    if (!(name in nodes)) edges.push([pre === topology.inputPopulation ? 'input' : pre, name], [name, post]);
    nodes[name] = addInto(nodes[name], linear(projection, network, cells, [sizes.get(pre)!, sizes.get(post)!]));
  }
  for (const slice of topology.populations) addBias(nodes, edges, slice, cells.bias, topology.inputSize);
  nodes['output'] = { type: 'Output', values: { shape: [sizes.get(readout.population)!] } };
  edges.push([readout.population, 'output']);
  return { nodes, edges, metadata: metadataOf(model, dialect) };
}
