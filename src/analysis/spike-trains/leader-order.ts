/** The order of spike trains from leader to follower, by simulated annealing. Knows no spikes. */
import { exp } from '../../base/exp.ts';
import { RandomStream } from '../../base/random.ts';

export interface LeaderOrder {
  /** Indices of the trains, leaders first. */
  readonly order: readonly number[];
  /** Σ of the upper triangle of the matrix in that order. */
  readonly value: number;
}

/** Cooling factor, moves tried and accepted at one temperature per train, last over first temperature: the values of PySpike. */
const annealing = { cooling: 0.9, tries: 100, accepted: 10, last: 1e-5 };

/**
 * The order that makes Σ_{i<j} D[order i][order j] large, by swaps of neighbours under falling temperature; the same seed is the same order.
 * Throws RangeError on a matrix that is not square. cost: about 10⁴ · n swaps. Source: Kreuz 2017, doi:10.1088/1367-2630/aa68c3.
 */
export function leaderOrder(matrix: readonly (readonly number[])[], seed = 1): LeaderOrder {
  const n = matrix.length;
  if (matrix.some((row) => row.length !== n))
    throw new RangeError(`leaderOrder: the matrix of ${n} rows is not square`);
  const order = Array.from({ length: n }, (_, i) => i);
  const random = new RandomStream([seed, 0x6f726465]);
  let temperature = 2 * Math.max(0, ...matrix.flat());
  const end = annealing.last * temperature;
  while (n > 1 && temperature > end) {
    if (sweep(matrix, order, temperature, random) === 0) break;
    temperature *= annealing.cooling;
  }
  let value = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) value += matrix[order[i]!]![order[j]!]!;
  return { order, value };
}

/** Tries swaps at one temperature; gives back how many were made. */
function sweep(
  matrix: readonly (readonly number[])[],
  order: number[],
  temperature: number,
  random: RandomStream,
): number {
  const n = order.length;
  let accepted = 0;
  for (let tried = 0; tried < annealing.tries * n && accepted < annealing.accepted * n; tried++) {
    const k = random.below(n - 1);
    const gain = -2 * matrix[order[k]!]![order[k + 1]!]!;
    if (gain > 0 || exp(gain / temperature) > random.uniform()) {
      [order[k], order[k + 1]] = [order[k + 1]!, order[k]!];
      accepted++;
    }
  }
  return accepted;
}
