/**
 * A synthetic DoOR: the three .RData files in DoOR 2.0's own format, every odour and response invented. Knows no cells, no file system.
 * Receptors, glomeruli and their mapping are facts (synthetic/units.ts); statistics: synthetic/responses.ts.
 * Pinned by test/odour/synthetic-door.test.ts.
 */
import { deriveKey, type RandomKey, RandomStream } from '../../base/random.ts';
import type { RValue } from '../../formats/r/r-value.ts';
import { encodeRData, rAllNa, rDataFrame, rDoubles, rFactor, rLogicals, rStrings } from '../../formats/r/rdata.ts';
import { CLASSES, type SyntheticResponses, syntheticResponses } from './responses.ts';
import { type UnitFact, unitFacts } from './units.ts';

export interface SyntheticDoorOptions {
  /** Odours measured in at least four units of some glomerulus: those that become classes. */
  readonly odours: number;
  /** A whole number 0 … 2^32 − 1. */
  readonly seed: number;
}

/** Label that keeps this generator's streams apart from others under the same seed. */
const GENERATOR = 0x646f6f72;

/** Odours measured in fewer units than four, or in none, for each one measured well: 408 to 284 in DoOR 2.0. */
const POORLY_MEASURED = 408 / 284;

const classNames = ['ester', 'alcohol', 'terpene', 'aromatic', 'acid', 'ketone', 'aldehyde'] as const;

/** Plainly invented, in the form of an InChIKey: SYNTHETICODOUR-, ten letters that count in base 26, -N. */
function inventedKey(odour: number): string {
  let rest = odour;
  let letters = '';
  for (let i = 0; i < 10; i++) {
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
    rest = Math.floor(rest / 26);
  }
  return `SYNTHETICODOUR-${letters}-N`;
}

/** Odour 0 stands for the solvent, as in DoOR. */
function inventedName(odour: number): string {
  return odour === 0 ? 'water' : `synthetic odour ${odour}`;
}

/** Which odours are measured well: `odours` of them, anywhere but first, where the solvent is. */
function wellMeasured(total: number, odours: number, key: RandomKey): boolean[] {
  const order = new RandomStream(deriveKey(key, 5, 0)).shuffle(Array.from({ length: total - 1 }, (_, o) => o + 1));
  const well = new Set(order.slice(0, odours));
  return Array.from({ length: total }, (_, o) => well.has(o));
}

function column(made: SyntheticResponses, unit: number, units: number): RValue {
  const values = Float64Array.from(made.odourClass, (_, o) => made.response[o * units + unit]!);
  // A unit without a number is a logical column in DoOR's files.
  if (values.every((x) => Number.isNaN(x))) return rAllNa(values.length + 1);
  return rDoubles([made.sfr[unit]!, ...values]);
}

function responseMatrix(made: SyntheticResponses, facts: readonly UnitFact[], keys: readonly string[]): RValue {
  return rDataFrame({
    rowNames: ['SFR', ...keys],
    columnNames: facts.map((fact) => fact.unit),
    columns: facts.map((_, unit) => column(made, unit, facts.length)),
  });
}

function odourTable(made: SyntheticResponses, keys: readonly string[]): RValue {
  const names = ['sfr', ...keys.map((_, o) => inventedName(o))];
  const classes = ['', ...Array.from(made.odourClass, (k, o) => (o === 0 ? 'other' : classNames[k % CLASSES]!))];
  const columns = {
    Class: rFactor(classes),
    Name: rFactor(names),
    InChIKey: rFactor(['SFR', ...keys]),
    CAS: rFactor(names.map(() => null)),
    Formula: rStrings(names.map(() => null)),
    MW: rAllNa(names.length),
  };
  return rDataFrame({
    rowNames: names.map((_, i) => String(i + 1)),
    columnNames: Object.keys(columns),
    columns: Object.values(columns),
  });
}

interface MappingRow {
  readonly unit: string;
  readonly glomerulus: string;
  readonly code: string;
  readonly measured: boolean;
}

/** A unit that DoOR draws for two glomeruli has two rows; VA7m has a row and no receptor. */
function mappingRows(facts: readonly UnitFact[]): MappingRow[] {
  const rows = facts.flatMap(({ unit, glomerulus, codes, coverage }) =>
    (codes.length === 0 ? [''] : codes).map((code) => ({ unit, glomerulus, code, measured: coverage !== 'never' })),
  );
  return [{ unit: '?', glomerulus: 'VA7m', code: 'VA7m', measured: false }, ...rows];
}

function mappingTable(facts: readonly UnitFact[]): RValue {
  const rows = mappingRows(facts);
  const adult = rows.map((row) => row.glomerulus !== '');
  const columns = {
    receptor: rFactor(rows.map((row) => row.unit)),
    glomerulus: rFactor(rows.map((row) => row.glomerulus)),
    adult: rLogicals(adult),
    larva: rLogicals(adult.map((x) => !x)),
    'dataset.existing': rLogicals(rows.map((row) => row.measured)),
    code: rFactor(rows.map((row) => row.code)),
  };
  return rDataFrame({
    rowNames: rows.map((_, i) => String(i + 1)),
    columnNames: Object.keys(columns),
    columns: Object.values(columns),
  });
}

/**
 * The bytes of `response.matrix.RData`, `odor.RData` and `DoOR.mappings.RData`. Odours stand in random order, the solvent first.
 * Throws RangeError on options out of range. Deterministic in (odours, seed).
 */
export function syntheticDoor({ odours, seed }: SyntheticDoorOptions): Record<string, Uint8Array> {
  if (!(Number.isInteger(odours) && odours >= 2 && odours <= 10000)) {
    throw new RangeError(`synthetic DoOR: odours is ${odours}, want 2 … 10000`);
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new RangeError(`synthetic DoOR: seed is ${seed}, want a whole number 0 … 2^32 − 1`);
  }
  const facts = unitFacts();
  const total = odours + Math.round(odours * POORLY_MEASURED);
  const key = deriveKey([seed, GENERATOR], 0, 0);
  const made = syntheticResponses(facts, wellMeasured(total, odours, key), key);
  const keys = Array.from({ length: total }, (_, o) => inventedKey(o));
  return {
    'response.matrix.RData': encodeRData({ 'response.matrix': responseMatrix(made, facts, keys) }),
    'odor.RData': encodeRData({ odor: odourTable(made, keys) }),
    'DoOR.mappings.RData': encodeRData({ 'DoOR.mappings': mappingTable(facts) }),
  };
}
