/** The board's arithmetic against exact whole numbers. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { divideS1615, multiplyHigh, multiplyS1615, roundHalfEven, toS1615 } from '../../src/spinnaker/fixed-point.ts';

const int32 = fc.integer({ min: -2147483648, max: 2147483647 });
const uint32 = fc.integer({ min: 0, max: 4294967295 });

describe('spinnaker/fixed-point', () => {
  it('multiplies as 64-bit integers do, over the whole range', () => {
    const extremes = [-2147483648, -1, 0, 1, 32768, 2147483647];
    for (const x of extremes)
      for (const y of extremes)
        assert.equal(multiplyS1615(x, y), Number(BigInt.asIntN(32, (BigInt(x) * BigInt(y)) >> 15n)));
    fc.assert(
      fc.property(int32, int32, uint32, (x, y, u) => {
        assert.equal(multiplyHigh(x, u), Number((BigInt(x) * BigInt(u)) >> 32n));
        assert.equal(multiplyS1615(x, y), Number(BigInt.asIntN(32, (BigInt(x) * BigInt(y)) >> 15n)));
      }),
      { numRuns: 2000 },
    );
  });

  it('divides toward zero', () => {
    assert.equal(divideS1615(-32768, 3 * 32768), -10922);
    assert.equal(divideS1615(32768, 3 * 32768), 10922);
  });

  it('rounds halves to even, as the host does, and refuses what does not fit', () => {
    assert.deepEqual([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6].map(roundHalfEven), [0, 2, 2, 0, -2, 2, 3]);
    assert.equal(toS1615(-65, 'v'), -65 * 32768);
    assert.throws(() => toS1615(70000, 'vThresh'), /vThresh is 70000: outside the board's range/);
  });
});
