/** When a stat record may be believed: never against an edit, however its times were set. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '../../../src/base/digest.ts';
import { hashFileSync } from '../../../src/runner/store/hash-file.ts';
import { StatCache } from '../../../src/runner/store/stat-cache.ts';

describe('the stat cache', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stat-cache-'));
    path = join(folder, 'file');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a file once while it stays as it is', async () => {
    writeFileSync(path, 'one');
    await sleep(50);
    const first = new StatCache();
    assert.equal(first.state(path).digest, digestOf('one'));
    const second = new StatCache(first.settle());
    assert.equal(second.state(path).digest, digestOf('one'));
    assert.deepEqual([first.filesRead, second.filesRead], [1, 0]);
  });

  it('keeps no record of a file that is younger than one tick of the clock', () => {
    const cache = new StatCache();
    writeFileSync(path, 'one');
    cache.state(path);
    assert.deepEqual(cache.settle(), {});
  });

  it('sees an edit of the same size with its mtime set back', async () => {
    writeFileSync(path, 'one');
    utimesSync(path, 1_000_000, 1_000_000);
    await sleep(50);
    const cache = new StatCache();
    cache.state(path);
    const { mtimeNs, ino } = statSync(path, { bigint: true });
    writeFileSync(path, 'two');
    utimesSync(path, 1_000_000, 1_000_000);
    assert.deepEqual([statSync(path, { bigint: true }).mtimeNs, statSync(path, { bigint: true }).ino], [mtimeNs, ino]);
    assert.equal(cache.state(path).digest, digestOf('two'));
  });

  it('believes a file from the future no less and no more: its ctime is of the present', async () => {
    writeFileSync(path, 'one');
    utimesSync(path, new Date(), 4_000_000_000);
    await sleep(50);
    const cache = new StatCache();
    cache.state(path);
    cache.state(path);
    assert.equal(cache.filesRead, 1);
    writeFileSync(path, 'two');
    utimesSync(path, new Date(), 4_000_000_000);
    assert.equal(cache.state(path).digest, digestOf('two'));
  });

  it('reads a file again that changed while it was read, and gives up on one that never rests', async () => {
    writeFileSync(path, 'one');
    await sleep(50);
    for (const [changes, outcome] of [
      [1, 'read'],
      [4, 'read'],
      [5, 'refused'],
    ] as const) {
      let left = changes;
      const changing = new StatCache({}, (file) => {
        const digest = hashFileSync(file);
        if (left-- > 0) appendFileSync(file, 'more');
        return digest;
      });
      if (outcome === 'read') assert.equal(changing.state(path).digest, hashFileSync(path));
      else assert.throws(() => changing.state(path), new RegExp(`${path} keeps changing while it is read`));
      // too young to be believed
      assert.deepEqual(changing.settle(), {});
    }
  });

  it('with the clock set back reads again what seems to be of the future, and never believes a record of it', async () => {
    writeFileSync(path, 'one');
    await sleep(50);
    const before = new StatCache();
    before.state(path);
    const present = Date.now;
    Date.now = () => present() - 3_600_000;
    try {
      const known = new StatCache(before.settle());
      assert.equal(known.state(path).digest, digestOf('one'));
      assert.equal(known.filesRead, 0, 'ctime, size and inode still say that nothing changed');
      writeFileSync(path, 'two');
      const back = new StatCache(known.settle());
      for (const text of ['two', 'owt']) {
        writeFileSync(path, text);
        assert.equal(back.state(path).digest, digestOf(text));
      }
      assert.deepEqual([back.filesRead, back.settle()], [2, {}]);
    } finally {
      Date.now = present;
    }
  });

  it('takes over what was hashed in private and renamed, but not what was touched since', async () => {
    const staged = join(folder, 'staged');
    for (const [touch, kept] of [
      [false, 1],
      [true, 0],
    ] as const) {
      writeFileSync(staged, 'made');
      const before = statSync(staged, { bigint: true });
      renameSync(staged, path);
      const cache = new StatCache();
      cache.adopt(path, digestOf('made'), before);
      if (touch) writeFileSync(path, 'edit');
      assert.equal(Object.keys(cache.settle()).length, kept);
    }
  });
});
