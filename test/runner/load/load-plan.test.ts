/** Loading pipeline.yaml: parameters, profiles, --set, matrices, inputs and order, as a plan. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlan } from '../../../src/runner/load/load-plan.ts';
import { load, mustLoad, stageOf, withProject } from './write-project.ts';

const two = `version: 1
params: { seed: 1, train: { epochs: 6, rate: 0.1 }, empty: null, open: {} , list: [1, 2] }
profiles:
  long: { params: { train: { epochs: 20 }, list: [3] } }
  none: { params: { train: null } }
stages:
  model:
    command: "cat \${inputs.table} > \${outputs.model} # \${params.train.epochs}"
    params: [train.epochs, seed]
    inputs: { table: artifacts/table/table.csv }
    outputs: { model: model.bin }
    resources: { memory: 2GiB, slots: { board: 1 } }
    timeout: 1h30m
  table:
    command: "cp \${inputs.raw} \${outputs.table}"
    inputs: { raw: data/raw.csv }
    outputs: { table: table.csv }
`;

describe('loadPlan', () => {
  it('orders stages by need and picks the declared parameters as a tree', async () => {
    const plan = await mustLoad(two);
    assert.deepEqual(
      plan.stages.map((stage) => stage.id),
      ['table', 'model'],
    );
    const model = stageOf(plan, 'model');
    assert.deepEqual(model.params, { train: { epochs: 6 }, seed: 1 });
    assert.deepEqual(model.needs, ['table']);
    assert.deepEqual(model.at, { file: 'pipeline.yaml', line: 7, column: 3 });
    assert.deepEqual(model.resources, { cpus: 1, memoryBytes: 2 ** 31, slots: { board: 1 } });
    assert.equal(model.timeoutMs, 5_400_000);
    assert.deepEqual(stageOf(plan, 'table').inputs, { raw: { kind: 'source', pattern: 'data/raw.csv', list: false } });
  });

  it('merges profiles in order, replaces lists and null, and lays --set on top', async () => {
    const plan = await mustLoad(two, { profiles: ['long'], sets: ['train.rate=0.5', 'seed=7'] });
    assert.deepEqual(plan.params['train'], { epochs: 20, rate: 0.5 });
    assert.deepEqual(plan.params['list'], [3]);
    assert.deepEqual(stageOf(plan, 'model').params, { train: { epochs: 20 }, seed: 7 });
    assert.match((await load(two, { profiles: ['long', 'none'] })) as string, /no parameter 'train\.epochs'/);
  });

  it('lets --set put anything at or below null and {}, and a whole object in place of another', async () => {
    const plan = await mustLoad(two, { sets: ['empty.a.b=[1]', 'open.c={d: x}', 'train={epochs: 2}'] });
    assert.deepEqual(plan.params['empty'], { a: { b: [1] } });
    assert.deepEqual(plan.params['open'], { c: { d: 'x' } });
    assert.deepEqual(plan.params['train'], { epochs: 2 });
  });

  it('expands a matrix and joins the stages that share its axis', async () => {
    const plan = await mustLoad(`version: 1
params: { seed: 0, width: 1 }
stages:
  draw: { command: "echo \${params.seed} > \${outputs.o}", params: [seed], outputs: { o: o.txt }, matrix: { seed: [1, 2] } }
  fit:
    command: "cat \${inputs.i} > \${outputs.o}"
    inputs: { i: artifacts/draw/o.txt }
    outputs: { o: fit/ }
    matrix: { seed: [1, 2], width: [0.5] }
  all: { command: "cat \${inputs.i} > \${outputs.o}", inputs: { i: artifacts/draw/*/o.txt, j: 'artifacts/fit/seed=2,width=0.5/fit/a.txt' }, outputs: { o: o.txt } }
`);
    assert.deepEqual(
      plan.stages.map((stage) => stage.id),
      ['draw@seed=1', 'draw@seed=2', 'fit@seed=1,width=0.5', 'fit@seed=2,width=0.5', 'all'],
    );
    const fit = stageOf(plan, 'fit@seed=2,width=0.5');
    assert.deepEqual(fit.needs, ['draw@seed=2']);
    assert.deepEqual(fit.params, { seed: 2, width: 0.5 });
    assert.deepEqual(fit.outputs, { o: { path: 'artifacts/fit/seed=2,width=0.5/fit/', folder: true } });
    assert.deepEqual(stageOf(plan, 'all').inputs['i'], {
      kind: 'artifact',
      paths: ['artifacts/draw/seed=1/o.txt', 'artifacts/draw/seed=2/o.txt'],
      producers: ['draw@seed=1', 'draw@seed=2'],
      list: true,
      axes: [{ seed: 1 }, { seed: 2 }],
    });
    assert.deepEqual(stageOf(plan, 'all').needs, ['draw@seed=1', 'draw@seed=2', 'fit@seed=2,width=0.5']);
  });

  it('takes a path inside a folder output, and the folder with or without its final /', async () => {
    const plan = await mustLoad(`version: 1
stages:
  a: { command: "true", outputs: { plots: plots/ } }
  b: { command: "true", inputs: { x: artifacts/a/plots/deep/1.png, y: artifacts/a/plots, z: artifacts/a/plots/ }, outputs: { o: o } }
`);
    const paths = Object.values(stageOf(plan, 'b').inputs).map((input) =>
      input.kind === 'artifact' ? input.paths[0] : '',
    );
    assert.deepEqual(paths, ['artifacts/a/plots/deep/1.png', 'artifacts/a/plots/', 'artifacts/a/plots/']);
  });
});

describe('the parse cache', () => {
  it('gives the same plan again, and is parsed anew when damaged or when anything it depends on changes', async () => {
    await withProject({ 'pipeline.yaml': two }, async (projectDir) => {
      const options = { projectDir, profiles: [], sets: [] };
      const first = await loadPlan(options);
      const [kept] = readdirSync(join(projectDir, 'cache/plans'));
      assert.ok(kept !== undefined);
      const path = join(projectDir, 'cache/plans', kept);
      assert.deepEqual(await loadPlan(options), first);

      const good = readFileSync(path, 'utf8');
      writeFileSync(path, good.replace('"retries":0', '"retries":9'));
      assert.deepEqual(await loadPlan(options), first);
      assert.equal(readFileSync(path, 'utf8'), good);

      await loadPlan({ ...options, sets: ['seed=2'] });
      await loadPlan({ ...options, profiles: ['long'] });
      writeFileSync(join(projectDir, 'pipeline.yaml'), two.replace('epochs: 6', 'epochs: 7'));
      const changed = await loadPlan(options);
      assert.ok(changed.ok && (changed.value.params['train'] as { epochs: number }).epochs === 7);
      assert.equal(readdirSync(join(projectDir, 'cache/plans')).length, 4);
    });
  });

  it('keeps nothing of an invalid file', async () => {
    await withProject({ 'pipeline.yaml': 'version: 2\n' }, async (projectDir) => {
      assert.equal((await loadPlan({ projectDir, profiles: [], sets: [] })).ok, false);
      assert.equal(existsSync(join(projectDir, 'cache')), false);
    });
  });
});
