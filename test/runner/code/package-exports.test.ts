/** Which file of a package an import means: as Node itself decides it, over many made-up packages. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { exportedFile, exportedNames } from '../../../src/runner/code/package-exports.ts';
import { withProject } from '../load/write-project.ts';

const target = fc.constantFrom(
  './a.js',
  './lib/a.js',
  './lib/*.js',
  './lib/*',
  './x/*/y.js',
  '../out.js',
  'bare',
  './node_modules/z/a.js',
);
const condition = fc.constantFrom('node', 'import', 'require', 'default', 'types', 'browser', 'node-addons');
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    target,
    fc.constant(null),
    fc.dictionary(condition, tie('value'), { maxKeys: 3 }),
    fc.array(target, { maxLength: 2 }),
  ),
})).value;
const key = fc.constantFrom(
  '.',
  './a',
  './lib/*',
  './lib/deep/*',
  './lib/*.js',
  './lib/deep/*/end',
  './*',
  './lib/a',
  './stages/train',
);
const exportsOf = fc.oneof(
  fc.dictionary(key, value, { maxKeys: 5 }),
  value.filter((one) => one !== null),
);
const asked = [
  ...['', '/a', '/lib/a', '/lib/deep/b', '/lib/a.js', '/lib/deep/b/end', '/stages/train', '/lib/', '/other/a'],
  ...['/lib/deep/../../a', '/lib/./a', '/lib/node_modules/z/a'],
];

/** A script that asks Node for every subpath of every package, and prints where each lies in its package, or null. */
const script = `import { readdirSync, realpathSync } from 'node:fs';
const answers = {};
for (const name of readdirSync('node_modules'))
  for (const sub of ${JSON.stringify(asked)}) {
    const root = 'file://' + realpathSync('node_modules/' + name) + '/';
    let found = null;
    try { found = import.meta.resolve(name + sub); } catch {}
    answers[name + sub] = found?.startsWith(root) ? found.slice(root.length) : null;
  }
console.log(JSON.stringify(answers));
`;

describe('exportedFile', () => {
  it('is what Node resolves, for conditions, patterns, lists, null and targets that lead out', async () => {
    const packages = fc.sample(exportsOf, { numRuns: 150, seed: 7 });
    const files = packages.map((exports, i) => [
      `node_modules/p${i}/package.json`,
      JSON.stringify({ name: `p${i}`, exports }),
    ]);
    await withProject({ ...Object.fromEntries(files), 'ask.mjs': script }, async (dir) => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', join(dir, 'ask.mjs')], {
        cwd: dir,
        encoding: 'utf8',
      });
      assert.equal(stderr, '');
      const answers = JSON.parse(stdout) as Record<string, string | null>;
      let resolved = 0;
      for (const [i, exports] of packages.entries())
        for (const sub of asked) {
          const ours = exportedFile(JSON.parse(JSON.stringify({ exports })), `.${sub}`) ?? null;
          assert.equal(ours, answers[`p${i}${sub}`], `p${i}${sub} of ${JSON.stringify(exports)}`);
          if (ours !== null) resolved++;
        }
      assert.ok(resolved > 50, `${resolved} resolved`);
    });
  });

  it('takes main, or the file itself, where a package has no exports', () => {
    assert.equal(exportedFile({ main: './lib/index.js' }, '.'), 'lib/index.js');
    assert.equal(exportedFile({}, '.'), 'index.js');
    assert.equal(exportedFile({}, './lib/a.js'), 'lib/a.js');
  });

  it('names what is exported', () => {
    assert.deepEqual(exportedNames({ exports: { '.': './i.js', './stage': './s.js', './x/*': './x/*.js' } }), [
      'stage',
      'x/*',
    ]);
    assert.deepEqual(exportedNames({ exports: './i.js' }), []);
  });
});
