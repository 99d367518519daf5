import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exp, log } from '../../src/base/exp.ts';

describe('base/exp', () => {
  it('agrees with the engine to 4e-16 relative', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        assert.ok(Math.abs(exp(x) / Math.exp(x) - 1) < 4e-16 * Math.max(1, Math.abs(x) / 100));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        assert.ok(Math.abs(log(x) - Math.log(x)) <= 4e-16 * Math.max(1, Math.abs(Math.log(x))));
      }),
    );
  });

  it('gives these bits everywhere', () => {
    assert.equal(exp(-1 / 15), 0.9355069850316178);
    assert.equal(exp(0), 1);
    assert.equal(log(1), 0);
  });
});
