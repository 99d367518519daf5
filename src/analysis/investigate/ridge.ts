/** Ridge regression by its dual, with the penalty chosen within the training part: nested cross-validation. Knows no odours. */
import { mean } from '../../base/numbers.ts';
import { RandomStream } from '../../base/random.ts';

/** Penalties tried, relative to the mean square of a row. */
const penalties = [0.01, 0.1, 1, 10, 100];
const [OUTER, INNER] = [10, 5];

/** Lower Cholesky factor of the rows of a symmetric matrix with λ on its diagonal. */
function cholesky(matrix: readonly Float64Array[], rows: readonly number[], lambda: number): Float64Array[] {
  const l = rows.map(() => new Float64Array(rows.length));
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[rows[i]!]![rows[j]!]! + (i === j ? lambda : 0);
      for (let m = 0; m < j; m++) sum -= l[i]![m]! * l[j]![m]!;
      l[i]![j] = i === j ? Math.sqrt(sum) : sum / l[j]![j]!;
    }
  }
  return l;
}

/** Solves L Lᵀ a = y. */
function solve(l: readonly Float64Array[], y: Float64Array): Float64Array {
  const a = y.slice();
  for (let i = 0; i < a.length; i++) {
    for (let m = 0; m < i; m++) a[i]! -= l[i]![m]! * a[m]!;
    a[i]! /= l[i]![i]!;
  }
  for (let i = a.length - 1; i >= 0; i--) {
    for (let m = i + 1; m < a.length; m++) a[i]! -= l[m]![i]! * a[m]!;
    a[i]! /= l[i]![i]!;
  }
  return a;
}

/** [n, n] products of rows of x [n, width] whose columns were centred over all rows. cost: O(n²·width). */
function gramOf(x: Float64Array, n: number): Float64Array[] {
  const width = x.length / n;
  const centre = new Float64Array(width);
  for (let r = 0; r < n; r++) for (let i = 0; i < width; i++) centre[i]! += x[r * width + i]! / n;
  const moved = Array.from({ length: n }, (_, r) => x.slice(r * width, (r + 1) * width).map((v, i) => v - centre[i]!));
  return moved.map((a) => Float64Array.from(moved, (b) => a.reduce((sum, v, i) => sum + v * b[i]!, 0)));
}

/** A fit that is linear in y: predictions of `test` from `train`, y less its mean over `train`. */
interface Fit {
  readonly train: readonly number[];
  readonly test: readonly number[];
  /** One row of weights a test row. */
  readonly weights: readonly Float64Array[];
}

function fitOf(gram: readonly Float64Array[], train: readonly number[], test: readonly number[], penalty: number): Fit {
  const scale = mean(train.map((r) => gram[r]![r]!)) || 1;
  const factor = cholesky(gram, train, penalty * scale);
  const weights = test.map((r) =>
    solve(
      factor,
      Float64Array.from(train, (c) => gram[r]![c]!),
    ),
  );
  return { train, test, weights };
}

function predict({ train, weights }: Fit, y: ArrayLike<number>): number[] {
  const centre = mean(train.map((r) => y[r]!));
  return weights.map((row) => train.reduce((sum, c, k) => sum + row[k]! * (y[c]! - centre), centre));
}

function squaredError(fit: Fit, y: ArrayLike<number>): number {
  const guess = predict(fit, y);
  return fit.test.reduce((sum, r, k) => sum + (y[r]! - guess[k]!) ** 2, 0);
}

/** The rows in `folds` parts, shuffled. */
function foldsOf(rows: readonly number[], folds: number, random: RandomStream): number[][] {
  const order = random.shuffle([...rows]);
  return Array.from({ length: folds }, (_, f) => order.filter((_, k) => k % folds === f));
}

/** One part of the rows: by penalty, fits within the other parts and the fit on all of them. */
interface OuterFold {
  readonly inner: readonly (readonly Fit[])[];
  readonly outer: readonly Fit[];
}

/**
 * Nested cross-validation over the rows of x [n, width] (10 parts, 5 within each), made once for any number of targets: every fit is linear in them.
 * Columns are centred over all rows, which uses no target. Deterministic in the seed. cost: O(n³ · 250); a target O(n² · 25).
 * Pinned by test/analysis/investigate/valence.test.ts.
 */
export class NestedRidge {
  private readonly folds: readonly OuterFold[];

  constructor(x: Float64Array, n: number, seed: number) {
    const gram = gramOf(x, n);
    const random = new RandomStream([seed, 0x72696467]);
    const parts = foldsOf(
      Array.from({ length: n }, (_, r) => r),
      Math.min(OUTER, n),
      random,
    );
    this.folds = parts.map((test) => {
      const train = parts.filter((part) => part !== test).flat();
      const within = foldsOf(train, INNER, random);
      const others = (part: readonly number[]) => within.filter((own) => own !== part).flat();
      return {
        inner: penalties.map((penalty) => within.map((part) => fitOf(gram, others(part), part, penalty))),
        outer: penalties.map((penalty) => fitOf(gram, train, test, penalty)),
      };
    });
  }

  /** Predictions of every row by fits that did not see it, the penalty chosen without it. */
  predictions(y: ArrayLike<number>): Float64Array {
    const out = new Float64Array(y.length);
    for (const { inner, outer } of this.folds) {
      const errors = inner.map((fits) => fits.reduce((sum, fit) => sum + squaredError(fit, y), 0));
      const best = outer[errors.indexOf(Math.min(...errors))]!;
      predict(best, y).forEach((guess, k) => {
        out[best.test[k]!] = guess;
      });
    }
    return out;
  }
}
