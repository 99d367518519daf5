/** Student's t distribution from +, −, ×, ÷ and the project's own exp and log: the same bits everywhere. Knows no samples. */
import { exp, log } from '../../base/exp.ts';

/** Coefficients of Lanczos' approximation with g = 7 and 9 terms (Godfrey 2001); error below 1e-13 for x > 0.5. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x ≥ 0.5. */
function logGamma(x: number): number {
  let sum = lanczos[0]!;
  for (let k = 1; k < lanczos.length; k++) sum += lanczos[k]! / (x - 1 + k);
  const t = x + 6.5;
  return 0.5 * log(2 * Math.PI) + (x - 0.5) * log(t) - t + log(sum);
}

/** The continued fraction of the incomplete beta function by Lentz' method (Press et al., Numerical Recipes, 6.4). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const kept = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= 300; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / kept(1 + term * d);
      c = kept(1 + term / c);
      h *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

/** Regularised incomplete beta Iₓ(a, b), 0 ≤ x ≤ 1; relative error about 1e-12 for a, b ≥ 0.5. */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/** P(T > t) of Student's t with `df` ≥ 1 degrees of freedom. Pinned against SciPy by test/analysis/compare/paired.test.ts. */
export function studentUpperTail(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta(df / 2, 0.5, df / (df + t * t));
  return t >= 0 ? tail : 1 - tail;
}

/** t with P(T > t) = p for 0 < p < 0.5, by bisection to the last bit that matters (1e-12). */
export function studentQuantile(p: number, df: number): number {
  let [low, high] = [0, 1];
  while (studentUpperTail(high, df) > p && high < 1e9) high *= 2;
  for (let k = 0; k < 200 && high - low > 1e-12 * high; k++) {
    const middle = (low + high) / 2;
    if (studentUpperTail(middle, df) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
