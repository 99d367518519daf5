/** An experiment beside a pipeline: who gathers knows where each file stands, the same action runs once, a seal tells what changed since. */
import assert from 'node:assert/strict';
import { TestProject } from '../rig/test-project.ts';

const pipeline = `version: 1
include: [experiments/*.yaml]
params: { seed: 1, size: 2 }
stages:
  fit: { module: stages/fit.mjs, params: [seed, size], inputs: { data: data.txt }, outputs: { o: o.txt } }
`;
const experiment = `params: { many: { seeds: [1, 2], sizes: { small: {}, large: { size: 9 } } } }
plan: { margin: 1 }
targets: { many: [judge] }
stages:
  models:
    module: stages/fit.mjs
    params: [seed, size]
    matrix: { size-of: "\${params.many.sizes}", seed: "\${params.many.seeds}" }
    inputs: { data: data.txt }
    outputs: { o: o.txt }
  judge: { module: stages/judge.mjs, params: [plan], inputs: { all: 'artifacts/models/*/o.txt' }, outputs: { o: o.txt } }
`;
const fit = `import { readFileSync, writeFileSync } from 'node:fs';
export default { about: 'x', params: { type: 'object' }, inputs: { data: { kind: 'file', about: 'x' } }, outputs: { o: { kind: 'text', about: 'x' } },
  async run({ inputs, outputs, params }) { writeFileSync(outputs.o, readFileSync(inputs.data, 'utf8') + JSON.stringify(params)); } };
`;
const judge = `import { readFileSync, writeFileSync } from 'node:fs';
export default { about: 'x', params: { type: 'object' }, inputs: { all: { kind: 'text', about: 'x' } }, outputs: { o: { kind: 'text', about: 'x' } },
  async run({ inputLists, inputAxes, outputs, params }) {
    const rows = inputAxes.all.map((axes, i) => [axes, readFileSync(inputLists.all[i], 'utf8')]);
    writeFileSync(outputs.o, JSON.stringify({ rows, params }));
  } };
`;

function project(): TestProject {
  return new TestProject(pipeline)
    .write('experiments/many.yaml', experiment)
    .write('stages/fit.mjs', fit)
    .write('stages/judge.mjs', judge)
    .write('data.txt', 'd\n');
}

describe('an experiment beside a pipeline', () => {
  it('gathers each file with its axis values, and sees its plan', () => {
    const it = project();
    const run = it.run('many');
    assert.equal(run.code, 0, run.out + run.err);
    const { rows, params } = JSON.parse(it.read('artifacts/judge/o.txt')) as {
      rows: [object, string][];
      params: object;
    };
    assert.deepEqual(params, { plan: { margin: 1 } });
    assert.deepEqual(rows, [
      [{ 'size-of': 'small', seed: 1 }, 'd\n{"seed":1,"size":2}'],
      [{ 'size-of': 'small', seed: 2 }, 'd\n{"seed":2,"size":2}'],
      [{ 'size-of': 'large', seed: 1 }, 'd\n{"seed":1,"size":9}'],
      [{ 'size-of': 'large', seed: 2 }, 'd\n{"seed":2,"size":9}'],
    ]);
    it.dispose();
  });

  it('runs an action once, whoever asks for it, and only its own instances for a new value', () => {
    const it = project();
    assert.deepEqual(it.run().status, { fit: 'ran' });
    const { status } = it.run('many');
    assert.equal(status['models@size-of=small,seed=1'], 'restored');
    assert.equal(Object.values(status).filter((one) => one === 'ran').length, 4);
    const more = it.run('many', '--set', 'many.seeds=[2,3]').status;
    assert.deepEqual(more, {
      'models@size-of=small,seed=2': 'cached',
      'models@size-of=small,seed=3': 'ran',
      'models@size-of=large,seed=2': 'cached',
      'models@size-of=large,seed=3': 'ran',
      judge: 'ran',
    });
    it.dispose();
  });
});

describe('the seal of an experiment', () => {
  const messages = (run: ReturnType<TestProject['run']>): unknown[] =>
    run.lines.filter(({ event }) => event === 'message').map(({ text }) => text);

  it('is told under its results as long as nothing differs, and what differs once something does', () => {
    const it = project();
    assert.equal(it.run('many').code, 0);
    const { code, out, err } = it.pipeline('seal', 'many');
    assert.equal(code, 0, out + err);
    assert.deepEqual(messages(it.run('many', '--force')), ['experiments/many.seal: made under the sealed plan']);
    const check = (): readonly [number | null, string] => {
      const { code: status, out: said } = it.pipeline('seal', 'many', '--check');
      return [status, said.trim()];
    };
    assert.deepEqual(check(), [0, 'experiments/many.seal: made under the sealed plan']);
    const differs = (name: string, from: string, to: string, words: RegExp): void => {
      const before = it.read(name);
      it.write(name, before.replace(from, to));
      const [status, said] = check();
      assert.equal(status, 3, said);
      assert.match(said, words);
      it.write(name, before);
    };
    differs('experiments/many.yaml', 'margin: 1', 'margin: 2', /not what was sealed: the plan/);
    differs('experiments/many.yaml', 'size: 9', 'size: 8', /many\.sizes\.large\.size: 9 → 8/);
    differs('pipeline.yaml', 'size: 2', 'size: 3', /: size: 2 → 3/);
    differs('stages/fit.mjs', "'utf8') +", "'utf8') + ' ' +", /: code of stages\/fit\.mjs$/);
    differs('data.txt', 'd', 'e', /: source data\.txt$/);
    const other = it.run('many', '--set', 'many.seeds=[5]');
    assert.match(String(messages(other)[0]), /not what was sealed: many\.seeds: \[1,2\] → \[5\]/);
    it.dispose();
  });

  it('is refused for a name that no included file has, and where it was never made', () => {
    const it = project();
    const wrong = it.pipeline('seal', 'mnay');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /no included file is called 'mnay'\n {2}did you mean 'many'\?/);
    const never = it.pipeline('seal', 'many', '--check');
    assert.equal(never.code, 2);
    assert.match(
      never.err,
      /experiments\/many\.seal does not exist\n {2}make it before the results: pipeline seal many/,
    );
    it.dispose();
  });
});
