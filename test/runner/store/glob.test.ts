/** What a pattern means, against a folder of known files. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expandPattern } from '../../../src/runner/store/glob.ts';
import { listFiles } from '../../../src/runner/store/tree.ts';

describe('patterns and folders', () => {
  const root = mkdtempSync(join(tmpdir(), 'glob-'));
  before(() => {
    for (const name of [
      'a.csv',
      'b.csv',
      'b.txt',
      '.hidden.csv',
      'sub/c.csv',
      'sub/deep/d.csv',
      'odd [1].csv',
      'artifacts/x.csv',
    ]) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), name);
    }
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const cases: readonly [string, readonly string[]][] = [
    ['*.csv', ['a.csv', 'b.csv', 'odd [1].csv']],
    ['?.{csv,txt}', ['a.csv', 'b.csv', 'b.txt']],
    ['[!a].csv', ['b.csv']],
    ['**/*.csv', ['a.csv', 'b.csv', 'odd [1].csv', 'sub/c.csv', 'sub/deep/d.csv']],
    ['sub/**', ['sub/c.csv', 'sub/deep/d.csv']],
    ['.h*', ['.hidden.csv']],
    ['none*', []],
  ];
  for (const [pattern, files] of cases)
    it(`${pattern} means ${files.length} files`, () => {
      assert.deepEqual(
        expandPattern(root, pattern, () => undefined),
        files,
      );
    });

  it('a link that leads back to a folder above it is refused by name', () => {
    symlinkSync('..', join(root, 'sub/loop'));
    assert.throws(() => listFiles(join(root, 'sub')), /sub\/loop is a link that leads back/);
    rmSync(join(root, 'sub/loop'));
    symlinkSync('self', join(root, 'sub/self'));
    assert.throws(() => listFiles(join(root, 'sub')), /sub\/self is a link that leads to itself/);
    rmSync(join(root, 'sub/self'));
  });
});
