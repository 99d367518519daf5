/** The one definition of means, quantiles and texts of numbers. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ascending, cosine, dot, mean, quantile, significant, standardDeviation } from '../../src/base/numbers.ts';
import { percent, thousands } from '../../src/base/text.ts';

describe('base/numbers', () => {
  it('takes quantiles linearly between order statistics, as numpy.percentile and R do', () => {
    // numpy.percentile([1, 2, 4, 8], [0, 5, 25, 50, 90, 100])
    const expected = [1, 1.15, 1.75, 3, 6.8, 8];
    [0, 0.05, 0.25, 0.5, 0.9, 1].forEach((share, k) => {
      assert.ok(Math.abs(quantile([1, 2, 4, 8], share) - expected[k]!) < 1e-12, `${share}`);
    });
    assert.equal(quantile([7], 0.3), 7);
    assert.ok(Number.isNaN(quantile([], 0.5)));
  });

  it('has the median in the middle of an odd number of values and halfway between the two middle ones of an even number', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, (list) => {
        const sorted = ascending(list);
        const [low, high] = [sorted[(list.length - 1) >> 1]!, sorted[list.length >> 1]!];
        assert.ok(Math.abs(quantile(sorted, 0.5) - (low + high) / 2) < 1e-12);
      }),
    );
  });

  it('sums in order, and says NaN rather than 0 for the mean of nothing', () => {
    assert.equal(mean([0.1, 0.2, 0.3]), (0.1 + 0.2 + 0.3) / 3);
    assert.ok(Number.isNaN(mean([])));
    assert.equal(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), 2);
    assert.equal(dot([1, 2, 3], [4, 5, 6]), 32);
    assert.equal(cosine([1, 0], [0, 0]), null);
    assert.equal(cosine([3, 4], [6, 8]), 1);
    assert.equal(significant(0.123456789), 0.123457);
    assert.ok(Number.isNaN(significant(Number.NaN)));
  });
});

describe('base/text', () => {
  it('writes shares and thousands one way', () => {
    assert.equal(percent(0.9451), '94.5 %');
    assert.equal(percent(Number.NaN), '–');
    assert.deepEqual([0, 999, 1000, 1234567].map(thousands), ['0', '999', '1,000', '1,234,567']);
  });
});
