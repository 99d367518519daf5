/**
 * What logits are worth against labels: predicted class, rank, accuracy, soft-max cross-entropy. Training, evaluation, calibration and
 * the logistic regression all score here. Knows no network.
 *
 * Ties: of equal logits the lower class ranks first. So a trial is right exactly where the predicted class is its label (accuracy is the
 * diagonal of the confusion matrix, and what np.argmax says on the board), a readout that tells nothing apart scores chance and not 0, and no
 * trial is right for two labels at once.
 */
import { exp, log } from '../../base/exp.ts';

/** Figures of one readout on one set of trials. */
export interface Score {
  /** Mean −log soft-max of the label, nats. */
  readonly crossEntropy: number;
  /** Share of trials whose label ranks first. */
  readonly accuracy: number;
  /** Share of trials whose label is among the first five. */
  readonly top5: number;
}

/** Scores logits [B, C] against labels [B]. Throws RangeError where sizes or labels do not fit. cost: B·C exponentials. */
export function scoreLogits(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Score {
  checkLogits(logits, labels, classes);
  const probability = new Float64Array(classes);
  const trials = labels.length;
  let [crossEntropy, first, five] = [0, 0, 0];
  for (let b = 0; b < trials; b++) {
    const rank = rankOfLabel(logits, b * classes, classes, labels[b]!);
    crossEntropy += rowCrossEntropy(logits, b * classes, classes, labels[b]!, probability);
    if (rank === 0) first += 1;
    if (rank < 5) five += 1;
  }
  return { crossEntropy: crossEntropy / trials, accuracy: first / trials, top5: five / trials };
}

/** Throws RangeError unless logits are [B, C] and labels [B] are whole and in 0 … C − 1. */
export function checkLogits(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): void {
  if (logits.length !== labels.length * classes)
    throw new RangeError(`score: ${logits.length} logits, expected [${labels.length}, ${classes}]`);
  for (let b = 0; b < labels.length; b++) {
    const label = labels[b]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new RangeError(`score: label ${label} of trial ${b}, expected 0 … ${classes - 1}`);
  }
}

/** How many classes rank before the label in the row of logits [C] that begins at `at`. */
export function rankOfLabel(logits: ArrayLike<number>, at: number, classes: number, label: number): number {
  const own = logits[at + label]!;
  let rank = 0;
  for (let c = 0; c < classes; c++) {
    const value = logits[at + c]!;
    if (value > own || (value === own && c < label)) rank += 1;
  }
  return rank;
}

/** [B] the class that ranks first in each row of logits [B, C]. */
export function predictedClasses(logits: ArrayLike<number>, classes: number): Int32Array {
  const out = new Int32Array(logits.length / classes);
  for (let b = 0; b < out.length; b++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[b * classes + c]! > logits[b * classes + best]!) best = c;
    out[b] = best;
  }
  return out;
}

/** How many rows of logits [B, C] rank their label [B] first. */
export function countCorrect(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  const predicted = predictedClasses(logits, logits.length / labels.length);
  return predicted.reduce((sum, c, b) => sum + (c === labels[b] ? 1 : 0), 0);
}

/** −log soft-max of the label in the row of logits [C] that begins at `at`, nats; writes the soft-max to `probability` [C]. */
export function rowCrossEntropy(
  logits: ArrayLike<number>,
  at: number,
  classes: number,
  label: number,
  probability: Float64Array,
): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) most = Math.max(most, logits[at + c]!);
  let total = 0;
  for (let c = 0; c < classes; c++) {
    probability[c] = exp(logits[at + c]! - most);
    total += probability[c]!;
  }
  for (let c = 0; c < classes; c++) probability[c]! /= total;
  return log(total) - (logits[at + label]! - most);
}
