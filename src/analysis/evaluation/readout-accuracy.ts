/** How well readouts and baselines name the odours of the test trials. Knows no figures and no files. */
import { bootstrapOverClasses, type Interval } from '../classification/bootstrap.ts';
import { type Calibration, calibrate } from '../classification/calibration.ts';
import { type Classification, classify } from '../classification/classify.ts';

/** One classifier on the test trials. */
export interface Scored {
  readonly classification: Classification;
  /** Accuracy with its 95 % interval over odours. */
  readonly top1: Interval;
  readonly calibration?: Calibration;
}

/** Scores logits or scores [B, C]; `calibrated` where they are log-probabilities up to a constant. */
export function score(
  scores: Float64Array,
  labels: Int32Array,
  classes: number,
  options: { readonly seed: number; readonly calibrated: boolean },
): Scored {
  const classification = classify(scores, labels, classes);
  const top1 = bootstrapOverClasses(
    classification.perClass.map((of) => of.top1),
    options.seed,
  );
  return options.calibrated
    ? { classification, top1, calibration: calibrate(scores, labels, classes) }
    : { classification, top1 };
}

/** Accuracy in equal parts of the trials ordered by duration. */
export interface DurationBin {
  readonly meanMs: number;
  readonly trials: number;
  readonly accuracy: number;
}

/** Accuracy against the time for which the odour was on. */
export function accuracyByDuration(
  correct: Uint8Array,
  onSteps: Int32Array,
  dtMs: number,
  bins: number,
): DurationBin[] {
  const order = Array.from(onSteps, (_, b) => b).sort((a, b) => onSteps[a]! - onSteps[b]! || a - b);
  const used = Math.min(bins, order.length);
  return Array.from({ length: used }, (_, k) => {
    const part = order.slice(Math.floor((k * order.length) / used), Math.floor(((k + 1) * order.length) / used));
    const sum = (of: ArrayLike<number>) => part.reduce((total, b) => total + of[b]!, 0);
    return { meanMs: (dtMs * sum(onSteps)) / part.length, trials: part.length, accuracy: sum(correct) / part.length };
  });
}
