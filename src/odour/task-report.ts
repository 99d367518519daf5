/** What was chosen, dropped and assumed on the way to an odour task, as canonical JSON data for people. Decides nothing itself. */

import { ascending, mean, quantile, significant } from '../base/numbers.ts';
import type { Population } from '../connectome/pathway.ts';
import { nearestNeighbours } from './difficulty.ts';
import type { DoorTables } from './door/door-tables.ts';
import { mappedUnits } from './door/glomeruli.ts';
import type { DroppedOdours, OdourTaskRules } from './odour-task-rules.ts';
import type { OrnInput, TypeInput } from './orn-input.ts';
import type { UnmeasuredRule } from './unmeasured.ts';

/** A pair of odours that is hard to tell apart. */
interface HardPair {
  readonly odour: string;
  readonly nearest: string;
  readonly cosine: number;
}

export interface OdourTaskReport {
  readonly odours: {
    readonly counts: {
      readonly inDoor: number;
      readonly chosenByRule: number;
      readonly silent: number;
      readonly identical: number;
      readonly used: number;
    };
    readonly droppedSilent: readonly string[];
    /** Each group's first odour is kept when the others are dropped. */
    readonly identicalGroups: readonly (readonly string[])[];
  };
  readonly input: {
    readonly population: string;
    readonly cells: number;
    readonly types: readonly TypeInput[];
    readonly withoutData: { readonly cells: number; readonly types: readonly string[] };
    /** Units that DoOR maps to a glomerulus for which the population has no cells. */
    readonly unitsWithoutCells: readonly string[];
    /** Pairs (odour, type with a unit) that were never measured. */
    readonly missing: {
      readonly pairs: number;
      readonly of: number;
      readonly treatedAs: UnmeasuredRule;
      /** Factors used to complete the table, and the error on held-out entries with 0, 1, … of them. */
      readonly completion: OrnInput['completion'];
    };
    /** Presynaptic inhibition: what it leaves of the drive, over pairs of odour and type; null where there is none. */
    readonly presynaptic: null | {
      readonly strength: number;
      readonly from: string;
      readonly left: { readonly least: number; readonly median: number; readonly most: number };
      /** Mean over types, of the odour that is inhibited least and most. */
      readonly ofOdours: { readonly most: number; readonly least: number };
    };
    /** Units that drive several types alike. */
    readonly sharedUnits: readonly { readonly unit: string; readonly types: readonly string[] }[];
    readonly negative: 'clipped to the baseline rate';
  };
  /**
   * What which types were measured tells by itself: so many different patterns of holes, and the share of the odours that an observer names who
   * knows nothing else (one odour of each pattern). With `unmeasured: zero` the holes are part of the input; otherwise they are filled.
   */
  readonly mask: { readonly distinct: number; readonly names: number; readonly chance: number };
  readonly rules: OdourTaskRules;
  readonly ratesHz: { readonly baseline: number; readonly most: number; readonly meanWhileOn: number };
  readonly difficulty: {
    readonly medianNearestCosine: number;
    readonly above95: number;
    readonly above99: number;
    readonly hardest: readonly HardPair[];
  };
}

interface ReportInput {
  readonly door: DoorTables;
  readonly population: Population;
  readonly rules: OdourTaskRules;
  /** Names of the odours that the rule chose, and the rows of them that stay. */
  readonly names: readonly string[];
  readonly rows: readonly number[];
  readonly dropped: DroppedOdours;
  readonly input: OrnInput;
  /** [C, nIn] Hz above the baseline. */
  readonly drive: Float32Array;
  /** [C, types] relative to its mean. */
  readonly inhibition?: Float64Array | undefined;
}

function difficultyReport(made: ReportInput): OdourTaskReport['difficulty'] {
  const sorted = nearestNeighbours(made.drive, made.population.size).sort(
    (a, b) => b.cosine - a.cosine || a.odour - b.odour,
  );
  const nameOf = (k: number) => made.names[made.rows[k]!]!;
  return {
    medianNearestCosine:
      sorted.length === 0 ? 0 : significant(quantile(ascending(sorted.map((pair) => pair.cosine)), 0.5)),
    above95: sorted.filter((pair) => pair.cosine > 0.95).length,
    above99: sorted.filter((pair) => pair.cosine > 0.99).length,
    hardest: sorted
      .slice(0, 10)
      .map((pair) => ({ odour: nameOf(pair.odour), nearest: nameOf(pair.nearest), cosine: significant(pair.cosine) })),
  };
}

function ratesReport({ drive, rules }: ReportInput): OdourTaskReport['ratesHz'] {
  const { baseline } = rules.rateHz;
  let sum = 0;
  let most = 0;
  for (const hz of drive) {
    sum += hz;
    if (hz > most) most = hz;
  }
  return { baseline, most: significant(baseline + most), meanWhileOn: significant(baseline + sum / drive.length) };
}

function inputReport(made: ReportInput): OdourTaskReport['input'] {
  const { door, population, rules, input } = made;
  const without = input.types.filter((type) => type.units.length === 0);
  const heard = new Set(input.types.flatMap((type) => [...type.units, ...type.unmeasured]));
  return {
    population: population.name,
    cells: population.size,
    types: input.types,
    withoutData: { cells: without.reduce((sum, type) => sum + type.cells, 0), types: without.map((type) => type.type) },
    unitsWithoutCells: mappedUnits(door, rules.input.units)
      .map((unit) => door.units[unit]!)
      .filter((unit) => !heard.has(unit)),
    missing: {
      pairs: input.missing,
      of: input.pairs,
      treatedAs: rules.input.unmeasured,
      completion:
        input.completion === null
          ? null
          : { ...input.completion, heldOut: input.completion.heldOut.map((x) => significant(x)) },
    },
    presynaptic: presynapticReport(made),
    sharedUnits: sharedUnits(input.types),
    negative: 'clipped to the baseline rate',
  };
}

function presynapticReport({ rules, inhibition, rows }: ReportInput): OdourTaskReport['input']['presynaptic'] {
  if (inhibition === undefined) return null;
  const { strength, from } = rules.presynaptic;
  const left = ascending([...inhibition].map((x) => 1 / (1 + strength * x)));
  const types = inhibition.length / rows.length;
  const ofOdours = ascending(rows.map((_, row) => mean(inhibition.subarray(row * types, (row + 1) * types))));
  const at = (values: ArrayLike<number>, q: number): number => significant(quantile(values, q));
  return {
    ...{ strength, from },
    left: { least: at(left, 0), median: at(left, 0.5), most: at(left, 1) },
    ofOdours: { most: at(ofOdours, 1), least: at(ofOdours, 0) },
  };
}

function maskReport({ rows, input }: ReportInput): OdourTaskReport['mask'] {
  const distinct = new Set(rows.map((row) => input.masks[row]!)).size;
  return { distinct, names: significant(distinct / rows.length), chance: significant(1 / rows.length) };
}

/** Units that several of the types hear. */
function sharedUnits(types: readonly TypeInput[]): OdourTaskReport['input']['sharedUnits'] {
  const units = [...new Set(types.flatMap(({ units: own }) => own))];
  return units
    .map((unit) => ({ unit, types: types.filter(({ units: own }) => own.includes(unit)).map(({ type }) => type) }))
    .filter(({ types: hearing }) => hearing.length > 1);
}

/** The report of one task; deterministic. */
export function reportOf(made: ReportInput): OdourTaskReport {
  const { names, dropped } = made;
  const nameAll = (rows: readonly number[]) => rows.map((row) => names[row]!);
  return {
    odours: {
      counts: {
        inDoor: made.door.odours.length,
        chosenByRule: names.length,
        silent: dropped.silent.length,
        identical: dropped.identical.reduce((sum, group) => sum + group.length - 1, 0),
        used: made.rows.length,
      },
      droppedSilent: nameAll(dropped.silent),
      identicalGroups: dropped.identical.map(nameAll),
    },
    input: inputReport(made),
    mask: maskReport(made),
    rules: made.rules,
    ratesHz: ratesReport(made),
    difficulty: difficultyReport(made),
  };
}
