/** Small parts of the runner: the command line, resources, the lock file's text, where two files differ. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../src/base/digest.ts';
import { encodeSafetensors, tensor } from '../../src/formats/safetensors.ts';
import { parseCommandLine } from '../../src/runner/commands/command-line.ts';
import { firstDifference } from '../../src/runner/inspect/first-difference.ts';
import { Ledger } from '../../src/runner/run/admission.ts';
import { compareWithLock, lockedIngredients, lockFileText } from '../../src/runner/state/pipeline-lock.ts';

describe('the command line', () => {
  const error = (...args: string[]): string => {
    const parsed = parseCommandLine(args);
    return parsed.ok ? 'ok' : `${parsed.error.message}; ${parsed.error.hint ?? ''}`;
  };

  it('says what was probably meant', () => {
    assert.match(error('rnu'), /unknown command 'rnu'; did you mean 'run'/);
    assert.match(error('run', '--kep-going'), /unknown flag '--kep-going'; did you mean '--keep-going'/);
    assert.match(error('status', '--force'), /status has no --force/);
    assert.match(error('why'), /STAGE is missing/);
    assert.match(error('diff', 'a', 'b', 'c'), /unexpected 'c'/);
    assert.match(error('run', '--jobs'), /jobs/);
  });

  it('reads flags before and after the command, with and without values', () => {
    const parsed = parseCommandLine([
      '-C',
      'dir',
      'run',
      'train',
      '--set',
      'a=1',
      '--set=b=2',
      '--force',
      '--force=x',
      '-k',
    ]);
    assert.ok(parsed.ok);
    const line = parsed.value;
    assert.deepEqual(
      [line.command, line.operands, line.all('set'), line.all('force'), line.text('C'), line.has('keep-going')],
      ['run', ['train'], ['a=1', 'b=2'], ['', 'x'], 'dir', true],
    );
  });
});

describe('resources', () => {
  it('are never given twice, and a stage that asks for more than there is gets all', () => {
    const ledger = new Ledger(4, 1000);
    const board = { cpus: 1, slots: { board: 1 } };
    assert.ok(ledger.take(board));
    assert.ok(!ledger.take(board));
    assert.ok(ledger.take({ cpus: 2, memoryBytes: 800, slots: {} }));
    assert.ok(!ledger.take({ cpus: 1, memoryBytes: 300, slots: {} }));
    assert.ok(!ledger.take({ cpus: 9, slots: {} }));
    ledger.give(board);
    ledger.give({ cpus: 2, memoryBytes: 800, slots: {} });
    assert.ok(ledger.take({ cpus: 9, memoryBytes: 5000, slots: {} }));
    assert.ok(!ledger.take({ cpus: 1, slots: {} }));
  });
});

describe('the lock file', () => {
  it('is the same text for the same state, and names what differs', () => {
    const list = [
      ['param', 'b', '1'],
      ['code', 'x.ts', digestOf('x')],
      ['command', 'text', 'run me'],
    ] as const;
    const entry = {
      key: digestOf('k'),
      ingredients: lockedIngredients(list),
      outputs: { z: digestOf('z'), a: digestOf('a') },
    };
    const text = lockFileText({ two: entry, one: entry });
    assert.equal(
      lockFileText({ one: { ...entry, outputs: { a: digestOf('a'), z: digestOf('z') } }, two: entry }),
      text,
    );
    assert.deepEqual(compareWithLock(entry, list), []);
    const changed = compareWithLock(entry, [['param', 'b', '2'], ['code', 'x.ts', digestOf('y')], list[2]]);
    assert.deepEqual(
      changed.map(({ kind, name }) => `${kind} ${name}`),
      ['param b', 'code '],
    );
  });
});

describe('the first difference of two files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'difference-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const difference = (a: string | Uint8Array, b: string | Uint8Array, name: string): string | undefined => {
    writeFileSync(join(folder, 'a'), a);
    writeFileSync(join(folder, 'b'), b);
    return firstDifference(join(folder, 'a'), join(folder, 'b'), name);
  };

  it('is a field of JSON, a cell of CSV, a line of text, a byte of the rest', () => {
    assert.equal(difference('same', 'same', 'x.bin'), undefined);
    assert.equal(
      difference('{"a":{"b":[1,2]}}', '{"a":{"b":[1,3]}}', 'x.json'),
      'field a.b[1] (2 → 3) differs (byte 13)',
    );
    assert.equal(difference('x,y\n1,2\n', 'x,y\n1,5\n', 'x.csv'), 'line 2, column y (2 → 5) differs (byte 6)');
    assert.equal(difference('a\nb\n', 'a\nc\n', 'x.txt'), 'line 2 differs (byte 2)');
    assert.equal(difference('abc', 'abd', 'x.bin'), 'the bytes differ (byte 2)');
    assert.equal(difference('abc', 'abcd', 'x.bin'), 'the bytes differ (byte 3)');
  });

  it('is an element of a tensor, or a field of the header, of safetensors', () => {
    const file = (metadata: string, ...values: readonly number[]): Uint8Array =>
      encodeSafetensors({
        tensors: { gain: tensor(Float32Array.from(values), [2, 3]), ids: tensor(BigInt64Array.of(1n)) },
        metadata: { note: metadata },
      });
    const base = file('a', 1, 2, 3, 4, 5, 6);
    assert.equal(difference(base, base, 'x.safetensors'), undefined);
    const start = base.length - 6 * 4;
    assert.equal(
      difference(base, file('a', 1, 2, 3, 4, 5.5, 6), 'x.safetensors'),
      `tensor gain[1, 1] (5 → 5.5) differs (byte ${start + 4 * 4 + 2})`,
    );
    assert.match(
      difference(base, file('b', 1, 2, 3, 4, 5, 6), 'x.safetensors')!,
      /^header field __metadata__\.note \("a" → "b"\) differs/,
    );
    const id = Buffer.from(base);
    id.writeBigInt64LE(720575940600000000n, start - 8);
    assert.match(difference(base, id, 'x.safetensors')!, /^tensor ids\[0\] \(1 → 720575940600000000\) differs/);
    assert.match(difference(base, base.subarray(0, 5), 'x.safetensors')!, /^the bytes differ/);
  });
});
