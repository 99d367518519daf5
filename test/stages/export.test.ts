/** Stage export: files that stand on their own, and the same spikes from them as from the model. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import { decodeBoardNetwork } from '../../src/spinnaker/project/network-data.ts';
import { decodeSpikes, decodeTrials } from '../../src/spinnaker/project/trial-data.ts';
import { IntegerSimulator } from '../../src/spinnaker/simulators/integer-simulator.ts';
import stage from '../../stages/export.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel } from '../rig/random-model.ts';
import { runStage, type StageRun } from '../rig/run-stage.ts';

const outputs = { project: 'pynn/', nir: 'network.nir', report: 'report.json' };
const model = randomModel();
const task = plantedTask({ trials: { train: 1, validation: 2, test: 2 } });

function exported(
  params: unknown = {},
  inputs = { model: encodeModel(model), task: encodeOdourTask(task) },
): Promise<StageRun> {
  return runStage(stage, { params: { export: params }, inputs, outputs });
}

describe('stage export', () => {
  let run: StageRun;
  before(async () => {
    run = await exported({ trials: 3, calibrationTrials: 4 });
    await rm(run.folder, { recursive: true });
  });

  it('writes the whole project, the NIR graph and a report', () => {
    assert.equal(run.error, undefined);
    assert.deepEqual(Object.keys(run.files).sort(), [
      'network.nir',
      'pynn/README.md',
      'pynn/expected.safetensors',
      'pynn/inputs.safetensors',
      'pynn/network.safetensors',
      'pynn/provenance.json',
      'pynn/requirements-brian2.txt',
      'pynn/requirements-nest.txt',
      'pynn/requirements-spiNNaker.txt',
      'pynn/run.py',
      'pynn/spynnaker.cfg',
      'pynn/virtual.py',
      'report.json',
    ]);
    assert.match(
      Buffer.from(run.files['pynn/spynnaker.cfg']!).toString(),
      /machineName = 192\.168\.240\.9\nversion = 3/,
    );
    assert.deepEqual(
      [...run.files['network.nir']!.subarray(0, 8)],
      [...Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)],
    );
  });

  it('holds a network that fires the predicted spikes, simulated from the files alone', () => {
    const { board, head } = decodeBoardNetwork(run.files['pynn/network.safetensors']!);
    const inputs = decodeSpikes(run.files['pynn/inputs.safetensors']!, head.steps);
    const expected = decodeSpikes(run.files['pynn/expected.safetensors']!, head.steps, 'spiNNaker');
    assert.equal(inputs.length, 3);
    assert.equal(decodeTrials(run.files['pynn/inputs.safetensors']!).length, 3);
    const simulator = new IntegerSimulator(board);
    let spikes = 0;
    inputs.forEach((input, k) => {
      assert.deepEqual(simulator.run(input).spikes, expected[k]);
      spikes += expected[k]!.cell.length;
    });
    assert.ok(spikes > 100, `${spikes} spikes`);
  });

  it('makes the same bytes again', async () => {
    const again = await exported({ trials: 3, calibrationTrials: 4 });
    await rm(again.folder, { recursive: true });
    for (const [name, bytes] of Object.entries(run.files)) assert.deepEqual(again.files[name], bytes, name);
  });

  it('refuses a model whose transmitters have time constants that IF_curr_exp cannot hold', async () => {
    const tauSynMs = {
      PN: [
        { transmitter: 'GABA', receptor: 'inhibitory', tauSynMs: 8 },
        { transmitter: 'GLUT', receptor: 'inhibitory', tauSynMs: 20 },
      ],
    };
    const bad = encodeModel({ ...model, provenance: { tauSynMs } });
    const refused = await exported({}, { model: bad, task: encodeOdourTask(task) });
    await rm(refused.folder, { recursive: true });
    assert.match(String(refused.error), /PN has two inhibitory time constants, GABA 8 ms and GLUT 20 ms/);
  });
});
