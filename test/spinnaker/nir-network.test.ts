/** The NIR graph of a model: its cells and weights, the same bytes each time, and what nir and norse read (CC_SNN_PEERS=1). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNir } from '../../src/formats/hdf5/nir.ts';
import { nirNetwork } from '../../src/spinnaker/project/nir-network.ts';
import { randomModel } from '../rig/random-model.ts';
import { needPeer } from './peer-python.ts';

const readBack = `
import json, sys, nir
graph = nir.read(sys.argv[1])
weight = lambda name: graph.nodes[name].weight
import warnings; warnings.simplefilter('ignore')
import logging; logging.disable(logging.WARNING)
import torch, norse
# what norse returns is the node that its executor traces last, not the graph's output: every node's spikes are in the state
module, state, spikes = norse.torch.from_nir(graph, dt=0.001), None, {}
for step in range(60):
  _, state = module(torch.ones(1, 24), state)
  for name in ('LN', 'PN', 'KC', 'APL', 'MBON'):
    spikes.setdefault(name, []).append(state.cache[name][0])
print(json.dumps({
  'types': {name: type(node).__name__ for name, node in graph.nodes.items()},
  'shape': weight('PN_to_KC').shape, 'sum': float(weight('PN_to_KC').sum()),
  'threshold': graph.nodes['PN'].v_threshold.tolist(),
  'metadata': {name: value.decode() if isinstance(value, bytes) else value for name, value in graph.metadata.items()},
  'cells': {name: len(steps[0]) for name, steps in spikes.items()},
  'fired': {name: float(sum(steps).sum()) for name, steps in spikes.items()},
}))
`;

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

  it('refuses an edge to a node that is not there', async () => {
    await assert.rejects(
      encodeNir({ nodes: {}, edges: [['a', 'b']], metadata: {} }),
      /names the node 'a', which is not there/,
    );
  });

  it('is read back by nir, and run by norse', async function () {
    const python = needPeer(this, 'nir');
    this.timeout(1_200_000);
    const folder = mkdtempSync(join(tmpdir(), 'nir-'));
    writeFileSync(join(folder, 'network.nir'), await encodeNir(graph));
    const text = execFileSync(python, ['-c', readBack, join(folder, 'network.nir')], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const read = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual(
      read['types'],
      Object.fromEntries(Object.entries(graph.nodes).map(([name, node]) => [name, node.type])),
    );
    assert.deepEqual(read['shape'], [30, 12]);
    const weight = graph.nodes['PN_to_KC']!.values['weight'] as { data: Float32Array };
    assert.ok(Math.abs((read['sum'] as number) - weight.data.reduce((a, b) => a + b, 0)) < 1e-4);
    assert.deepEqual(read['threshold'], [...(graph.nodes['PN']!.values['v_threshold'] as { data: Float32Array }).data]);
    assert.deepEqual(read['metadata'], graph.metadata);
    assert.deepEqual(read['cells'], { LN: 8, PN: 12, KC: 30, APL: 1, MBON: 4 });
    const fired = read['fired'] as Record<string, number>;
    for (const name of ['LN', 'PN', 'KC', 'APL', 'MBON']) assert.ok(fired[name]! > 0, `${name} is silent in norse`);
  });
});
