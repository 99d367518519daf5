/** Limited-memory BFGS with backtracking: minimises a smooth function. Knows no model. */
import { dot } from '../../base/numbers.ts';

/** Value at x; writes the gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 8;
/** Armijo's constant for a sufficient decrease. */
const DECREASE = 1e-4;

/**
 * A point near a minimum from `start`: at most `iterations` steps, fewer once the largest gradient is under 1e-7 or no step helps. Deterministic.
 * Source: Nocedal & Wright 2006, algorithm 7.4. Pinned by test/analysis/baselines/logistic-regression.test.ts.
 */
export function lbfgs(start: Float64Array, objective: Objective, iterations: number): Float64Array {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const history: { s: Float64Array; y: Float64Array; sy: number }[] = [];
  for (let k = 0; k < iterations && largest(gradient) > 1e-7; k++) {
    const direction = descent(gradient, history);
    const slope = dot(direction, gradient);
    const nextGradient = new Float64Array(x.length);
    let step = k === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = x;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 30; tries++, step /= 2) {
      const by = step;
      next = x.map((xi, i) => xi + by * direction[i]!);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + DECREASE * step * slope) break;
    }
    if (!(nextValue < value)) break;
    const s = next.map((xi, i) => xi - x[i]!);
    const y = nextGradient.map((gi, i) => gi - gradient[i]!);
    const sy = dot(s, y);
    if (sy > 0) history.push({ s, y, sy });
    if (history.length > MEMORY) history.shift();
    x = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return x;
}

/** −H·gradient by the two-loop recursion. */
function descent(
  gradient: Float64Array,
  history: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly sy: number }[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alpha: number[] = [];
  for (let h = history.length - 1; h >= 0; h--) {
    const { s, y, sy } = history[h]!;
    alpha[h] = dot(s, q) / sy;
    add(q, y, -alpha[h]!);
  }
  const newest = history[history.length - 1];
  if (newest !== undefined) {
    const scale = newest.sy / dot(newest.y, newest.y);
    q.forEach((v, i) => {
      q[i] = v * scale;
    });
  }
  history.forEach(({ s, y, sy }, h) => {
    add(q, s, alpha[h]! - dot(y, q) / sy);
  });
  return q;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += times * what[i]!;
}

function largest(values: Float64Array): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
