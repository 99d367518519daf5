/** One trial forward, step by step, one cell after the other. Knows no gradient. */

import type { CoreModel } from '../core-model.ts';
import { nonFiniteNames } from '../gradient-sums.ts';
import type { KernelInput } from '../kernel.ts';
import type { FloatArray } from '../precision.ts';

/** All that the backward pass needs of a trial: V alone, and where refractoriness held it. */
export interface TrialTape {
  readonly input: KernelInput;
  /** [T, N] V after the update, before the reset. */
  readonly v: FloatArray;
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

/** Adds one row's weights, times s, to the currents [2N]; returns the number of events. */
function deliver(model: CoreModel, row: number, s: number, current: FloatArray): number {
  const { plan, weight } = model;
  const { round } = model.precision;
  const begin = plan.edgePtr[plan.segmentPtr[row]!]!;
  const end = plan.edgePtr[plan.segmentPtr[row + 1]!]!;
  for (let p = begin; p < end; p++) {
    const target = plan.target[p]!;
    current[target] = round(current[target]! + round(weight[p]! * s));
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

/** V ← ((drive + a·V) + kE·Ie) − kI·Ii, rounded after each operation. */
function updatedVoltage(model: CoreModel, i: number, v: number, current: FloatArray): number {
  const { round } = model.precision;
  const { drive, a, kE, kI } = model.parameters;
  const leaked = round(drive[i]! + round(a[i]! * v));
  const excited = round(leaked + round(kE[i]! * current[i]!));
  return round(excited - round(kI[i]! * current[model.network.size + i]!));
}

/** Runs T steps of one trial from rest; fills the tape. Order of operations: docs/kernel.md. */
export function runTrial(model: CoreModel, input: KernelInput): TrialTape & TrialCounts {
  const { size, steps } = model.network;
  const { round, zeros } = model.precision;
  const tape = { input, v: zeros(steps * size), held: new Uint8Array(steps * size) };
  const v = zeros(size);
  v.set(model.parameters.vRest);
  const [current, s, counts] = [zeros(2 * size), zeros(size), zeros(size)];
  const refractory = new Int32Array(size);
  let events = 0;
  for (let t = 0; t < steps; t++) {
    current.forEach((x, k) => {
      current[k] = round(model.decay[k]! * x);
    });
    if (t > 0) events += deliverStep(model, input, t - 1, s, current);
    for (let i = 0; i < size; i++) {
      const held = refractory[i]! > 0;
      const next = held ? v[i]! : updatedVoltage(model, i, v[i]!, current);
      s[i] = model.spike(next, model.spikeConstants[i]!);
      const fires = next >= model.parameters.vThresh[i]!;
      refractory[i] = fires ? model.parameters.refractorySteps[i]! : Math.max(0, refractory[i]! - 1);
      counts[i] = round(counts[i]! + s[i]!);
      tape.v[t * size + i] = next;
      tape.held[t * size + i] = held ? 1 : 0;
      v[i] = resetVoltage(model, i, next, s[i]!);
    }
  }
  const ends = { V: v, Ie: current.subarray(0, size), Ii: current.subarray(size) };
  return { ...tape, counts, events, nonFinite: nonFiniteNames(ends) };
}
