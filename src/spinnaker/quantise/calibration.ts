/** The largest synaptic inputs and currents of the trained network over some trials, as the choice of the board's ranges needs them. */
import type { SpikingNetwork } from '../../snn/network/network.ts';
import { type FloatPeaks, FloatSimulator, noPeaks } from '../simulators/float-simulator.ts';
import type { InputSpikes } from '../simulators/integer-simulator.ts';

/** Peaks over all inputs, [N, 2] each. cost: one float simulation an input. */
export function calibrate(network: SpikingNetwork, inputs: Iterable<InputSpikes>): FloatPeaks {
  const simulator = new FloatSimulator(network);
  const peaks = noPeaks(network.topology.size);
  for (const input of inputs) simulator.run(input, { peaks });
  return peaks;
}
