/** Adam as a tfjs optimizer whose whole state can be saved and restored bit for bit. Knows no network. */
import * as tf from '@tensorflow/tfjs-core';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Variables that share a factor on the learning rate. */
export interface AdamTarget {
  /** Unique name, used in saved state. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** Factor on the step's learning rate. */
  readonly rate: number;
}

interface NamedTensor {
  readonly name: string;
  readonly tensor: tf.Tensor;
}

interface Moments {
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** An array of the optimizer's state, to save and to put back. */
export interface StateArray {
  readonly shape: number[];
  read(): Float32Array;
  write(values: Float32Array): void;
}

/**
 * θ ← θ − lr·m̂/(√v̂ + 1e-8) with m̂ = m/(1 − 0.9^t), v̂ = v/(1 − 0.999^t) (Kingma & Ba 2015, arXiv:1412.6980).
 * Unlike tf.train.adam, powers are taken from t, so a restored optimizer goes on with the same bits, and the rate may change each step.
 * Pinned by test/snn/scheduled-adam.test.ts (equal to tf.train.adam within f32 rounding).
 */
export class ScheduledAdam extends tf.Optimizer {
  static readonly className = 'ScheduledAdam';
  learningRate: number;
  private readonly targets: readonly AdamTarget[];
  private readonly moments: readonly Moments[];

  constructor(targets: readonly AdamTarget[], learningRate: number) {
    super();
    this.targets = targets;
    this.learningRate = learningRate;
    this.moments = targets.map(({ variable }) => ({
      m: new Float32Array(variable.size),
      v: new Float32Array(variable.size),
    }));
  }

  /** One step; gradients by tf variable name, as tf.variableGrads gives them. */
  override applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
    const byName = Array.isArray(gradients) ? Object.fromEntries(gradients.map((g) => [g.name, g.tensor])) : gradients;
    this.incrementIterations();
    const correction1 = 1 - power(BETA1, this.iterations);
    const correction2 = 1 - power(BETA2, this.iterations);
    this.targets.forEach(({ variable, rate }, i) => {
      const gradient = byName[variable.name];
      if (gradient === undefined) return;
      const corrections = [(this.learningRate * rate) / correction1, correction2] as const;
      const values = variable.dataSync<'float32'>().slice();
      moveValues(values, gradient.dataSync<'float32'>(), this.moments[i]!, corrections);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    });
  }

  /** The variables and their moments by name; the step count is `iterations`. */
  state(): Record<string, StateArray> {
    const out: Record<string, StateArray> = {};
    this.targets.forEach(({ name, variable }, i) => {
      const { shape } = variable;
      out[name] = {
        shape,
        read: () => variable.dataSync<'float32'>().slice(),
        write: (values) => tf.tidy(() => variable.assign(tf.tensor(values, shape))),
      };
      for (const moment of ['m', 'v'] as const) {
        const array = this.moments[i]![moment];
        out[`${name}/${moment}`] = { shape, read: () => array.slice(), write: (values) => array.set(values) };
      }
    });
    return out;
  }

  /** Goes on after `iterations` steps; the variables of `state()` must have been assigned. */
  resumeAt(iterations: number): void {
    this.iterations_ = iterations;
  }

  override getConfig(): { learningRate: number } {
    return { learningRate: this.learningRate };
  }
}

/** One step of Adam on values, in place: all moments and values in one pass, every operation rounded to f32 as a tensor operation would be. */
function moveValues(
  values: Float32Array,
  gradient: Float32Array,
  { m, v }: Moments,
  corrections: readonly [rate: number, secondMoment: number],
): void {
  const round = Math.fround;
  const [rate, correction] = [round(corrections[0]), round(corrections[1])];
  const [keep1, take1] = [round(BETA1), round(1 - BETA1)];
  const [keep2, take2] = [round(BETA2), round(1 - BETA2)];
  const epsilon = round(EPSILON);
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i]!;
    const first = round(round(m[i]! * keep1) + round(g * take1));
    const second = round(round(v[i]! * keep2) + round(round(g * g) * take2));
    m[i] = first;
    v[i] = second;
    const denominator = round(round(Math.sqrt(round(second / correction))) + epsilon);
    values[i] = values[i]! - round(round(first / denominator) * rate);
  }
}

/** base^n for whole n ≥ 0 by multiplication alone: the same bits everywhere. */
function power(base: number, n: number): number {
  let result = 1;
  for (let k = n, square = base; k > 0; k >>= 1, square *= square) if ((k & 1) === 1) result *= square;
  return result;
}

const COSINE = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600] as const;

/** Learning rate of step 0 … steps−1: half a cosine from `first` to 0, f64 from + and × alone. */
export function cosineRate(first: number, step: number, steps: number): number {
  const share = Math.min(1, step / steps);
  const mirrored = share > 0.5 ? 1 - share : share;
  const x2 = (Math.PI * mirrored) ** 2;
  const cosine = COSINE.reduceRight((sum, c) => c + x2 * sum, 0);
  return (first * (1 + (share > 0.5 ? -cosine : cosine))) / 2;
}
