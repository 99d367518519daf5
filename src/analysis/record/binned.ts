/** Spikes of the network's populations over time, from a record. Knows no recordings of flies and no files. */
import type { ActivityRecord, RecordedPopulation } from './activity-record.ts';

/** Number of whole bins of a trial. */
export function binsOf(record: ActivityRecord): number {
  return Math.floor((record.steps * record.dtMs) / record.binMs + 1e-9);
}

/**
 * [bins] of [trials, n]: counts of each cell of the population in each trial and bin. Not for the input, whose spikes are not kept: RangeError.
 * cost: O(bins · trials · n + spikes).
 */
export function binnedCounts(record: ActivityRecord, { offset, size, name }: RecordedPopulation): Uint8Array[] {
  if (offset < record.inputSize) throw new RangeError(`record: the spikes of ${name} are counted, not kept`);
  const trials = record.trials.odour.length;
  const bins = Array.from({ length: binsOf(record) }, () => new Uint8Array(trials * size));
  const { cellPtr, trial, step } = record.spikes;
  for (let i = 0; i < size; i++) {
    const cell = offset - record.inputSize + i;
    for (let k = cellPtr[cell]!; k < cellPtr[cell + 1]!; k++) {
      const bin = bins[Math.floor((step[k]! * record.dtMs) / record.binMs)];
      if (bin !== undefined) bin[trial[k]! * size + i]! += 1;
    }
  }
  return bins;
}

/** [bins] mean rate of the population's cells, Hz, over the trials that `wanted` picks for each bin; NaN where it picks none. */
export function rateOverTime(
  record: ActivityRecord,
  population: RecordedPopulation,
  wanted: (trial: number, endStep: number) => boolean,
): Float64Array {
  const seconds = record.binMs / 1000;
  return Float64Array.from(binnedCounts(record, population), (counts, bin) => {
    const end = ((bin + 1) * record.binMs) / record.dtMs;
    let [sum, used] = [0, 0];
    for (let b = 0; b < record.trials.odour.length; b++) {
      if (!wanted(b, end)) continue;
      used++;
      for (let i = 0; i < population.size; i++) sum += counts[b * population.size + i]!;
    }
    return sum / used / population.size / seconds;
  });
}
