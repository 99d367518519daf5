/** Odours × cells: the response that each input cell gets from the units of its glomerulus. Knows no spikes, no probabilities. */

import { mean } from '../base/numbers.ts';
import { deriveKey, draw } from '../base/random.ts';
import type { Population } from '../connectome/pathway.ts';
import { responseOf } from './choose-odours.ts';
import type { DoorTables } from './door/door-tables.ts';
import { glomerulusOfType, type UnitChoice, unitsByGlomerulus } from './door/glomeruli.ts';
import { type StandIns, standIns, type UnmeasuredRule } from './unmeasured.ts';

/** How a glomerulus' units become the response of its cells. */
export interface InputRule {
  readonly units: UnitChoice;
  /** `mean`: every cell gets the mean of the units measured for that odour; `draw`: each cell has one of the units, at random. */
  readonly composites: 'mean' | 'draw';
  readonly sfr: 'keep' | 'subtract';
  /** What a unit answers where it was not measured. Only cells none of whose units were measured hear it. */
  readonly unmeasured: UnmeasuredRule;
}

/** What was used for each cell type, for the report. */
export interface TypeInput {
  readonly type: string;
  readonly cells: number;
  /** Units that were ever measured. */
  readonly units: readonly string[];
  /** Units that DoOR maps here without a single measurement. */
  readonly unmeasured: readonly string[];
}

export interface OrnInput {
  /** [O′, nIn] response of each cell to each chosen odour. */
  readonly response: Float64Array;
  readonly types: readonly TypeInput[];
  /** Pairs (odour, type with units) without any measurement, to which something was given. */
  readonly missing: number;
  readonly pairs: number;
  /** [O′] which types were measured, as a text: equal texts are equal masks. */
  readonly masks: readonly string[];
  readonly completion: StandIns['completion'];
}

/** Label of the random key that draws each cell's unit. */
const UNIT_DRAW = 0x756e6974;

/** Columns with at least one number. */
function measuredUnits(door: DoorTables): boolean[] {
  return door.units.map((_, unit) => door.odours.some((_, o) => !Number.isNaN(responseOf(door, o, unit, 'keep'))));
}

/** Of the responses that were measured; NaN where none was. */
function measuredMean(responses: readonly number[]): number {
  return mean(responses.filter((x) => !Number.isNaN(x)));
}

/** Per cell the index into its type's units; cell i of the population always draws the same one under one seed. */
function drawnUnits(population: Population, counts: readonly number[], seed: number): Int32Array {
  const key = deriveKey([seed, 0], UNIT_DRAW, 0);
  return Int32Array.from(population.typeIdx, (type, i) =>
    Math.floor((draw(key, i, 0)[0] * (counts[type] ?? 0)) / 4294967296),
  );
}

/** The units of each cell type, by their number in the response matrix. */
interface TypeUnits {
  readonly measured: readonly (readonly number[])[];
  readonly unmeasured: readonly (readonly number[])[];
}

function unitsOfTypes(door: DoorTables, population: Population, choice: UnitChoice): TypeUnits {
  const measured = measuredUnits(door);
  const byGlomerulus = unitsByGlomerulus(door, choice);
  const all = population.types.map((type) => byGlomerulus.get(glomerulusOfType(type)) ?? []);
  return {
    measured: all.map((units) => units.filter((unit) => measured[unit])),
    unmeasured: all.map((units) => units.filter((unit) => !measured[unit])),
  };
}

function typeReport(door: DoorTables, population: Population, units: TypeUnits): TypeInput[] {
  const cells = new Int32Array(population.types.length);
  for (const type of population.typeIdx) cells[type]! += 1;
  const names = (columns: readonly number[]) => columns.map((unit) => door.units[unit]!);
  return population.types.map((type, k) => ({
    type,
    cells: cells[k]!,
    units: names(units.measured[k]!),
    unmeasured: names(units.unmeasured[k]!),
  }));
}

/** Every cell's response to the odours numbered in `odours`. Deterministic; `seed` matters to `draw` alone. */
export function ornInput(
  door: DoorTables,
  population: Population,
  odours: readonly number[],
  rule: InputRule,
  seed: number,
): OrnInput {
  const units = unitsOfTypes(door, population, rule.units);
  const counts = units.measured.map((columns) => columns.length);
  const drawn = rule.composites === 'draw' ? drawnUnits(population, counts, seed) : undefined;
  const response = new Float64Array(odours.length * population.size);
  const heard = [...new Set(units.measured.flat())].sort((a, b) => a - b);
  const given = standIns(door, heard, rule.unmeasured, rule.sfr);
  const isHole = (means: readonly number[]) => means.map((x, type) => counts[type]! > 0 && Number.isNaN(x));
  let missing = 0;
  const masks = odours.map((odour, row) => {
    const ofUnits = units.measured.map((columns) => columns.map((unit) => responseOf(door, odour, unit, rule.sfr)));
    const means = ofUnits.map(measuredMean);
    const holes = isHole(means);
    missing += holes.filter((hole) => hole).length;
    const filled = units.measured.map((columns) => columns.map((unit) => given.of(odour, unit)));
    const filledMeans = filled.map((values) => (values.length === 0 ? 0 : mean(values)));
    for (let i = 0; i < population.size; i++) {
      const type = population.typeIdx[i]!;
      const unit = drawn?.[i];
      const value = unit === undefined ? means[type]! : (ofUnits[type]![unit] ?? Number.NaN);
      const standIn = unit === undefined ? filledMeans[type]! : (filled[type]![unit] ?? 0);
      response[row * population.size + i] = Number.isNaN(value) ? standIn : value;
    }
    return holes.map(Number).join('');
  });
  const pairs = odours.length * counts.filter((count) => count > 0).length;
  return { response, types: typeReport(door, population, units), missing, pairs, masks, completion: given.completion };
}
