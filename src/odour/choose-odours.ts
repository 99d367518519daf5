/** Which odours of DoOR become classes: one explicit rule. Knows no cells, no probabilities. */
import { didYouMean } from '../base/suggest.ts';
import type { DoorTables } from './door/door-tables.ts';
import { mappedUnits, type UnitChoice } from './door/glomeruli.ts';

/** An odour is chosen when at least `minResponders` of the columns respond to it. */
export interface OdourRule {
  /** Columns that count: those of some glomerulus (`mapped`, `single`, `code`), or `all`. */
  readonly columns: UnitChoice | 'all';
  /** Whether the unit's spontaneous rate is taken off first (an unknown one counts as 0). */
  readonly sfr: 'keep' | 'subtract';
  /** A unit responds when its response exceeds this; null: when it was measured at all. */
  readonly threshold: number | null;
  readonly minResponders: number;
  /** InChIKeys or names that are left out whatever they do. */
  readonly drop: readonly string[];
  /** InChIKeys or names of the odours to choose, these and no others, whatever they do; left out: by the rest of the rule. */
  readonly keep?: readonly string[];
}

export const odourRuleNames = ['mapped-measured', 'above-sfr'] as const;

/** Named rules; both give exactly 284 odours on DoOR 2.0.0 (the original project's number; which rule it used is not known). */
export const odourRules: Readonly<Record<(typeof odourRuleNames)[number], OdourRule>> = {
  'mapped-measured': { columns: 'mapped', sfr: 'keep', threshold: null, minResponders: 4, drop: [] },
  'above-sfr': { columns: 'all', sfr: 'subtract', threshold: 0.01, minResponders: 3, drop: ['water'] },
};

function columnsOf(door: DoorTables, columns: OdourRule['columns']): number[] {
  return columns === 'all' ? door.units.map((_, u) => u) : mappedUnits(door, columns);
}

/** Response of an odour in a unit, NaN where it was not measured. */
export function responseOf(door: DoorTables, odour: number, unit: number, sfr: OdourRule['sfr']): number {
  const response = door.response[odour * door.units.length + unit]!;
  const spontaneous = door.sfr[unit]!;
  return sfr === 'keep' || Number.isNaN(spontaneous) ? response : response - spontaneous;
}

function responders(door: DoorTables, odour: number, columns: readonly number[], rule: OdourRule): number {
  const responds = (x: number) => (rule.threshold === null ? !Number.isNaN(x) : x > rule.threshold);
  return columns.filter((unit) => responds(responseOf(door, odour, unit, rule.sfr))).length;
}

/** Indices of the odours that go by these InChIKeys or names; throws RangeError that names all that there are not, or are several of. */
function odoursCalled(door: DoorTables, names: readonly string[], where: string): Set<number> {
  const problems: string[] = [];
  const found = names.flatMap((name) => {
    const byKey = door.odours.findIndex(({ key }) => key === name);
    const called = byKey >= 0 ? [byKey] : door.odours.flatMap((odour, o) => (odour.name === name ? [o] : []));
    if (called.length === 1) return called;
    problems.push(
      `${where} '${name}': ${called.length === 0 ? unknownOdour(door, name) : severalOdours(door, called)}`,
    );
    return [];
  });
  if (problems.length > 0) throw new RangeError(`odour rule: ${problems.join('\n')}`);
  return new Set(found);
}

function unknownOdour(door: DoorTables, name: string): string {
  const near = didYouMean(
    name,
    door.odours.flatMap((odour) => [odour.name, odour.key]),
  );
  return `no odour has that InChIKey or name${near === undefined ? '' : `, ${near}`}`;
}

function severalOdours(door: DoorTables, called: readonly number[]): string {
  return `${called.length} odours have that name; say which by InChIKey: ${called.map((o) => door.odours[o]!.key).join(', ')}`;
}

/** Indices of the chosen odours, ascending. Throws RangeError on a name that there is not, or when nothing is left. */
export function chooseOdours(door: DoorTables, rule: OdourRule): number[] {
  if (rule.keep !== undefined) return [...odoursCalled(door, rule.keep, 'keep')].sort((a, b) => a - b);
  const dropped = odoursCalled(door, rule.drop, 'drop');
  const columns = columnsOf(door, rule.columns);
  const chosen = door.odours.flatMap((_, o) =>
    !dropped.has(o) && responders(door, o, columns, rule) >= rule.minResponders ? [o] : [],
  );
  if (chosen.length === 0) {
    throw new RangeError(
      `odour rule: none of ${door.odours.length} odours has ${rule.minResponders} responders in ${columns.length} units`,
    );
  }
  return chosen;
}
