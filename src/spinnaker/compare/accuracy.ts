/** Which odour a readout names from spikes of whole trials, or from the voltages of its own cells. Knows no simulator. */
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

/** [B] class whose cell holds the most in each trial, voltages [B][C]; of equals the lower, as the readout does. */
export function classesOfVoltages(trials: readonly Int32Array[]): Int32Array {
  return Int32Array.from(trials, (voltages) => predictedClasses(voltages, voltages.length)[0]!);
}

/** Voltages of two runs' readouts, trial by trial and class by class. */
export function equalVoltages(
  expected: readonly Int32Array[],
  found: readonly Int32Array[],
): { readonly equal: number; readonly of: number } {
  const of = expected.reduce((sum, v) => sum + v.length, 0);
  const equal = expected.reduce((sum, v, k) => sum + v.filter((bits, c) => found[k]?.[c] === bits).length, 0);
  return { equal, of };
}
