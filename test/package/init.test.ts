/** `pipeline init`: what a new project holds, and what is never overwritten. Installing and running one: pack.test.ts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dependencyOf, projectFiles } from '../../src/runner/commands/new-project.ts';
import { PackageFolder, packageRoot } from '../rig/package-folder.ts';
import { cliPath } from '../rig/test-project.ts';

/** The questions that the package ships come along. */
const experiments = readdirSync(join(packageRoot, 'experiments')).filter((name) => name.endsWith('.yaml'));

const files = [
  '.gitignore',
  'README.md',
  'cells.py',
  ...experiments.map((name) => `experiments/${name}`).sort(),
  'package.json',
  'pipeline.yaml',
  'stages/strongest-odours.ts',
  'tsconfig.json',
];

interface Pipeline {
  readonly params: Readonly<Record<string, unknown>>;
  readonly profiles: unknown;
  readonly stages: Readonly<Record<string, { readonly module?: string }>>;
}

describe('pipeline init', () => {
  let folder: PackageFolder;
  beforeEach(() => {
    folder = new PackageFolder('init');
  });
  afterEach(() => folder.dispose());

  const pipeline = (...args: readonly string[]) => folder.call(process.execPath, [cliPath, ...args]);
  const filesIn = (path: string): string[] =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort();
  const manifest = (path = '.') => JSON.parse(readFileSync(folder.at(path, 'package.json'), 'utf8'));

  it('makes a project in an empty folder, and names the steps that come next', () => {
    const { code, out } = pipeline('init');
    assert.equal(code, 0, out);
    assert.deepEqual(filesIn(folder.path), files);
    assert.match(out, /next:\n {2}npm install\n {2}npm run build\n {2}npx pipeline run\n$/);
    const { type, dependencies, scripts, devDependencies } = manifest();
    assert.deepEqual({ type, scripts }, { type: 'module', scripts: { build: 'tsc' } });
    assert.equal(realpathSync(folder.at(dependencies['cc-snn'].slice('file:'.length))), packageRoot);
    assert.deepEqual(Object.keys(devDependencies), ['@types/node', 'typescript']);
  });

  it('gives it every shipped stage by its package name, every parameter and profile, and two stages of its own', () => {
    pipeline('init', 'mine');
    const made = parse(readFileSync(folder.at('mine/pipeline.yaml'), 'utf8'), { merge: true }) as Pipeline;
    const shipped = parse(readFileSync(join(packageRoot, 'pipeline.yaml'), 'utf8'), { merge: true }) as Pipeline;
    const { strongest, ...params } = made.params;
    assert.deepEqual(params, shipped.params);
    assert.deepEqual(strongest, { odours: 5 });
    assert.deepEqual(made.profiles, shipped.profiles);
    const { cells, 'strongest-odours': odours, ...stages } = made.stages;
    assert.equal(odours?.module, 'stages/strongest-odours.ts');
    assert.ok(cells !== undefined && cells.module === undefined);
    const expected = Object.entries(shipped.stages).map(([name, stage]) => [
      name,
      { ...stage, module: `cc-snn/stages/${name}` },
    ]);
    assert.deepEqual(stages, Object.fromEntries(expected));
    folder.linkPackage('mine');
    const { out, code } = pipeline('run', '-C', 'mine', '--dry-run', '--until=spinnaker-run');
    assert.equal(code, 0, out);
    assert.match(out, /spinnaker-run +would run/);
  });

  it('overwrites nothing, writes nothing beside it, and says what it would have written', () => {
    folder.write('README.md', 'mine');
    folder.write('stages/strongest-odours.ts', 'mine too');
    const { code, err } = pipeline('init');
    assert.equal(code, 2);
    assert.match(err, /init would overwrite stages\/strongest-odours\.ts and README\.md in /);
    assert.match(
      err,
      /it writes package\.json, pipeline\.yaml, .* and has written nothing; name another folder: pipeline init FOLDER/,
    );
    assert.deepEqual(filesIn(folder.path), ['README.md', 'stages/strongest-odours.ts']);
    assert.equal(readFileSync(folder.at('README.md'), 'utf8'), 'mine');
  });

  it('keeps what lies beside its files', () => {
    folder.write('data/table.csv', 'a,b\n');
    const { code, out } = pipeline('init');
    assert.equal(code, 0);
    assert.match(out, /what lies there already is kept: data/);
    assert.equal(readFileSync(folder.at('data/table.csv'), 'utf8'), 'a,b\n');
  });

  it('adds to a package.json that depends on the package, takes none of it away, and keeps to its kind of modules', () => {
    const before = {
      name: 'kept',
      type: 'commonjs',
      scripts: { test: 'x', build: 'mine' },
      dependencies: { 'cc-snn': '9.9.9', a: '1' },
    };
    folder.write('package.json', JSON.stringify(before));
    const { code, out } = pipeline('init');
    assert.equal(code, 0, out);
    assert.match(out, /package\.json \(added to\)/);
    const { devDependencies, ...rest } = manifest();
    assert.deepEqual(rest, before);
    assert.deepEqual(Object.keys(devDependencies), ['@types/node', 'typescript']);
    assert.deepEqual(
      filesIn(folder.path),
      files.map((path) => path.replace(/\.ts$/, '.mts')),
    );
    assert.match(readFileSync(folder.at('pipeline.yaml'), 'utf8'), /module: stages\/strongest-odours\.mts\n/);
  });

  it('refuses a package.json that knows nothing of the package, with the step that helps, and one that is not JSON', () => {
    folder.write('package.json', '{"name":"other"}');
    const { code, err } = pipeline('init');
    assert.equal(code, 2);
    assert.match(err, /init would overwrite package\.json in .*\n.*first npm install cc-snn/);
    assert.deepEqual(manifest(), { name: 'other' });
    folder.write('package.json', '{');
    assert.match(pipeline('init').err, /package\.json is not JSON/);
  });

  it('writes nothing with --dry-run', () => {
    const { code, out } = pipeline('init', 'deep/er', '--dry-run');
    assert.equal(code, 0);
    assert.match(out, /^would make in deep\/er:/);
    assert.deepEqual(filesIn(folder.path), []);
  });

  it('makes names that npm takes of any folder', () => {
    for (const [name, expected] of [
      ['My Flies!', 'my-flies'],
      ['cc-snn', 'my-cc-snn'],
      ['_.', 'project'],
      ['typescript', 'my-typescript'],
    ] as const) {
      assert.equal(pipeline('init', name).code, 0);
      assert.equal(manifest(name).name, expected);
    }
    folder.write('file', '');
    assert.match(pipeline('init', 'file').err, /file is a file\n {2}name a folder/);
  });
});

describe('projectFiles', () => {
  it('brings the included files, with stages and schema by the name of the package', () => {
    const example = {
      'package.json': '{}',
      'pipeline.yaml': "  # of this project\n  own: 1\n\n  # this project's own\n  x:\n",
    };
    const experiment =
      '# yaml-language-server: $schema=../schemas/experiment.schema.json\nstages:\n  a:\n    module: stages/train.ts\n';
    const parts = {
      packageName: 'cc-snn',
      pipeline: 'params:\n',
      experiments: { 'experiments/a.yaml': experiment },
      example,
    };
    const files = projectFiles(parts, { folderName: 'x', dependency: '1', manifest: undefined });
    assert.equal(
      files.get('experiments/a.yaml'),
      '# yaml-language-server: $schema=../node_modules/cc-snn/schemas/experiment.schema.json\nstages:\n  a:\n    module: cc-snn/stages/train\n',
    );
  });
});

describe('dependencyOf', () => {
  const of = (packageRoot: string, resolved?: string): string =>
    dependencyOf('1.2.3', { packageRoot, folder: '/home/me/new', resolved });

  it('is how the running package was installed, as seen from the new folder', () => {
    assert.equal(of('/home/me/cc-snn'), 'file:../cc-snn');
    assert.equal(
      of('/home/me/old/node_modules/cc-snn', 'file:../pack/cc-snn-1.2.3.tgz'),
      'file:../pack/cc-snn-1.2.3.tgz',
    );
    assert.equal(of('/cache/x/node_modules/cc-snn', 'file:../../home/me/cc-snn-1.2.3.tgz'), 'file:../cc-snn-1.2.3.tgz');
    assert.equal(of('/cache/x/node_modules/cc-snn', 'https://registry.npmjs.org/cc-snn/-/cc-snn-1.2.3.tgz'), '^1.2.3');
    assert.equal(of('/cache/x/node_modules/cc-snn'), '^1.2.3');
    assert.equal(
      of('/cache/x/node_modules/cc-snn', 'git+ssh://git@host/cc-snn.git#abc'),
      'git+ssh://git@host/cc-snn.git#abc',
    );
  });
});
