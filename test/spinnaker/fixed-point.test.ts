/** The board's arithmetic against exact whole numbers. */
import assert from 'node:assert/strict';
import {
  divideS1615,
  multiplyS1615,
  roundHalfEven,
  timesShare,
  toS1615,
} from '../../src/spinnaker/firmware/fixed-point.ts';

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

  it('multiplies by shares exactly also where doubles round up to the next whole number', () => {
    let roundedUp = 0;
    for (let k = 1; k <= 2000; k++) {
      const x = (2147483647 - 1047 * 2 * k) * (k % 5 === 0 ? -1 : 1);
      let inverse = 1n; // of x mod 2^32, by Newton's iteration, so that x·u ≡ −1: a fraction just below 1
      for (let n = 0; n < 6; n++) inverse = BigInt.asUintN(32, inverse * (2n - BigInt(x) * inverse));
      const u = Number(BigInt.asUintN(32, -inverse));
      const wanted = Number((BigInt(x) * BigInt(u)) >> 32n);
      assert.equal(timesShare(x, u / 2 ** 32), wanted, `${x}·${u}`);
      roundedUp += Number(Math.floor(x * (u / 2 ** 32)) !== wanted);
    }
    assert.ok(roundedUp > 1000, `${roundedUp} of 2000 products round up`);
    assert.equal(timesShare(0, 0.7), 0);
    assert.equal(timesShare(-1, 0.5), -1);
  });
});
