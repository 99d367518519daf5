/** The untrained network by itself is to the bit the one beside a training, whatever trains the network. */
import assert from 'node:assert/strict';
import { BaselineRun } from '../../src/snn/training/baseline-run.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';
import { smallTraining } from '../rig/small-training.ts';

describe('the baseline by itself', () => {
  before(async () => {
    await openBackend('wasm');
  });

  it('is the one beside a training, to the bit, and does not depend on how the network is trained', async () => {
    for (const learningRate of [0.01, 0.2]) {
      const training = smallTraining({ learningRate, baseline: true });
      await training.run();
      const beside = training.untrainedModel({});
      const tested = training.test().test;
      const baseline = new BaselineRun(smallTraining({ baseline: false }).setup);
      let steps = 0;
      await baseline.run((step) => {
        steps = step;
      });
      assert.equal(steps, training.totalSteps);
      assert.deepEqual(baseline.model({}).readouts, beside.readouts);
      assert.deepEqual(baseline.model({}).network, beside.network);
      for (const [name, score] of Object.entries(baseline.scores('test'))) assert.deepEqual(score, tested[name]);
      baseline.dispose();
      training.dispose();
    }
  });

  it('changes with the order of trials', async () => {
    const readouts = async (seed: number) => {
      const baseline = new BaselineRun(smallTraining({ seed }).setup);
      await baseline.run();
      const { readouts: made } = baseline.model({});
      baseline.dispose();
      return made;
    };
    assert.notDeepEqual(await readouts(1), await readouts(2));
  });
});
