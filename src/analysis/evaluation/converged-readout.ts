/** What a linear readout of the same counts would say if its training had come to an end: the fair comparison of two networks. Knows no training. */
import type { PopulationSlice } from '../../snn/network/network.ts';
import { fitLogistic, logisticLogits } from '../baselines/logistic-regression.ts';
import { type Scored, score } from './readout-accuracy.ts';

/** Counts [B, N] of a network on trials of odours labels[B]. */
export interface LabelledCounts {
  readonly counts: Float32Array;
  readonly labels: Int32Array;
}

/** Ridge and iterations of the fit. Free parameters. */
const FIT = { ridge: 1e-5, iterations: 100 };

/**
 * Logistic regression, to convergence, on square roots of a population's counts in training trials, scored on test trials. Square roots make the
 * noise of counts equal. cost: iterations · B·C·n.
 */
export function convergedReadout(
  { offset, size }: PopulationSlice,
  cells: number,
  training: LabelledCounts,
  test: LabelledCounts,
  classes: number,
  seed: number,
): Scored {
  const roots = ({ counts, labels }: LabelledCounts) =>
    Float64Array.from({ length: labels.length * size }, (_, k) =>
      Math.sqrt(counts[Math.floor(k / size) * cells + offset + (k % size)]!),
    );
  const model = fitLogistic(roots(training), training.labels, classes, FIT);
  return score(logisticLogits(model, roots(test)), test.labels, classes, { seed, calibrated: true });
}
