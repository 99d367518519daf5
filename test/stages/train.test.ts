import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, digestOfJson } from '../../src/base/digest.ts';
import { withDefaults } from '../../src/base/schema.ts';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { decodeModel } from '../../src/snn/network/model-file.ts';
import { paramsSchema } from '../../stages/train/params.ts';
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
      Object.keys(whole.files).map((name) => name.replace(/[0-9a-f]{16}/g, 'ID')),
      [
        'checkpoints/epoch-0002.safetensors',
        'checkpoints/epoch-0003.safetensors',
        'metrics.json',
        'metrics.jsonl',
        'model.safetensors',
        'tensorboard/events.out.tfevents.0.cc-snn',
        'training.svg',
        'untrained.safetensors',
        'wandb/offline-run-19700101_000000-ID/run-ID.wandb',
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
    assert.match(whole.headlines![0]!.value, /^[\d.]+ % validation, [\d.]+ % test \(chance 25.0 %\)$/);
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

  it('keeps what it needs to go on after each epoch: ended by no signal, the next run begins at the last epoch', async () => {
    // What a kill leaves is what lies in scratch at that moment: taken here in the third epoch, before any word of a stop.
    let kept: Uint8Array | undefined;
    const folder = await mkdtemp(join(tmpdir(), 'cc-snn-kill-'));
    await train({
      folder,
      onProgress: (done, unit) => {
        if (unit === 'steps' && done === 8) kept = readFileSync(join(folder, 'scratch/checkpoint.safetensors'));
      },
    });
    writeFileSync(join(folder, 'scratch/checkpoint.safetensors'), kept!);
    const second = await train({ folder });
    await rm(folder, { recursive: true });
    assert.match(second.log[0]!, /goes on after 6 of 9 steps/);
    assert.deepEqual(second.files['model.safetensors'], whole.files['model.safetensors']);
  });

  it('ends well though its scratch folder can no longer be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cc-snn-full-'));
    const run = await train({
      folder,
      onProgress: (done, unit) => {
        if (unit !== 'steps' || done !== 2) return;
        rmSync(join(folder, 'scratch'), { recursive: true });
        writeFileSync(join(folder, 'scratch'), 'a file where the folder was');
      },
    });
    await rm(folder, { recursive: true });
    assert.equal(run.error, undefined);
    assert.ok(run.log.some((line) => /could not be kept/.test(line)));
    assert.deepEqual(run.files['model.safetensors'], whole.files['model.safetensors']);
  });

  it('lets its logs be watched while it trains: each step with rate, loss and time, in a folder that is not hashed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cc-snn-live-'));
    const seen: string[][] = [];
    const sizes: number[] = [];
    await train({
      folder,
      onProgress: (done, unit) => {
        if (unit !== 'steps') return;
        seen.push(readFileSync(join(folder, 'live/metrics.jsonl'), 'utf8').trim().split('\n'));
        sizes.push(readFileSync(join(folder, 'live/tensorboard/events.out.tfevents.live.cc-snn')).length);
        assert.equal(seen.at(-1)!.filter((line) => line.includes('"kind":"step"')).length, done);
      },
    });
    const wandb = readdirSync(join(folder, 'live/wandb'));
    await rm(folder, { recursive: true });
    assert.ok(sizes.every((size, i) => i === 0 || size > sizes[i - 1]!));
    const last = seen.at(-1)!.map((line) => JSON.parse(line));
    assert.deepEqual(
      last.filter(({ kind }) => kind === 'epoch').map(({ epoch }) => epoch),
      [1, 2, 3],
    );
    const steps = last.filter(({ kind }) => kind === 'step');
    assert.ok(
      steps.every(({ time, samplesPerSecond }) => Date.now() - Date.parse(time) < 600_000 && samplesPerSecond > 0),
    );
    assert.equal(steps[0].learningRate, 0.015);
    assert.ok(steps[8].learningRate < steps[1].learningRate);
    assert.equal(wandb.length, 1);
    assert.match(wandb[0]!, /^offline-run-20\d{6}_\d{6}-0123456789abcdef$/);
  });

  it('is another run for W&B when its key is another, whatever its own parameters', async () => {
    const other = await train({ key: 'f'.repeat(64) });
    await rm(other.folder, { recursive: true });
    const path = `wandb/offline-run-19700101_000000-${'f'.repeat(16)}/run-${'f'.repeat(16)}.wandb`;
    assert.ok(path in other.files);
    const same = Object.keys(whole.files).filter((name) => !name.startsWith('wandb/'));
    for (const name of same) assert.deepEqual(other.files[name], whole.files[name], name);
  });

  it('goes on for more epochs from the checkpoint of a finished training, and refuses one of another', async () => {
    const checkpoint = whole.files['checkpoints/epoch-0003.safetensors']!;
    const longer = { ...params, train: { ...params.train, epochs: 5 } };
    const run = await train({ params: longer, inputs: { ...inputs, checkpoint } });
    await rm(run.folder, { recursive: true });
    assert.equal(run.error, undefined);
    assert.match(run.log[0]!, /goes on from a checkpoint after 9 of 15 steps/);
    const lines = new TextDecoder().decode(run.files['metrics.jsonl']).trim().split('\n');
    assert.equal(lines.length, 6);
    assert.deepEqual(
      JSON.parse(lines[2]!),
      JSON.parse(new TextDecoder().decode(whole.files['metrics.jsonl']).split('\n')[2]!),
    );
    for (const [changed, words] of [
      [{ ...longer, seed: 4 }, /another|other data or settings than train.epochs/],
      [params, /has 3 epochs already, train.epochs is 3/],
    ] as const) {
      const wrong = await train({ params: changed, inputs: { ...inputs, checkpoint } });
      await rm(wrong.folder, { recursive: true });
      assert.match(String(wrong.error), words);
    }
  });

  it('warns of a training that learnt nothing, of silent populations, and of one step an epoch', async () => {
    const wild = { ...params, train: { ...params.train, learningRate: 1e9, readoutLearningRate: 1e9, batch: 1000 } };
    const run = await train({ params: wild });
    await rm(run.folder, { recursive: true });
    const told = run.warnings.join('\n');
    assert.match(told, /what guessing gives \(chance 25.0 %/);
    assert.match(told, /train.batch 1000 holds all 16 trials of an epoch/);
    assert.ok(!whole.warnings.some((line) => /holds all/.test(line)), whole.warnings.join('\n'));
  });

  it('names data, rules, seed, settings and version in the model', async () => {
    const { provenance } = decodeModel(whole.files['model.safetensors']!);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(provenance['version'], version);
    assert.equal(provenance['seed'], 3);
    assert.deepEqual(Object.keys(provenance).sort(), [
      ...['backend', 'data', 'inputs', 'metrics', 'odours', 'pathway', 'seed', 'train', 'trialSeed', 'version'],
    ]);
    const { log: _, ...settings } = withDefaults(paramsSchema, params).train;
    const { seed } = plantedTask();
    assert.deepEqual(
      provenance['train'],
      { ...settings, seed: 3, calibration: { ...settings.calibration, seed } },
      'what is left to its default is told too',
    );
    assert.deepEqual(provenance['inputs'], { pathway: digestOf(inputs.pathway), task: digestOf(inputs.task) });
    const data = [{ name: 'connections.csv.gz', sha256: 'ab', synthetic: true, about: '', licence: '', cite: '' }];
    const pathway = encodePathway({ ...randomPathway(), provenance: { data } });
    const run = await train({ inputs: { ...inputs, pathway } });
    await rm(run.folder, { recursive: true });
    assert.deepEqual(decodeModel(run.files['model.safetensors']!).provenance['data'], data);
  });

  it('draws the order of trials by train.seed and the start by train.calibration.seed, each apart from the other', async () => {
    const modelsOf = async (train_: object, seed = 3) => {
      const { calibration } = params.train;
      const { calibrationSeed = null, ...others } = train_ as { calibrationSeed?: number };
      const given = { ...params.train, epochs: 1, ...others, calibration: { ...calibration, seed: calibrationSeed } };
      const run = await train({ params: { seed, train: given } });
      await rm(run.folder, { recursive: true });
      const networkOf = (name: string) => {
        const { network } = decodeModel(run.files[name]!);
        return digestOfJson([...network.cells.vThreshMv, ...network.weightNa]);
      };
      return { start: networkOf('untrained.safetensors'), trained: networkOf('model.safetensors') };
    };
    const usual = await modelsOf({});
    assert.deepEqual(await modelsOf({ seed: 3 }, 9), usual, 'train.seed comes before the seed of all');
    const ordered = await modelsOf({ seed: 9 });
    assert.equal(ordered.start, usual.start);
    assert.notEqual(ordered.trained, usual.trained);
    assert.notEqual((await modelsOf({ calibrationSeed: 9 })).start, usual.start);
  });

  it('names every split that has no trial', async () => {
    const none = encodeOdourTask(plantedTask({ trials: { train: 4, validation: 0, test: 0 } }));
    const refused = await train({ inputs: { ...inputs, task: none } });
    await rm(refused.folder, { recursive: true });
    assert.match(
      String(refused.error),
      /train: the task has no trials of: validation, test\n {2}set odours\.trials\.validation and odours\.trials\.test to 1/,
    );
  });

  it('says which parameter it does not know', async () => {
    const wrong = { ...params, train: { ...params.train, parameters: ['vTresh'] } };
    const { error, folder } = await train({ params: wrong });
    await rm(folder, { recursive: true });
    assert.match(String(error), /unknown parameter 'vTresh', did you mean 'vThresh'/);
  });
});
