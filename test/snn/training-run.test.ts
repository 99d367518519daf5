import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { score } from '../../src/analysis/evaluation/readout-accuracy.ts';
import { trialsOf } from '../../src/odour/draw-trial.ts';
import type { OdourTask } from '../../src/odour/odour-task.ts';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { kernelTaskOf, kernelTrialsOf } from '../../src/snn/network/kernel-task.ts';
import { decodeModel, encodeModel } from '../../src/snn/network/model-file.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../../src/snn/network/simulate.ts';
import { parameterSpecs } from '../../src/snn/parameters/parameter-spec.ts';
import { readoutLogits } from '../../src/snn/readout/readout.ts';
import { prepareTraining } from '../../src/snn/training/prepare-training.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';
import { TrainingRun } from '../../src/snn/training/training-run.ts';
import type { TrainingSettings } from '../../src/snn/training/training-settings.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomPathway } from '../rig/random-model.ts';
import { defaultSettings, defaultStart } from '../rig/training-settings.ts';

const sizes = { ORN: 24, LN: 6, PN: 10, KC: 40, APL: 1, MBON: 8 };
const pathway = randomPathway({ sizes });
const planted = plantedTask({ odours: 3, steps: 60, trials: { train: 16, validation: 12, test: 12 } });
const quick: TrainingSettings = {
  ...defaultSettings,
  epochs: 5,
  batch: 12,
  learningRate: 0.05,
  readoutLearningRate: 0.05,
  bands: [],
  otherReadouts: [],
  jumpBound: 1,
  seed: 1,
};

function openRun(task: OdourTask, settings: Partial<TrainingSettings> = {}, threads = 1): TrainingRun {
  const start = {
    ...defaultStart,
    initial: { ...defaultStart.initial, targetRateHz: { ORN: 50, LN: 30, PN: 60, KC: 30, APL: 60, MBON: 40 } },
    dropOutputsOf: [],
    calibrationTrials: 12,
    calibrationRounds: 10,
  };
  const all = { ...quick, ...settings };
  const prepared = prepareTraining(pathway, task, start, (n) => openKernel('wasm', n, { threads }), {
    jumpBound: all.jumpBound,
  });
  return new TrainingRun({ ...prepared, task, settings: all });
}

/** The same odours for the network, but labels that tell nothing: every class fires the same cells. */
function withoutInformation(task: OdourTask): OdourTask {
  const { inputSize } = task;
  const onProbability = task.onProbability.map((_, at) => task.onProbability[at % inputSize]!);
  return { ...task, onProbability };
}

describe('training run', () => {
  before(() => openBackend('wasm'));

  it('solves a planted task through the network, better than the untrained network with the same readout', async () => {
    const run = openRun(planted, { epochs: 16, learningRate: 0.05 });
    await run.run();
    const { test } = run.test();
    assert.ok(test['MBON']!.accuracy > 2 / 3, `accuracy ${test['MBON']!.accuracy}`);
    assert.ok(test['MBON']!.accuracy > test['untrained MBON']!.accuracy);
    assert.ok(run.history[15]!.train.loss < run.history[0]!.train.loss);
    run.dispose();
  });

  it('stays at chance where odours differ in their labels alone', async () => {
    const run = openRun(withoutInformation(planted), { baseline: false });
    await run.run();
    // 36 trials, chance 1/3: above 22 right with probability 0.3 %
    assert.ok(run.test().test['MBON']!.accuracy <= 22 / 36);
    run.dispose();
  });

  it('leaves the network at its start as the prior grows', async () => {
    const moved: number[] = [];
    for (const strength of [0, 1, 1e6]) {
      const parameters = parameterSpecs(['gain', 'vThresh', 'tauM'], strength);
      const run = openRun(planted, { epochs: 3, parameters, baseline: false });
      await run.run();
      const offsets = run.main.parameters.variables.flatMap((u) => [...u.dataSync()]);
      moved.push(Math.sqrt(offsets.reduce((sum, u) => sum + u * u, 0)));
      run.dispose();
    }
    assert.ok(moved[0]! > 2 * moved[1]! && moved[1]! > moved[2]!, `${moved}`);
    assert.ok(moved[2]! < 0.02, `${moved}`);
  });

  it('saves a model whose spikes and test accuracy are those of the run', async () => {
    const run = openRun(planted, { epochs: 1, baseline: false });
    await run.run();
    const { test } = run.test();
    const model = decodeModel(encodeModel(run.trainedModel({ about: 'test' })));
    const kernel = openKernel('reference', kernelNetworkOf(model.network, model.steps));
    kernel.setTask(kernelTaskOf(planted));
    kernel.setParameters(kernelParametersOf(model.network));
    const trials = trialsOf(planted, 'test');
    const counts = spikeCounts(kernel, { trials: kernelTrialsOf(trials) }, { batch: 7 });
    const readout = model.readouts[0]!;
    const logits = readoutLogits(readout, model.network.topology, counts);
    const labels = Int32Array.from(trials, (t) => t.odour);
    const again = score(logits, labels, readout.classes.length, { seed: 1, calibrated: true });
    assert.equal(again.classification.top1, test['MBON']!.accuracy);
    assert.equal(again.classification.top5, test['MBON']!.top5);
    assert.equal(again.calibration!.crossEntropy, test['MBON']!.crossEntropy);
    run.dispose();
  });

  it('says of a readout that has not learnt, whose logits are all equal, that it is right by chance, as evaluation does', () => {
    const run = openRun(planted, { baseline: false });
    const { accuracy } = run.test().test['MBON']!;
    const labels = Int32Array.from(trialsOf(planted, 'test'), (t) => t.odour);
    const equal = score(new Float64Array(3 * labels.length), labels, 3, { seed: 1, calibrated: false });
    assert.equal(accuracy, 1 / 3);
    assert.equal(equal.classification.top1, accuracy);
    run.dispose();
  });

  it('gives the same bits for any number of threads, and keeps no tensors', async () => {
    const models = [];
    for (const threads of [1, 2]) {
      const tensors = tf.memory().numTensors;
      const run = openRun(planted, { epochs: 1 }, threads);
      await run.run();
      models.push(encodeModel(run.trainedModel({})));
      run.dispose();
      assert.equal(tf.memory().numTensors, tensors);
    }
    assert.deepEqual(models[0], models[1]);
  });
});
