/** A linear readout of spike counts that tfjs trains: logits, cross-entropy and their gradients. Knows no spiking network. */
import * as tf from '@tensorflow/tfjs-core';
import type { PopulationSlice, Readout } from '../network/network.ts';

/** Mean cross-entropy of a batch and its logits [B, C]. */
export interface ReadoutLoss {
  readonly loss: tf.Scalar;
  readonly logits: Float32Array;
}

export class LinearReadout {
  readonly name: string;
  readonly slice: PopulationSlice;
  readonly classes: readonly string[];
  readonly mean: Float32Array;
  readonly scale: Float32Array;
  /** [C, n] */
  readonly weight: tf.Variable;
  /** [C, 1] */
  readonly bias: tf.Variable;
  private readonly labelSmoothing: number;
  private readonly meanTensor: tf.Tensor2D;
  private readonly scaleTensor: tf.Tensor2D;

  /** Starts at zero: every class equally likely. `name` prefixes saved state. */
  constructor(
    name: string,
    slice: PopulationSlice,
    classes: readonly string[],
    standard: { readonly mean: Float32Array; readonly scale: Float32Array },
    labelSmoothing = 0,
  ) {
    this.name = name;
    this.slice = slice;
    this.classes = classes;
    this.mean = standard.mean;
    this.scale = standard.scale;
    this.labelSmoothing = labelSmoothing;
    this.weight = tf.tidy(() => tf.variable(tf.zeros([classes.length, slice.size])));
    this.bias = tf.tidy(() => tf.variable(tf.zeros([classes.length, 1])));
    this.meanTensor = tf.tensor2d(standard.mean, [1, slice.size]);
    this.scaleTensor = tf.tensor2d(standard.scale, [1, slice.size]);
  }

  /**
   * Mean cross-entropy against labels [B]. Differentiable by weight and bias, and by counts [B, N] when `throughCounts`.
   * Rows of counts after those of the labels are passed over. Own gradients in closed form: d/dlogits = (softmax − target)/B. cost: two or three matrix products of C·n·B.
   */
  crossEntropy(counts: tf.Tensor2D, labels: Int32Array, throughCounts: boolean): ReadoutLoss {
    let logits: Float32Array = new Float32Array(0);
    const op = tf.customGrad((...args) => {
      const save = args[args.length - 1] as tf.GradSaveFunc;
      const [weight, bias, given] = args as tf.Tensor[];
      const x = this.inputs(throughCounts ? (given as tf.Tensor2D) : counts, labels.length);
      const columns = this.columns(x, weight!, bias!);
      const target = this.targets(labels);
      const logProbability = tf.transpose(tf.logSoftmax(tf.transpose(columns) as tf.Tensor2D));
      logits = tf.transpose(columns).dataSync<'float32'>();
      const value = tf.neg(tf.div(tf.sum(tf.mul(target, logProbability)), labels.length)) as tf.Scalar;
      const byColumns = tf.div(tf.sub(tf.exp(logProbability), target), labels.length) as tf.Tensor2D;
      save([byColumns, x, weight!]);
      const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
        const d = tf.mul(saved[0]!, dy) as tf.Tensor2D;
        const own = [tf.matMul(d, saved[1] as tf.Tensor2D), tf.sum(d, 1, true)];
        return throughCounts ? [...own, this.byCounts(d, saved[2] as tf.Tensor2D, counts.shape)] : own;
      };
      return { value, gradFunc };
    });
    const inputs: tf.Tensor[] = throughCounts ? [this.weight, this.bias, counts] : [this.weight, this.bias];
    const loss = op(...inputs) as tf.Scalar;
    return { loss, logits };
  }

  /** The readout as plain arrays. */
  snapshot(): Readout {
    return {
      population: this.slice.name,
      classes: this.classes,
      weight: this.weight.dataSync<'float32'>().slice(),
      bias: this.bias.dataSync<'float32'>().slice(),
      mean: this.mean,
      scale: this.scale,
    };
  }

  dispose(): void {
    tf.dispose([this.weight, this.bias, this.meanTensor, this.scaleTensor]);
  }

  /** Standardised counts [B, n] of the first B rows. */
  private inputs(counts: tf.Tensor2D, rows: number): tf.Tensor2D {
    const own = tf.slice2d(counts, [0, this.slice.offset], [rows, this.slice.size]);
    return tf.mul(tf.sub(own, this.meanTensor), this.scaleTensor);
  }

  /** Logits [C, B]: products without transposed operands, which tfjs's wasm multiplies ten times slower. */
  private columns(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
    return tf.add(tf.matMul(weight as tf.Tensor2D, tf.transpose(x)), bias);
  }

  /** Targets [C, B]. */
  private targets(labels: Int32Array): tf.Tensor2D {
    const classes = this.classes.length;
    const values = new Float32Array(classes * labels.length).fill(this.labelSmoothing / classes);
    labels.forEach((label, b) => {
      values[label * labels.length + b]! += 1 - this.labelSmoothing;
    });
    return tf.tensor2d(values, [classes, labels.length]);
  }

  private byCounts(d: tf.Tensor2D, weight: tf.Tensor2D, [rows, cells]: [number, number]): tf.Tensor2D {
    const { offset, size } = this.slice;
    const own = tf.mul(tf.matMul(tf.transpose(d) as tf.Tensor2D, weight), this.scaleTensor) as tf.Tensor2D;
    return tf.pad2d(own, [
      [0, rows - own.shape[0]],
      [offset, cells - offset - size],
    ]);
  }
}

/**
 * Mean and scale [n] of a population's counts [B, N] over trials: scale = 1/√(variance + 1), so that silent cells stay small.
 * `centred` false leaves the mean 0, which keeps sparse counts sparse.
 */
export function standardisation(
  counts: Float32Array,
  cells: number,
  slice: PopulationSlice,
  centred = true,
): { mean: Float32Array; scale: Float32Array } {
  const mean = new Float32Array(slice.size);
  const scale = new Float32Array(slice.size);
  const trials = counts.length / cells;
  for (let i = 0; i < slice.size; i++) {
    let sum = 0;
    let squares = 0;
    for (let b = 0; b < trials; b++) {
      const count = counts[b * cells + slice.offset + i]!;
      sum += count;
      squares += count * count;
    }
    mean[i] = centred ? sum / trials : 0;
    scale[i] = 1 / Math.sqrt(Math.max(0, squares / trials - (sum / trials) ** 2) + 1);
  }
  return { mean, scale };
}
