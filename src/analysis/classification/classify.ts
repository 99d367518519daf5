/** From logits to accuracy: overall, per class, confusions. Knows no network and no odours' names. */
import { checkLogits, predictedClasses, rankOfLabel } from '../../snn/readout/score.ts';

/** One cell of the confusion matrix that is not zero. */
export interface Confusion {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
}

export interface ClassResult {
  readonly trials: number;
  readonly top1: number;
  readonly top5: number;
}

export interface Classification {
  readonly trials: number;
  /** Shares of trials whose class ranks first, or among the first five; of equal logits the lower class ranks first. */
  readonly top1: number;
  readonly top5: number;
  /** [C] the same by actual class (NaN where a class has no trials). */
  readonly perClass: readonly ClassResult[];
  /** Sorted by actual, then predicted class. */
  readonly confusion: readonly Confusion[];
  /** [B] */
  readonly predicted: Int32Array;
  /** [B] 1 where the prediction is right. */
  readonly correct: Uint8Array;
}

/** Classifies logits [B, C] of trials with labels [B]. Throws RangeError where sizes or labels do not fit. cost: O(B·C). */
export function classify(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Classification {
  checkLogits(logits, labels, classes);
  const trials = labels.length;
  const predicted = predictedClasses(logits, classes);
  const correct = new Uint8Array(trials);
  const inFive = new Uint8Array(trials);
  for (let b = 0; b < trials; b++) {
    const rank = rankOfLabel(logits, b * classes, classes, labels[b]!);
    correct[b] = rank === 0 ? 1 : 0;
    inFive[b] = rank < 5 ? 1 : 0;
  }
  return {
    trials,
    top1: share(correct),
    top5: share(inFive),
    perClass: perClassOf(labels, correct, inFive, classes),
    confusion: confusionOf(labels, predicted, classes),
    predicted,
    correct,
  };
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
}

function perClassOf(labels: ArrayLike<number>, correct: Uint8Array, inFive: Uint8Array, classes: number) {
  const sums = Array.from({ length: classes }, () => ({ trials: 0, top1: 0, top5: 0 }));
  for (let b = 0; b < labels.length; b++) {
    const of = sums[labels[b]!]!;
    of.trials++;
    of.top1 += correct[b]!;
    of.top5 += inFive[b]!;
  }
  return sums.map(({ trials, top1, top5 }): ClassResult => ({ trials, top1: top1 / trials, top5: top5 / trials }));
}

function confusionOf(labels: ArrayLike<number>, predicted: Int32Array, classes: number): Confusion[] {
  const counts = new Map<number, number>();
  predicted.forEach((c, b) => {
    const key = labels[b]! * classes + c;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([key, count]) => ({ actual: Math.floor(key / classes), predicted: key % classes, count }));
}
