/** What a training epoch adds up, step by step, as plain JSON data so that a checkpoint can hold it. Knows no tensors. */
import type { ReadoutSums } from '../readout/readout-trainer.ts';

/** Sums over the samples or steps of one epoch so far. */
export interface EpochSums {
  steps: number;
  loss: number;
  prior: number;
  /** Sums over samples, by readout. */
  readonly readouts: Record<string, ReadoutSums>;
  /** Sums over steps, by band. */
  readonly rateTerms: Record<string, number>;
  /** [N] spikes of each cell of the trained network. */
  readonly spikes: number[];
  largestNorm: number;
  /** The leading element of the largest gradient. */
  leading: string;
  skipped: number;
  projected: number;
}

export function emptySums(cells: number): EpochSums {
  return {
    steps: 0,
    loss: 0,
    prior: 0,
    readouts: {},
    rateTerms: {},
    spikes: new Array<number>(cells).fill(0),
    largestNorm: 0,
    leading: 'none',
    skipped: 0,
    projected: 0,
  };
}

/** Adds one batch of a readout. */
export function addReadout(sums: EpochSums, name: string, batch: ReadoutSums): void {
  const sum = sums.readouts[name] ?? { samples: 0, crossEntropy: 0, correct: 0 };
  sums.readouts[name] = sum;
  sum.samples += batch.samples;
  sum.crossEntropy += batch.crossEntropy;
  sum.correct += batch.correct;
}

/** Adds the spikes of counts [B, N]. */
export function addSpikes(sums: EpochSums, counts: Float32Array): void {
  const n = sums.spikes.length;
  for (let row = 0; row < counts.length; row += n) {
    for (let i = 0; i < n; i++) sums.spikes[i]! += counts[row + i]!;
  }
}
