/** Firing of a network over many trials in the figures that physiology gives. Knows no task and no training. */

import { mean, quantile } from '../../base/numbers.ts';
import type { Model } from './network.ts';

export interface ActivitySummary {
  /** Mean rate of each population, Hz. */
  readonly rateHz: Readonly<Record<string, number>>;
  /** Fraction of cells with a spike in a trial: mean, 5th and 95th percentile over trials, by population. */
  readonly active: Readonly<Record<string, Quantiles>>;
  /** Mean rates of single cells, Hz: median, 90th percentile, largest, by population. */
  readonly cellRateHz: Readonly<Record<string, CellQuantiles>>;
  /** Fraction of cells without a spike in any trial. */
  readonly silent: Readonly<Record<string, number>>;
}

interface Quantiles {
  readonly mean: number;
  readonly p5: number;
  readonly p95: number;
}

interface CellQuantiles {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Figures of counts [B, N] over trials of model.steps. Rates are means over the whole trial, odour on and off. cost: O(B·N). */
export function summariseActivity(model: Pick<Model, 'network' | 'steps'>, counts: Float32Array): ActivitySummary {
  const { topology, dtMs } = model.network;
  const seconds = (model.steps * dtMs) / 1000;
  const trials = counts.length / topology.size;
  const rateHz: Record<string, number> = {};
  const active: Record<string, Quantiles> = {};
  const cellRateHz: Record<string, CellQuantiles> = {};
  const silent: Record<string, number> = {};
  for (const { name, offset, size } of topology.populations) {
    if (size === 0) continue;
    const spikes = new Float64Array(size);
    const share = new Float64Array(trials);
    for (let b = 0; b < trials; b++) {
      const row = b * topology.size + offset;
      for (let i = 0; i < size; i++) {
        const count = counts[row + i]!;
        spikes[i]! += count;
        if (count > 0) share[b]! += 1 / size;
      }
    }
    const rates = spikes.map((n) => n / trials / seconds).sort();
    share.sort();
    rateHz[name] = mean(rates);
    active[name] = { mean: mean(share), p5: quantile(share, 0.05), p95: quantile(share, 0.95) };
    cellRateHz[name] = { median: quantile(rates, 0.5), p90: quantile(rates, 0.9), max: rates[size - 1]! };
    silent[name] = rates.filter((rate) => rate === 0).length / size;
  }
  return { rateHz, active, cellRateHz, silent };
}

/** Mean spikes of one cell in one trial, by cell type in code-unit order, from spikes [N] summed over trials. */
export function spikesPerType(
  model: Pick<Model, 'typeNames' | 'typeIdx'>,
  spikes: ArrayLike<number>,
  trials: number,
): Record<string, number> {
  const sum = new Map<string, { spikes: number; cells: number }>();
  model.typeIdx.forEach((type, i) => {
    const name = model.typeNames[type]!;
    const of = sum.get(name) ?? { spikes: 0, cells: 0 };
    sum.set(name, { spikes: of.spikes + spikes[i]!, cells: of.cells + 1 });
  });
  const names = [...sum.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, sum.get(name)!.spikes / sum.get(name)!.cells / trials]));
}
