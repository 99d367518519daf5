/** A network and its parameters resolved to the numbers that the steps use. Knows no trial and no gradient. */
import type { EdgePlan } from './edge-plan.ts';
import type { KernelNetwork, KernelParameters } from './kernel.ts';
import type { FloatArray, InPrecision, Precision } from './precision.ts';
import type { SpikeConstants, SpikeFunction } from './spike-function.ts';

/** KernelParameters in either precision. */
export type CoreParameters = InPrecision<KernelParameters>;

export interface CoreModel {
  readonly network: KernelNetwork;
  readonly plan: EdgePlan;
  readonly parameters: CoreParameters;
  readonly precision: Precision;
  readonly spike: SpikeFunction;
  /** [N] */
  readonly spikeConstants: readonly SpikeConstants[];
  /** [E] w: gain · synCount, or the free weight, nA. */
  readonly weight: FloatArray;
  /** [E] w · (kE, or −kI, of the target), mV: what a spike adds to its target's current, and what the backward pass gathers with. */
  readonly lift: FloatArray;
  /** [2N] b of the excitatory, then of the inhibitory currents. */
  readonly decay: FloatArray;
}

function spikeConstantsOf(parameters: CoreParameters, { round }: Precision): SpikeConstants[] {
  return Array.from(parameters.vThresh, (vThresh, i) => {
    const width = parameters.surrogateWidth[i]!;
    return {
      vThresh,
      floor: round(vThresh - width),
      inverseWidth: round(1 / width),
      height: round(round(parameters.damping) / width),
    };
  });
}

/** kE of an excitatory target, −kI of an inhibitory one, mV per nA. */
export function targetFactor(
  { kE, kI }: { readonly kE: FloatArray; readonly kI: FloatArray },
  target: number,
  size: number,
): number {
  return target < size ? kE[target]! : -kI[target - size]!;
}

/** Every product rounded once, in the documented order. cost: O(E + N). */
export function resolveModel(
  network: KernelNetwork,
  plan: EdgePlan,
  parameters: CoreParameters,
  precision: Precision,
  spike: SpikeFunction,
): CoreModel {
  const { round, zeros } = precision;
  const { size, synCount, gainIdx } = network;
  const edges = plan.target.length;
  const weight = zeros(edges);
  const lift = zeros(edges);
  for (let e = 0; e < edges; e++) {
    weight[e] = parameters.weight?.[e] ?? round(parameters.gain[gainIdx[e]!]! * synCount[e]!);
    lift[e] = round(weight[e]! * targetFactor(parameters, plan.target[e]!, size));
  }
  const decay = zeros(2 * size);
  decay.set(parameters.bE);
  decay.set(parameters.bI, size);
  const spikeConstants = spikeConstantsOf(parameters, precision);
  return { network, plan, parameters, precision, spike, spikeConstants, weight, lift, decay };
}
