/** Additions to full ring buffers over several trials: how many, in how many trials, where. Knows no simulator. */
import type { PopulationSlice } from '../../snn/network/network.ts';

export interface Saturations {
  readonly additions: number;
  readonly trials: number;
  /** Trials in which any occurred. */
  readonly inTrials: number;
  readonly byPopulation: Readonly<Record<string, number>>;
}

/** From each trial's counts by population, [P] each. */
export function saturationsOf(
  trials: readonly ArrayLike<number>[],
  populations: readonly PopulationSlice[],
): Saturations {
  const sumOf = (counts: ArrayLike<number>) => Array.from(counts).reduce((a, b) => a + b, 0);
  return {
    additions: trials.reduce((sum, counts) => sum + sumOf(counts), 0),
    trials: trials.length,
    inTrials: trials.filter((counts) => sumOf(counts) > 0).length,
    byPopulation: Object.fromEntries(
      populations.map(({ name }, p) => [name, trials.reduce((sum, counts) => sum + counts[p]!, 0)]),
    ),
  };
}

/** `0 in 852 trials`, `14 in 6 of 852 trials (PN 13, DAN 1)`. */
export function saturationText({ additions, trials, inTrials, byPopulation }: Saturations): string {
  if (additions === 0) return `0 in ${trials} trials`;
  const where = Object.entries(byPopulation).filter(([, count]) => count > 0);
  return `${additions} in ${inTrials} of ${trials} trials (${where.map(([name, count]) => `${name} ${count}`).join(', ')})`;
}
