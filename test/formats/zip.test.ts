/** Archives that Python's zipfile, another implementation, reads back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeStoredZip } from '../../src/formats/zip.ts';

const read = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps({info.filename: [archive.read(info).hex(), *info.date_time[:3]] for info in archive.infolist()}))`;

describe('formats/zip', () => {
  it('holds files as they are, in their order, with their sums, names in any letters, and no clock', function () {
    const files = {
      'run.py': new TextEncoder().encode('print(1)\n'),
      'data/ä.bin': Uint8Array.of(0, 255, 80, 75, 5, 6),
      empty: new Uint8Array(0),
    };
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    const path = join(folder, 'job.zip');
    writeFileSync(path, encodeStoredZip(files));
    const { status, stdout, stderr, error } = spawnSync('python3', ['-c', read, path], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    if (error !== undefined) {
      console.log('      skipped: no python3');
      this.skip();
    }
    assert.equal(status, 0, stderr);
    const found = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(found), Object.keys(files));
    for (const [name, bytes] of Object.entries(files))
      assert.deepEqual(found[name], [Buffer.from(bytes).toString('hex'), 1980, 1, 1], name);
    assert.deepEqual(encodeStoredZip(files), encodeStoredZip(files));
  });

  it('may hold nothing', () => assert.equal(encodeStoredZip({}).length, 22));
});
