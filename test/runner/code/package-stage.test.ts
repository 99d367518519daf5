/** Stages of installed packages, and linked packages: what of them enters a key, where they run, and what is said where they cannot. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { TestProject } from '../../rig/test-project.ts';

const stage = (body: string, imports = ''): string => `import { writeFileSync } from 'node:fs';
${imports}
export default { about: '', params: {}, inputs: {}, outputs: { table: { kind: 'table', about: '' } },
  async run({ outputs, log }) { log('at work'); writeFileSync(outputs.table, ${body}); } };
`;

/** A package with two stages that share a helper, one private file, and a dependency. */
const packageFiles = (text = 'one'): Record<string, string> => ({
  'package.json': JSON.stringify({
    name: 'flies',
    version: '1.0.0',
    type: 'module',
    exports: { '.': './lib/index.js', './stages/wing': './lib/wing.js', './stages/leg': './lib/leg.js' },
    imports: { '#word': './lib/word.js' },
  }),
  'lib/index.js': "export { word } from './word.js';\n",
  'lib/wing.js': stage('word + tail', "import { word } from '#word';\nimport tail from 'tail';"),
  'lib/leg.js': stage("'leg'"),
  'lib/word.js': `export const word = '${text}';\n`,
});

const pipeline = `version: 1
stages:
  wing: { module: flies/stages/wing, outputs: { table: t.txt } }
  leg: { module: flies/stages/leg, outputs: { table: t.txt } }
`;

function install(project: TestProject, folder: string, files = packageFiles()): void {
  for (const [path, text] of Object.entries(files)) project.write(`${folder}/${path}`, text);
}

function withTail(project: TestProject, folder = 'node_modules/tail'): TestProject {
  project.write(`${folder}/package.json`, '{"name":"tail","version":"3.0.0","type":"module","main":"tail.js"}');
  return project.write(`${folder}/tail.js`, "export default '!';\n");
}

function link(project: TestProject, target: string, path: string): void {
  mkdirSync(dirname(project.path(path)), { recursive: true });
  rmSync(project.path(path), { recursive: true, force: true });
  symlinkSync(project.path(target), project.path(path));
}

describe('stages of installed packages', () => {
  let project: TestProject;
  beforeEach(() => {
    project = withTail(new TestProject(pipeline));
    install(project, 'node_modules/flies');
  });
  afterEach(() => project.dispose());

  it('run by the name that an import would use, once', () => {
    const first = project.run();
    assert.deepEqual(first.status, { wing: 'ran', leg: 'ran' }, first.err + first.out);
    assert.equal(project.read('artifacts/wing/t.txt'), 'one!');
    assert.deepEqual(project.run().status, { wing: 'cached', leg: 'cached' });
  });

  it('run by their path below node_modules too', () => {
    project.write('pipeline.yaml', pipeline.replace('flies/stages/wing', 'node_modules/flies/lib/wing.js'));
    const first = project.run();
    assert.deepEqual(first.status, { wing: 'ran', leg: 'ran' }, first.err + first.out);
    project.write('node_modules/flies/lib/word.js', "export const word = 'two';\n");
    assert.deepEqual(project.run().status, { wing: 'ran', leg: 'cached' });
  });

  it('run again where their own files changed, though the version did not, and only those that reach the file', () => {
    project.run();
    project.write('node_modules/flies/lib/word.js', "export const word = 'two';\n");
    const before = project.run('--dry-run').lines.find((line) => line.stage === 'wing');
    assert.deepEqual(before?.reason, ['code flies/lib/word.js changed']);
    assert.deepEqual(project.run().status, { wing: 'ran', leg: 'cached' });
    assert.equal(project.read('artifacts/wing/t.txt'), 'two!');
  });

  it('run again with another version of the package, or of a package that they reach', () => {
    project.run();
    withTail(project).write('node_modules/tail/package.json', '{"version":"3.0.1","type":"module","main":"tail.js"}');
    assert.deepEqual(project.run().status, { wing: 'ran', leg: 'cached' });
    const manifest = project.read('node_modules/flies/package.json').replace('1.0.0', '1.0.1');
    project.write('node_modules/flies/package.json', manifest);
    assert.deepEqual(project.run().status, { wing: 'ran', leg: 'ran' });
  });

  it('have the same key wherever the package lies: installed, linked, in a store', () => {
    const keys = (): unknown => {
      const ends = project.run('--force').lines.filter((line) => line.event === 'stage');
      return Object.fromEntries(ends.map(({ stage: name, status, key }) => [name!, `${status} ${key}`]));
    };
    const installed = keys();
    rmSync(project.path('node_modules/flies'), { recursive: true });
    install(project, 'node_modules/.store/flies@1/node_modules/flies');
    withTail(project, 'node_modules/.store/flies@1/node_modules/tail');
    link(project, 'node_modules/.store/flies@1/node_modules/flies', 'node_modules/flies');
    assert.deepEqual(keys(), installed);
    install(project, 'vendor/flies');
    withTail(project, 'vendor/flies/node_modules/tail');
    link(project, 'vendor/flies', 'node_modules/flies');
    assert.deepEqual(keys(), installed);
  });

  it('are told apart by what is wrong: no such package, no such stage, a file without its ending', () => {
    const said = (module: string): string => {
      project.write('pipeline.yaml', `version: 1\nstages:\n  wing: { module: ${module}, outputs: { table: t.txt } }\n`);
      const { code, err, out } = project.pipeline('run');
      assert.notEqual(code, 0);
      return err + out;
    };
    assert.match(
      said('flys/stages/wing'),
      /flys\/stages\/wing names a stage of the package 'flys', which is not installed[\s\S]*npm install/,
    );
    assert.match(
      said('flies/stages/wings'),
      /flies\/stages\/wings is not exported by flies 1\.0\.0\s+did you mean 'flies\/stages\/wing'/,
    );
    assert.match(
      said('flies/lib/word'),
      /is not exported by flies 1\.0\.0\s+it exports: flies\/stages\/wing, flies\/stages\/leg/,
    );
    project.write('stages/mine.mjs', stage("'mine'"));
    assert.match(
      said('stages/mine'),
      /the package 'stages', which is not installed\s+did you mean the file 'stages\/mine\.mjs'/,
    );
    assert.match(
      said('wing.py'),
      /pipeline\.yaml:3:19 module 'wing\.py' is not a \.ts, \.js or \.mjs file, nor a package's stage/,
    );
    rmSync(project.path('node_modules/flies/lib/leg.js'));
    assert.match(said('flies/stages/leg'), /needs lib\/leg\.js of flies, which is missing\s+run npm install/);
  });
});

describe('linked packages', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject('version: 1\nstages:\n  own: { module: own.mjs, outputs: { table: t.txt } }\n');
    project.write('own.mjs', stage('word', "import { word } from 'flies';"));
    install(project, 'packages/flies');
    link(project, 'packages/flies', 'node_modules/flies');
  });
  afterEach(() => project.dispose());

  it('run, and make stale what reaches an edited file of theirs, and nothing else', () => {
    const first = project.run();
    assert.deepEqual(first.status, { own: 'ran' }, first.err + first.out);
    assert.deepEqual(project.run().status, { own: 'cached' });
    project.write('packages/flies/lib/leg.js', stage("'another leg'"));
    assert.deepEqual(project.run().status, { own: 'cached' });
    project.write('packages/flies/lib/word.js', "export const word = 'two';\n");
    assert.deepEqual(project.run().status, { own: 'ran' });
    assert.equal(project.read('artifacts/own/t.txt'), 'two');
  });

  it('are looked at again where the link leads elsewhere', () => {
    project.run();
    project.run();
    install(project, 'other/flies', packageFiles('three'));
    link(project, 'other/flies', 'node_modules/flies');
    assert.deepEqual(project.run().status, { own: 'ran' });
    assert.equal(project.read('artifacts/own/t.txt'), 'three');
  });

  it('may hold the project, whose files stay its own', () => {
    const inner = 'packages/flies/examples/mine';
    project.write(`${inner}/package.json`, '{"type":"module"}').write(`${inner}/data.txt`, 'secret');
    project.write(`${inner}/pipeline.yaml`, project.read('pipeline.yaml'));
    const reads = "import { readFileSync } from 'node:fs';\nimport { word } from 'flies';";
    project.write(`${inner}/own.mjs`, stage("word + readFileSync('data.txt')", reads));
    link(project, 'packages/flies', `${inner}/node_modules/flies`);
    const { err, out, code } = project.pipeline('run', '-C', inner);
    assert.equal(code, 1);
    assert.match(err + out, /read data\.txt, which it does not declare/);
    project.write(`${inner}/own.mjs`, stage('word', "import { word } from 'flies';"));
    assert.deepEqual(project.run('-C', inner).status, { own: 'ran' });
  });

  it('are followed through require where they are CommonJS', () => {
    project.write('packages/flies/package.json', '{"name":"flies","version":"1.0.0","main":"main.js"}');
    project.write('packages/flies/main.js', "exports.word = require('./part').word;\n");
    project.write('packages/flies/part.js', "exports.word = 'c';\n");
    project.write('own.mjs', stage('flies.word', "import flies from 'flies';"));
    const first = project.run();
    assert.deepEqual(first.status, { own: 'ran' }, first.err + first.out);
    project.write('packages/flies/part.js', "exports.word = 'd';\n");
    assert.deepEqual(project.run().status, { own: 'ran' });
    assert.equal(project.read('artifacts/own/t.txt'), 'd');
  });
});
