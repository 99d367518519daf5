/**
 * Exact gradients of a chunk of trials, step by step backwards. Knows no loss: it is given dL/dcounts.
 *
 * With λ = dL/dV before the reset and x = dL/dV after it (i's indices dropped), at step t:
 *   dL/ds = dL/dcount + Σ_edges gather·P_target[t+1] + x·(vReset − V)
 *   λ = (1 − s)·x + slope(V)·dL/ds;  vThresh −= slope·dL/ds;  vReset += s·x
 *   Q ← P + b·Q;  P ← λ + b·P (λ = 0 where held);  a += slope·dL/ds·U;  x ← a·λ (x where held)
 * P is dL/dI of currents in mV. No current is taped, and V and U only matter near threshold: Σ_t λ·V[t−1] = Σ_t slope·dL/ds·U, with U = dV/da.
 * Edges sum P (and Q) of their targets at spikes; gain, kE, kI, bE and bI follow from these sums, drive from the others: gradient-sums.ts.
 * Sums: per trial over time for a, vThresh, vReset, then over the chunk's trials in order; one sum a chunk, in the order
 * (t falling; input spikes by trial; cells rising, trials rising), for those of edges.
 */

import type { CoreModel } from '../core-model.ts';
import { type GradientSums, zeroSums } from '../gradient-sums.ts';
import type { FloatArray } from '../precision.ts';
import { surrogateSlope } from '../spike-function.ts';
import type { TrialTape } from './forward.ts';

/** Adjoints of one trial and the sums that are kept per trial, [N] or [2N] each. */
interface TrialState {
  readonly tape: TrialTape;
  readonly countGradient: FloatArray;
  readonly x: FloatArray;
  readonly p: FloatArray;
  readonly q: FloatArray;
  readonly a: FloatArray;
  readonly vThresh: FloatArray;
  readonly vReset: FloatArray;
}

function newTrialState(model: CoreModel, tape: TrialTape, countGradient: FloatArray): TrialState {
  const { zeros } = model.precision;
  const n = model.network.size;
  return {
    tape,
    countGradient,
    x: zeros(n),
    p: zeros(2 * n),
    q: zeros(2 * n),
    a: zeros(n),
    vThresh: zeros(n),
    vReset: zeros(n),
  };
}

/** What a spike of size s along one row adds to the sums of its edges. */
function collectRow(model: CoreModel, row: number, s: number, state: TrialState, sums: GradientSums): void {
  const { plan } = model;
  const { round } = model.precision;
  const { edge, edgeDecay } = sums;
  for (let e = plan.rowPtr[row]!; e < plan.rowPtr[row + 1]!; e++) {
    const target = plan.target[e]!;
    edge[e] = round(edge[e]! + round(s * state.p[target]!));
    if (edgeDecay.length > 0) edgeDecay[e] = round(edgeDecay[e]! + round(s * state.q[target]!));
  }
}

/** dL/dcount + (Σ of the row's edges at even places + Σ of those at odd places) of lift·P. */
function spikeGradient(model: CoreModel, i: number, state: TrialState): number {
  const { plan, lift } = model;
  const { round } = model.precision;
  const row = model.network.inputSize + i;
  const begin = plan.rowPtr[row]!;
  const parts: [number, number] = [0, 0];
  for (let e = begin; e < plan.rowPtr[row + 1]!; e++) {
    const place = ((e - begin) & 1) as 0 | 1;
    parts[place] = round(parts[place] + round(lift[e]! * state.p[plan.target[e]!]!));
  }
  return round(state.countGradient[i]! + round(parts[0] + parts[1]));
}

/** Cell i of one trial: from x = dL/dV after the reset to λ = dL/dV before it, left in x. Silent cells far from threshold cost nothing. */
function backThroughSpike(model: CoreModel, t: number, i: number, state: TrialState, sums: GradientSums): void {
  const { round } = model.precision;
  const { inputSize, size } = model.network;
  const v = state.tape.v[t * size + i]!;
  const constants = model.spikeConstants[i]!;
  const s = model.spike(v, constants);
  if (!(v > constants.floor) && s === 0) return;
  if (s !== 0) collectRow(model, inputSize + i, s, state, sums);
  const x = state.x[i]!;
  const jump = round(x * round(model.parameters.vReset[i]! - v));
  const q = round(surrogateSlope(v, constants, model.precision) * round(spikeGradient(model, i, state) + jump));
  state.vThresh[i] = round(state.vThresh[i]! - q);
  state.a[i] = round(state.a[i]! + round(q * state.tape.u[t * size + i]!));
  state.vReset[i] = round(state.vReset[i]! + round(s * x));
  state.x[i] = round(round((1 - s) * x) + q);
}

/** The step's linear part, for all cells of one trial. */
function backThroughStep(model: CoreModel, t: number, state: TrialState): void {
  const { round } = model.precision;
  const { size } = model.network;
  for (let i = 0; i < size; i++) {
    const held = state.tape.held[t * size + i] === 1;
    const lambda = held ? 0 : state.x[i]!;
    for (const k of [i, size + i]) {
      state.q[k] = round(state.p[k]! + round(model.decay[k]! * state.q[k]!));
      state.p[k] = round(lambda + round(model.decay[k]! * state.p[k]!));
    }
    if (!held) state.x[i] = round(model.parameters.a[i]! * lambda);
  }
}

/** Adds one trial's sums to the chunk's. */
function addTrial(model: CoreModel, state: TrialState, sums: GradientSums): void {
  const { round } = model.precision;
  for (const [to, from] of [
    [sums.a, state.a],
    [sums.vThresh, state.vThresh],
    [sums.vReset, state.vReset],
    [sums.start, state.x],
  ] as const) {
    for (let i = 0; i < to.length; i++) to[i] = round(to[i]! + from[i]!);
  }
}

/**
 * Sums of Σ_b L_b over a chunk; `countGradients[b]` is dL/dcounts of trial b, [N]; sums of Q where `decays`.
 * cost: O(T·N) + events near threshold.
 */
export function runBackward(
  model: CoreModel,
  tapes: readonly TrialTape[],
  countGradients: readonly FloatArray[],
  decays = true,
): GradientSums {
  const { size, steps } = model.network;
  const states = tapes.map((tape, b) => newTrialState(model, tape, countGradients[b]!));
  const sums = zeroSums(size, model.plan.target.length, decays, model.precision);
  for (let t = steps - 1; t >= 0; t--) {
    for (const state of states) {
      const { stepPtr, cell } = state.tape.input;
      for (let k = stepPtr[t]!; k < stepPtr[t + 1]!; k++) collectRow(model, cell[k]!, 1, state, sums);
    }
    for (let i = 0; i < size; i++) {
      for (const state of states) backThroughSpike(model, t, i, state, sums);
    }
    for (const state of states) backThroughStep(model, t, state);
  }
  for (const state of states) addTrial(model, state, sums);
  return sums;
}
