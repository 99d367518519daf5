/**
 * Trained network → a NIR graph. Knows no file format. NIR's cells are differential equations with spikes as Dirac pulses:
 *   population   CubaLIF: tau_mem = tauM, tau_syn = w_in = tauSynE (a pulse of weight w raises the current by w nA), r = tauM/cm
 *   projection   Linear, dense [post, pre], nA, negative where inhibitory
 * Times in seconds, V in mV, currents in nA. i_offset is in v_leak (v_rest + r·i_offset, the same equation). A CubaLIF has one tau_syn: where
 * tauSynI differs, inhibitory weights are × tauSynI/tauSynE (the same charge), and the metadata says so. Not in NIR, hence in its metadata: dt,
 * delays, refractory times, reset voltage (readers of 1.0.4 refuse it), tauSynI, initial V, the readout. For exchange, not spike-exact.
 * Pinned by test/spinnaker/nir-network.test.ts.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { NirGraph, NirNode } from '../../formats/hdf5/nir.ts';
import type { CellParameters, Model, PopulationSlice, SpikingNetwork } from '../../snn/network/network.ts';
import { type ProjectionEdges, projectionsOf } from '../quantise/projections.ts';

/** nA of an edge in the graph. */
function pulseOf(network: SpikingNetwork, e: number): number {
  const { cells, topology, weightNa } = network;
  if (topology.receptor[e] === 0) return weightNa[e]!;
  const post = topology.colIdx[e]!;
  return (-weightNa[e]! * cells.tauSynIMs[post]!) / cells.tauSynEMs[post]!;
}

function linear(projection: ProjectionEdges, network: SpikingNetwork, preSize: number, postSize: number): NirNode {
  const data = new Float32Array(preSize * postSize);
  projection.edge.forEach((e, n) => {
    data[projection.postCell[n]! * preSize + projection.preCell[n]!] = pulseOf(network, e);
  });
  return { type: 'Linear', values: { weight: { data, shape: [postSize, preSize] } } };
}

function cubaLif(cells: CellParameters, slice: PopulationSlice): NirNode {
  const vector = (value: (i: number) => number) => ({
    data: Float32Array.from({ length: slice.size }, (_, i) => value(slice.offset + i)),
    shape: [slice.size],
  });
  const resistance = (i: number) => cells.tauMMs[i]! / cells.cmNf[i]!;
  const tauSyn = vector((i) => cells.tauSynEMs[i]! / 1000);
  return {
    type: 'CubaLIF',
    values: {
      tau_mem: vector((i) => cells.tauMMs[i]! / 1000),
      tau_syn: tauSyn,
      w_in: tauSyn,
      r: vector(resistance),
      v_leak: vector((i) => cells.vRestMv[i]! + resistance(i) * cells.iOffsetNa[i]!),
      v_threshold: vector((i) => cells.vThreshMv[i]!),
    },
  };
}

/** What NIR has no place for. */
function metadataOf(model: Model): Record<string, string> {
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
    about: 'cc-snn: PyNN IF_curr_exp cells; times in s, V in mV, currents in nA; spikes are Dirac pulses',
    dt_ms: `${network.dtMs}`,
    delay_steps: '1 for every connection',
    refractory_steps: byPopulation(cells.refractorySteps),
    v_reset_mv: byPopulation(cells.vResetMv),
    v_rest_mv: byPopulation(cells.vRestMv),
    v_init: 'v_rest',
    i_offset_na: byPopulation(cells.iOffsetNa),
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

/** The graph of a model; its output is the population of the main readout. cost: memory for dense weights. */
export function nirNetwork(model: Model): NirGraph {
  const { network } = model;
  const { topology } = network;
  const sizes = new Map([
    [topology.inputPopulation, topology.inputSize],
    ...topology.populations.map((p) => [p.name, p.size] as const),
  ]);
  const readout = model.readouts[0];
  if (readout === undefined) throw new RangeError('NIR: the model has no readout, hence no output');
  const nodes: Record<string, NirNode> = { input: { type: 'Input', values: { shape: [topology.inputSize] } } };
  const edges: [string, string][] = [];
  for (const slice of topology.populations) nodes[slice.name] = cubaLif(network.cells, slice);
  for (const projection of projectionsOf(topology)) {
    const { pre, post } = projection;
    const name = `${pre}_to_${post}`;
    if (!(name in nodes)) edges.push([pre === topology.inputPopulation ? 'input' : pre, name], [name, post]);
    nodes[name] = addInto(nodes[name], linear(projection, network, sizes.get(pre)!, sizes.get(post)!));
  }
  nodes['output'] = { type: 'Output', values: { shape: [sizes.get(readout.population)!] } };
  edges.push([readout.population, 'output']);
  return { nodes, edges, metadata: metadataOf(model) };
}
