/** Intervals over replicates and classes: they cover a planted truth as often as they say, and see the level at which values vary. */
import assert from 'node:assert/strict';
import { hierarchicalInterval } from '../../../src/analysis/compare/hierarchical.ts';
import { RandomStream } from '../../../src/base/random.ts';

/** Irwin–Hall: nearly normal, mean 0, SD 1. */
function normal(random: RandomStream): number {
  let sum = -6;
  for (let k = 0; k < 12; k++) sum += random.uniform();
  return sum;
}

function planted(random: RandomStream, between: number, within: number): number[][] {
  return Array.from({ length: 8 }, () => {
    const centre = 5 + between * normal(random);
    return Array.from({ length: 20 }, () => centre + within * normal(random));
  });
}

describe('the interval over replicates and classes', () => {
  it('covers the planted mean in about as many cases as it says', () => {
    const random = new RandomStream([1, 2]);
    let covered = 0;
    const cases = 300;
    for (let k = 0; k < cases; k++) {
      const { low, high } = hierarchicalInterval(planted(random, 1, 2), k, 300);
      if (low <= 5 && 5 <= high) covered++;
    }
    // 95 % less what eight replicates cost a percentile interval; the standard error of a share of 300 is 1.5 %.
    assert.ok(covered / cases > 0.87 && covered / cases < 0.99, `${covered} of ${cases}`);
  });

  it('is wider where replicates differ than where only classes do', () => {
    const random = new RandomStream([3, 4]);
    const width = (between: number, within: number): number => {
      const { low, high } = hierarchicalInterval(planted(random, between, within), 1);
      return high - low;
    };
    assert.ok(width(3, 0.5) > 3 * width(0, 0.5));
  });

  it('is the same for the same seed, leaves out what is not finite, and is a point where nothing varies', () => {
    const values = planted(new RandomStream([5, 6]), 1, 1);
    assert.deepEqual(hierarchicalInterval(values, 4), hierarchicalInterval(values, 4));
    assert.deepEqual(hierarchicalInterval([...values, [Number.NaN]], 4), hierarchicalInterval(values, 4));
    assert.deepEqual(hierarchicalInterval([[2, 2], [2]], 1), { mean: 2, low: 2, high: 2 });
    assert.throws(() => hierarchicalInterval([[]], 1), /no finite value/);
  });
});
