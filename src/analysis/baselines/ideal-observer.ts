/** What an observer who knows the task's probabilities can tell from the input spikes: the ceiling of any readout. Knows no network. */
import { exp, log } from '../../base/exp.ts';
import type { OdourTask } from '../../odour/odour-task.ts';
import type { InputCounts } from './input-counts.ts';
import type { InputGroups } from './input-groups.ts';

/** Least probability used in a logarithm: an impossible spike counts heavily but leaves numbers finite. */
const LEAST = 1e-12;

/**
 * Log-likelihoods [B, C] of the spikes where the time of the odour is known, up to a term that no odour changes:
 * Σ_g k_g·log(p/(1−p)) + d·n_g·log(1−p), k spikes of group g in its d on-steps; exact for Bernoulli spikes.
 * No classifier of the same spikes can be right more often on average. cost: B·C·G.
 */
export function knownWindowLogLikelihood(groups: InputGroups, counts: InputCounts): Float64Array {
  const classes = groups.onProbability.length / groups.count;
  const perSpike = new Float64Array(groups.onProbability.length);
  const perStep = new Float64Array(classes);
  groups.onProbability.forEach((given, k) => {
    const p = Math.min(1 - LEAST, Math.max(LEAST, given));
    const g = k % groups.count;
    perSpike[k] = log(p) - log(1 - p);
    perStep[Math.floor(k / groups.count)]! += groups.size[g]! * log(1 - p);
  });
  const out = new Float64Array(counts.trials * classes);
  for (let b = 0; b < counts.trials; b++) {
    for (let c = 0; c < classes; c++) {
      let sum = counts.onSteps[b]! * perStep[c]!;
      for (let g = 0; g < groups.count; g++) {
        sum += counts.whileOn[b * groups.count + g]! * perSpike[c * groups.count + g]!;
      }
      out[b * classes + c] = sum;
    }
  }
  return out;
}

/**
 * Log-likelihoods [B, C] of total counts where the duration is unknown: log of the mean over durations d of
 * Π_g Poisson(K_g; λ = n_g·(d·p_on + (T−d)·p_off)), durations at the middles of `durations` equal parts of the task's range. cost: B·C·G·durations.
 */
export function totalCountsLogLikelihood(
  task: OdourTask,
  groups: InputGroups,
  counts: InputCounts,
  durations = 32,
): Float64Array {
  const classes = task.odours.length;
  const { count } = groups;
  const out = new Float64Array(counts.trials * classes);
  const parts = new Float64Array(counts.trials * durations);
  const rates = Array.from({ length: durations }, (_, k) => {
    const { min, max } = task.durationMs;
    return (min + ((k + 0.5) * (max - min)) / durations) / task.dtMs;
  });
  for (let c = 0; c < classes; c++) {
    rates.forEach((onSteps, k) => {
      const { logRate, total } = poissonRates(task.steps, groups, c, onSteps);
      for (let b = 0; b < counts.trials; b++) {
        let sum = -total;
        for (let g = 0; g < count; g++) sum += counts.total[b * count + g]! * logRate[g]!;
        parts[b * durations + k] = sum;
      }
    });
    for (let b = 0; b < counts.trials; b++) {
      out[b * classes + c] = logMeanExp(parts.subarray(b * durations, (b + 1) * durations));
    }
  }
  return out;
}

function poissonRates(steps: number, groups: InputGroups, odour: number, onSteps: number) {
  const logRate = new Float64Array(groups.count);
  let total = 0;
  for (let g = 0; g < groups.count; g++) {
    const on = groups.onProbability[odour * groups.count + g]!;
    const off = groups.offProbability[g]!;
    const rate = Math.max(LEAST, groups.size[g]! * (onSteps * on + (steps - onSteps) * off));
    logRate[g] = log(rate);
    total += rate;
  }
  return { logRate, total };
}

/** log((1/n)·Σ e^x), without overflow. */
function logMeanExp(values: Float64Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return most + log(values.reduce((sum, x) => sum + exp(x - most), 0) / values.length);
}
