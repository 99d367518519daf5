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
  readonly m: tf.Variable;
  readonly v: tf.Variable;
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
    const zeros = (variable: tf.Variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
    this.moments = targets.map(({ variable }) => ({ m: zeros(variable), v: zeros(variable) }));
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
      const { m, v } = this.moments[i]!;
      tf.tidy(() => {
        m.assign(tf.add(tf.mul(m, BETA1), tf.mul(gradient, 1 - BETA1)));
        v.assign(tf.add(tf.mul(v, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
        const denominator = tf.add(tf.sqrt(tf.div(v, correction2)), EPSILON);
        variable.assign(tf.sub(variable, tf.mul(tf.div(m, denominator), (this.learningRate * rate) / correction1)));
      });
    });
  }

  /** The variables and their moments by name; the step count is `iterations`. */
  state(): Record<string, tf.Variable> {
    const out: Record<string, tf.Variable> = {};
    this.targets.forEach(({ name, variable }, i) => {
      out[name] = variable;
      out[`${name}/m`] = this.moments[i]!.m;
      out[`${name}/v`] = this.moments[i]!.v;
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

  override dispose(): void {
    for (const { m, v } of this.moments) tf.dispose([m, v]);
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
