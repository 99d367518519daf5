/** One trial forward, step by step, one cell after the other. Knows no gradient. */

import type { CoreModel } from '../core-model.ts';
import { nonFiniteNames } from '../gradient-sums.ts';
import type { KernelInput } from '../kernel.ts';
import type { FloatArray } from '../precision.ts';

/** All that the backward pass needs of a trial. */
export interface TrialTape {
  readonly input: KernelInput;
  /** [T, N] V after the update, before the reset. */
  readonly v: FloatArray;
  /** [T, N] U = dV/da since the last reset, spikes as they are: U ← V[t−1] + a·U[t−1], 0 after a reset. */
  readonly u: FloatArray;
  /** [T, N] 1 where r > 0 kept V. */
  readonly held: Uint8Array;
}

export interface TrialCounts {
  /** [N] Σ_t s */
  readonly counts: FloatArray;
  /** Synaptic events delivered. */
  readonly events: number;
  /** Which of V, Ie, Ii are not finite after the last step: nothing that overflows comes back. */
  readonly nonFinite: readonly string[];
}

/** V after the reset: (1 − s)·V + s·vReset. */
export function resetVoltage(model: CoreModel, i: number, v: number, s: number): number {
  const { round } = model.precision;
  if (s === 0) return v;
  if (s === 1) return model.parameters.vReset[i]!;
  return round(round((1 - s) * v) + round(s * model.parameters.vReset[i]!));
}

/** Adds the lifts of one row's edges, times s, to the currents [2N]; returns the number of events. */
function deliver(model: CoreModel, row: number, s: number, current: FloatArray): number {
  const { plan, lift } = model;
  const { round } = model.precision;
  const [begin, end] = [plan.rowPtr[row]!, plan.rowPtr[row + 1]!];
  for (let e = begin; e < end; e++) {
    const target = plan.target[e]!;
    current[target] = round(current[target]! + round(lift[e]! * s));
  }
  return end - begin;
}

/** Spikes of one step enter the currents: input cells first, then the network's, each in ascending order. */
function deliverStep(model: CoreModel, input: KernelInput, t: number, s: FloatArray, current: FloatArray): number {
  const { inputSize, size } = model.network;
  let events = 0;
  for (let k = input.stepPtr[t]!; k < input.stepPtr[t + 1]!; k++) {
    events += deliver(model, input.cell[k]!, 1, current);
  }
  for (let i = 0; i < size; i++) {
    if (s[i] !== 0) events += deliver(model, inputSize + i, s[i]!, current);
  }
  return events;
}

/** V ← ((drive + a·V) + kE·Ie) − kI·Ii, rounded after each operation; the currents hold kE·Ie and −kI·Ii. */
function updatedVoltage(model: CoreModel, i: number, v: number, current: FloatArray): number {
  const { round } = model.precision;
  const { drive, a } = model.parameters;
  const leaked = round(drive[i]! + round(a[i]! * v));
  return round(round(leaked + current[i]!) + current[model.network.size + i]!);
}

/** Steps cell i of one trial: tapes V, U and whether it is held, counts its spike, resets. */
function stepCell(model: CoreModel, t: number, i: number, state: TrialState): void {
  const { round } = model.precision;
  const { parameters } = model;
  const { v, u, s, refractory, tape } = state;
  const held = refractory[i]! > 0;
  const next = held ? v[i]! : updatedVoltage(model, i, v[i]!, state.current);
  const slope = held ? u[i]! : round(v[i]! + round(parameters.a[i]! * u[i]!));
  s[i] = model.spike(next, model.spikeConstants[i]!);
  const fires = next >= parameters.vThresh[i]!;
  refractory[i] = fires ? parameters.refractorySteps[i]! : Math.max(0, refractory[i]! - 1);
  state.counts[i] = round(state.counts[i]! + s[i]!);
  const at = t * model.network.size + i;
  tape.v[at] = next;
  tape.u[at] = slope;
  tape.held[at] = held ? 1 : 0;
  v[i] = resetVoltage(model, i, next, s[i]!);
  u[i] = s[i] === 1 ? 0 : round((1 - s[i]!) * slope);
}

/** One trial at work. */
interface TrialState {
  readonly tape: TrialTape;
  readonly v: FloatArray;
  readonly u: FloatArray;
  readonly current: FloatArray;
  readonly s: FloatArray;
  readonly counts: FloatArray;
  readonly refractory: Int32Array;
}

function trialAtRest(model: CoreModel, input: KernelInput): TrialState {
  const { size, steps } = model.network;
  const { zeros } = model.precision;
  const tape = { input, v: zeros(steps * size), u: zeros(steps * size), held: new Uint8Array(steps * size) };
  const v = zeros(size);
  v.set(model.parameters.vRest);
  const [u, current, s, counts] = [zeros(size), zeros(2 * size), zeros(size), zeros(size)];
  return { tape, v, u, current, s, counts, refractory: new Int32Array(size) };
}

/** Runs T steps of one trial from rest; fills the tape. Order of operations: docs/kernel.md. */
export function runTrial(model: CoreModel, input: KernelInput): TrialTape & TrialCounts {
  const { size, steps } = model.network;
  const { round } = model.precision;
  const state = trialAtRest(model, input);
  const { current } = state;
  let events = 0;
  for (let t = 0; t < steps; t++) {
    current.forEach((x, k) => {
      current[k] = round(model.decay[k]! * x);
    });
    if (t > 0) events += deliverStep(model, input, t - 1, state.s, current);
    for (let i = 0; i < size; i++) stepCell(model, t, i, state);
  }
  const ends = { V: state.v, Ie: current.subarray(0, size), Ii: current.subarray(size) };
  return { ...state.tape, counts: state.counts, events, nonFinite: nonFiniteNames(ends) };
}
