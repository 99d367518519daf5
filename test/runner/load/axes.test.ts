/** Axes: from parameters, of named settings, shared in part; and `set`. What each instance sees, how instances are joined, what is refused. */
import assert from 'node:assert/strict';
import { load, mustLoad, stageOf } from './write-project.ts';

const yaml = `version: 1
params:
  seed: 1
  path: { kind: none, width: 3 }
  fit: { epochs: 6 }
  nulls: { seeds: [4, 5], epochs: 2, keep: null, wirings: { plain: {}, mixed: { path.kind: shuffle, path.width: "\${params.nulls.epochs}" } } }
profiles: { many: { params: { nulls: { seeds: [4, 5, 6] } } } }
stages:
  prep: { command: x, params: [path], outputs: { o: o.txt }, matrix: { wiring: "\${params.nulls.wirings}" } }
  fit:
    command: x
    params: [fit, seed]
    set: { fit.epochs: "\${params.nulls.epochs}", seed: "\${params.nulls.keep}" }
    inputs: { p: artifacts/prep/o.txt }
    outputs: { o: o.txt }
    matrix: { wiring: "\${params.nulls.wirings}", seed: "\${params.nulls.seeds}" }
  each: { command: x, inputs: { f: 'artifacts/fit/*/o.txt' }, outputs: { o: o.txt }, matrix: { wiring: "\${params.nulls.wirings}" } }
  all: { command: x, inputs: { f: 'artifacts/fit/*/o.txt', e: 'artifacts/each/*/o.txt' }, outputs: { o: o.txt } }
`;

const edited = (from: string, to: string): string => {
  assert.ok(yaml.includes(from), from);
  return yaml.replace(from, to);
};

describe('an axis', () => {
  it('takes its values from a parameter, so that a profile or --set changes how many there are', async () => {
    const ids = async (extras: Parameters<typeof load>[1]): Promise<string[]> =>
      (await mustLoad(yaml, extras)).stages.filter(({ stage }) => stage === 'fit').map(({ id }) => id);
    assert.deepEqual(await ids({}), [
      ...['fit@wiring=plain,seed=4', 'fit@wiring=plain,seed=5', 'fit@wiring=mixed,seed=4', 'fit@wiring=mixed,seed=5'],
    ]);
    assert.equal((await ids({ profiles: ['many'] })).length, 6);
    assert.deepEqual(await ids({ sets: ['nulls.seeds=[9]', 'nulls.wirings={mixed: {path.kind: x}}'] }), [
      'fit@wiring=mixed,seed=9',
    ]);
  });

  it('of named settings lays them over the tree, references put in, and enters no key by its name', async () => {
    const plan = await mustLoad(yaml);
    assert.deepEqual(stageOf(plan, 'prep@wiring=plain').params, { path: { kind: 'none', width: 3 } });
    assert.deepEqual(stageOf(plan, 'prep@wiring=mixed').params, { path: { kind: 'shuffle', width: 2 } });
    assert.deepEqual(stageOf(plan, 'fit@wiring=mixed,seed=5').params, { fit: { epochs: 2 }, seed: 5 });
  });

  it('joins a stage that has more axes with each producer on those that they share', async () => {
    const plan = await mustLoad(yaml);
    assert.deepEqual(stageOf(plan, 'fit@wiring=mixed,seed=4').needs, ['prep@wiring=mixed']);
    assert.deepEqual(stageOf(plan, 'fit@wiring=plain,seed=4').needs, ['prep@wiring=plain']);
  });

  it('that is shared in part gathers what agrees on it, and each file comes with its axis values', async () => {
    const plan = await mustLoad(yaml);
    assert.deepEqual(stageOf(plan, 'each@wiring=mixed').inputs['f'], {
      kind: 'artifact',
      paths: ['artifacts/fit/wiring=mixed,seed=4/o.txt', 'artifacts/fit/wiring=mixed,seed=5/o.txt'],
      producers: ['fit@wiring=mixed,seed=4', 'fit@wiring=mixed,seed=5'],
      list: true,
      axes: [
        { wiring: 'mixed', seed: 4 },
        { wiring: 'mixed', seed: 5 },
      ],
    });
    const { f } = stageOf(plan, 'all').inputs;
    assert.equal(f?.kind === 'artifact' && f.axes?.length, 4);
  });
});

describe('an axis of a module', () => {
  const module = (params: string): string => `version: 1
params: { seed: 1 }
stages:
  make: { command: x, outputs: { o: o }, matrix: { seed: [1, 2] } }
  read: { module: a.ts, ${params} inputs: { i: artifacts/make/o }, outputs: { o: o }, matrix: { seed: [1, 2] } }
`;
  it('is seen where it is declared, and only joins where it is not', async () => {
    assert.deepEqual(stageOf(await mustLoad(module('params: [seed],')), 'read@seed=2').params, { seed: 2 });
    const joined = stageOf(await mustLoad(module('')), 'read@seed=2');
    assert.deepEqual([joined.params, joined.needs], [{}, ['make@seed=2']]);
  });

  it('is refused where nobody sees it: the instances would be the same', async () => {
    const alone = module('')
      .replace(/ {2}make.*\n/, '')
      .replace('inputs: { i: artifacts/make/o },', '');
    assert.match(String(await load(alone)), /no stage with the axis 'seed' sees it\n {2}declare it: params: \[seed\]/);
  });
});

describe('a stage’s own settings', () => {
  it('are laid over the tree for it alone; a reference to null leaves a key as it is, null itself does not', async () => {
    const own = edited('seed: "${params.nulls.keep}"', 'fit.rate: null, seed: "${params.nulls.keep}"')
      .replace('matrix: { wiring: "${params.nulls.wirings}", seed: "${params.nulls.seeds}" }', '')
      .replace('artifacts/prep/o.txt', 'artifacts/prep/wiring=plain/o.txt')
      .replace('epochs: 6', 'epochs: 6, rate: 1')
      .replace(/ {2}each:[\s\S]*/, '');
    const plan = await mustLoad(own);
    assert.deepEqual(stageOf(plan, 'fit').params, { fit: { epochs: 2, rate: null }, seed: 1 });
    assert.deepEqual(plan.params['fit'], { epochs: 6, rate: 1 });
  });
});

describe('axes and settings are refused, each in its place,', () => {
  const cases: readonly (readonly [what: string, from: string, to: string, message: RegExp])[] = [
    [
      'where a parameter is unknown',
      'seed: "${params.nulls.seeds}"',
      'seed: "${params.nulls.seed}"',
      /^pipeline\.yaml:16:56 \$\{params\.nulls\.seed\}: no parameter 'nulls\.seed'\n {2}did you mean 'nulls\.seeds'\?$/,
    ],
    [
      'where it holds no values',
      'seeds: [4, 5]',
      'seeds: 2',
      /^pipeline\.yaml:16:56 'seed' is laid over a number\n {2}expected a list of values, or settings by name/,
    ],
    ['where the list is empty', 'seeds: [4, 5]', 'seeds: []', /^pipeline\.yaml:16:56 the axis 'seed' has no values/],
    [
      'where a value could not be part of a path',
      'seeds: [4, 5]',
      'seeds: [4, ../5]',
      /"\.\.\/5" cannot be a value of the axis 'seed'/,
    ],
    ['where a value stands twice', 'seeds: [4, 5]', 'seeds: [4, 4]', /the value 4 stands twice on the axis 'seed'/],
    [
      'where settings have a name that could not be part of a path',
      'mixed: {',
      'a/b: {',
      /'a\/b' cannot name a value of the axis 'wiring'/,
    ],
    [
      'where settings set what is not there',
      'path.kind: shuffle',
      'path.kid: shuffle',
      /no parameter 'path\.kid'\n {2}did you mean 'path\.kind'\?/,
    ],
    [
      'where no stage with the axis sees what is set',
      'path.kind: shuffle',
      'seed: 4, nulls.epochs: 3',
      /no stage with the axis 'wiring' sees 'nulls\.epochs'/,
    ],
    [
      'where a stage sets what it does not see',
      'set: { fit.epochs:',
      'set: { path.width: 2, fit.epochs:',
      /^pipeline\.yaml:13:12 stage 'fit' does not see 'path\.width'\n {2}add it to its params: \[path\]/,
    ],
    [
      'where one name means two things',
      'matrix: { wiring: "${params.nulls.wirings}" } }\n  fit',
      'matrix: { wiring: { plain: {}, mixed: { path.kind: other } } } }\n  fit',
      /^pipeline\.yaml:\d+:\d+ 'wiring=mixed' sets something else than in stage 'prep'/,
    ],
    [
      'where several files are left after the shared axes',
      "f: 'artifacts/fit/*/o.txt' }, outputs: { o: o.txt }, matrix",
      "f: 'artifacts/fit/o.txt' }, outputs: { o: o.txt }, matrix",
      /there are 2 of artifacts\/fit\/o\.txt of the same wiring\n {2}write artifacts\/fit\/\*\/o\.txt to take them all of the same wiring, or give this stage the axis seed/,
    ],
  ];
  for (const [what, from, to, message] of cases)
    it(what, async () => {
      const plan = await load(edited(from, to));
      assert.match(typeof plan === 'string' ? plan : 'accepted', message);
    });
});
