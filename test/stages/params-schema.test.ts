/** What is made from the stages' schemas: the schema that editors check pipeline.yaml with, and the page of parameters. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { documentedParameters } from '../rig/stage-schemas.ts';
import { TestProject } from '../rig/test-project.ts';

type Tree = Record<string, unknown>;

/** What an editor would mark: JSON pointers. */
function marks(validate: ValidateFunction, document: unknown): string[] {
  validate(document);
  return [...new Set((validate.errors ?? []).map((error) => error.instancePath))];
}

function compiled(text: string): ValidateFunction {
  return new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(text) as object);
}

describe('what is made from the schemas of the stages', () => {
  it('is what the script would write: schemas/cc-snn.schema.json and docs/parameters.md', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/schemas.mjs', '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  it('names every parameter on the page, with its default', () => {
    const page = readFileSync('docs/parameters.md', 'utf8');
    for (const { key, schema } of documentedParameters().filter(({ key }) => key.includes('.'))) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${key}\` |`));
      assert.ok(row !== undefined, `${key} is not on the page`);
      if ('default' in schema && schema['properties'] === undefined)
        assert.ok(row.includes(`\`${JSON.stringify(schema['default'])}\``), row);
    }
  });

  it('lets an editor check pipeline.yaml, its parameters and those of its profiles', () => {
    const text = readFileSync('pipeline.yaml', 'utf8');
    assert.match(text, /^# yaml-language-server: \$schema=\.\/schemas\/cc-snn\.schema\.json\n/);
    const validate = compiled(readFileSync('schemas/cc-snn.schema.json', 'utf8'));
    const changed = (change: (document: { params: Record<string, Tree>; profiles: Tree }) => void): string[] => {
      const document = parse(text) as { params: Record<string, Tree>; profiles: Tree };
      change(document);
      return marks(validate, document);
    };
    assert.deepEqual(
      changed(() => undefined),
      [],
    );
    assert.ok(
      changed(({ params }) => Object.assign(params['train']!, { epochs: -6 })).includes('/params/train/epochs'),
    );
    assert.ok(changed(({ params }) => Object.assign(params['train']!, { epochz: 6 })).includes('/params/train'));
    assert.ok(changed(({ params }) => Object.assign(params, { tarin: {} })).includes('/params'));
    const profile = (params: Tree) => changed(({ profiles }) => Object.assign(profiles, { mine: { params } }));
    assert.deepEqual(profile({ train: { batch: 16 }, download: { parallel: 2 } }), []);
    assert.ok(profile({ train: { kernel: 'gpu' } }).includes('/profiles/mine/params/train/kernel'));
  });

  it('has descriptions and defaults to show', () => {
    const schema = JSON.parse(readFileSync('schemas/cc-snn.schema.json', 'utf8')) as {
      definitions: { params: { properties: { train: { properties: { epochs: Tree } } } } };
    };
    assert.deepEqual(schema.definitions.params.properties.train.properties.epochs, {
      type: 'integer',
      minimum: 1,
      default: 6,
      description: 'passes over fresh training trials',
    });
  });
});

describe('pipeline schema', () => {
  let project: TestProject;
  afterEach(() => project.dispose());

  it('is made of any project’s modules; what its commands see is left open', () => {
    const fit = `export default { about: '', inputs: {}, outputs: { o: { kind: 'report', about: 'o' } }, async run() {},
      params: { type: 'object', required: ['fit'], properties: { fit: { $ref: '#/$defs/fit' } }, $defs: { fit: { type: 'object',
        required: ['rate'], additionalProperties: false, properties: { rate: { type: 'number', unit: 'Hz', description: 'how fast' } } } } } };`;
    const yaml = `version: 1
params: { fit: { rate: 1 }, width: 3 }
stages:
  fit: { module: fit.mjs, params: [fit], outputs: { o: o.json } }
`;
    const command =
      '  cut: { command: "echo ${params.width} > ${outputs.o}", params: [width], outputs: { o: o.txt } }\n';
    project = new TestProject(yaml).write('fit.mjs', fit);
    const closed = compiled(project.pipeline('schema').out);
    assert.deepEqual(marks(closed, { version: 1, params: { fit: {} }, stages: {} }), ['/stages']);
    assert.ok(marks(closed, parse(yaml)).includes('/params'));
    project.write('pipeline.yaml', yaml + command);
    const open = compiled(project.pipeline('schema').out);
    assert.deepEqual(marks(open, parse(yaml + command)), []);
    assert.deepEqual(marks(open, { ...(parse(yaml) as Tree), params: { fit: { rate: 'x' } } }), ['/params/fit/rate']);
    assert.match(project.pipeline('schema', '--markdown').out, /\| `fit\.rate` \| a number \| {2}\| Hz \| how fast \|/);
  });

  it('is not made where a module cannot be asked: the parameters of its stage would be missing', () => {
    const yaml =
      'version: 1\nparams: { fit: 1 }\nstages:\n  fit: { module: fit.mjs, params: [fit], outputs: { o: o.json } }\n';
    project = new TestProject(yaml).write('fit.mjs', "import './nowhere.mjs';\nexport default {};\n");
    const end = project.pipeline('schema');
    assert.notEqual(end.code, 0);
    assert.equal(end.out, '');
    assert.match(end.err, /nowhere\.mjs does not exist, but is reached from fit\.mjs/);
  });
});
