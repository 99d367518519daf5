import assert from 'node:assert/strict';
import { GradientGuard } from '../../src/snn/training/gradient-guard.ts';

const limits = { clipNorm: 1, skipNorm: 1000, mostSkipped: 50 };

const group = (...values: number[]) => ({
  name: 'vThresh by type',
  elementNames: ['KC KCab', 'KC KCg'],
  values: Float32Array.from(values),
});

describe('gradient guard', () => {
  it('leaves short gradients, scales long ones to the clip norm, and names the leading element', () => {
    const guard = new GradientGuard(limits);
    assert.deepEqual(guard.check([group(0.375, -0.5)], 0), {
      norm: 0.625,
      factor: 1,
      leading: 'vThresh by type: KC KCg',
    });
    assert.equal(guard.check([group(30, 40)], 1).factor, 1 / 50);
  });

  it('leaves out exploded steps, and stops after too many in a row with parameter and advice', () => {
    const guard = new GradientGuard({ ...limits, mostSkipped: 2 });
    assert.equal(guard.check([group(2000, 0)], 0).factor, 0);
    assert.equal(guard.check([group(1, 0)], 1).factor, 1);
    assert.equal(guard.check([group(0, 1e30)], 2).factor, 0);
    assert.equal(guard.check([group(0, 1e30)], 3).factor, 0);
    assert.throws(
      () => guard.check([group(0, 1e30)], 4),
      /stopped at step 4: gradients exploded in 3 steps in a row.*led by vThresh by type: KC KCg[\s\S]*damping/,
    );
  });

  it('stops at NaN and Infinity with the name of the parameter', () => {
    assert.throws(
      () => new GradientGuard(limits).check([group(1, Number.NaN)], 7),
      /step 7: the gradient of .*KC KCg is not finite/,
    );
    assert.throws(
      () => new GradientGuard(limits).check([group(Number.NEGATIVE_INFINITY, 1)], 7),
      /KC KCab is not finite/,
    );
  });
});
