/** Which odour a readout names from spikes of whole trials. Knows no simulator. */
import type { Model } from '../snn/network.ts';
import { argmaxRows, readoutLogits } from '../snn/readout.ts';
import { countsOf, type Raster } from './raster.ts';

/** Class that the main readout names for one trial's spikes. */
export function namedClass(model: Model, spikes: Raster): number {
  const { topology } = model.network;
  const readout = model.readouts[0]!;
  const logits = readoutLogits(readout, topology, countsOf(spikes, topology.size));
  return argmaxRows(logits, readout.classes.length)[0]!;
}
