/** The stages' parameters: one schema each, which pipeline.yaml, --set and profiles are held against by the real binary. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { type Schema, withDefaults } from '../../src/base/schema.ts';
import { odourRules } from '../../src/odour/choose-odours.ts';
import { paramsSchema as ornSchema } from '../../stages/orn-spikes/params.ts';
import { odourTaskRules } from '../../stages/orn-spikes/rules.ts';
import { documentedParameters, stageSchemas } from '../rig/stage-schemas.ts';
import { cliPath } from '../rig/test-project.ts';

type Tree = Readonly<Record<string, unknown>>;
const file = parse(readFileSync('pipeline.yaml', 'utf8')) as { readonly params: Tree; readonly stages: Tree };

function at(tree: unknown, key: string): unknown {
  return key.split('.').reduce((here: unknown, step) => (here as Tree | null | undefined)?.[step], tree);
}

/** Keys that pipeline.yaml names with another value than the default, and why. */
const otherwise: Readonly<Record<string, string>> = {};

describe('the schemas of the stages', () => {
  it('say of every parameter what it is, and give defaults that they themselves accept', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, keywords: ['unit'] });
    for (const { stage, key, schema } of documentedParameters()) {
      assert.equal(typeof schema['description'], 'string', `${stage}: ${key} has no description`);
      assert.doesNotMatch(schema['description'] as string, /\.$/, `${stage}: ${key}`);
      if ('default' in schema) {
        const validate = ajv.compile(schema);
        const filled = withDefaults(schema, undefined);
        assert.ok(validate(filled), `${stage}: ${key}: ${JSON.stringify(validate.errors)}`);
      }
    }
    for (const [stage, schema] of Object.entries(stageSchemas)) {
      const filled = withDefaults(schema, { download: { sources: {} } });
      assert.deepEqual(withDefaults(schema, filled), filled, stage);
      ajv.compile(schema);
    }
  });

  it('give every parameter a default, but for what a project must say itself', () => {
    const without = documentedParameters().filter(({ schema }) => !('default' in schema));
    assert.deepEqual(
      without.map(({ key }) => key),
      ['download', 'download.sources'],
    );
  });

  it('are those of pipeline.yaml: each key documented, each value accepted and, without a stated reason, the default', () => {
    const known = new Map(documentedParameters().map((one) => [one.key, one]));
    const walk = (tree: Tree, before: string): void => {
      for (const [name, value] of Object.entries(tree)) {
        const key = before === '' ? name : `${before}.${name}`;
        const schema = known.get(key)?.schema;
        assert.ok(schema !== undefined, `pipeline.yaml names ${key}, which no stage documents`);
        if (schema['properties'] !== undefined) walk(value as Tree, key);
        else if ('default' in schema && otherwise[key] === undefined)
          assert.deepEqual(value, schema['default'], `${key} has another value than its default; state the reason`);
      }
    };
    walk(file.params, '');
    for (const key of Object.keys(otherwise))
      assert.notDeepEqual(at(file.params, key), known.get(key)?.schema['default']);
    for (const schema of Object.values(stageSchemas)) {
      const seen = Object.fromEntries(
        Object.entries(file.params).filter(([key]) => key in (schema['properties'] as Tree)),
      );
      const validate = new Ajv2020({ strict: false }).compile(schema);
      assert.ok(validate(seen), JSON.stringify(validate.errors));
    }
  });
});

describe('a rule for odours', () => {
  const ruleOf = (odours: object) => odourTaskRules(withDefaults(ornSchema, { odours }).odours).odours;

  it('keeps its own number of responders, named or written out, unless odours.minResponders says otherwise', () => {
    const written = { columns: 'all', sfr: 'subtract', threshold: 0.02, minResponders: 2, drop: [] };
    assert.deepEqual(ruleOf({}), odourRules['mapped-measured']);
    assert.deepEqual(ruleOf({ rule: 'above-sfr' }), odourRules['above-sfr']);
    assert.equal(ruleOf({ rule: 'above-sfr' }).minResponders, 3);
    assert.deepEqual(ruleOf({ rule: written }), written);
    assert.deepEqual(ruleOf({ rule: { columns: 'single' } }), { ...odourRules['mapped-measured'], columns: 'single' });
    assert.equal(ruleOf({ rule: written, minResponders: 7 }).minResponders, 7);
    assert.equal(ruleOf({ rule: 'above-sfr', minResponders: 7 }).minResponders, 7);
  });

  it('keeps it with the parameters of pipeline.yaml, which name none', () => {
    const odours = file.params['odours'] as Tree;
    assert.deepEqual(ruleOf({ ...odours, rule: 'above-sfr' }), odourRules['above-sfr']);
  });
});

describe('the parameters of this project on the command line', () => {
  let cache: string;
  before(() => {
    cache = mkdtempSync(join(tmpdir(), 'cc-snn-params-'));
  });
  after(() => rmSync(cache, { recursive: true }));

  function pipeline(...args: readonly string[]): { readonly code: number | null; readonly err: string } {
    const run = spawnSync(process.execPath, [cliPath, ...args, '--cache-dir', cache], {
      encoding: 'utf8',
      env: { ...process.env, CI: '1' },
    });
    return { code: run.status, err: run.stderr };
  }
  const status = (...sets: readonly string[]) => pipeline('status', ...sets.flatMap((set) => ['--set', set]));

  it('may all be set by their documented key, to their documented default', () => {
    const sets = documentedParameters()
      .filter(({ key, schema }) => key !== 'seed' && 'default' in schema && schema['properties'] === undefined)
      .map(({ key, schema }) => `${key}=${JSON.stringify(schema['default'])}`);
    assert.ok(sets.length > 60);
    const end = status(...sets);
    assert.equal(end.code, 0, end.err);
  });

  it('take what the pages offer', () => {
    const end = status(
      'pathway.tables.connections=connections_bilateral_mixed.csv',
      'train.rates.bands=[{population: KC, scope: active, lo: 0.03, hi: 0.08, weight: 1}]',
      'odours.rule={columns: all, sfr: subtract, threshold: 0.01, minResponders: 3, drop: [water]}',
      'train.targetRateHz.KC=2',
      'train.parameters=[gain, {what: tauM, sharedBy: type, bounds: [5, 40], prior: {strength: 0.1}}, readout]',
      'pathway.nullModel={kind: swapEdges}',
      'train.jumpBound=null',
      'pathway.populations.LN={class: ALLN, side: left}',
    );
    assert.equal(end.code, 0, end.err);
  });

  it('are refused before anything runs, in words that state the constraint', () => {
    const cases: readonly (readonly [set: string, message: RegExp])[] = [
      ['train.epochs=-1', /train\.epochs is -1, must be at least 1/],
      ['train.kernel=gpu', /train\.kernel is "gpu", must be one of reference, wasm/],
      [
        'spinnaker.target=hest',
        /one of simulated, firmware, nest, brian2, virtual, board.*\n {2}did you mean 'nest'\?/,
      ],
      [
        'train.parameters=[gian]',
        /train\.parameters\[0\] is "gian", must be one of gain, .*\n {2}did you mean 'gain'\?/,
      ],
      ['train.epoch=3', /no parameter 'train\.epoch'\n {2}did you mean 'train\.epochs'\?/],
      ['pathway.tables.conections=x.csv', /no parameter .*\n {2}did you mean 'pathway\.tables\.connections'\?/],
      ['train.rates.band=[]', /no parameter .*\n {2}did you mean 'train\.rates\.bands'\?/],
      [
        'odours.rule={treshold: 1}',
        /unknown key 'treshold' in 'params\.odours\.rule'.*\n {2}did you mean 'threshold'\?/,
      ],
      ['odours.trials.validation=0.5', /must be a whole number of at least 0/],
      ['train.parameters=[{what: gain, bounds: [1, 2, 3]}]', /bounds has 3 items, must have at most 2/],
      ['pathway.populations={LN: {clas: ALLN}}', /unknown key 'clas' .*\n {2}did you mean 'class'\?/],
      ['pathway.signs.ACH=2', /pathway\.signs\.ACH is 2, must be one of 1, -1/],
      ['train.targetRateHz.KC=0', /train\.targetRateHz\.KC is 0, must be above 0/],
      ['export.board.version=4', /export\.board\.version is 4, must be one of 3, 5/],
      ['seed=4294967296', /seed is 4294967296, must be at most 4294967295/],
    ];
    for (const [set, message] of cases) {
      const end = status(set);
      assert.equal(end.code, 2, `${set}: ${end.err}`);
      assert.match(end.err, message);
    }
    assert.match(pipeline('run', '-n', '--set', 'train.epochs=-1').err, /train\.epochs is -1, must be at least 1/);
  });
});

describe('a key that several stages see', () => {
  it('has one schema', () => {
    const byKey = new Map<string, Schema>();
    for (const { key, schema } of documentedParameters()) {
      const other = byKey.get(key);
      if (other !== undefined) assert.equal(canonicalJson(schema), canonicalJson(other), key);
      byKey.set(key, schema);
    }
  });
});
