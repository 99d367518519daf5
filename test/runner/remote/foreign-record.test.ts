/** What a record from elsewhere may say: the truth, and no path that leads out of its output. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../src/base/digest.ts';
import { decodeActionResult, encodeActionResult } from '../../../src/runner/remote/action-result.ts';
import { readForeignRecord } from '../../../src/runner/remote/foreign-record.ts';
import type { ActionRecord } from '../../../src/runner/store/actions.ts';
import { type FileRecord, folderRecord } from '../../../src/runner/store/tree.ts';
import { emptyCache, storedResult } from '../../rig/remote-record.ts';

describe('a record from elsewhere', () => {
  let record: ActionRecord;

  before(async () => {
    const cache = emptyCache();
    record = await storedResult(cache, 'a', [Buffer.from('x'), Buffer.from('y')]);
    rmSync(cache.root, { recursive: true });
  });

  it('is taken as it is, and known as one', () => {
    assert.deepEqual(readForeignRecord(record.key, JSON.stringify(record)), { ...record, remote: true });
  });

  it('is refused where any part of it is another', () => {
    const { d, o } = record.outputs;
    const otherDigest = digestOf('z');
    const wrong: Record<string, unknown> = {
      'another key': { ...record, key: otherDigest },
      'other ingredients': { ...record, ingredients: record.ingredients.slice(1) },
      'an output less': { ...record, outputs: { d } },
      'an output more': { ...record, outputs: { d, o, p: o } },
      'a file for a folder': { ...record, outputs: { d: o, o } },
      'a folder for a file': { ...record, outputs: { d, o: d } },
      'another digest': { ...record, outputs: { d, o: { ...o, digest: otherDigest } } },
      'a digest of another file': {
        ...record,
        outputs: { d, o: { ...o, files: [{ ...o!.files[0], digest: otherDigest }] } },
      },
      'a negative size': { ...record, outputs: { d, o: { ...o, files: [{ ...o!.files[0], size: -1 }] } } },
      'a digest that is a path': {
        ...record,
        outputs: { d, o: { ...o, digest: '../x', files: [{ ...o!.files[0], digest: '../x' }] } },
      },
      'another format': { ...record, format: 2 },
      'no outputs': { ...record, outputs: null },
      'a list': [record],
    };
    for (const [what, value] of Object.entries(wrong))
      assert.equal(typeof readForeignRecord(record.key, JSON.stringify(value)), 'string', what);
  });

  it('leads nowhere: each path that is taken stays in its output, and none stands in another', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', 'b', '~', '...', 'a\0', '/etc', '__proto__'),
      fc.string({ maxLength: 4, unit: 'grapheme' }),
    );
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    let taken = 0;
    fc.assert(
      fc.property(fc.array(path, { maxLength: 4 }), fc.array(path, { maxLength: 2 }), (paths, empty) => {
        const file = (one: string): FileRecord => ({ path: one, digest: digestOf(one), size: 1, executable: false });
        const d = folderRecord(paths.map(file), empty);
        const read = readForeignRecord(record.key, JSON.stringify({ ...record, outputs: { ...record.outputs, d } }));
        if (typeof read === 'string') return;
        taken++;
        const all = [...paths, ...empty];
        for (const one of all) {
          const inside = relative('/out', join('/out', one));
          assert.ok(inside === one && inside.split('/')[0] !== '..' && !one.includes('\0'), JSON.stringify(one));
          assert.ok(!all.some((other) => other.startsWith(`${one}/`)), JSON.stringify(all));
        }
        assert.equal(new Set(all).size, all.length);
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken > 100, `${taken} taken`);
  });

  it('tells nothing that a terminal obeys', () => {
    const headlines = [{ label: 'a\u001b[2J', value: 'b\r\nc', warning: true }];
    const read = readForeignRecord(record.key, JSON.stringify({ ...record, headlines }));
    assert.deepEqual((read as ActionRecord).headlines, [{ label: 'a [2J', value: 'b c', warning: true }]);
    assert.equal(typeof readForeignRecord(record.key, JSON.stringify({ ...record, stage: '\u001b]0;x' })), 'string');
  });
});

describe('an action result', () => {
  it('holds the record, beside any other field; anything else is no message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(2 ** 31), (bytes, size) => {
        const objects = [{ path: 'o/é', digest: digestOf(bytes), size, executable: size % 2 === 0 }];
        const message = encodeActionResult(bytes, objects);
        assert.deepEqual(Buffer.from(decodeActionResult(message)!), Buffer.from(bytes));
        for (const cut of [1, 5, message.length - 1])
          assert.notDeepEqual(
            Buffer.from(decodeActionResult(message.subarray(0, cut)) ?? 'none'),
            Buffer.from(bytes.length > 0 ? bytes : 'x'),
          );
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decodeActionResult(bytes)),
      { numRuns: 2000 },
    );
  });
});
