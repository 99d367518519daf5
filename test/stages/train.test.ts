import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { decodeModel } from '../../src/snn/network/model-file.ts';
import stage from '../../stages/train.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomPathway } from '../rig/random-model.ts';
import { runStage, type StageRun, type StageRunOptions } from '../rig/run-stage.ts';

const outputs = {
  model: 'model.safetensors',
  untrained: 'untrained.safetensors',
  metrics: 'metrics.jsonl',
  summary: 'metrics.json',
  checkpoints: 'checkpoints/',
  tensorboard: 'tensorboard/',
  wandb: 'wandb/',
  plot: 'training.svg',
};
const inputs = {
  pathway: encodePathway(randomPathway()),
  task: encodeOdourTask(plantedTask({ trials: { train: 4, validation: 2, test: 2 } })),
};
const params = {
  seed: 3,
  train: {
    epochs: 3,
    batch: 6,
    checkpointEvery: 2,
    dropOutputsOf: [],

    calibration: { trials: 4, rounds: 2 },
  },
};

function train(options: Partial<StageRunOptions> = {}): Promise<StageRun> {
  return runStage(stage, { params, inputs, outputs, ...options });
}

describe('stage train', () => {
  let whole: StageRun;
  before(async () => {
    whole = await train();
    await rm(whole.folder, { recursive: true });
  });

  it('writes every declared output, one metrics line an epoch and one for the test', () => {
    assert.equal(whole.error, undefined);
    assert.deepEqual(
      Object.keys(whole.files).map((name) => name.replace(/[0-9a-f]{8}/g, 'ID')),
      [
        'checkpoints/epoch-0002.safetensors',
        'checkpoints/epoch-0003.safetensors',
        'metrics.json',
        'metrics.jsonl',
        'model.safetensors',
        'tensorboard/events.out.tfevents.0.cc-snn',
        'training.svg',
        'untrained.safetensors',
        'wandb/offline-run-ID_000000-ID/run-ID.wandb',
      ],
    );
    const lines = new TextDecoder().decode(whole.files['metrics.jsonl']).trim().split('\n');
    assert.equal(lines.length, 4);
    assert.deepEqual(Object.keys(JSON.parse(lines[0]!).validation), [
      'KC',
      'MBON',
      'PN',
      'untrained KC',
      'untrained MBON',
      'untrained PN',
    ]);
    assert.match(whole.headlines![0]!.value, /%.*chance 25.0 %/);
  });

  it('writes a model that differs from the untrained one, and both read back', () => {
    const model = decodeModel(whole.files['model.safetensors']!);
    const untrained = decodeModel(whole.files['untrained.safetensors']!);
    assert.deepEqual(
      model.readouts.map((r) => r.population),
      ['MBON', 'PN', 'KC'],
    );
    assert.notDeepEqual(model.network.gainNa, untrained.network.gainNa);
    assert.deepEqual(model.network.topology, untrained.network.topology);
  });

  it('interrupted in the second epoch and run again, gives the same bytes as never stopped, whatever the threads', async () => {
    const first = await train({
      onProgress: (done, unit, abort) => (unit === 'steps' && done === 5 ? abort() : undefined),
    });
    assert.equal((first.error as Error).name, 'AbortError');
    assert.match(first.log.at(-1)!, /stopped after 5 of 9 steps/);
    const second = await train({ folder: first.folder, cpus: 2 });
    await rm(second.folder, { recursive: true });
    assert.match(second.log[0]!, /goes on after 5 of 9 steps/);
    assert.deepEqual(Object.keys(second.files), Object.keys(whole.files));
    for (const [name, bytes] of Object.entries(whole.files)) {
      assert.ok(Buffer.from(bytes).equals(second.files[name]!), `${name} differs`);
    }
  });

  it('says which parameter it does not know', async () => {
    const wrong = { ...params, train: { ...params.train, parameters: ['vTresh'] } };
    const { error, folder } = await train({ params: wrong });
    await rm(folder, { recursive: true });
    assert.match(String(error), /unknown parameter 'vTresh', did you mean 'vThresh'/);
  });
});
