/** The board's arithmetic against exact whole numbers. */
import assert from 'node:assert/strict';
import { divideS1615, multiplyS1615, roundHalfEven, toS1615 } from '../../src/spinnaker/fixed-point.ts';

describe('spinnaker/fixed-point', () => {
  it('multiplies with the fraction cut toward −∞ and the low 32 bits kept', () => {
    assert.equal(multiplyS1615(3 * 32768, -32768 / 2), -1.5 * 32768);
    assert.equal(multiplyS1615(-1, 1), -1);
    assert.equal(multiplyS1615(2147483647, 65536), -2);
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
