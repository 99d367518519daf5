/** From the sums that a backward pass collects to gradients with names. Shared by all kernels, so that their last roundings agree. */
import { type CoreModel, targetFactor } from './core-model.ts';
import type { KernelGradients } from './kernel.ts';
import type { FloatArray, InPrecision, Precision } from './precision.ts';

/** What a backward pass sums over one chunk of trials. */
export interface GradientSums {
  /** [E] Σ P of the target, one a spike: dL/dw but for its factor. */
  readonly edge: FloatArray;
  /** [E] Σ Q of the target, one a spike; empty where gradients of synaptic decay are not wanted. */
  readonly edgeDecay: FloatArray;
  /** [N] */
  readonly a: FloatArray;
  readonly vThresh: FloatArray;
  readonly vReset: FloatArray;
  /** [N] x before the first step. */
  readonly start: FloatArray;
}

/** KernelGradients in either precision. */
export type Gradients = InPrecision<Omit<KernelGradients, 'nonFinite'>>;

const sumNames = ['edge', 'edgeDecay', 'a', 'vThresh', 'vReset', 'start'] as const;

export function zeroSums(size: number, edges: number, decays: boolean, { zeros }: Precision): GradientSums {
  return {
    edge: zeros(edges),
    edgeDecay: zeros(decays ? edges : 0),
    a: zeros(size),
    vThresh: zeros(size),
    vReset: zeros(size),
    start: zeros(size),
  };
}

/** total += chunk; called in the order of the chunks, whoever computed them. */
export function addSums(total: GradientSums, chunk: GradientSums, { round }: Precision): void {
  for (const name of sumNames) {
    const to = total[name];
    const from = chunk[name];
    for (let i = 0; i < to.length; i++) to[i] = round(to[i]! + from[i]!);
  }
}

/** Gradients of a batch from its sums; those by edges are summed in f64, edges ascending. cost: O(E + N). */
export function finishGradients(model: CoreModel, sums: GradientSums): Gradients {
  const { parameters, precision } = model;
  const { a, vThresh, vReset } = sums;
  const common = { a, ...decayGradients(model, sums), drive: driveGradient(model, sums), vThresh, vReset };
  const ofEdges = edgeGradients(model, sums);
  if (parameters.weight === undefined) return { ...common, ...ofEdges };
  const weight = precision.zeros(sums.edge.length);
  for (let e = 0; e < weight.length; e++) {
    weight[e] = sums.edge[e]! * targetFactor(parameters, model.plan.target[e]!, sums.a.length);
  }
  return { ...common, ...ofEdges, gain: precision.zeros(ofEdges.gain.length), weight };
}

/**
 * Σ_t λ = (Σ q − Σ s·x − x before the first step) / (1 − a): what enters x at spikes leaves it there, by the leak, or at the start.
 * vThresh holds −Σ q, vReset Σ s·x.
 */
function driveGradient({ parameters, precision }: CoreModel, { vThresh, vReset, start }: GradientSums): FloatArray {
  const drive = precision.zeros(start.length);
  for (let i = 0; i < drive.length; i++) {
    drive[i] = (0 - (vThresh[i]! + vReset[i]! + start[i]!)) / (1 - parameters.a[i]!);
  }
  return drive;
}

/** gain = Σ synCount·k·edge, kE = Σ w·edge onto excitatory targets, kI = −Σ w·edge onto inhibitory ones. */
function edgeGradients({ network, plan, parameters, weight, precision }: CoreModel, { edge }: GradientSums) {
  const { size, gainCount, synCount, gainIdx } = network;
  const gain = new Float64Array(gainCount);
  const byFactor = new Float64Array(2 * size);
  for (let e = 0; e < edge.length; e++) {
    const target = plan.target[e]!;
    gain[gainIdx[e]!]! += edge[e]! * (synCount[e]! * targetFactor(parameters, target, size));
    byFactor[target]! += edge[e]! * weight[e]!;
  }
  return {
    gain: rounded(gain, precision),
    kE: rounded(byFactor.subarray(0, size), precision),
    kI: rounded(
      byFactor.subarray(size).map((x) => 0 - x),
      precision,
    ),
  };
}

/** bE and bI = Σ lift·edgeDecay. */
function decayGradients({ network, plan, lift, precision }: CoreModel, { edgeDecay }: GradientSums) {
  const b = new Float64Array(2 * network.size);
  for (let e = 0; e < edgeDecay.length; e++) b[plan.target[e]!]! += edgeDecay[e]! * lift[e]!;
  return {
    bE: rounded(b.subarray(0, network.size), precision),
    bI: rounded(b.subarray(network.size), precision),
  };
}

function rounded(values: Float64Array, { zeros }: Precision): FloatArray {
  const out = zeros(values.length);
  out.set(values);
  return out;
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
