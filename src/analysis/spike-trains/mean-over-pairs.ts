/** The mean of a pairwise measure over all pairs of trains. Knows no measure. */
import { type SpikeTrain, sameWindow } from './spike-train.ts';

/** Mean of measure(i, j) over i < j, in that order. Throws RangeError, naming the caller, on fewer than two trains or different windows. */
export function meanOverPairs(
  caller: string,
  trains: readonly SpikeTrain[],
  measure: (i: number, j: number) => number,
): number {
  if (trains.length < 2) throw new RangeError(`${caller}: ${trains.length} trains, expected two or more`);
  sameWindow(trains);
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < trains.length; i++) {
    for (let j = i + 1; j < trains.length; j++) {
      sum += measure(i, j);
      pairs++;
    }
  }
  return sum / pairs;
}
