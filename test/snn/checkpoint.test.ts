/** The state of a training run as bytes: what is gone on with, and what is refused. */
import assert from 'node:assert/strict';
import type * as tf from '@tensorflow/tfjs-core';
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/safetensors.ts';
import { encodeCheckpoint, extendCheckpoint, restoreCheckpoint } from '../../src/snn/training/checkpoint.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';
import type { TrainingRun } from '../../src/snn/training/training-run.ts';
import type { TrainingSettings } from '../../src/snn/training/training-settings.ts';
import { smallTraining as openRun, smallTask } from '../rig/small-training.ts';

/** Goes on until so many steps are done. */
async function runTo(run: TrainingRun, step: number): Promise<void> {
  await run.run({ onStep: (report) => report.step < step });
}

/** All numbers that decide how the run goes on, and what it tells. */
function stateOf({ main, others, step, history, sums }: TrainingRun) {
  const adams = [main.adam, ...others.map((other) => other.adam)];
  const variables = adams.flatMap((adam) => Object.entries(adam.state()) as [string, tf.Variable][]);
  return {
    step,
    history,
    sums,
    iterations: adams.map((adam) => adam.iterations),
    skippedInARow: main.guard.skippedInARow,
    values: variables.map(([name, variable]) => [name, [...variable.dataSync<'float32'>()]]),
  };
}

describe('checkpoint', () => {
  before(() => openBackend('wasm'));

  it('puts a fresh run where the other stood, within an epoch too, and both end alike', async () => {
    const first = openRun();
    await runTo(first, 4);
    assert.ok(first.history.length === 1 && first.sums.steps === 1, 'in the second epoch');
    first.main.guard.skippedInARow = 2;
    const second = openRun();
    restoreCheckpoint(second, encodeCheckpoint(first));
    assert.deepEqual(stateOf(second), stateOf(first));
    await runTo(first, 6);
    await runTo(second, 6);
    assert.deepEqual(stateOf(second), stateOf(first));
    assert.equal(second.history.length, 2);
  });

  it('is refused by a run of other settings, of each kind, or of other odours', async () => {
    const bytes = encodeCheckpoint(openRun());
    const others: Partial<TrainingSettings>[] = [
      { learningRate: 0.016 },
      { seed: 2 },
      { batch: 6 },
      { epochs: 3 },
      { labelSmoothing: 0.1 },
      { jumpBound: Number.POSITIVE_INFINITY },
      { otherReadouts: ['KC'] },
    ];
    for (const settings of others)
      assert.throws(
        () => restoreCheckpoint(openRun(settings), bytes),
        /belongs to a run with other data or settings/,
        JSON.stringify(settings),
      );
    const elsewhere = openRun({}, smallTask(2));
    assert.throws(() => restoreCheckpoint(elsewhere, bytes), /other data or settings/);
    const task = smallTask();
    const moreTrials = openRun({}, { ...task, trials: { ...task.trials, validation: 3 } });
    assert.throws(() => restoreCheckpoint(moreTrials, bytes), /other data or settings/);
    restoreCheckpoint(openRun(), bytes);
  });

  it('is taken by a longer run where the number of epochs alone differs, and has epochs left', async () => {
    const done = openRun();
    await runTo(done, 6);
    const bytes = encodeCheckpoint(done);
    const longer = openRun({ epochs: 4 });
    extendCheckpoint(longer, bytes);
    assert.deepEqual([longer.step, longer.totalSteps, longer.history.length], [6, 12, 2]);
    assert.throws(() => extendCheckpoint(openRun({ epochs: 4, seed: 2 }), bytes), /other data or settings than/);
    assert.throws(() => extendCheckpoint(openRun(), bytes), /has 2 epochs already, train.epochs is 2/);
    assert.throws(() => extendCheckpoint(openRun({ epochs: 1 }), bytes), /has 2 epochs already, train.epochs is 1/);
  });

  it('of another format, or another kind of file, is refused by name', () => {
    const bytes = encodeCheckpoint(openRun());
    const { metadata } = decodeSafetensors(bytes);
    const header = { ...JSON.parse(metadata['checkpoint']!), format: 'cc-snn checkpoint 1' };
    const older = encodeSafetensors({ tensors: {}, metadata: { checkpoint: JSON.stringify(header) } });
    assert.throws(
      () => restoreCheckpoint(openRun(), older),
      /format 'cc-snn checkpoint 1', this version reads 'cc-snn checkpoint \d'/,
    );
    assert.throws(
      () => restoreCheckpoint(openRun(), encodeSafetensors({ tensors: {}, metadata: {} })),
      /checkpoint: format/,
    );
  });
});
