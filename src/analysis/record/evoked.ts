/** What odours add to a population's counts, by odour and cell, from a record. Knows no recordings of flies and no files. */
import { glomerulusOfType } from '../../odour/door/glomeruli.ts';
import {
  type ActivityRecord,
  cellsOfRecord,
  type RecordedPopulation,
  trialsWith,
  typeOfCell,
} from './activity-record.ts';

/** Which of an odour's trials are read: all, or every second one. */
export type Half = 'all' | 'odd' | 'even';

function chosen(trials: readonly number[], half: Half): readonly number[] {
  if (half === 'all') return trials;
  return trials.filter((_, k) => (k % 2 === 0) === (half === 'odd'));
}

/** [n] mean count of each cell of the population over trials; NaN for no trials. */
export function meanCounts(
  record: ActivityRecord,
  { offset, size }: RecordedPopulation,
  trials: readonly number[],
): Float64Array {
  const cells = cellsOfRecord(record);
  const sums = new Float64Array(size);
  for (const b of trials) {
    for (let i = 0; i < size; i++) sums[i]! += record.counts[b * cells + offset + i]!;
  }
  return sums.map((sum) => sum / trials.length);
}

/** [odours, n] mean count less that of trials without odour, for the classes asked for, in their order. */
export function evokedCounts(
  record: ActivityRecord,
  population: RecordedPopulation,
  odours: readonly number[],
  half: Half = 'all',
): Float64Array {
  const rest = meanCounts(record, population, trialsWith(record, record.odours.length));
  const out = new Float64Array(odours.length * population.size);
  odours.forEach((odour, c) => {
    const own = meanCounts(record, population, chosen(trialsWith(record, odour), half));
    own.forEach((count, i) => {
      out[c * population.size + i] = count - rest[i]!;
    });
  });
  return out;
}

/** [cells, odours] 1 where a cell of the population fires in at least half of an odour's trials. */
export function firingCells(
  record: ActivityRecord,
  { offset, size }: RecordedPopulation,
  odours: readonly number[],
): Uint8Array {
  const cells = cellsOfRecord(record);
  const out = new Uint8Array(size * odours.length);
  odours.forEach((odour, c) => {
    const trials = trialsWith(record, odour);
    for (let i = 0; i < size; i++) {
      const fired = trials.filter((b) => record.counts[b * cells + offset + i]! > 0).length;
      out[i * odours.length + c] = trials.length > 0 && 2 * fired >= trials.length ? 1 : 0;
    }
  });
  return out;
}

/** The glomerulus that a cell is named after: `ORN_DM1`, `DM1_lPN` → DM1; undefined for cells of several or of none. */
export function glomerulusOfCell(type: string): string | undefined {
  if (type.startsWith('ORN_')) return glomerulusOfType(type);
  return /^([A-Z][A-Za-z0-9]*)_[a-z0-9]*PN[0-9]*$/.exec(type)?.[1] ?? undefined;
}

/** Patterns by glomerulus: [odours, names] means over the cells named after it, only glomeruli that have cells and pass `wanted`. */
export function byGlomerulus(
  record: ActivityRecord,
  population: RecordedPopulation,
  patterns: Float64Array,
  wanted: (name: string) => boolean,
): { readonly names: readonly string[]; readonly patterns: Float64Array } {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < population.size; i++) {
    const name = glomerulusOfCell(typeOfCell(record, population.offset + i));
    if (name === undefined || !wanted(name)) continue;
    groups.set(name, [...(groups.get(name) ?? []), i]);
  }
  const names = [...groups.keys()].sort();
  const odours = patterns.length / population.size;
  const out = Float64Array.from({ length: odours * names.length }, (_, k) => {
    const own = groups.get(names[k % names.length]!)!;
    const row = Math.floor(k / names.length) * population.size;
    return own.reduce((sum, i) => sum + patterns[row + i]!, 0) / own.length;
  });
  return { names, patterns: out };
}
