/** Stage evaluate on a tiny network: outputs agree with each other, the same bytes every time, a page that needs nothing else. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { encodePathway } from '../../src/connectome/pathway-file.ts';
import type { OdourTask } from '../../src/odour/odour-task.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import type { Model } from '../../src/snn/network/network.ts';
import stage from '../../stages/evaluate.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel, randomPathway } from '../rig/random-model.ts';
import { runStage, type StageRun } from '../rig/run-stage.ts';

/** Whose odours have names that would be markup if they were let. */
const planted = plantedTask({ odours: 6, trials: { train: 6, validation: 1, test: 4 } });
const task: OdourTask = { ...planted, odours: planted.odours.map(({ key }, c) => ({ key, name: `<script>&${c}` })) };
const sizes = { ORN: 24, LN: 8, PN: 12, KC: 30, APL: 1, MBON: 4 };
const named = (model: Model): Model => ({
  ...model,
  typeNames: model.typeNames.map((name) => name.replace('KC-0', 'KCg-m').replace('KC-1', 'KCab')),
});

async function evaluated(
  given: {
    readonly task?: OdourTask;
    readonly kernel?: string;
    readonly learnerTrials?: number;
    readonly start?: Model;
  } = {},
): Promise<StageRun> {
  const model = (seed: number) => named(randomModel({ seed, sizes, classes: 6 }));
  const { kernel = 'wasm', learnerTrials = 6 } = given;
  const run = await runStage(stage, {
    params: { seed: 1, evaluate: { kernel, learnerTrials, blankTrials: 8 } },
    inputs: {
      model: encodeModel(model(1)),
      untrained: encodeModel(given.start ?? model(2)),
      task: encodeOdourTask(given.task ?? task),
      pathway: encodePathway(randomPathway({ sizes })),
    },
    outputs: { metrics: 'metrics.json', perOdour: 'per-odour.csv', confusion: 'confusion.csv', report: 'report.html' },
  });
  await rm(run.folder, { recursive: true });
  return run;
}

interface Scores {
  readonly top1: number;
  readonly top5: number;
}
interface Metrics {
  readonly accuracy: Readonly<
    Record<'trained' | 'untrained' | 'input' | 'converged', Readonly<Record<string, Scores>>>
  >;
  readonly leakage: { readonly alarm: boolean };
  readonly trained: {
    readonly populations: Readonly<Record<string, { readonly cells: number; readonly meanHz: number }>>;
  };
}

function text(run: StageRun, name: string): string {
  assert.equal(run.error, undefined);
  return Buffer.from(run.files[name]!).toString('utf8');
}

describe('stage evaluate', () => {
  let run: StageRun;
  let metrics: Metrics;

  before(async () => {
    run = await evaluated();
    metrics = JSON.parse(text(run, 'metrics.json')) as Metrics;
  });

  it('takes a start without readouts (train.baseline: false): its activity and converged readout stand, its own accuracy is left out', async () => {
    const start = { ...named(randomModel({ seed: 2, sizes, classes: 6 })), readouts: [] };
    const bare = await evaluated({ start });
    const found = JSON.parse(text(bare, 'metrics.json')) as Metrics;
    assert.deepEqual(found.accuracy.trained, metrics.accuracy.trained);
    assert.deepEqual(found.accuracy.converged, metrics.accuracy.converged);
    assert.deepEqual(found.accuracy.untrained, {});
    assert.match(
      text(bare, 'per-odour.csv'),
      /^key,name,trials,top1,top5,untrained_top1,ideal_observer_top1\n[^\n]*,,[\d.]+\n/,
    );
    assert.match(text(bare, 'report.html'), /untrained –/);
  });

  it('gives one accuracy in the metrics, the table of odours and the confusions', () => {
    const { top1 } = metrics.accuracy.trained['MBON']!;
    const rows = text(run, 'per-odour.csv').trim().split('\n').slice(1);
    assert.equal(rows.length, 6);
    const perOdour = rows.map((row) => Number(row.split(',')[3]));
    assert.ok(Math.abs(perOdour.reduce((a, b) => a + b, 0) / 6 - top1) < 1e-5);
    const confusions = text(run, 'confusion.csv').trim().split('\n').slice(1);
    const counts = confusions.map((row) => row.split(',').slice(0, 3).map(Number));
    assert.equal(
      counts.reduce((sum, [, , n]) => sum + n!, 0),
      24,
    );
    const right = counts.filter(([actual, predicted]) => actual === predicted).reduce((sum, [, , n]) => sum + n!, 0);
    assert.ok(Math.abs(right / 24 - top1) < 1e-5);
  });

  it('sets chance, the untrained network, learners of the input and the ideal observer beside it', () => {
    assert.deepEqual(Object.keys(metrics.accuracy.input).sort(), [
      'centroidCosine',
      'centroidEuclid',
      'knownWindow',
      'logistic',
      'totalCounts',
    ]);
    assert.ok(metrics.accuracy.input['knownWindow']!.top1 >= metrics.accuracy.input['centroidEuclid']!.top1);
    assert.ok('MBON' in metrics.accuracy.untrained);
    assert.equal(metrics.leakage.alarm, false);
    const labels = run.headlines!.map(({ label }) => label);
    assert.deepEqual(labels, [
      'test accuracy, MBON readout',
      'the same, readout to convergence',
      'at rest → in odour trials, Hz',
      'spikes that are there at rest',
      'KC answer',
      'mean r between odours, PN → KC',
      'bands on rest and evoked',
      'bands on odour trials alone',
    ]);
    for (const { label, value } of run.headlines!.slice(1, 6)) assert.match(value, /; untrained /, label);
    assert.match(run.headlines![0]!.value, /chance 16\.7 %, untrained \d/);
  });

  it('describes every population, the input among them', () => {
    const { populations } = metrics.trained;
    assert.deepEqual(
      Object.fromEntries(Object.entries(populations).map(([name, { cells }]) => [name, cells])),
      Object.fromEntries(Object.entries(sizes).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    const expected = task.onProbability.reduce((sum, p) => sum + p, 0) / task.onProbability.length;
    assert.ok(populations['ORN']!.meanHz > 500 * expected && populations['ORN']!.meanHz < 1000 * expected);
  });

  it('writes a page that needs no network and no script, and stays light', () => {
    const html = text(run, 'report.html');
    assert.doesNotMatch(html, /https?:|<script|<link|src=|url\(/);
    assert.ok(html.includes('&lt;script&gt;&amp;'), 'an odour’s name is shown as text');
    assert.doesNotMatch(html, /NaN|undefined|Infinity/);
    for (const about of [
      'accuracy of readouts',
      'confusion matrix',
      'spikes of one trial',
      'tuning curves',
      'rates by',
    ]) {
      assert.ok(html.includes(about), about);
    }
    assert.ok((html.match(/<(path|circle|line|rect|text)/g) ?? []).length < 1500);
  });

  it('gives the same bytes again, and with the reference kernel', async () => {
    for (const again of [await evaluated(), await evaluated({ kernel: 'reference' })]) {
      assert.equal(again.error, undefined);
      assert.deepEqual(again.files, run.files);
    }
  });

  it('works without a learner, and refuses parts that do not belong together', async () => {
    const without = JSON.parse(text(await evaluated({ learnerTrials: 0 }), 'metrics.json')) as Metrics;
    assert.equal('logistic' in without.accuracy.input, false);
    assert.deepEqual((without.accuracy as unknown as { converged: object }).converged, {});
    const other = await evaluated({ task: plantedTask({ odours: 5 }) });
    assert.match(String(other.error), /readout MBON names 6 odours, the task has 5; train on this task/);
    const wide = await evaluated({ task: plantedTask({ odours: 6, inputSize: 25 }) });
    assert.match(String(wide.error), /the model reads 24 cells of ORN, the task drives 25 of ORN/);
  });
});
