/** Tests of means against SciPy and statsmodels (golden values); what cannot be tested says so. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { adjusted, testMean } from '../../../src/analysis/compare/paired.ts';
import { studentQuantile, studentUpperTail } from '../../../src/analysis/compare/student.ts';

interface Golden {
  readonly means: readonly {
    readonly values: readonly number[];
    readonly margin: number;
    readonly sd: number;
    readonly low: number;
    readonly high: number;
    readonly p: number;
    readonly equivalenceP: number;
  }[];
  readonly tails: readonly { readonly t: number; readonly df: number; readonly p: number }[];
  readonly adjusted: { readonly ps: readonly number[]; readonly qs: readonly number[] };
}

const golden = JSON.parse(readFileSync('test/golden/analysis/compare-scipy.json', 'utf8')) as Golden;

function near(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-10 * Math.max(1e-3, Math.abs(expected)),
    `${what}: ${actual}, SciPy ${expected}`,
  );
}

describe('the tests of a mean', () => {
  it('are those of SciPy and statsmodels', () => {
    for (const { t, df, p } of golden.tails) near(studentUpperTail(t, df), p, `t = ${t}, df = ${df}`);
    for (const { values, margin, ...expected } of golden.means) {
      const test = testMean(values, margin);
      for (const key of ['sd', 'low', 'high', 'p', 'equivalenceP'] as const)
        near(test[key], expected[key], `${key} of ${values.join(' ')}`);
    }
  });

  it('adjust many p as statsmodels does, in their order, and leave out what is none', () => {
    const { ps, qs } = golden.adjusted;
    for (const [i, q] of adjusted(ps).entries()) near(q, qs[i]!, `q of ${ps[i]}`);
    const gaps = adjusted([Number.NaN, ...ps, Number.NaN]);
    assert.ok(Number.isNaN(gaps[0]) && Number.isNaN(gaps.at(-1)));
    assert.deepEqual(gaps.slice(1, -1), adjusted(ps));
  });

  it('have no interval and no p for one value, and that of the signs alone where all are the same', () => {
    const one = testMean([3], 1);
    assert.ok([one.sd, one.low, one.high, one.p, one.equivalenceP].every(Number.isNaN));
    assert.deepEqual(testMean([3, 3, 3], 1), { n: 3, mean: 3, sd: 0, low: 3, high: 3, p: 0.25, equivalenceP: 1 });
    assert.deepEqual(testMean([0, 0], 1), { n: 2, mean: 0, sd: 0, low: 0, high: 0, p: 1, equivalenceP: 0.25 });
    assert.throws(() => testMean([], 1), /no values/);
  });

  it('turn with the sign of the values, and the quantile undoes the tail', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 8 }),
        fc.double({ min: 1e-4, max: 0.49, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (values, p, df) => {
          const [test, turned] = [
            testMean(values, 1),
            testMean(
              values.map((v) => -v),
              1,
            ),
          ];
          assert.ok(Math.abs(test.p - turned.p) < 1e-9 && Math.abs(test.equivalenceP - turned.equivalenceP) < 1e-9);
          assert.ok(Math.abs(studentUpperTail(studentQuantile(p, df), df) - p) < 1e-9);
        },
      ),
      { numRuns: 200 },
    );
  });
});
