/** Spikes of several trials ⇄ safetensors, as run.py reads and writes them: trial_ptr [K + 1], step and cell [n]. Knows no network. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensor, tensorData } from '../../formats/safetensors.ts';
import type { Trial } from '../../odour/odour-task.ts';
import type { InputSpikes } from '../simulators/integer-simulator.ts';
import type { Raster } from '../simulators/raster.ts';

/** Rasters one after another, names prefixed. */
function spikeTensors(prefix: string, rasters: readonly InputSpikes[]): Record<string, Tensor> {
  const trialPtr = new Int32Array(rasters.length + 1);
  rasters.forEach((raster, k) => {
    trialPtr[k + 1] = trialPtr[k]! + raster.cell.length;
  });
  const step = new Int32Array(trialPtr[rasters.length]!);
  const cell = new Int32Array(step.length);
  rasters.forEach((raster, k) => {
    cell.set(raster.cell, trialPtr[k]!);
    for (let t = 0; t + 1 < raster.stepPtr.length; t++) {
      step.fill(t, trialPtr[k]! + raster.stepPtr[t]!, trialPtr[k]! + raster.stepPtr[t + 1]!);
    }
  });
  return { [`${prefix}trial_ptr`]: tensor(trialPtr), [`${prefix}step`]: tensor(step), [`${prefix}cell`]: tensor(cell) };
}

/** The input spikes of the exported trials, with their odours. */
export function encodeInputs(trials: readonly Trial[], inputs: readonly InputSpikes[]): Uint8Array {
  const tensors = { ...spikeTensors('', inputs), odour: tensor(Int32Array.from(trials, (trial) => trial.odour)) };
  return encodeSafetensors({ tensors, metadata: { trials: canonicalJson(trials) } });
}

/** Spikes by the name of what made them, and voltages [K][C], s1615 bits, of a readout's cells. */
export function encodeSpikes(
  byName: Readonly<Record<string, readonly Raster[]>>,
  voltages: Readonly<Record<string, readonly Int32Array[]>> = {},
): Uint8Array {
  const tensors = Object.entries(byName).map(([name, rasters]) => spikeTensors(`${name}.`, rasters));
  const ofReadouts = Object.entries(voltages).map(([name, trials]) => {
    const table = tensor(Int32Array.from(trials.flatMap((v) => [...v])), [trials.length, trials[0]?.length ?? 0]);
    return { [`${name}.readout_v`]: table };
  });
  const all = Object.assign({}, ...tensors, ...ofReadouts) as Record<string, Tensor>;
  return encodeSafetensors({ tensors: all, metadata: {} });
}

/** Voltages [K][C] of a readout's cells from a file of spikes; null where it has none. Throws RangeError on a table that is not whole. */
export function decodeVoltages(bytes: Uint8Array, classes: number, name = ''): Int32Array[] | null {
  const file = decodeSafetensors(bytes);
  const key = name === '' ? 'readout_v' : `${name}.readout_v`;
  if (file.tensors[key] === undefined) return null;
  const table = tensorData(file, key, Int32Array);
  if (table.length % classes !== 0)
    throw new RangeError(`spikes: ${table.length} voltages of a readout, want ${classes} a trial`);
  return Array.from({ length: table.length / classes }, (_, k) => table.slice(k * classes, (k + 1) * classes));
}

/** Rasters of `steps` steps from a file; `name` is the prefix they were written under. Throws RangeError on damage. */
export function decodeSpikes(bytes: Uint8Array, steps: number, name = ''): Raster[] {
  const file = decodeSafetensors(bytes);
  const prefix = name === '' ? '' : `${name}.`;
  const trialPtr = tensorData(file, `${prefix}trial_ptr`, Int32Array);
  const step = tensorData(file, `${prefix}step`, Int32Array);
  const cell = tensorData(file, `${prefix}cell`, Int32Array);
  return Array.from({ length: trialPtr.length - 1 }, (_, k) => {
    const [begin, end] = [trialPtr[k]!, trialPtr[k + 1]!];
    const stepPtr = new Int32Array(steps + 1);
    for (let n = begin; n < end; n++) {
      if (!(step[n]! >= 0 && step[n]! < steps))
        throw new RangeError(`spikes: trial ${k} has a spike in step ${step[n]}`);
      if (n > begin && step[n]! < step[n - 1]!) throw new RangeError(`spikes: trial ${k} is not in the order of steps`);
      stepPtr[step[n]! + 1]! += 1;
    }
    for (let t = 0; t < steps; t++) stepPtr[t + 1]! += stepPtr[t]!;
    return { stepPtr, cell: cell.slice(begin, end) };
  });
}

/** The trials of an inputs file. */
export function decodeTrials(bytes: Uint8Array): Trial[] {
  const text = decodeSafetensors(bytes).metadata['trials'];
  if (text === undefined) throw new RangeError("PyNN inputs: no metadata 'trials'; is this another kind of file?");
  return JSON.parse(text) as Trial[];
}
