/** Spikes of two simulators over several trials: equal spikes, counts and spike-train distances by population. Knows no simulator. */
import { spikeDistance } from '../../analysis/spike-trains/spike-distance.ts';
import { spikeSynchronization } from '../../analysis/spike-trains/spike-synchronization.ts';
import { type SpikeTrain, spikeTrain } from '../../analysis/spike-trains/spike-train.ts';
import { vanRossumDistance } from '../../analysis/spike-trains/van-rossum.ts';
import type { PopulationSlice } from '../../snn/network/network.ts';
import { agreementOf, countsOf, type Raster } from '../simulators/raster.ts';

/** Means over trials and cells of measures of one cell's two trains. */
interface TrainDistances {
  /** Time constant 10 ms; 0 is equal. */
  readonly vanRossum: number;
  /** 0 is equal. */
  readonly spikeDistance: number;
  /** 1 is equal. */
  readonly spikeSynchronization: number;
}

export interface PopulationComparison extends TrainDistances {
  readonly population: string;
  readonly spikesReference: number;
  readonly spikes: number;
  /** Of the same cell in the same step. */
  readonly equal: number;
  /** Σ |count difference| over cells and trials, per spike of the reference. */
  readonly countDistance: number;
  /** Pearson's r of the counts of all cells and trials; null where either never varies. */
  readonly countCorrelation: number | null;
  /** First step of any trial in which the two differ, −1 where none does. */
  readonly firstDifference: number;
}

/** Cells of a population looked at for distances in a trial, spread evenly over those that fire in either run; free parameter. */
const distanceCells = 20;
const vanRossumTauMs = 10;

function trainsOf(raster: Raster, cells: readonly number[]): SpikeTrain[] {
  const place = new Map(cells.map((cell, k) => [cell, k]));
  const times: number[][] = cells.map(() => []);
  const steps = raster.stepPtr.length - 1;
  for (let t = 0; t < steps; t++) {
    for (let k = raster.stepPtr[t]!; k < raster.stepPtr[t + 1]!; k++) {
      const found = place.get(raster.cell[k]!);
      if (found !== undefined) times[found]!.push(t);
    }
  }
  return times.map((ofCell) => spikeTrain(ofCell, 0, steps));
}

function firingCells(a: Raster, b: Raster, { offset, size }: PopulationSlice): number[] {
  const inside = [...new Set([...a.cell, ...b.cell])].filter((cell) => cell >= offset && cell < offset + size);
  const cells = inside.sort((x, y) => x - y);
  const count = Math.min(distanceCells, cells.length);
  return Array.from({ length: count }, (_, k) => cells[Math.floor((k * cells.length) / count)]!);
}

function distancesOf(reference: readonly Raster[], found: readonly Raster[], slice: PopulationSlice): TrainDistances {
  const sums = { vanRossum: 0, spikeDistance: 0, spikeSynchronization: 0 };
  let pairs = 0;
  reference.forEach((raster, k) => {
    const cells = firingCells(raster, found[k]!, slice);
    const [ours, theirs] = [trainsOf(raster, cells), trainsOf(found[k]!, cells)];
    ours.forEach((train, n) => {
      const pair = [train, theirs[n]!];
      sums.vanRossum += vanRossumDistance(train, theirs[n]!, vanRossumTauMs);
      sums.spikeDistance += spikeDistance(pair);
      sums.spikeSynchronization += spikeSynchronization(pair);
      pairs++;
    });
  });
  if (pairs === 0) return { vanRossum: 0, spikeDistance: 0, spikeSynchronization: 1 };
  return {
    vanRossum: sums.vanRossum / pairs,
    spikeDistance: sums.spikeDistance / pairs,
    spikeSynchronization: sums.spikeSynchronization / pairs,
  };
}

/** Pearson's r of the counts of a slice's cells in all trials. */
function correlationOf(
  reference: readonly Float32Array[],
  found: readonly Float32Array[],
  slice: PopulationSlice,
): number | null {
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  reference.forEach((counts, k) => {
    for (let i = slice.offset; i < slice.offset + slice.size; i++) {
      const [a, b] = [counts[i]!, found[k]![i]!];
      n += 1;
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
  });
  const spread = (n * xx - x * x) * (n * yy - y * y);
  return spread > 0 ? (n * xy - x * y) / Math.sqrt(spread) : null;
}

/** Sums and means over trials, by population. Throws RangeError when the numbers of trials differ. */
export function compareTrials(
  reference: readonly Raster[],
  found: readonly Raster[],
  populations: readonly PopulationSlice[],
): PopulationComparison[] {
  if (reference.length !== found.length) {
    throw new RangeError(`compareTrials: ${reference.length} trials against ${found.length}`);
  }
  const size = Math.max(0, ...populations.map((p) => p.offset + p.size));
  const counts = [reference, found].map((rasters) => rasters.map((raster) => countsOf(raster, size)));
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
      countCorrelation: correlationOf(counts[0]!, counts[1]!, slice),
      firstDifference: differences.length === 0 ? -1 : Math.min(...differences),
      ...distancesOf(reference, found, slice),
    };
  });
}

/** Spikes of two runs, over all populations: as many as agree, and what each has alone. */
export interface EqualSpikes {
  readonly equal: number;
  /** Of the larger of the two, population by population: all are equal only where neither has a spike alone. */
  readonly of: number;
  readonly onlyReference: number;
  readonly onlyHere: number;
}

/** Sums over populations. */
export function equalOf(
  parts: readonly Pick<PopulationComparison, 'equal' | 'spikes' | 'spikesReference'>[],
): EqualSpikes {
  const sum = (value: (part: (typeof parts)[number]) => number) =>
    parts.reduce((total, part) => total + value(part), 0);
  return {
    equal: sum((p) => p.equal),
    of: sum((p) => Math.max(p.spikesReference, p.spikes)),
    onlyReference: sum((p) => p.spikesReference - p.equal),
    onlyHere: sum((p) => p.spikes - p.equal),
  };
}

/** `90 of 100`, and where not all agree `90 of 100 (10 missing, 3 not expected)`. */
export function equalText({ equal, of, onlyReference, onlyHere }: EqualSpikes): string {
  const apart = onlyReference + onlyHere === 0 ? '' : ` (${onlyReference} missing, ${onlyHere} not expected)`;
  return `${equal} of ${of}${apart}`;
}
