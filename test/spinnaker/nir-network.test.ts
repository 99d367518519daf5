/** The NIR graph of a model: what it computes when it is stepped with input, and what norse, snnTorch and SpikingJelly make of it (CC_SNN_PEERS=1). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNir, type NirGraph } from '../../src/formats/hdf5/nir.ts';
import type { Model } from '../../src/snn/network/network.ts';
import { nirDialects, nirNetwork } from '../../src/spinnaker/project/nir-network.ts';
import { FloatSimulator } from '../../src/spinnaker/simulators/float-simulator.ts';
import type { InputSpikes } from '../../src/spinnaker/simulators/integer-simulator.ts';
import { type Raster, RasterBuilder } from '../../src/spinnaker/simulators/raster.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';
import { exportedHardProject, hardModel } from './hard-project.ts';
import { needPeer } from './peer-python.ts';

/** Steps a graph by Euler's rule as readers do, but every connection acts a step later, as when trained. */
function stepped(graph: NirGraph, model: Model, input: InputSpikes, stepS: number): Raster {
  const { populations, inputSize, size } = model.network.topology;
  const data = (node: string, name: string) => (graph.nodes[node]!.values[name] as { data: Float32Array }).data;
  const [current, v] = [new Float64Array(size), new Float64Array(size)];
  const steps = input.stepPtr.length - 1;
  const builder = new RasterBuilder(steps);
  let spikes: Record<string, Float64Array> = {};
  for (let t = 0; t < steps; t++) {
    const arriving = new Float64Array(size);
    for (const [from, name] of graph.edges.filter(([, to]) => to.includes('_to_'))) {
      const post = populations.find((p) => name === `${from === 'input' ? 'ORN' : from}_to_${p.name}`)!;
      const weight = data(name, 'weight');
      const pre = spikes[from] ?? new Float64Array(weight.length / post.size);
      const bias = graph.nodes[name]!.type === 'Affine' ? data(name, 'bias') : undefined;
      for (let i = 0; i < post.size; i++) {
        arriving[post.offset + i]! += bias?.[i] ?? 0;
        for (let j = 0; j < pre.length; j++) arriving[post.offset + i]! += weight[i * pre.length + j]! * pre[j]!;
      }
    }
    const heard = Float64Array.from({ length: inputSize }, () => 0);
    for (let k = input.stepPtr[t]!; k < input.stepPtr[t + 1]!; k++) heard[input.cell[k]!] = 1;
    const next: Record<string, Float64Array> = { input: heard };
    const fired: number[] = [];
    for (const { name, offset, size: cells } of populations) {
      const [tauMem, tauSyn, wIn, r] = (['tau_mem', 'tau_syn', 'w_in', 'r'] as const).map((key) => data(name, key));
      next[name] = new Float64Array(cells);
      for (let i = 0; i < cells; i++) {
        const at = offset + i;
        current[at]! += (stepS / tauSyn![i]!) * (wIn![i]! * arriving[at]! - current[at]!);
        v[at]! += (stepS / tauMem![i]!) * (r![i]! * current[at]! + data(name, 'v_leak')[i]! - v[at]!);
        if (v[at]! < data(name, 'v_threshold')[i]!) continue;
        v[at] = 0;
        next[name]![i] = 1;
        fired.push(at);
      }
    }
    builder.add(Int32Array.from(fired), fired.length);
    spikes = next;
  }
  return builder.build();
}

/** A model that NIR can hold exactly: no refractory time, one synaptic time constant, V at rest where it is reset, no offset current. */
function holdable(): Model {
  const model = randomModel({ refractorySteps: 0 });
  const { cells } = model.network;
  const iOffsetNa = cells.iOffsetNa.map(() => 0);
  return { ...model, network: { ...model.network, cells: { ...cells, iOffsetNa, tauSynIMs: cells.tauSynEMs } } };
}

describe('spinnaker/nir-network', () => {
  const model = randomModel();
  const graph = nirNetwork(model);

  it('has a cell node for each population and a dense weight for each pair, inhibition negative', () => {
    assert.equal(graph.nodes['KC']!.type, 'CubaLIF');
    const { data, shape } = graph.nodes['APL_to_KC']!.values['weight'] as { data: Float32Array; shape: number[] };
    assert.deepEqual(shape, [30, 1]);
    assert.ok(data.every((w) => w <= 0) && data.some((w) => w < 0));
    assert.ok(graph.edges.some(([a, b]) => a === 'input' && b === 'ORN_to_PN'));
    assert.match(graph.metadata['inhibitory_weights_scaled_in']!, /KC/);
  });

  for (const [name, dialect] of Object.entries(nirDialects)) {
    it(`fires, stepped with input, the trained network's spikes where it can hold it, in the dialect of ${name}`, () => {
      const given = holdable();
      const { cells } = given.network;
      const tauMMs = dialect.timeConstants === 'cell' ? cells.tauMMs : cells.tauMMs.map(() => 15);
      const tauSynEMs = dialect.timeConstants === 'cell' ? cells.tauSynEMs : cells.tauSynEMs.map(() => 5);
      const uniform = { ...cells, tauMMs, tauSynEMs, tauSynIMs: tauSynEMs };
      const exact: Model = { ...given, network: { ...given.network, cells: uniform } };
      const input = randomInput(exact.network.topology.inputSize, exact.steps, 0.15, 3);
      const expected = new FloatSimulator(exact.network).run(input).spikes;
      assert.ok(expected.cell.length > 300, `${expected.cell.length} spikes`);
      assert.deepEqual(stepped(nirNetwork(exact, dialect), exact, input, dialect.stepS), expected);
    });
  }

  it('says what its readers demand: w_in = tau_syn/dt, r = tau_mem/dt, no leak potential, one threshold', () => {
    for (const dialect of Object.values(nirDialects)) {
      for (const node of Object.values(nirNetwork(model, dialect).nodes).filter((n) => n.type === 'CubaLIF')) {
        const data = (name: string) => (node.values[name] as { data: Float32Array }).data;
        const close = (a: number, b: number) => Math.abs(a - b) < 1e-5 * b;
        assert.ok(data('w_in').every((w, i) => close(w, data('tau_syn')[i]! / dialect.stepS)));
        assert.ok(data('r').every((r, i) => close(r, data('tau_mem')[i]! / dialect.stepS)));
        assert.ok(data('v_leak').every((v) => v === 0) && data('v_threshold').every((v) => v === 1));
        if (dialect.timeConstants === 'population')
          assert.equal(new Set([...data('tau_mem'), data('tau_mem')[0]!]).size, 1);
      }
    }
  });

  it('keeps both kinds of connection of a pair of populations in its one weight', () => {
    const { topology, weightNa } = model.network;
    const mixed = { ...topology, receptor: topology.receptor.map((_, e) => e % 2) };
    const { nodes } = nirNetwork({ ...model, network: { ...model.network, topology: mixed } });
    const { data } = nodes['PN_to_KC']!.values['weight'] as { data: Float32Array };
    const [pn, kc] = ['PN', 'KC'].map((name) => topology.populations.find((p) => p.name === name)!);
    let edges = 0;
    for (let i = 0; i < pn!.size; i++) {
      const row = topology.inputSize + pn!.offset + i;
      for (let e = topology.rowPtr[row]!; e < topology.rowPtr[row + 1]!; e++) {
        if (!(topology.colIdx[e]! >= kc!.offset && topology.colIdx[e]! < kc!.offset + kc!.size)) continue;
        edges++;
        const weight = data[(topology.colIdx[e]! - kc!.offset) * pn!.size + i]!;
        assert.equal(Math.sign(weight), Math.sign(weightNa[e]!) * (e % 2 === 0 ? 1 : -1), `edge ${e}`);
      }
    }
    assert.ok(edges > 50);
    assert.equal(data.filter((w) => w !== 0).length, edges);
  });

  it('holds cells at their resting potential and offset current by the bias', () => {
    const given = holdable();
    const { cells, topology } = given.network;
    const offset = (nA: number): Model => ({
      ...given,
      network: { ...given.network, cells: { ...cells, iOffsetNa: cells.iOffsetNa.map(() => nA) } },
    });
    const silence = { stepPtr: new Int32Array(401), cell: new Int32Array(0) };
    // R·I against a threshold of 8 … 12 mV: R = tauM/cm is 48 … 72 MΩ
    assert.equal(stepped(nirNetwork(offset(0.09)), offset(0.09), silence, 1e-3).cell.length, 0);
    const driven = stepped(nirNetwork(offset(0.4)), offset(0.4), silence, 1e-3).cell;
    const expected = new FloatSimulator(offset(0.4).network).run(silence).spikes.cell;
    assert.ok(
      Math.abs(driven.length / expected.length - 1) < 0.1,
      `${driven.length} and ${expected.length} of ${topology.size} cells`,
    );
  });

  it('makes cells whose refractory time it cannot hold fire about as often as they did', () => {
    const input = randomInput(model.network.topology.inputSize, model.steps, 0.15, 3);
    const trained = new FloatSimulator(model.network).run(input).spikes.cell.length;
    const { cells } = model.network;
    const without = {
      ...model,
      network: { ...model.network, cells: { ...cells, refractorySteps: cells.refractorySteps.map(() => 0) } },
    };
    const found = stepped(graph, model, input, 1e-3).cell.length;
    const careless = stepped(nirNetwork(without), without, input, 1e-3).cell.length;
    assert.ok(
      Math.abs(found - trained) < Math.abs(careless - trained),
      `${found}, ${careless} without, ${trained} trained`,
    );
  });

  it('refuses an edge to a node that is not there', async () => {
    await assert.rejects(
      encodeNir({ nodes: {}, edges: [['a', 'b']], metadata: {} }),
      /names the node 'a', which is not there/,
    );
  });

  it('is read back by nir, and hears its input in norse', async function () {
    const python = needPeer(this, 'nir');
    this.timeout(1_200_000);
    const exported = await exportedHardProject();
    const [graphPath, project] = [join(exported.folder, 'network.nir'), join(exported.folder, 'outputs/pynn')];
    const hard = nirNetwork(hardModel);
    writeFileSync(graphPath, await encodeNir(hard));
    const text = execFileSync(python, ['test/spinnaker/nir-peer.py', 'norse', graphPath, project], {
      encoding: 'utf8',
    });
    await rm(exported.folder, { recursive: true });
    const read = JSON.parse(text) as { types: Record<string, string>; spikes: Record<string, number[]> };
    for (const [name, node] of Object.entries(hard.nodes)) assert.equal(read.types[name], node.type);
    for (const name of ['LN', 'PN', 'KC', 'MBON']) {
      const [none, few, all] = read.spikes[name]!;
      assert.ok(
        all! > few! && few! >= none!,
        `${name}: ${read.spikes[name]} spikes in trials without, with few and with all inputs`,
      );
    }
  });

  it("is accepted by snnTorch and SpikingJelly in their dialects, along a chain of populations, with norse's spikes", async function () {
    const pythons = {
      norse: needPeer(this, 'nir'),
      snntorch: needPeer(this, 'nirReaders'),
      spikingjelly: needPeer(this, 'nirReaders'),
    };
    this.timeout(1_200_000);
    const folder = mkdtempSync(join(tmpdir(), 'nir-'));
    const fired: Record<string, number> = {};
    for (const [name, python] of Object.entries(pythons)) {
      const path = join(folder, name);
      writeFileSync(path, await encodeNir(nirNetwork(model, nirDialects[name as keyof typeof nirDialects])));
      const chain = 'ORN_to_PN,PN,PN_to_KC,KC,KC_to_MBON,MBON';
      const text = execFileSync(python, ['test/spinnaker/nir-chain-peer.py', name, path, chain], { encoding: 'utf8' });
      fired[name] = Number(/SPIKES (\d+)/.exec(text)![1]);
    }
    rmSync(folder, { recursive: true });
    assert.ok(fired['norse']! > 20, JSON.stringify(fired));
    assert.equal(fired['snntorch'], fired['norse']);
    assert.ok(Math.abs(fired['spikingjelly']! / fired['norse']! - 1) < 0.3, JSON.stringify(fired));
  });
});
