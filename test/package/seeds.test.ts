/** Seeds: `--set` of one reruns the stages that draw by it and what they change, and no other. The shipped stages on a very small fly. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { digestOf } from '../../src/base/digest.ts';
import { TestProject } from '../rig/test-project.ts';

type Tree = Record<string, unknown>;

const small: Readonly<Record<string, string>> = {
  'synthetic.scale': '0.03',
  'synthetic.odours': '10',
  'odours.trials': '{train: 2, validation: 1, test: 1}',
  'odours.steps': '60',
  'odours.durationMs': '{min: 20, max: 60}',
  'train.epochs': '1',
  'train.batch': '5',
  'train.otherReadouts': '[]',
  'train.calibration': '{trials: 4, rounds: 2}',
  'evaluate.learnerTrials': '2',
  'evaluate.blankTrials': '2',
  'export.trials': '2',
  'export.calibrationTrials': '2',
  'pathway.accept': '[emptyPopulations, emptyProjections, missingCells]',
};

/** Of the shipped pipeline, with modules of the package beside it. */
function shippedProject(): TestProject {
  const pipeline = parse(readFileSync('pipeline.yaml', 'utf8')) as Tree & { stages: Record<string, Tree> };
  for (const stage of Object.values(pipeline.stages))
    stage['module'] = String(stage['module']).replace(/^stages\/(.*)\.ts$/, 'cc-snn/stages/$1');
  const { version, params, stages } = pipeline;
  const project = new TestProject(stringify({ version, params, stages }));
  mkdirSync(project.path('node_modules'));
  symlinkSync(process.cwd(), project.path('node_modules/cc-snn'));
  return project;
}

describe('seeds', function () {
  this.timeout(600_000);
  let project: TestProject;
  before(() => {
    project = shippedProject();
    assert.deepEqual(ran().sort(), [...all].sort());
  });
  after(() => project.dispose());

  const all = [
    ...['download', 'gunzip', 'prep-pathway', 'orn-spikes', 'train', 'evaluate', 'export', 'spinnaker-run'],
  ] as const;
  const ran = (...settings: readonly string[]): string[] => {
    const sets = [...Object.entries(small).map(([key, value]) => `${key}=${value}`), ...settings];
    const { code, lines, err, status } = project.pipeline('run', '--json', ...sets.flatMap((set) => ['--set', set]));
    assert.equal(code, 0, `${err}\n${lines.map((line) => line.error ?? '').join('')}`);
    return all.filter((stage) => status[stage] === 'ran');
  };

  for (const [setting, stages] of [
    ['train.seed=5', ['train', 'evaluate', 'export', 'spinnaker-run']],
    ['odours.seed=5', ['orn-spikes', 'train', 'evaluate', 'export', 'spinnaker-run']],
    ['evaluate.seed=5', ['evaluate']],
    ['spinnaker.seed=5', ['spinnaker-run']],
    ['synthetic.seed=5', all],
    ['seed=5', ['orn-spikes', 'train', 'evaluate', 'export', 'spinnaker-run']],
  ] as const)
    it(`${setting} reruns ${stages.length === all.length ? 'everything' : stages.join(', ')}`, () => {
      assert.deepEqual(ran(setting), stages);
      assert.deepEqual(ran(), [], 'and going back runs nothing');
    });

  it('which a stage has of its own come before the seed of all: the results are the same', () => {
    const own = ['odours.seed=1', 'train.seed=1', 'evaluate.seed=1', 'spinnaker.seed=1'];
    ran();
    const results = () =>
      ['orn-spikes/task.safetensors', 'train/model.safetensors', 'evaluate/metrics.json'].map((name) =>
        digestOf(readFileSync(project.path(`artifacts/${name}`))),
      );
    const before = results();
    ran('seed=6', ...own);
    assert.deepEqual(results(), before);
  });
});
