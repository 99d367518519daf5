/** Decides what a gradient may do: be applied, clipped, skipped, or stop the training. Knows no tensors. */
import { userError } from '../../base/located-error.ts';

export interface GuardLimits {
  /** Gradients longer than this are scaled down to it. */
  readonly clipNorm: number;
  /** Steps whose gradient is longer than this are left out. */
  readonly skipNorm: number;
  /** After so many steps left out in a row, training stops. */
  readonly mostSkipped: number;
}

/** The gradient of one group. */
export interface NamedGradient {
  readonly name: string;
  readonly elementNames: readonly string[];
  readonly values: Float32Array;
}

export interface GuardVerdict {
  readonly norm: number;
  /** Factor to apply; 0 means: leave this step out. */
  readonly factor: number;
  /** The element with the largest entry, e.g. `vThresh by neuron: KC KCab-p cell 1412`. */
  readonly leading: string;
}

const ADVICE =
  'lower train.surrogate.damping (0.2 is safe on the full network) or train.jumpBound (0.25), or the learning rate of that parameter';

/** Watches gradients over the steps of a training run. */
export class GradientGuard {
  readonly limits: GuardLimits;
  /** Steps left out in a row; part of a checkpoint. */
  skippedInARow: number;
  constructor(limits: GuardLimits, skippedInARow = 0) {
    this.limits = limits;
    this.skippedInARow = skippedInARow;
  }

  /** Norm over all groups; throws a UserError naming step and parameter on NaN, Infinity, or too many exploded steps in a row. */
  check(gradients: readonly NamedGradient[], step: number): GuardVerdict {
    let squares = 0;
    let largest = -1;
    let leading = 'none';
    for (const { name, elementNames, values } of gradients) {
      values.forEach((value, i) => {
        squares += value * value;
        const size = Number.isFinite(value) ? Math.abs(value) : Number.POSITIVE_INFINITY;
        if (size <= largest) return;
        largest = size;
        leading = `${name}: ${elementNames[i] ?? i}`;
      });
    }
    if (!Number.isFinite(squares) && largest === Number.POSITIVE_INFINITY) {
      throw userError(`training stopped at step ${step}: the gradient of ${leading} is not finite`, ADVICE);
    }
    const norm = Math.sqrt(squares);
    if (norm <= this.limits.skipNorm) {
      this.skippedInARow = 0;
      return { norm, factor: Math.min(1, this.limits.clipNorm / Math.max(norm, 1e-30)), leading };
    }
    this.skippedInARow += 1;
    if (this.skippedInARow > this.limits.mostSkipped) {
      throw userError(
        `training stopped at step ${step}: gradients exploded in ${this.skippedInARow} steps in a row (norm ${norm.toExponential(1)}), led by ${leading}`,
        ADVICE,
      );
    }
    return { norm, factor: 0, leading };
  }
}
