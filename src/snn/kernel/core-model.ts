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
  /** [E], planned order: gain · synCount, or the free weight: what a spike adds to its target's current. */
  readonly weight: FloatArray;
  /** [E], planned order: weight · (kE, or −kI, of the target): what the backward pass gathers with. */
  readonly gather: FloatArray;
  /** [E], planned order: synCount · (kE, or −kI): what a gain's gradient gathers with. */
  readonly gainGather: FloatArray;
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
  const edges = plan.edge.length;
  const weight = zeros(edges);
  const gather = zeros(edges);
  const gainGather = zeros(edges);
  for (let p = 0; p < edges; p++) {
    const e = plan.edge[p]!;
    const target = plan.target[p]!;
    const k = target < size ? parameters.kE[target]! : -parameters.kI[target - size]!;
    weight[p] = parameters.weight?.[e] ?? round(parameters.gain[gainIdx[e]!]! * synCount[e]!);
    gather[p] = round(weight[p]! * k);
    gainGather[p] = round(synCount[e]! * k);
  }
  const decay = zeros(2 * size);
  decay.set(parameters.bE);
  decay.set(parameters.bI, size);
  const spikeConstants = spikeConstantsOf(parameters, precision);
  return { network, plan, parameters, precision, spike, spikeConstants, weight, gather, gainGather, decay };
}
