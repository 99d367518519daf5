/** Wrong parameters are told before anything runs, by run, run -n and status alike, driven by the real binary. */
import assert from 'node:assert/strict';
import { settingGroups } from '../../rig/setting-groups.ts';
import { TestProject } from '../../rig/test-project.ts';

/** A stage with every kind of parameter; it notes that it ran. */
const fit = `import { appendFileSync, writeFileSync } from 'node:fs';
const whole = { type: 'integer', minimum: 1 };
const one = { oneOf: [
  { enum: ['gain', 'tau'] },
  { type: 'object', additionalProperties: false, required: ['what'], properties: {
    what: { enum: ['gain', 'tau'] }, bounds: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 } } },
] };
const fit = { type: 'object', additionalProperties: false, default: {}, properties: {
  epochs: { ...whole, default: 6, description: 'passes over the data' },
  rate: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 0.1 },
  kernel: { enum: ['reference', 'wasm'], default: 'wasm' },
  name: { type: 'string', minLength: 2, default: 'fly' },
  parameters: { type: 'array', items: one, minItems: 1, default: ['gain'] },
  bound: { type: ['number', 'null'], exclusiveMinimum: 0, default: 0.25 },
  targets: { type: 'object', additionalProperties: { type: 'number', minimum: 0 }, default: { KC: 1 } },
  rule: { anyOf: [{ enum: ['mapped', 'above'] }, { $ref: '#/$defs/rule' }], default: 'mapped' },
  shuffle: { oneOf: [
    { type: 'null' },
    { type: 'object', additionalProperties: false, required: ['kind'], properties: { kind: { const: 'edges' }, share: { type: 'number', maximum: 1 } } },
    { type: 'object', additionalProperties: false, required: ['kind'], properties: { kind: { const: 'signs' }, seed: whole } },
  ], default: null },
} };
const rule = { type: 'object', additionalProperties: false, properties: { least: whole, drop: { type: 'array', items: { type: 'string' } } } };
export default {
  about: 'notes that it ran',
  params: { type: 'object', additionalProperties: false, properties: { fit, seed: { type: 'integer', minimum: 0, default: 1 } }, $defs: { rule } },
  inputs: {}, outputs: { seen: { kind: 'report', about: 'its parameters' } },
  async run({ params, outputs }) { appendFileSync(outputs.seen, JSON.stringify(params)); },
};
`;

const yaml = `version: 1
params:
  seed: 1
  loose: { width: 3 }
  fit: { epochs: 6, kernel: wasm, rule: mapped, parameters: [gain], bound: 0.25, shuffle: null }
profiles:
  long: { params: { fit: { epochs: 60.5 } } }
stages:
  before: { command: "echo \${params.loose.width} > \${outputs.o}", params: [loose], outputs: { o: o.txt } }
  fit: { module: fit.mjs, params: [fit, seed], inputs: {}, outputs: { seen: seen.json } }
`;

const says = ", says fit.mjs (stage 'fit')";

describe('a wrong parameter', () => {
  let project: TestProject;
  before(() => {
    project = new TestProject(yaml).write('fit.mjs', fit);
  });
  after(() => project.dispose());

  /** What status says where it refuses; nothing may have run. */
  function refusal(...flags: readonly string[]): string {
    return refusedBy(['status'], flags);
  }
  function refusedBy(way: readonly string[], flags: readonly string[]): string {
    const end = project.pipeline(...way, ...flags);
    assert.equal(end.code, 2, `${way.join(' ')} ${flags.join(' ')}: exit ${end.code}\n${end.out}${end.err}`);
    assert.doesNotMatch(end.out, /would run| ran\b/);
    for (const stage of ['before', 'fit']) assert.equal(project.exists(`artifacts/${stage}`), false);
    return end.err.trimEnd();
  }
  const setting = (set: string): string => refusal('--set', set);

  it('is refused by status, run, run -n and run of another stage in the same words', () => {
    for (const set of ['fit.epochs=-1', 'fit.rate=5', 'fit.nmae=x']) {
      const words = setting(set);
      for (const way of [['run'], ['run', '-n'], ['run', '--keep-going']])
        assert.equal(refusedBy(way, ['--set', set]), words);
    }
  });

  it('of --set states the constraint, the choices, what was probably meant, each of several', () => {
    const cases: readonly (readonly [set: string, message: string])[] = [
      ['fit.epochs=-1', `fit.epochs is -1, must be at least 1${says}\n  epochs: passes over the data`],
      [
        'fit.epochs=6.5',
        `fit.epochs is 6.5, must be a whole number of at least 1${says}\n  epochs: passes over the data`,
      ],
      [
        'fit.epochs=null',
        `fit.epochs is null, must be a whole number of at least 1${says}\n  epochs: passes over the data`,
      ],
      ['fit.rate=0', `fit.rate is 0, must be above 0${says}`],
      ['fit.rate=1.5', `fit.rate is 1.5, must be at most 1${says}`],
      ['fit.rate=[1]', `fit.rate is a list, must be a number above 0 and of at most 1${says}`],
      ['fit.kernel=gpu', `fit.kernel is "gpu", must be one of reference, wasm${says}`],
      ['fit.kernel=wams', `fit.kernel is "wams", must be one of reference, wasm${says}\n  did you mean 'wasm'?`],
      [
        'fit.parameters=[gian]',
        `fit.parameters[0] is "gian", must be one of gain, tau, or an object with what${says}\n  did you mean 'gain'?`,
      ],
      ['fit.parameters=[]', `fit.parameters has 0 items, must have at least 1${says}`],
      [
        'fit.parameters=[gain, {what: tau, bounds: [1]}]',
        `fit.parameters[1].bounds has 1 item, must have at least 2${says}`,
      ],
      [
        'fit.parameters=[{waht: tau}]',
        `'params.fit.parameters[0]' lacks 'what'${says}\n--set fit.parameters=[{waht: tau}]: unknown key 'waht' in 'params.fit.parameters[0]'${says}\n  did you mean 'what'?`,
      ],
      ['fit.bound=-1', `fit.bound is -1, must be above 0${says}`],
      ['fit.bound=[]', `fit.bound is an empty list, must be a number above 0 or null${says}`],
      ['fit.rule={least: 0}', `fit.rule.least is 0, must be at least 1${says}`],
      ['fit.rule={drop: [a, 3]}', `fit.rule.drop[1] is 3, must be a text${says}`],
      [
        'fit.rule=mappd',
        `fit.rule is "mappd", must be one of mapped, above, or an object${says}\n  did you mean 'mapped'?`,
      ],
      ['fit.shuffle={kind: edges, share: 2}', `fit.shuffle.share is 2, must be at most 1${says}`],
      ['fit.shuffle={kind: signs, seed: 0}', `fit.shuffle.seed is 0, must be at least 1${says}`],
      ['fit.targets.KC=-3', `fit.targets.KC is -3, must be at least 0${says}`],
      ['fit={epoch: 3}', `unknown key 'epoch' in 'params.fit'${says}\n  did you mean 'epochs'?`],
      ['fit={rates: {KC: 1}}', `unknown key 'rates' in 'params.fit'${says}\n  did you mean 'rate'?`],
      ['seed=-1', `seed is -1, must be at least 0${says}`],
      ['seed=abc', `seed is "abc", must be a whole number of at least 0${says}`],
      ['fit.name=7', `fit.name is 7, must be a text${says}\n  write the text in quotes: --set 'fit.name="7"'`],
      ['fit.name=x', `fit.name has 1 character, must have at least 2${says}`],
    ];
    assert.equal(setting(cases[0]![0]), `--set ${cases[0]![0]}: ${cases[0]![1]}`);
    for (const group of settingGroups(cases)) {
      const told = refusal(...group.flatMap(([set]) => ['--set', set])).split(/\n(?=--set )/);
      const expected = group.flatMap(([set, message]) => `--set ${set}: ${message}`.split(/\n(?=--set )/));
      assert.deepEqual(told.sort(), expected.sort());
    }
  });

  it('that no stage knows is refused with what was meant among all that stages know, else with the keys beside it', () => {
    assert.equal(setting('fit.nmae=x'), "--set fit.nmae=x: no parameter 'fit.nmae'\n  did you mean 'fit.name'?");
    assert.equal(
      setting('fit.targetss.KC=3'),
      "--set fit.targetss.KC=3: no parameter 'fit.targetss.KC'\n  did you mean 'fit.targets.KC'?",
    );
    assert.equal(
      setting('fit.zzzzzzzz=3'),
      "--set fit.zzzzzzzz=3: no parameter 'fit.zzzzzzzz'\n  the keys of 'fit' are: epochs, rate, kernel, name, parameters, bound, targets, rule, shuffle",
    );
    assert.match(setting('loose.hight=3'), /no parameter 'loose\.hight'/);
    assert.match(setting('loose.width=wide'), /'loose\.width' is a number \(3\), got a text/);
    assert.match(setting('nothing=3'), /no parameter 'nothing'/);
  });

  it('of a profile, of the file and of a matrix axis is told at its line and column', () => {
    const profile = `pipeline.yaml:7:36 fit.epochs is 60.5, must be a whole number of at least 1${says}`;
    assert.equal(refusal('--profile', 'long').split('\n')[0], profile);
    project.write('pipeline.yaml', yaml.replace('bound: 0.25', 'bound: 0').replace('kernel: wasm', 'kernel: gpu'));
    assert.equal(
      refusal(),
      `pipeline.yaml:5:29 fit.kernel is "gpu", must be one of reference, wasm${says}\npipeline.yaml:5:75 fit.bound is 0, must be above 0${says}`,
    );
    project.write('pipeline.yaml', yaml.replace('inputs: {},', 'matrix: { fit.epochs: [3, 0, 9] },'));
    assert.match(refusal(), /^pipeline\.yaml:10:74 fit\.epochs is 0, must be at least 1/);
    project.write('pipeline.yaml', yaml.replace('inputs: {},', 'matrix: { fit.targets.KC: [1, -1] },'));
    assert.match(refusal(), /^pipeline\.yaml:10:78 fit\.targets\.KC is -1, must be at least 0/);
    project.write('pipeline.yaml', yaml.replace('inputs: {},', 'matrix: { fit.tragets.KC: [1] },'));
    assert.match(
      refusal(),
      /^pipeline\.yaml:10:\d+ no parameter 'fit\.tragets\.KC' to lay the axis over\n {2}did you mean/,
    );
    project.write('pipeline.yaml', yaml);
  });

  it('is told also where it keeps a stage from being judged, and that stage is all that is asked for', () => {
    const looks = fit.replace('inputs: {},', 'sources: ({ fit }) => [fit.name.trim()], inputs: {},');
    project.write('pipeline.yaml', yaml).write('fit.mjs', looks);
    for (const way of [
      ['run', 'fit'],
      ['run', '-n', 'fit'],
      ['status', 'fit'],
    ])
      assert.match(refusedBy(way, ['--set', 'fit.name=7']), /^--set fit\.name=7: fit\.name is 7, must be a text/);
    project.write('fit.mjs', fit);
  });

  it('is told of all stages that see it in one line, and with --json as an error event', () => {
    const two = yaml.replace(
      '  fit: { module',
      '  again: { module: again.mjs, params: [seed], outputs: { seen: s.json } }\n  fit: { module',
    );
    project.write('pipeline.yaml', two).write('again.mjs', fit);
    assert.equal(
      setting('seed=-1'),
      "--set seed=-1: seed is -1, must be at least 0, say again.mjs (stage 'again') and fit.mjs (stage 'fit')",
    );
    const json = project.pipeline('status', '--json', '--set', 'seed=-1');
    assert.match(json.lines[0]?.['message'] as string, /seed is -1/);
    project.write('pipeline.yaml', yaml);
  });
});

describe('a parameter that a schema knows', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(yaml).write('fit.mjs', fit);
  });
  afterEach(() => project.dispose());
  const seen = (): { fit: Record<string, unknown> } => JSON.parse(project.read('artifacts/fit/seen.json'));

  it('may be set though pipeline.yaml does not name it, and as any kind that the schema takes', () => {
    const run = (...sets: readonly string[]): void => {
      const end = project.run(...sets.flatMap((set) => ['--set', set]));
      assert.equal(end.code, 0, end.err);
    };
    run('fit.rate=0.5', 'fit.targets.PN=7', 'fit.rule={least: 3, drop: [water]}', 'fit.parameters=[{what: tau}]');
    assert.deepEqual(seen().fit, {
      epochs: 6,
      kernel: 'wasm',
      rule: { least: 3, drop: ['water'] },
      parameters: [{ what: 'tau' }],
      bound: 0.25,
      shuffle: null,
      rate: 0.5,
      targets: { PN: 7 },
      name: 'fly',
    });
    run('fit.bound=null', 'fit.shuffle={kind: signs, seed: 3}', 'fit.name=bee');
    assert.deepEqual(
      [seen().fit['bound'], seen().fit['shuffle'], seen().fit['name']],
      [null, { kind: 'signs', seed: 3 }, 'bee'],
    );
    assert.equal(project.run('--set', 'fit.name=bee', '--set', 'fit.bound=null').status['fit'], 'ran');
    assert.equal(project.run('--set', 'fit.name=bee', '--set', 'fit.bound=null').status['fit'], 'cached');
  });

  it('is taken by every command that reads a plan, and by stages that are not asked for', () => {
    for (const args of [['status'], ['why', 'fit'], ['params'], ['run', 'before'], ['graph']])
      assert.equal(project.pipeline(...args, '--set', 'fit.rate=0.5').code, 0, args.join(' '));
    for (const args of [['status'], ['why', 'fit'], ['params'], ['run', 'before'], ['graph']])
      assert.equal(project.pipeline(...args, '--set', 'fit.raet=0.5').code, 2, args.join(' '));
    assert.match(project.pipeline('run', 'before', '--set', 'fit.rate=5').err, /must be at most 1/);
  });

  it('is still refused where the stage that knows it does not declare it', () => {
    project.write('pipeline.yaml', yaml.replace('[fit, seed]', '[fit.epochs, seed]'));
    assert.match(project.pipeline('status', '--set', 'fit.rate=0.5').err, /no parameter 'fit\.rate'/);
  });

  it('is checked only where something would run: what is in place was checked when it was made', () => {
    assert.equal(project.run().code, 0);
    project.remove('cache/contracts');
    assert.equal(project.pipeline('status').code, 0);
    assert.equal(project.pipeline('run', '-n').code, 0);
    assert.equal(project.exists('cache/contracts'), false);
    project.pipeline('status', '--set', 'fit.epochs=7');
    assert.equal(project.exists('cache/contracts'), true);
  });
});
