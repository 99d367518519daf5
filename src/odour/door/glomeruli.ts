/**
 * DoOR's units ↔ glomeruli, with every naming trap in one place. Knows no responses, no odours.
 * - `VL1+VM1+VL2p`: a unit that sums neurons of several glomeruli counts for each of them.
 * - `DL2d/v`: one unit (ac3A) for the two halves DL2d and DL2v. `?`, `-` and '' are not a glomerulus; larval receptors have none.
 * - FlyWire's VC3 and VC5 are DoOR's VC3 (Or35a, ac3B) and VC5 (Ir41a): hemibrain called them VC3l and VC3m, and FlyWire's VM6 VC5.
 * - FlyWire's VM6l, VM6m, VM6v and VA7m have no unit in DoOR; DoOR's VP1 and VP4 have no olfactory cells in FlyWire.
 * - VC1's own unit (pb2A) and DA1's (Or67d) were never measured: VC1 falls back to Or33c and Or85e, DA1 has nothing.
 */
import type { DoorTables, UnitMapping } from './door-tables.ts';

/**
 * Which units may speak for a glomerulus: `mapped` every unit that DoOR assigns to it, sums over several glomeruli included;
 * `single` only units of one glomerulus; `code` the one unit that DoOR itself draws it with.
 */
export type UnitChoice = 'mapped' | 'single' | 'code';

/** `DL2d/v` → DL2d, DL2v; `DM2` → DM2. The parts after the first replace its last letter. */
function halves(name: string): string[] {
  const [first = '', ...others] = name.split('/');
  return [first, ...others.map((suffix) => first.slice(0, -suffix.length) + suffix)];
}

/** The glomeruli of DoOR's text; [] for none. */
export function glomeruliOf(text: string): string[] {
  return text
    .split('+')
    .filter((name) => /^[A-Z]/.test(name))
    .flatMap(halves);
}

/** Whether the text names one glomerulus (or its two halves, which share their input). */
function isSingle(text: string): boolean {
  return !text.includes('+');
}

function glomeruliFor(mapping: UnitMapping, choice: UnitChoice): string[] {
  if (choice === 'code') return glomeruliOf(mapping.code);
  return choice === 'mapped' || isSingle(mapping.glomerulus) ? glomeruliOf(mapping.glomerulus) : [];
}

/** Glomerulus → columns of the response matrix that speak for it, ascending; only glomeruli with at least one. */
export function unitsByGlomerulus(door: DoorTables, choice: UnitChoice): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const mapping of door.mappings) {
    const unit = door.units.indexOf(mapping.unit);
    if (unit < 0) continue;
    for (const glomerulus of glomeruliFor(mapping, choice)) {
      const units = found.get(glomerulus) ?? new Set();
      found.set(glomerulus, units.add(unit));
    }
  }
  return new Map([...found].map(([glomerulus, units]) => [glomerulus, [...units].sort((a, b) => a - b)]));
}

/** Columns that some glomerulus has, ascending. */
export function mappedUnits(door: DoorTables, choice: UnitChoice): number[] {
  return [...new Set([...unitsByGlomerulus(door, choice).values()].flat())].sort((a, b) => a - b);
}

/** The glomerulus of a FlyWire cell type, e.g. `ORN_DA4l` → `DA4l`; the type itself where it has no such prefix. */
export function glomerulusOfType(type: string): string {
  return type.replace(/^ORN_/, '');
}
