/** What a unit is taken to answer where DoOR did not measure it. Knows no cells, no probabilities. */
import { mean } from '../base/numbers.ts';
import { responseOf } from './choose-odours.ts';
import type { DoorTables } from './door/door-tables.ts';
import { type Completion, completeLowRank } from './low-rank.ts';

/** `zero`; `unitMean`: the mean of what the unit was measured to answer; `lowRank`: what a few factors of odours and units predict. */
export const unmeasuredRules = ['zero', 'unitMean', 'lowRank'] as const;
export type UnmeasuredRule = (typeof unmeasuredRules)[number];

export interface StandIns {
  /** What stands for the unmeasured response of a unit to an odour. */
  of(odour: number, unit: number): number;
  /** How many factors were used and why; null but for `lowRank`. */
  readonly completion: Pick<Completion, 'rank' | 'heldOut'> | null;
}

function unitMeans(door: DoorTables, units: readonly number[], sfr: 'keep' | 'subtract'): ReadonlyMap<number, number> {
  return new Map(
    units.map((unit) => {
      const measured = door.odours.map((_, o) => responseOf(door, o, unit, sfr)).filter((x) => !Number.isNaN(x));
      return [unit, measured.length === 0 ? 0 : mean(measured)];
    }),
  );
}

/** From all odours of DoOR, whichever become classes; `units` are those that some cell hears. cost: `lowRank` about 10⁸ steps on DoOR. */
export function standIns(
  door: DoorTables,
  units: readonly number[],
  rule: UnmeasuredRule,
  sfr: 'keep' | 'subtract',
): StandIns {
  if (rule === 'zero') return { of: () => 0, completion: null };
  if (rule === 'unitMean') {
    const means = unitMeans(door, units, sfr);
    return { of: (_, unit) => means.get(unit) ?? 0, completion: null };
  }
  const place = new Map(units.map((unit, k) => [unit, k]));
  const values = Float64Array.from(door.odours.flatMap((_, o) => units.map((unit) => responseOf(door, o, unit, sfr))));
  const { values: filled, ...completion } = completeLowRank({
    rows: door.odours.length,
    columns: units.length,
    values,
  });
  return { of: (odour, unit) => filled[odour * units.length + place.get(unit)!]!, completion };
}
