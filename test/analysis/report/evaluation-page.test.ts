/** The evaluation's page on a tiny network: what it warns of, and that no name breaks out of its text. */
import assert from 'node:assert/strict';
import { inputBaselines } from '../../../src/analysis/evaluation/baselines.ts';
import { type Evaluation, evaluateNetwork, joinEvaluation } from '../../../src/analysis/evaluation/evaluation.ts';
import { drawBlanks, drawTestTrials, inputCellCounts } from '../../../src/analysis/evaluation/test-trials.ts';
import { evaluationPage } from '../../../src/analysis/report/evaluation-page.ts';
import { type ExampleTrial, exampleTrial } from '../../../src/analysis/report/example-trial.ts';
import type { OdourTask } from '../../../src/odour/odour-task.ts';
import { openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import type { Model } from '../../../src/snn/network/network.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../../../src/snn/network/simulate.ts';
import { strayMarkup } from '../../rig/markup.ts';
import { plantedTask } from '../../rig/planted-task.ts';
import { randomModel } from '../../rig/random-model.ts';

const hostile = `<script>&amp;"'`;
const safe = '&lt;script&gt;&amp;amp;&quot;';
const sizes = { ORN: 24, PN: 12, KC: 30, '<M&B>': 4 };
const projections = [
  ['ORN', 'PN'],
  ['PN', 'KC'],
  ['KC', '<M&B>'],
] as const;

function hostileTask(): OdourTask {
  const task = plantedTask({ odours: 4, trials: { train: 4, validation: 1, test: 4 } });
  return { ...task, odours: task.odours.map(({ key }, c) => ({ key, name: `${hostile}${c}` })) };
}

interface Evaluated {
  readonly evaluation: Evaluation;
  readonly model: Model;
  readonly example: ExampleTrial;
}

function evaluated(): Evaluated {
  const task = hostileTask();
  const model = randomModel({ sizes, projections, classes: 4 });
  const kernel = openKernel('reference', kernelNetworkOf(model.network, model.steps));
  kernel.setParameters(kernelParametersOf(model.network));
  const test = drawTestTrials(task);
  const blanks = drawBlanks(task, 4);
  const run = {
    counts: spikeCounts(kernel, { inputs: test.events }),
    blanks: spikeCounts(kernel, { inputs: blanks }),
    inputCounts: inputCellCounts(test.events, 24),
    inputBlanks: inputCellCounts(blanks, 24),
  };
  const network = evaluateNetwork(model, task, run, test.labels, 'MBON', 1);
  const baselines = inputBaselines(task, test, { trialsPerOdour: 0 }, 1);
  const evaluation = joinEvaluation({ task, test, trained: network, untrained: network, baselines }, 1);
  return { evaluation, model, example: exampleTrial(evaluation, blanks[0]!, (events) => kernel.record(events).spikes) };
}

const key = 'ab12'.repeat(16);

describe('the page of an evaluation', () => {
  const { evaluation, model, example } = evaluated();
  const html = evaluationPage(evaluation, model, example, key);

  it('warns above all figures of a network that knows more than its input tells, and only then', () => {
    assert.equal(evaluation.leakage.alarm, false);
    assert.doesNotMatch(html, /class="alarm"|Leakage/);
    const leaking = { ...evaluation, leakage: { ...evaluation.leakage, alarm: true } };
    const warned = evaluationPage(leaking, model, example, key);
    assert.match(warned, /<p class="alarm">Leakage: .*do not trust its accuracy/);
    assert.ok(warned.indexOf('class="alarm"') < warned.indexOf('<figure'));
  });

  it('says above all figures which data it is of, and below which run', () => {
    const data = (synthetic: boolean, about: string) => [
      {
        name: 'connections.csv.gz',
        sha256: 'cd'.repeat(32),
        synthetic,
        about,
        licence: 'CC BY-NC 4.0',
        cite: 'doi:10.1/x',
      },
    ];
    const pageOf = (sources: unknown) =>
      evaluationPage(evaluation, { ...model, provenance: { data: sources, seed: 7, version: '9.9' } }, example, key);
    const made = pageOf(data(true, ''));
    assert.ok(made.indexOf('SYNTHETIC data') > 0 && made.indexOf('SYNTHETIC data') < made.indexOf('<figure'));
    const real = pageOf(data(false, 'FlyWire <783>'));
    assert.doesNotMatch(real, /SYNTHETIC/);
    for (const text of [
      'real data: FlyWire &lt;783&gt;',
      'cdcdcdcdcdcdcdcd',
      'CC BY-NC 4.0',
      'doi:10.1/x',
      'seed 7',
      'cc-snn 9.9',
      key.slice(0, 16),
    ])
      assert.ok(real.includes(text), text);
    assert.match(html, /data of unknown origin/);
  });

  it('shows names that hold < & > " as text, wherever they stand', () => {
    assert.ok(html.includes(safe), 'an odour’s name is shown');
    assert.ok(html.includes('&lt;M&amp;B&gt;'), 'a population’s name is shown');
    assert.ok(!html.includes('<script') && !html.includes('<M&'));
    assert.equal(strayMarkup(html), undefined);
  });
});
