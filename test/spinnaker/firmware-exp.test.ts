/** The board's exponential: values read from the firmware, and its distance from the true one. */
import assert from 'node:assert/strict';
import { boardCells } from '../../src/spinnaker/firmware/board-cells.ts';
import { expS1615, expU032 } from '../../src/spinnaker/firmware/firmware-exp.ts';
import { toS1615 } from '../../src/spinnaker/firmware/fixed-point.ts';

describe('spinnaker/firmware-exp', () => {
  it('gives the constants seen on the board for tauM = 20 ms, tauSyn = 5 ms', () => {
    const bits = (value: number) => Int32Array.of(toS1615(value, 'value'));
    const cells = boardCells({
      vInit: bits(0),
      vRest: bits(0),
      vReset: bits(0),
      vThresh: bits(1),
      iOffset: bits(0),
      cm: bits(20),
      tauM: bits(20),
      tauRefrac: bits(1.5),
      tauSynE: bits(5),
      tauSynI: bits(5),
    });
    assert.equal(cells.expTc[0], 31170);
    assert.equal(cells.decayE[0], 3516490311);
    assert.equal(cells.initE[0], 3892384920);
    assert.equal(cells.resistance[0], 32768);
    assert.equal(cells.refractorySteps[0], 2);
  });

  it('is within 1.3e-6 of e^x (u032) and within one unit (s1615), from −10 to 0', () => {
    for (let n = -327680; n < 0; n += 97) {
      const exact = Math.exp(n / 32768);
      assert.ok(Math.abs(expU032(n) / 4294967296 - exact) < 1.3e-6, `${n}`);
      assert.ok(Math.abs(expS1615(n) - exact * 32768) < 1.05, `${n}`);
    }
    assert.equal(expS1615(0), 32768);
    assert.equal(expU032(0), 0);
    assert.equal(expU032(-340696), 0);
    assert.throws(() => expU032(1), /not a whole number ≤ 0/);
  });
});
