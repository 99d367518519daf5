/** Spikes of two simulators over several trials: equal spikes, counts and van Rossum distances by population. Knows no simulator. */
import { spikeTrain } from '../analysis/spike-trains/spike-train.ts';
import { vanRossumDistance } from '../analysis/spike-trains/van-rossum.ts';
import type { PopulationSlice } from '../snn/network.ts';
import { agreementOf, type Raster } from './raster.ts';

export interface PopulationComparison {
  readonly population: string;
  readonly spikesReference: number;
  readonly spikes: number;
  /** Of the same cell in the same step. */
  readonly equal: number;
  /** Σ |count difference| over cells and trials, per spike of the reference. */
  readonly countDistance: number;
  /** First step of any trial in which the two differ, −1 where none does. */
  readonly firstDifference: number;
  /** Mean van Rossum distance (tau 10 ms) of up to 50 cells that fire, trial 0; 0 is equal. */
  readonly vanRossum: number;
}

/** Cells looked at for distances; free parameter. */
const distanceCells = 50;

function trainsOf(raster: Raster, cells: readonly number[]): number[][] {
  const place = new Map(cells.map((cell, k) => [cell, k]));
  const trains: number[][] = cells.map(() => []);
  for (let t = 0; t + 1 < raster.stepPtr.length; t++) {
    for (let k = raster.stepPtr[t]!; k < raster.stepPtr[t + 1]!; k++) {
      const found = place.get(raster.cell[k]!);
      if (found !== undefined) trains[found]!.push(t);
    }
  }
  return trains;
}

function meanDistance(a: Raster, b: Raster, { offset, size }: PopulationSlice): number {
  const inside = [...new Set([...a.cell, ...b.cell])].filter((cell) => cell >= offset && cell < offset + size);
  const cells = inside.sort((x, y) => x - y).slice(0, distanceCells);
  if (cells.length === 0) return 0;
  const steps = a.stepPtr.length - 1;
  const [trainsA, trainsB] = [trainsOf(a, cells), trainsOf(b, cells)];
  const distances = cells.map((_, k) =>
    vanRossumDistance(spikeTrain(trainsA[k]!, 0, steps), spikeTrain(trainsB[k]!, 0, steps), 10),
  );
  return distances.reduce((x, y) => x + y, 0) / cells.length;
}

/** Sums over trials, by population. Throws RangeError when the numbers of trials differ. */
export function compareTrials(
  reference: readonly Raster[],
  found: readonly Raster[],
  populations: readonly PopulationSlice[],
): PopulationComparison[] {
  if (reference.length !== found.length) {
    throw new RangeError(`compareTrials: ${reference.length} trials against ${found.length}`);
  }
  const parts = reference.map((raster, k) => agreementOf(raster, found[k]!, populations));
  return populations.map((slice, p) => {
    const sum = (key: 'first' | 'second' | 'common' | 'countDistance') =>
      parts.reduce((total, trial) => total + trial[p]![key], 0);
    const differences = parts.map((trial) => trial[p]!.firstDifference).filter((t) => t >= 0);
    return {
      population: slice.name,
      spikesReference: sum('first'),
      spikes: sum('second'),
      equal: sum('common'),
      countDistance: sum('first') === 0 ? sum('countDistance') : sum('countDistance') / sum('first'),
      firstDifference: differences.length === 0 ? -1 : Math.min(...differences),
      vanRossum: reference.length === 0 ? 0 : meanDistance(reference[0]!, found[0]!, slice),
    };
  });
}

/** `n of m`, over all populations. */
export function equalOf(parts: readonly PopulationComparison[]): { readonly equal: number; readonly of: number } {
  return {
    equal: parts.reduce((sum, p) => sum + p.equal, 0),
    of: parts.reduce((sum, p) => sum + Math.max(p.spikesReference, p.spikes), 0),
  };
}
