/** Records and objects of the cache: whole or noticed. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../src/base/digest.ts';
import { ObjectStore } from '../../../src/runner/store/objects.ts';
import { readSealed, writeSealed } from '../../../src/runner/store/sealed-json.ts';

describe('records and objects of the cache', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'records-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('a record reads back; with any one byte changed or any tail cut off it counts as damaged', () => {
    const path = join(folder, 'record.json');
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (value, where, change, cut) => {
          writeSealed(path, value);
          const whole = readSealed(path);
          assert.deepEqual(whole, { state: 'whole', value: JSON.parse(JSON.stringify(value)) });
          const bytes = readFileSync(path);
          // The last two bytes close the file and carry nothing.
          const at = where % (bytes.length - 2);
          if (cut) writeFileSync(path, bytes.subarray(0, at));
          else {
            bytes[at]! ^= change;
            writeFileSync(path, bytes);
          }
          const read = readSealed(path);
          assert.ok(
            read.state === 'damaged' ||
              (read.state === 'whole' && JSON.stringify(read.value) === JSON.stringify(value)),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives an object back only with the bytes of its name, and sets a damaged one aside', async () => {
    const store = new ObjectStore(folder);
    const source = join(folder, 'source');
    const target = join(folder, 'target');
    writeFileSync(source, 'content');
    const digest = digestOf('content');
    assert.equal(await store.take(digest, target, false), false);
    await store.put(source, digest, 7);
    assert.equal(await store.take(digest, target, true), true);
    assert.equal(readFileSync(target, 'utf8'), 'content');
    rmSync(target);
    chmodSync(store.path(digest), 0o644);
    writeFileSync(store.path(digest), 'kontent');
    assert.equal(await store.take(digest, target, false), false);
    assert.ok(!existsSync(target) && !store.has(digest, 7));
    assert.equal(readdirSync(join(folder, 'damaged')).length, 1);
  });
});
