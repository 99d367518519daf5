/** The metrics of one epoch and of the whole run, as they are written to logs. Knows no tensors and no files. */

import { compareText } from '../../base/compare-text.ts';
import type { ActivitySummary } from '../network/activity-summary.ts';
import type { Score } from '../readout/score.ts';
import type { EpochSums } from './epoch-sums.ts';

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Optimizer steps so far. */
  readonly steps: number;
  /** Of the network at the epoch's last step. */
  readonly learningRate: number;
  readonly train: {
    /** Mean over steps of cross-entropy + rate terms + prior. */
    readonly loss: number;
    readonly prior: number;
    /** Weighted value of each band, mean over steps. */
    readonly rateTerms: Readonly<Record<string, number>>;
    /** Mean over the epoch, while it changed. */
    readonly readouts: Readonly<Record<string, { readonly crossEntropy: number; readonly accuracy: number }>>;
  };
  /** After the epoch, by readout; names that begin with `untrained` read the untrained network. */
  readonly validation: Readonly<Record<string, Score>>;
  /** Of the trained network on validation trials. */
  readonly activity: ActivitySummary;
  /** Of the trained network on validation trials without odour. */
  readonly rest: ActivitySummary;
  /** Mean spikes a cell and training trial of this epoch, by cell type. */
  readonly spikesPerType: Readonly<Record<string, number>>;
  readonly gradient: {
    readonly largestNorm: number;
    /** The element with the largest entry in that gradient. */
    readonly leading: string;
    /** Steps left out because their gradient exploded. */
    readonly skipped: number;
    /** Elements moved back into bounds, summed over steps. */
    readonly projected: number;
  };
}

/** Measured once, after training. */
export interface TestRecord {
  readonly test: Readonly<Record<string, Score>>;
  readonly activity: ActivitySummary;
  /** In test trials without odour. */
  readonly rest: ActivitySummary;
  readonly untrainedActivity?: ActivitySummary;
  readonly untrainedRest?: ActivitySummary;
}

/** The record of an epoch's sums and validation. */
export function epochRecord(
  epoch: number,
  steps: number,
  sums: EpochSums,
  after: Pick<EpochRecord, 'learningRate' | 'validation' | 'activity' | 'rest' | 'spikesPerType'>,
): EpochRecord {
  const perStep = (value: number) => value / sums.steps;
  return {
    epoch,
    steps,
    train: {
      loss: perStep(sums.loss),
      prior: perStep(sums.prior),
      rateTerms: mapValues(sums.rateTerms, perStep),
      readouts: mapValues(sums.readouts, (s) => ({
        crossEntropy: s.crossEntropy / s.samples,
        accuracy: s.correct / s.samples,
      })),
    },
    ...after,
    gradient: {
      largestNorm: sums.largestNorm,
      leading: sums.leading,
      skipped: sums.skipped,
      projected: sums.projected,
    },
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}

/** Every number of a record under a slashed name, e.g. `validation/MBON/accuracy`, names in code-unit order: for logs of scalars. */
export function scalarsOf(record: object, prefix = ''): Record<string, number> {
  const out: Record<string, number> = {};
  const entries = (Object.entries(record) as [string, unknown][]).sort(([a], [b]) => compareText(a, b));
  for (const [name, value] of entries) {
    if (typeof value === 'number') out[prefix + name] = value;
    else if (typeof value === 'object' && value !== null) Object.assign(out, scalarsOf(value, `${prefix}${name}/`));
  }
  return out;
}
