/** From the sums that a backward pass collects to gradients with names. Shared by all kernels, so that their last roundings agree. */
import type { EdgePlan } from './edge-plan.ts';
import type { KernelGradients } from './kernel.ts';
import type { FloatArray, InPrecision, Precision } from './precision.ts';

/** What a backward pass sums over one chunk of trials. */
export interface GradientSums {
  /** [G] Σ_spikes Σ_edges gather·P, f64. */
  readonly gain: Float64Array;
  /** [E] planned order, Σ P at spikes; empty unless weights are free. */
  readonly weight: FloatArray;
  /** [2N] Σ w·P and Σ w·Q at spikes, of excitatory, then inhibitory currents. */
  readonly wp: FloatArray;
  readonly wq: FloatArray;
  /** [N] */
  readonly a: FloatArray;
  readonly drive: FloatArray;
  readonly vThresh: FloatArray;
  readonly vReset: FloatArray;
}

/** KernelGradients in either precision. */
export type Gradients = InPrecision<Omit<KernelGradients, 'nonFinite'>>;

const sumNames = ['gain', 'weight', 'wp', 'wq', 'a', 'drive', 'vThresh', 'vReset'] as const;

export function zeroSums(size: number, gains: number, freeWeights: number, { zeros }: Precision): GradientSums {
  return {
    gain: new Float64Array(gains),
    weight: zeros(freeWeights),
    wp: zeros(2 * size),
    wq: zeros(2 * size),
    a: zeros(size),
    drive: zeros(size),
    vThresh: zeros(size),
    vReset: zeros(size),
  };
}

/** total += chunk; called in the order of the chunks, whoever computed them. */
export function addSums(total: GradientSums, chunk: GradientSums, { round }: Precision): void {
  for (const name of sumNames) {
    const to = total[name];
    const from = chunk[name];
    if (name === 'gain') for (let i = 0; i < to.length; i++) to[i] = to[i]! + from[i]!;
    else for (let i = 0; i < to.length; i++) to[i] = round(to[i]! + from[i]!);
  }
}

/** The last factors: kE for bE and weights, −kI for bI and weights, −1 for kI. */
export function finishGradients(
  plan: EdgePlan,
  cells: { readonly kE: FloatArray; readonly kI: FloatArray },
  sums: GradientSums,
  { round, zeros }: Precision,
): Gradients {
  const size = sums.a.length;
  const [gain, bE, bI, kE, kI] = [zeros(sums.gain.length), zeros(size), zeros(size), zeros(size), zeros(size)];
  for (let i = 0; i < size; i++) {
    kE[i] = sums.wp[i]!;
    kI[i] = 0 - sums.wp[size + i]!;
    bE[i] = round(cells.kE[i]! * sums.wq[i]!);
    bI[i] = 0 - round(cells.kI[i]! * sums.wq[size + i]!);
  }
  const { a, drive, vThresh, vReset } = sums;
  const common = { gain, a, bE, bI, kE, kI, drive, vThresh, vReset };
  if (sums.weight.length === 0) {
    gain.set(sums.gain);
    return common;
  }
  const weight = zeros(plan.edge.length);
  for (let p = 0; p < plan.edge.length; p++) {
    const target = plan.target[p]!;
    const sum = sums.weight[p]!;
    weight[plan.edge[p]!] = target < size ? round(sum * cells.kE[target]!) : 0 - round(sum * cells.kI[target - size]!);
  }
  return { ...common, weight };
}

/** Names of the arrays that hold an Infinity or NaN, for an advice instead of a silent NaN model. */
export function nonFiniteNames(arrays: Readonly<Record<string, ArrayLike<number> | undefined>>): string[] {
  return Object.keys(arrays).filter((name) => {
    const values = arrays[name];
    if (values === undefined) return false;
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return true;
    return false;
  });
}
