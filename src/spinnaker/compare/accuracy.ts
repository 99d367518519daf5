/** Which odour a readout names from spikes of whole trials. Knows no simulator. */
import type { Model } from '../../snn/network/network.ts';
import { readoutLogits } from '../../snn/readout/readout.ts';
import { predictedClasses } from '../../snn/readout/score.ts';
import { countsOf, type Raster } from '../simulators/raster.ts';

/** [B] class that the main readout names for each row of counts [B, N]. */
export function classesOfCounts(model: Model, counts: Float32Array): Int32Array {
  const readout = model.readouts[0]!;
  return predictedClasses(readoutLogits(readout, model.network.topology, counts), readout.classes.length);
}

/** Class that the main readout names for one trial's spikes. */
export function namedClass(model: Model, spikes: Raster): number {
  return classesOfCounts(model, countsOf(spikes, model.network.topology.size))[0]!;
}
