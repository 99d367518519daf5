/** What the train stage is made of: parameters as settings, what it tells and warns of, logs that grow, the state it goes on from. */
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDefaults } from '../../src/base/schema.ts';
import type { EpochRecord } from '../../src/snn/training/epoch-record.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';
import type { TrainingRun } from '../../src/snn/training/training-run.ts';
import type { StageContext } from '../../src/stage.ts';
import { trainingDoubts, trainingHeadlines } from '../../stages/train/headlines.ts';
import { LiveLog } from '../../stages/train/live-log.ts';
import { paramsSchema } from '../../stages/train/params.ts';
import { Scratch } from '../../stages/train/scratch.ts';
import { checkPopulations, startSettings, trainingSettings } from '../../stages/train/settings.ts';
import { randomPathway } from '../rig/random-model.ts';
import { smallTraining } from '../rig/small-training.ts';

describe('the parameters of train', () => {
  const given = (train: object) => withDefaults(paramsSchema, { train }).train;

  it('become settings: the prior of every group, the bands asked for, no bound where there is to be none', () => {
    const { parameters } = trainingSettings(given({ prior: { strength: 0.3 } }), 1);
    assert.deepEqual(new Set(parameters.map(({ priorStrength }) => priorStrength)), new Set([0.3]));
    const bands = [{ population: 'KC', scope: 'active', lo: 0.03, hi: 0.08, weight: 2 }];
    assert.deepEqual(trainingSettings(given({ rates: { bands } }), 1).bands, bands);
    assert.ok(trainingSettings(given({}), 1).bands.length > 1);
    assert.deepEqual(
      [null, 0.4].map((jumpBound) => trainingSettings(given({ jumpBound }), 1).jumpBound),
      [Number.POSITIVE_INFINITY, 0.4],
    );
    assert.equal(trainingSettings(given({}), 7).seed, 7);
  });

  it('become the start: trials and rounds of the calibration, gains numbered as they are to be shared', () => {
    const start = (train: object) => startSettings(given(train), trainingSettings(given(train), 1));
    const { calibrationTrials, calibrationRounds } = start({ calibration: { trials: 5, rounds: 3 } });
    assert.deepEqual([calibrationTrials, calibrationRounds], [5, 3]);
    const sharing = ['type', 'transmitter', 'pair', 'synapse'].map(
      (sharedBy) => start({ parameters: [{ what: 'gain', sharedBy }] }).gainSharing,
    );
    assert.deepEqual(sharing, ['type', 'transmitter', 'pair', 'pair']);
  });

  it('name no population that the pathway lacks', () => {
    const pathway = randomPathway();
    checkPopulations(given({}), randomPathway());
    const band = { population: 'KX', scope: 'cell', weight: 1 };
    for (const [train, message] of [
      [{ readout: 'MBOM' }, /^RangeError: train\.readout: no population 'MBOM', did you mean 'MBON'\?/],
      [{ otherReadouts: ['PN', 'XYZABC'] }, /^RangeError: train\.otherReadouts: no population 'XYZABC', there are: /],
      [{ rates: { bands: [band] } }, /^RangeError: train\.rates\.bands: no population 'KX', did you mean 'KC'\?/],
      [{ dropOutputsOf: ['DA'] }, /^RangeError: train\.dropOutputsOf: no population 'DA'/],
    ] as const)
      assert.throws(() => checkPopulations(given(train), pathway), message);
  });
});

describe('what a training tells', () => {
  let run: TrainingRun;
  before(async () => {
    await openBackend('wasm');
    run = smallTraining();
    await run.run();
  });
  /** The run as if its last epoch had been so. */
  const asIf = (last: Partial<EpochRecord>): TrainingRun => {
    const [first, second] = run.history;
    return Object.assign(Object.create(run) as TrainingRun, { history: [first, { ...second, ...last }] });
  };
  /** So few trials are here that guessing may name them all: more than that is what no guessing reaches. */
  const sound = 1.7;
  const score = (accuracy: number) => ({ crossEntropy: 1, accuracy, top5: 1 });
  const measured = (accuracy: number, silent: Readonly<Record<string, number>> = {}) => {
    const test = run.test();
    return { ...test, test: { ...test.test, MBON: score(accuracy) }, activity: { ...test.activity, silent } };
  };

  it('is the accuracy on validation trials beside that on test trials, the untrained network’s too, against chance', () => {
    const validation = { MBON: score(0.9), 'untrained MBON': score(0.6) };
    const test = measured(0.8);
    const record = { ...test, test: { ...test.test, 'untrained MBON': score(0.7) } };
    const lines = trainingHeadlines(asIf({ validation }), record).map(({ label, value }) => `${label}: ${value}`);
    assert.match(lines[0]!, /^accuracy, MBON readout: 90\.0 % validation, 80\.0 % test \(chance 50\.0 %\)$/);
    assert.match(lines[1]!, /^untrained network, same readout: 60\.0 % validation, 70\.0 % test$/);
  });

  it('is nothing doubtful of a sound one', () => {
    assert.deepEqual(trainingDoubts(asIf({}), measured(sound)), []);
  });

  it('is a doubt where guessing does as well, the loss is not a number, gradients explode, or populations are silent', () => {
    const doubts = (last: Partial<EpochRecord>, accuracy = sound, silent = {}): string =>
      trainingDoubts(asIf(last), measured(accuracy, silent)).join('\n');
    const { train, gradient } = run.history[1]!;
    assert.match(doubts({}, 0.75), /^the test accuracy of 75\.0 % is what guessing gives \(chance 50\.0 %, 4 trials\)/);
    assert.match(doubts({ train: { ...train, loss: Number.NaN } }), /^the loss of epoch 2 is not a number/);
    const skipped = (count: number) => doubts({ gradient: { ...gradient, skipped: count } });
    assert.match(skipped(1), /^1 of 6 steps were left out because their gradient exploded/);
    assert.equal(skipped(0), '');
    assert.match(doubts({}, sound, { KC: 0.99, PN: 0.9 }), /^silent in every test trial: KC \(99\.0 %/);
    assert.doesNotMatch(doubts({}, sound, { KC: 0.99, PN: 0.9 }), /PN/);
  });

  describe('while it runs', () => {
    let folder: string;
    const warnings: string[] = [];
    const names = { id: 'abcd1234', project: 'p', name: 'n' };
    const live = (below = 'live'): LiveLog => new LiveLog(join(folder, below), names, {}, (m) => void warnings.push(m));
    const report = { step: 3, steps: 6, epoch: 1, samples: 4, learningRate: 0.01, loss: 1, accuracy: 0.5 };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'cc-snn-live-'));
      warnings.length = 0;
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const wandb = (): string => {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return readFileSync(join(folder, files.find((name) => name.endsWith('.wandb'))!), 'latin1');
    };

    it('stands with the step that ends an epoch, and with no other; the summary counts the epochs before a restart too', async () => {
      const log = live();
      await log.open(run.history.slice(0, 1));
      const epochWords = /validation\/MBON\/accuracy/g;
      const told = () => [...wandb().matchAll(epochWords)].length;
      const before = told();
      await log.noteStep(report, 10);
      assert.equal(told(), before, 'a step within the epoch');
      await log.noteEpoch(run.history[1]!);
      await log.noteStep({ ...report, step: 6 }, 10);
      assert.equal(told(), before + 1, 'the step that ends it');
      await log.noteStep({ ...report, step: 7 }, 10);
      assert.equal(told(), before + 1, 'the step after it');
      await log.end(7, run.test());
      assert.ok(wandb().includes('epochs\u0082\u0001\u00012'), 'two epochs in the summary');
      assert.deepEqual(warnings, []);
    });

    it('ends with one warning where the disk refuses it', async () => {
      writeFileSync(join(folder, 'file'), '');
      const log = live('file');
      await log.open(run.history);
      await log.noteStep(report, 10);
      await log.end(6, run.test());
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /^the live logs end here: /);
    });
  });
});

describe('the state that a training goes on from', () => {
  it('is replaced whole: what was kept before is never written into', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'cc-snn-scratch-'));
    const context = { scratch, log: () => undefined } as unknown as StageContext;
    const kept = new Scratch(context, undefined as unknown as TrainingRun);
    const path = join(scratch, 'checkpoint.safetensors');
    await kept.keep(Uint8Array.of(1, 1));
    mkdirSync(join(scratch, 'before'));
    linkSync(path, join(scratch, 'before/kept'));
    await kept.keep(Uint8Array.of(2));
    assert.deepEqual([...readFileSync(join(scratch, 'before/kept'))], [1, 1]);
    assert.deepEqual([...readFileSync(path)], [2]);
    await kept.clear();
    assert.throws(() => readFileSync(path), /ENOENT/);
    rmSync(scratch, { recursive: true });
  });
});
