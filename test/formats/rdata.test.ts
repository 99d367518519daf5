import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { columnNumbers, columnTexts, dataFrameOf, isNaReal, type RValue } from '../../src/formats/r/r-value.ts';
import {
  decodeRData,
  encodeRData,
  encodeRDataPlain,
  rAllNa,
  rDataFrame,
  rDoubles,
  rFactor,
  rLogicals,
  rStrings,
} from '../../src/formats/r/rdata.ts';
import { decodeXz } from '../../src/formats/r/xz.ts';

/** Files written by R; test/formats/fixtures/make-rdata.R remakes them. */
function fixture(name: string): Promise<Readonly<Record<string, RValue>>> {
  return decodeRData(readFileSync(join('test/formats/fixtures', name)));
}

describe('formats/rdata', () => {
  for (const file of ['v2.RData', 'v3.RData', 'plain.RData']) {
    it(`reads a data frame as R wrote it: ${file}`, async () => {
      const frame = dataFrameOf((await fixture(file))['frame']!, 'frame');
      assert.deepEqual(frame.rowNames, ['1', '2', '3', '4', '5']);
      assert.deepEqual(
        [...columnNumbers(frame, 'x')],
        [0.25, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, -1e300],
      );
      assert.deepEqual([...columnNumbers(frame, 'n')], [1, Number.NaN, -5, 2147483647, 0]);
      assert.deepEqual([...columnNumbers(frame, 'empty')], new Array(5).fill(Number.NaN));
      assert.deepEqual(columnTexts(frame, 'yes'), ['TRUE', 'FALSE', null, 'TRUE', 'FALSE']);
      assert.deepEqual(columnTexts(frame, 'class'), ['ester', 'acid', null, 'ester', 'ketone']);
      assert.deepEqual(columnTexts(frame, 'text'), ['a', '', null, 'café', 'α-pinene']);
    });
  }

  it('tells NA from NaN, and a column that never got a value from one of numbers', async () => {
    const [x, , empty] = dataFrameOf((await fixture('v2.RData'))['frame']!, 'frame').columns;
    assert.ok(x?.type === 'double' && isNaReal(x.values, 1) && !isNaReal(x.values, 2));
    assert.equal(empty?.type, 'logical');
  });

  it('reads row names, and the compact forms of version 3', async () => {
    const values = await fixture('v3.RData');
    assert.deepEqual(dataFrameOf(values['named']!, 'named').rowNames, ['SFR', 'K-1', 'K-2', 'K-3', 'K-4']);
    const compact = values['compact']!;
    assert.ok(compact.type === 'list');
    const [seq, ramp, real, letters, nested, z, latin, call] = compact.values;
    assert.ok(ramp?.type === 'integer' && ramp.values.length === 5000 && ramp.values[4999] === 5000);
    assert.deepEqual(real, rDoubles([0.5, 1.5, 2.5, 3.5]));
    assert.ok(seq?.type === 'integer' && seq.values.length === 1000 && seq.values[999] === 1000);
    assert.ok(letters?.type === 'string' && letters.values.join() === 'a,b,c');
    assert.ok(nested?.type === 'list' && nested.values[0]?.type === 'null');
    assert.deepEqual(nested.values[1], { type: 'raw', values: Uint8Array.of(0, 1, 2, 3), attributes: {} });
    assert.deepEqual(z, { type: 'complex', values: Float64Array.of(1, -2), attributes: {} });
    assert.ok(latin?.type === 'string' && latin.values[0] === 'café');
    assert.equal(call?.type, 'pairlist');
    assert.deepEqual(values['numbers'], rStrings(['3', null, '7']));
    assert.deepEqual(values['ordered'], rDoubles([1.5, 2.5, 3.5]));
  });

  it('refuses functions, other content and missing columns by name', async () => {
    await assert.rejects(fixture('function.RData'), /item type 3 is not data/);
    await assert.rejects(decodeRData(Uint8Array.of(1, 2, 3)), /want RDX2 or RDX3/);
    const frame = dataFrameOf((await fixture('v2.RData'))['frame']!, 'frame');
    assert.throws(() => columnTexts(frame, 'glomerulus'), /no column 'glomerulus', there are: x, n, empty/);
    assert.throws(() => columnNumbers(frame, 'class'), /column 'class' holds no numbers \(factor\)/);
    assert.throws(() => dataFrameOf({ type: 'null' }, 'odor'), /odor: want a data.frame, got a value of type null/);
  });

  it('fails with RangeError on damaged gzip, and on a compact form that would fill the memory', async () => {
    const gz = readFileSync(join('test/formats/fixtures', 'v3.RData'));
    await assert.rejects(decodeRData(gz.subarray(0, gz.length - 20)), /^RangeError: RData: damaged gzip data/);
    const bytes = gunzipSync(gz);
    const length = Buffer.alloc(8);
    length.writeDoubleBE(5000);
    const at = bytes.indexOf(length);
    assert.ok(at > 0);
    bytes.writeDoubleBE(4e9, at);
    await assert.rejects(decodeRData(bytes), /compact form 'compact_intseq' is not known or too long/);
  });

  it('fails with RangeError on damage at any byte or cut, or reads a value', async () => {
    const plain = encodeRDataPlain({ a: rDoubles([1, 2]), f: rFactor(['x', 'y', null]), l: rLogicals([true]) });
    for (let at = 5; at < plain.length; at++) {
      await assert.rejects(decodeRData(plain.subarray(0, at)), RangeError);
      const damaged = Uint8Array.from(plain);
      damaged[at]! ^= 0xff;
      await decodeRData(damaged).catch((error) => assert.ok(error instanceof RangeError, String(error)));
    }
  });

  it('brings back any data frame that it wrote', async () => {
    const cell = fc.option(fc.string({ unit: 'binary' }), { nil: null });
    const rows = fc.integer({ min: 0, max: 8 }).chain((n) =>
      fc.record({
        text: fc.array(cell, { minLength: n, maxLength: n }),
        number: fc.array(fc.double(), { minLength: n, maxLength: n }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(rows, async ({ text, number }) => {
        const rowNames = text.map((_, i) => `row ${i}`);
        const columns = [rStrings(text), rFactor(text), rDoubles(number), rAllNa(text.length)];
        const value = rDataFrame({ rowNames, columnNames: ['s', 'f', 'x', 'none'], columns });
        const back = dataFrameOf((await decodeRData(encodeRData({ d: value })))['d']!, 'd');
        assert.deepEqual(back.rowNames, rowNames);
        assert.deepEqual(columnTexts(back, 's'), text);
        assert.deepEqual(columnTexts(back, 'f'), text);
        assert.deepEqual([...columnNumbers(back, 'x')], number);
        assert.deepEqual(back.columns, columns);
      }),
      { numRuns: 30 },
    );
  });

  describe('on DoOR 2.0.0', () => {
    const folder = join(process.env['CC_SNN_DATA'] ?? '../shared/data', 'door');

    before(function () {
      if (existsSync(folder)) return;
      console.log(`      skipped: no ${folder} (set CC_SNN_DATA to the folder that holds door/)`);
      this.skip();
    });

    const versions = { writer: 0x030202, reader: 0x020300 };
    for (const [name, written] of [
      ['response.matrix', versions],
      ['odor', versions],
      ['DoOR.mappings', { ...versions, writer: 0x030203 }],
    ] as const) {
      it(`reads ${name} whole: writing it again gives R's own bytes`, async () => {
        const bytes = readFileSync(join(folder, `${name}.RData`));
        const values = await decodeRData(bytes);
        assert.deepEqual(encodeRDataPlain(values, written), await decodeXz(bytes));
      });
    }

    it('finds the published shape of the response matrix', async () => {
      const values = await decodeRData(readFileSync(join(folder, 'response.matrix.RData')));
      const frame = dataFrameOf(values['response.matrix']!, 'response.matrix');
      const cells = frame.columnNames.flatMap((column) => [...columnNumbers(frame, column)]);
      assert.deepEqual([frame.rowNames.length, frame.columnNames.length], [693, 78]);
      assert.equal(cells.filter((x) => !Number.isNaN(x)).length, 7381);
      assert.equal(cells.filter((x) => x === 0).length, 84);
      const allNa = frame.columnNames.filter((_, k) => frame.columns[k]!.type === 'logical');
      assert.deepEqual(allNa, ['Or22c', 'Or24a', 'Or67d', 'pb2A']);
    });
  });
});
