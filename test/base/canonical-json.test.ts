/** One text for one value: what keys and digests are made of. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson } from '../../src/base/canonical-json.ts';

/** The same value with the keys of each object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, below]) => [key, turned(below)]),
  );
}

describe('canonical JSON', () => {
  it('is the same for objects whose keys stand in another order, and reads back as the value', () => {
    assert.equal(
      canonicalJson({ b: 1, a: [{ d: null, c: 'x' }], ä: 2, Z: true }),
      '{"Z":true,"a":[{"c":"x","d":null}],"b":1,"ä":2}',
    );
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (given) => {
        const value = JSON.parse(JSON.stringify(given)) as unknown;
        assert.equal(canonicalJson(turned(value)), canonicalJson(value));
        assert.deepEqual(JSON.parse(canonicalJson(value)), value);
      }),
    );
  });

  it('leaves out what is undefined in an object, and refuses what JSON cannot hold', () => {
    assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, [undefined]])
      assert.throws(() => canonicalJson(bad), RangeError);
  });
});
