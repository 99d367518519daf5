/** A random model with the population sizes of FlyWire v783's olfactory pathway and about as many connections. */
import type { Model } from '../src/snn/network/network.ts';
import { randomModel } from '../test/rig/random-model.ts';

/** Gains are chosen so that LN, PN and KC fire, KCs sparsely. cost: some seconds. */
export function fullSizeModel(): Model {
  const model = randomModel({
    sizes: { ORN: 2264, LN: 426, PN: 684, KC: 5177, APL: 2, MBON: 96 },
    connectionProbability: 0.02,
    steps: 500,
  });
  const { topology } = model.network;
  const gain = Float32Array.from(topology.gainNames, (name) => (name.startsWith('PN→KC') ? 0.003 : 0.006));
  const weightNa = Float32Array.from(topology.synCount, (n, e) => gain[topology.gainIdx[e]!]! * n);
  return { ...model, network: { ...model.network, gainNa: gain, weightNa } };
}
