/** SPIKE-synchronization, spike train order and directionality. Knows no intervals beyond the coincidences. */
import { type CoincidenceOptions, coincidences } from './coincidences.ts';
import { meanOverPairs } from './mean-over-pairs.ts';
import { type RelevantTimeScale, type SpikeTrain, timeScaleMs } from './spike-train.ts';

export interface SynchronizationOptions {
  readonly mrts?: RelevantTimeScale;
  readonly maxWindowMs?: number;
}

function resolved(trains: readonly SpikeTrain[], options: SynchronizationOptions): CoincidenceOptions {
  const scaleMs = timeScaleMs(trains, options.mrts ?? 0);
  return options.maxWindowMs === undefined ? { scaleMs } : { scaleMs, maxWindowMs: options.maxWindowMs };
}

/** Σ over pairs of value(i, j), and Σ of their spikes. */
function overPairs(caller: string, trains: readonly SpikeTrain[], value: (i: number, j: number) => number) {
  let sum = 0;
  let spikes = 0;
  meanOverPairs(caller, trains, (i, j) => {
    sum += value(i, j);
    spikes += trains[i]!.timesMs.length + trains[j]!.timesMs.length;
    return 0;
  });
  return { sum, spikes };
}

/**
 * SPIKE-synchronization: the share of spikes that coincide with one of the other train, over all pairs; 0 … 1; 1 where all trains are empty.
 * Throws RangeError on different windows or fewer than two trains. Source: Kreuz 2015, doi:10.1152/jn.00848.2014.
 */
export function spikeSynchronization(trains: readonly SpikeTrain[], options: SynchronizationOptions = {}): number {
  const chosen = resolved(trains, options);
  const { sum, spikes } = overPairs(
    'spikeSynchronization',
    trains,
    (i, j) => 2 * coincidences(trains[i]!, trains[j]!, chosen).pairs,
  );
  return spikes === 0 ? 1 : sum / spikes;
}

/**
 * Spike train order (synfire indicator): +1 for each coincident spike where the earlier train of the list leads, −1 where it follows, 0 for ties,
 * over all spikes of all pairs; −1 … 1; 1 where all trains are empty. Source: Kreuz 2017, doi:10.1088/1367-2630/aa68c3.
 */
export function spikeTrainOrder(trains: readonly SpikeTrain[], options: SynchronizationOptions = {}): number {
  const chosen = resolved(trains, options);
  const { sum, spikes } = overPairs('spikeTrainOrder', trains, (i, j) => {
    const { firstLeads, secondLeads } = coincidences(trains[i]!, trains[j]!, chosen);
    return 2 * (firstLeads - secondLeads);
  });
  return spikes === 0 ? 1 : sum / spikes;
}

/** Leading minus following coincidences of `first`, per spike of it (0 where it has none). */
export function spikeDirectionality(
  first: SpikeTrain,
  second: SpikeTrain,
  options: SynchronizationOptions = {},
): number {
  const value = directionalityMatrix([first, second], options)[0]![1]!;
  return first.timesMs.length === 0 ? 0 : value / first.timesMs.length;
}

/** [n][n] leading minus following coincidences of train i against train j; antisymmetric. cost: O(n² · spikes). */
export function directionalityMatrix(
  trains: readonly SpikeTrain[],
  options: SynchronizationOptions = {},
): readonly (readonly number[])[] {
  const chosen = resolved(trains, options);
  const matrix = trains.map(() => new Array<number>(trains.length).fill(0));
  meanOverPairs('directionalityMatrix', trains, (i, j) => {
    const { firstLeads, secondLeads } = coincidences(trains[i]!, trains[j]!, chosen);
    matrix[i]![j] = firstLeads - secondLeads;
    matrix[j]![i] = secondLeads - firstLeads;
    return 0;
  });
  return matrix;
}
