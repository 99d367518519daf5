/** The code that enters a module stage's key: all that it reaches by imports, as compiled, and nothing else. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDiagnostic } from '../../../src/base/located-error.ts';
import { type CodeClosure, codeClosure } from '../../../src/runner/code/code-closure.ts';
import { openCodeSources } from '../../../src/runner/code/code-sources.ts';
import { withProject } from '../load/write-project.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

const sources: Record<string, string> = {
  'stages/fit.ts': 'export default 1; // as written\n',
  'src/deep/helper.ts': 'export const a: number = 1;\n',
  'src/other.ts': 'export const unused = 1;\n',
};

const project: Record<string, string> = {
  ...sources,
  'tsconfig.json': '{ // where tsc writes\n "compilerOptions": { "outDir": "dist", "rootDir": ".", }, }',
  'dist/.sources.json': JSON.stringify({
    sources: Object.fromEntries(Object.entries(sources).map(([path, text]) => [path, sha(text)])),
  }),
  'dist/stages/fit.js': `import { readFileSync } from 'node:fs';
import fs from 'fs';
import { a } from '../src/deep/helper.js';
import table from '../src/table.json' with { type: 'json' };
import part from '@scope/part/sub/file.js';
const text = "import './not-code.js'"; /* import './nor-this.js' */
const late = () => import('../src/late.mjs');
const asset = new URL('../src/kernel.wasm', import.meta.url);
const worker = new URL("../src/worker.js", import.meta.url);
export * from '../src/again.js';
export default { a, table, part, text, late, asset, worker, readFileSync, fs };
`,
  'dist/src/deep/helper.js': "export const a = 1; import('plain');\n",
  'dist/src/table.json': '{}',
  'dist/src/late.mjs': 'export {};\n',
  'dist/src/kernel.wasm': 'bytes',
  'dist/src/worker.js': "import './deep/helper.js';\n",
  'dist/src/again.js': "export * from './deep/helper.js'; export * from './again.js';\n",
  'dist/src/other.js': 'export const unused = 1;\n',
  'package.json': '{"type":"module","scripts":{"build":"tsc"}}',
  'node_modules/plain/package.json': '{"name":"plain","version":"1.2.3","dependencies":{"below":"*"}}',
  'node_modules/plain/node_modules/below/package.json': '{"version":"0.1.0"}',
  'node_modules/below/package.json': '{"version":"9.9.9"}',
  'node_modules/@scope/part/package.json': '{"version":"4.0.0","peerDependencies":{"absent":"*"}}',
};

async function closure(dir: string, module = 'stages/fit.ts'): Promise<CodeClosure> {
  const result = await codeClosure(dir, module);
  if (!result.ok) throw new Error(result.error.map(formatDiagnostic).join('\n'));
  return result.value;
}

async function refusal(dir: string, module = 'stages/fit.ts'): Promise<string> {
  const result = await codeClosure(dir, module);
  return result.ok ? 'accepted' : result.error.map(formatDiagnostic).join('\n');
}

describe('codeClosure', () => {
  it('holds every file reached by static and literal dynamic imports, JSON, workers and assets, and the packages with theirs', async () => {
    await withProject(project, async (dir) => {
      const found = await closure(dir);
      assert.equal(found.entry, 'dist/stages/fit.js');
      assert.deepEqual(
        found.files.map((file) => file.path),
        [
          'dist/src/again.js',
          'dist/src/kernel.wasm',
          'dist/src/late.mjs',
          'dist/src/table.json',
          'dist/src/worker.js',
          'src/deep/helper.ts',
          'stages/fit.ts',
        ],
      );
      assert.equal(found.files.at(-1)!.digest, sha(project['dist/stages/fit.js']!));
      assert.deepEqual(found.packages, { '@scope/part': '4.0.0', below: '0.1.0', plain: '1.2.3' });
    });
  });

  it('changes with a reached file and a reached package, not with others beside them', async () => {
    await withProject(project, async (dir) => {
      const before = await closure(dir);
      writeFileSync(join(dir, 'dist/src/other.js'), 'export const unused = 2;\n');
      writeFileSync(join(dir, 'node_modules/below/package.json'), '{"version":"10.0.0"}');
      assert.deepEqual(await closure(dir), before);
      writeFileSync(join(dir, 'dist/src/kernel.wasm'), 'other bytes');
      assert.notDeepEqual(await closure(dir), before);
      writeFileSync(join(dir, 'node_modules/plain/package.json'), '{"version":"1.2.4"}');
      assert.deepEqual((await closure(dir)).packages, { '@scope/part': '4.0.0', plain: '1.2.4' });
    });
  });

  it('refuses a source that is not what was compiled, whatever its times say', async () => {
    await withProject(project, async (dir) => {
      writeFileSync(join(dir, 'src/other.ts'), 'edited, but not reached\n');
      await closure(dir);
      const edited = join(dir, 'src/deep/helper.ts');
      const { atime, mtime } = statSync(edited);
      writeFileSync(edited, 'export const a: number = 2;\n');
      utimesSync(edited, atime, mtime);
      assert.equal(
        await refusal(dir),
        'src/deep/helper.ts is not what was compiled to dist/src/deep/helper.js, which stages/fit.ts reaches\n  run npm run build',
      );
    });
  });

  it('says what is missing: the source, the compiled file, an import, a package', async () => {
    await withProject(project, async (dir) => {
      assert.equal(await refusal(dir, 'stages/fitt.ts'), 'stages/fitt.ts does not exist');
      writeFileSync(join(dir, 'stages/new.ts'), '');
      assert.match(
        await refusal(dir, 'stages/new.ts'),
        /^stages\/new\.ts is not compiled: dist\/stages\/new\.js is missing\n {2}run npm run build$/,
      );
      rmSync(join(dir, 'dist/src/late.mjs'));
      rmSync(join(dir, 'node_modules/plain'), { recursive: true });
      const text = await refusal(dir);
      assert.match(text, /dist\/src\/late\.mjs does not exist, but is reached from stages\/fit\.ts/);
      assert.match(text, /dist\/src\/deep\/helper\.js imports 'plain', which is not installed/);
    });
  });

  it('runs plain JavaScript as it is, without tsconfig.json', async () => {
    await withProject({ 'run.mjs': "import './lib/a.js';", 'lib/a.js': 'export {};' }, async (dir) => {
      const found = await closure(dir, 'run.mjs');
      assert.deepEqual(
        found.files.map((file) => file.path),
        ['lib/a.js', 'run.mjs'],
      );
    });
  });

  it('refuses a file that is no module, and an import from outside the project', async () => {
    await withProject({ 'run.mjs': 'import {', 'out.mjs': "import '../../x.js';" }, async (dir) => {
      assert.match(await refusal(dir, 'run.mjs'), /^run\.mjs is not a module: /);
      assert.match(
        await refusal(dir, 'out.mjs'),
        /^out\.mjs imports '\.\.\/\.\.\/x\.js', which lies outside the project$/,
      );
    });
  });

  it('parses no file twice when what was parsed is kept', async () => {
    await withProject(project, async (dir) => {
      const first = openCodeSources(dir);
      await codeClosure(dir, 'stages/fit.ts', first);
      assert.equal(first.changed, true);
      const second = openCodeSources(dir, undefined, first.parsed);
      const again = await codeClosure(dir, 'stages/fit.ts', second);
      assert.equal(second.changed, false);
      assert.deepEqual(again.ok && again.value, await closure(dir));
    });
  });
});
