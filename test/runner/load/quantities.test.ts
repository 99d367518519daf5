/** What `memory: 2GiB`, `timeout: 1h30m` and paths in pipeline.yaml mean, to the unit. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isWithin } from '../../../src/runner/load/path-rules.ts';
import { parseBytes, parseDuration } from '../../../src/runner/load/quantities.ts';

describe('quantities of pipeline.yaml', () => {
  it('take GB as powers of ten, GiB and G as powers of two', () => {
    const expected: readonly (readonly [string | number, number | undefined])[] = [
      ['4GB', 4_000_000_000],
      ['4GiB', 4_294_967_296],
      ['4G', 4_294_967_296],
      ['1.5kB', 1500],
      ['512 MiB', 536_870_912],
      [7, 7],
      ['4gb', undefined],
      ['0', undefined],
      ['-1GB', undefined],
      ['9000000000TiB', undefined],
    ];
    for (const [text, bytes] of expected) assert.equal(parseBytes(text), bytes, String(text));
  });

  it('add up the parts of a duration', () => {
    fc.assert(
      fc.property(fc.nat(23), fc.nat(59), fc.integer({ min: 1, max: 59 }), (h, m, s) => {
        const text = `${h}h${m}m${s}s`;
        assert.equal(parseDuration(text), ((h * 60 + m) * 60 + s) * 1000, text);
      }),
    );
    assert.equal(parseDuration('1h30m'), 5_400_000);
    assert.equal(parseDuration('1.5h'), 5_400_000);
    assert.equal(parseDuration('500ms'), 500);
    assert.equal(parseDuration(90), 90_000);
    for (const text of ['', 'h', '1x', '1h-30m', '0s']) assert.equal(parseDuration(text), undefined, text);
  });

  it('are refused beyond what a timer holds, 2³¹ − 1 ms', () => {
    assert.equal(parseDuration('2147483647ms'), 2_147_483_647);
    assert.equal(parseDuration('2147483648ms'), undefined);
    assert.equal(parseDuration('25d'), undefined);
  });
});

describe('a path', () => {
  it('lies in a folder only where a whole part of it is the folder', () => {
    assert.equal(isWithin('artifacts/a', 'artifacts'), true);
    assert.equal(isWithin('artifacts', 'artifacts/'), true);
    assert.equal(isWithin('artifacts-old/a', 'artifacts'), false);
    assert.equal(isWithin('art', 'artifacts'), false);
  });
});
