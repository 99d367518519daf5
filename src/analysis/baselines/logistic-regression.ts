/** Multinomial logistic regression of counts, fitted by L-BFGS: the best that a linear readout learns. Knows no network. */
import { rowCrossEntropy } from '../../snn/readout/score.ts';
import { lbfgs } from './lbfgs.ts';

export interface LogisticModel {
  readonly classes: number;
  /** [n] featureScaling of the features. */
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** [C, n + 1], the bias last. */
  readonly weight: Float64Array;
}

export interface LogisticOptions {
  /** λ in L = mean cross-entropy + (λ/2)·Σw² (biases free). Free parameter. */
  readonly ridge?: number;
  readonly iterations?: number;
}

/** Fits rows [B, n] with labels [B]; the same data give the same bits. cost: iterations · B·C·n. */
export function fitLogistic(
  rows: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
  { ridge = 1e-4, iterations = 60 }: LogisticOptions = {},
): LogisticModel {
  const n = rows.length / labels.length;
  const { mean, scale } = featureScaling(rows, n);
  const x = standardised(rows, mean, scale);
  const start = new Float64Array(classes * (n + 1));
  const weight = lbfgs(start, (w, gradient) => crossEntropy(x, labels, classes, w, ridge, gradient), iterations);
  return { classes, mean, scale, weight };
}

/** Logits [B, C] of rows [B, n]. */
export function logisticLogits(model: LogisticModel, rows: Float64Array): Float64Array {
  const x = standardised(rows, model.mean, model.scale);
  const n = model.mean.length;
  const logits = new Float64Array((x.length / (n + 1)) * model.classes);
  for (let b = 0; b < logits.length / model.classes; b++) {
    rowLogits(x, b, n + 1, model.weight, model.classes, logits, b * model.classes);
  }
  return logits;
}

function featureScaling(rows: Float64Array, n: number) {
  const trials = rows.length / n;
  const mean = new Float64Array(n);
  const squares = new Float64Array(n);
  rows.forEach((value, k) => {
    mean[k % n]! += value / trials;
    squares[k % n]! += (value * value) / trials;
  });
  const scale = squares.map((s, i) => 1 / Math.sqrt(Math.max(0, s - mean[i]! ** 2) + 1));
  return { mean, scale };
}

/** [B, n + 1] with a last column of ones. */
function standardised(rows: Float64Array, mean: Float64Array, scale: Float64Array): Float64Array {
  const n = mean.length;
  const out = new Float64Array((rows.length / n) * (n + 1));
  for (let b = 0; b < rows.length / n; b++) {
    for (let i = 0; i < n; i++) out[b * (n + 1) + i] = (rows[b * n + i]! - mean[i]!) * scale[i]!;
    out[b * (n + 1) + n] = 1;
  }
  return out;
}

function rowLogits(
  x: Float64Array,
  b: number,
  width: number,
  weight: Float64Array,
  classes: number,
  out: Float64Array,
  at: number,
): void {
  for (let c = 0; c < classes; c++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += weight[c * width + i]! * x[b * width + i]!;
    out[at + c] = sum;
  }
}

/** The loss at `weight`; writes its gradient. */
export function crossEntropy(
  x: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
  weight: Float64Array,
  ridge: number,
  gradient: Float64Array,
): number {
  const trials = labels.length;
  const width = x.length / trials;
  const row = new Float64Array(classes);
  const probability = new Float64Array(classes);
  let loss = 0;
  gradient.fill(0);
  for (let b = 0; b < trials; b++) {
    rowLogits(x, b, width, weight, classes, row, 0);
    loss += rowCrossEntropy(row, 0, classes, labels[b]!, probability) / trials;
    for (let c = 0; c < classes; c++) {
      const error = (probability[c]! - (c === labels[b] ? 1 : 0)) / trials;
      if (Math.abs(error) < 1e-12) continue;
      for (let i = 0; i < width; i++) gradient[c * width + i]! += error * x[b * width + i]!;
    }
  }
  weight.forEach((w, k) => {
    if (k % width === width - 1) return;
    loss += (ridge / 2) * w * w;
    gradient[k]! += ridge * w;
  });
  return loss;
}
