/** The scripts of this checkout, each in a folder of its own that holds what it works on. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PackageFolder, packageRoot } from '../rig/package-folder.ts';

describe('a script of the checkout', function () {
  this.timeout(120_000);
  let folder: PackageFolder;
  beforeEach(() => {
    folder = new PackageFolder('scripts');
    copy('scripts');
    symlinkSync(join(packageRoot, 'node_modules'), folder.at('node_modules'));
  });
  afterEach(() => folder.dispose());

  const copy = (...names: readonly string[]): void => {
    for (const name of names) cpSync(join(packageRoot, name), folder.at(name), { recursive: true });
  };
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
  };
  const read = (name: string): string => readFileSync(folder.at(name), 'utf8');
  const run = (
    script: string,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly out: string } => {
    const { code, out, err } = folder.call(process.execPath, [`scripts/${script}`, ...args]);
    return { status: code, out: out + err };
  };

  describe('schemas.mjs', () => {
    beforeEach(() => {
      copy('src', 'stages', 'dist/src', 'dist/stages', 'dist/.sources.json', 'package.json', 'tsconfig.json');
      copy('pipeline.yaml', 'experiments', 'docs/parameters.md', 'schemas');
    });

    it('writes the page anew; with --check it only says what differs, and ends with 1', () => {
      const page = read('docs/parameters.md');
      const other = page.replace('| 6 |', '| 7 |').replace('`6`', '`7`');
      assert.notEqual(other, page);
      write({ 'docs/parameters.md': other });
      const check = run('schemas.mjs', '--check');
      assert.equal(check.status, 1, check.out);
      assert.match(check.out, /^docs\/parameters\.md is not what the stages' schemas say/m);
      assert.equal(read('docs/parameters.md'), other);
      const written = run('schemas.mjs');
      assert.deepEqual([written.status, written.out], [0, 'docs/parameters.md written\n']);
      assert.equal(read('docs/parameters.md'), page);
    });
  });

  describe('build.mjs', () => {
    beforeEach(() => {
      copy('tsconfig.json', 'tsconfig.declarations.json', 'package.json');
      write({ 'src/kept.ts': '/** Why. */\nexport const kept: number = 1;\n', 'src/gone.ts': 'export {};\n' });
    });

    it('notes what it built, keeps comments for declarations alone, and leaves nothing of a source that is gone', () => {
      assert.deepEqual(run('build.mjs'), { status: 0, out: '' });
      assert.match(read('dist/src/kept.d.ts'), /Why/);
      assert.doesNotMatch(read('dist/src/kept.js'), /Why/);
      assert.ok(existsSync(folder.at('dist/src/gone.js')));
      rmSync(folder.at('src/gone.ts'));
      assert.equal(run('build.mjs').status, 0);
      assert.ok(!existsSync(folder.at('dist/src/gone.js')) && !existsSync(folder.at('dist/src/gone.d.ts')));
      const { sources } = JSON.parse(read('dist/.sources.json')) as { readonly sources: object };
      assert.deepEqual(Object.keys(sources), ['src/kept.ts']);
    });

    it('leaves no note behind where the code does not compile', () => {
      assert.equal(run('build.mjs').status, 0);
      write({ 'src/kept.ts': 'export const kept: number = "text";\n' });
      assert.equal(run('build.mjs').status, 1);
      assert.ok(!existsSync(folder.at('dist/.sources.json')));
    });
  });

  describe('mutants.mjs', () => {
    /** One function, held by one test; a list of two faults of which the test sees one. */
    const mutants = (find: string): string =>
      `const of = (id, replace) => ({ id, file: 'src/sum.ts', what: id, find: ${JSON.stringify(find)}, replace, tests: ["snn/sum"] });
export const mutants = [of('M1', 'a - b'), of('M2', 'b + a')];`;
    beforeEach(() => {
      copy('tsconfig.json', 'dist/test/mutants/mutant.js');
      const code = 'export const sum = (a, b) => a + b;\n';
      write({
        'package.json': '{ "type": "module" }',
        'src/sum.ts': code.replace('(a, b)', '(a: number, b: number): number'),
        'dist/src/sum.js': code,
        'dist/.sources.json': '{ "sources": {} }',
        'dist/test/mutants/all.js': mutants('a + b'),
        'dist/test/snn/sum.test.js':
          "import assert from 'node:assert';\nimport { sum } from '../../src/sum.js';\nit('adds', () => assert.equal(sum(1, 2), 3));\n",
      });
    });

    it('tells the fault that a test notices from one that lives, ends with 1 for it, and leaves the tree as it was', () => {
      const before = [read('src/sum.ts'), read('dist/src/sum.js')];
      const end = run('mutants.mjs', '--first', '--jobs', '1');
      assert.equal(end.status, 1, end.out);
      assert.match(end.out, /^M1 +dead .*adds$/m);
      assert.match(end.out, /^M2 +alive/m);
      assert.match(end.out, /2 mutants: 1 dead \(50\.0 % of 2\), 1 alive \(0 with a reason\), 0 errors, 0 not run/);
      assert.deepEqual([read('src/sum.ts'), read('dist/src/sum.js')], before);
      const { mutants: told } = JSON.parse(read('dist/mutants.json')) as { readonly mutants: { result: string }[] };
      assert.deepEqual(
        told.map(({ result }) => result),
        ['dead', 'alive'],
      );
    });

    it('calls a fault an error, not dead, where the tests fail without it', () => {
      write({ 'dist/test/snn/sum.test.js': "it('is broken', () => { throw new Error(); });\n" });
      const end = run('mutants.mjs', '--first', '--jobs', '1', '--only', 'M1');
      assert.equal(end.status, 1);
      assert.match(end.out, /^M1 +error .*fails without the fault: is broken/m);
    });

    it('plants nothing where a text is no longer in the code', () => {
      write({ 'dist/test/mutants/all.js': mutants('a * b') });
      const end = run('mutants.mjs', '--first');
      assert.equal(end.status, 2);
      assert.match(end.out, /^stale mutants:\nM1: src\/sum\.ts: its text stands 0 times/);
    });
  });
});
