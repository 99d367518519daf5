/** Whether a classifier is right as often as it says. Knows no network. */
import { predictedClasses, rowCrossEntropy } from '../../snn/readout/score.ts';

export interface CalibrationBin {
  readonly trials: number;
  /** Means over the trials of the bin. */
  readonly confidence: number;
  readonly accuracy: number;
}

export interface Calibration {
  /** Mean −log softmax of the actual class, nats. */
  readonly crossEntropy: number;
  /** Σ over bins of (trials/B)·|accuracy − confidence|. */
  readonly expectedError: number;
  /** Bins of the largest probability, equal widths; empty ones left out. */
  readonly bins: readonly CalibrationBin[];
}

/** Calibration of logits [B, C] against labels [B]. cost: B·C exponentials. Source: Guo 2017, arXiv:1706.04599. */
export function calibrate(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  bins = 10,
): Calibration {
  const sums = Array.from({ length: bins }, () => ({ trials: 0, confidence: 0, accuracy: 0 }));
  const predicted = predictedClasses(logits, classes);
  const probability = new Float64Array(classes);
  let crossEntropy = 0;
  for (let b = 0; b < labels.length; b++) {
    crossEntropy += rowCrossEntropy(logits, b * classes, classes, labels[b]!, probability);
    const confidence = probability[predicted[b]!]!;
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.trials++;
    bin.confidence += confidence;
    bin.accuracy += predicted[b] === labels[b] ? 1 : 0;
  }
  const used = sums
    .filter(({ trials }) => trials > 0)
    .map((s) => ({ trials: s.trials, confidence: s.confidence / s.trials, accuracy: s.accuracy / s.trials }));
  const expectedError =
    used.reduce((sum, s) => sum + s.trials * Math.abs(s.accuracy - s.confidence), 0) / labels.length;
  return { crossEntropy: crossEntropy / labels.length, expectedError, bins: used };
}
