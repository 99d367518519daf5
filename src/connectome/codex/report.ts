/** Every count of a built pathway, every rule that was applied and everything left out, as data. Knows no files and no layout of text. */

import { compareText } from '../../base/compare-text.ts';
import { type WhatIsLeft, whatIsLeft } from '../null-models/what-is-left.ts';
import { type Pathway, type Population, populationOf } from '../pathway.ts';
import type { BuiltPathway } from './build-pathway.ts';
import type { CodexCells } from './codex-cells.ts';
import type { EdgeCollector, RowCount } from './edge-collector.ts';
import type { Membership, MembershipCount } from './membership.ts';
import { type ProjectionStatistics, projectionStatistics } from './projection-statistics.ts';
import { type PathwayRules, referenceCells } from './rules.ts';
import type { EdgeCounts } from './signed-edges.ts';
import { type UncertainSigns, uncertainSigns } from './uncertain-signs.ts';

export interface PopulationReport extends MembershipCount {
  readonly rule: PathwayRules['populations'][number];
  /** Cells of the pathway: the members, without the unconnected ones where the rule drops these. */
  readonly size: number;
  /** Members without an edge, without an incoming one, without an outgoing one. */
  readonly unconnected: number;
  readonly withoutInput: number;
  readonly withoutOutput: number;
  /** What the earlier CC_SNN project reported for v783. */
  readonly referenceCells: number | null;
  readonly left: number;
  readonly right: number;
  readonly noSide: number;
  /** Distinct primary types, untyped cells left out. */
  readonly types: number;
  readonly untyped: number;
  /** The commonest types, most first. */
  readonly commonest: readonly (readonly [type: string, cells: number])[];
  readonly transmitters: Readonly<Record<string, number>>;
  /** Where the transmitters come from, in cells. */
  readonly transmitterSources: Readonly<Record<string, number>>;
}

export interface PathwayReport {
  readonly rules: PathwayRules;
  readonly tables: Readonly<Record<string, number>>;
  readonly totals: { readonly cells: number; readonly edges: number; readonly synapses: number };
  readonly populations: readonly PopulationReport[];
  readonly projections: readonly ProjectionStatistics[];
  /** Populations with cells whose transmitter is uncertain, and what hangs on them. */
  readonly uncertainSigns: readonly UncertainSigns[];
  readonly rows: {
    readonly all: RowCount;
    readonly inside: RowCount;
    readonly outside: RowCount;
    readonly unknown: RowCount & { readonly ids: number };
    /** Rows whose nt_type is their neuron's, of those where both are given. */
    readonly agreement: { readonly compared: number; readonly equal: number };
  };
  /** Pairs within the populations before anything is left out. */
  readonly pairs: number;
  readonly edgeCounts: EdgeCounts;
  /** The shuffled control that the pathway is, and what it leaves of the tables' wiring. */
  readonly nullModel: NullModelReport | null;
}

export interface NullModelReport {
  readonly kind: string;
  readonly within: string;
  readonly sides: string;
  readonly seed: number;
  readonly leaves: WhatIsLeft;
}

function nullModelReport(tables: Pathway, made: Pathway): NullModelReport | null {
  const rule = made.provenance['nullModel'] as Omit<NullModelReport, 'leaves'> | undefined;
  return rule === undefined ? null : { ...rule, leaves: whatIsLeft(tables, made) };
}

/** How often each text occurs, in code-unit order. */
function tally(texts: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => compareText(a, b)));
}

function countZero(marks: Uint8Array, more?: Uint8Array): number {
  return marks.reduce((n, mark, i) => n + Number(mark === 0 && (more === undefined || more[i] === 0)), 0);
}

function typeCounts({ types, typeIdx }: Population): readonly (readonly [string, number])[] {
  return Object.entries(tally(Array.from(typeIdx, (t) => types[t]!)))
    .filter(([type]) => type !== '')
    .sort(([a, n], [b, m]) => m - n || compareText(a, b));
}

function populationReport(
  population: Population,
  rule: PathwayRules['populations'][number],
  count: MembershipCount,
  built: BuiltPathway,
  from: number,
): PopulationReport {
  const to = from + count.cells;
  const [sends, receives] = [built.sends.subarray(from, to), built.receives.subarray(from, to)];
  const types = typeCounts(population);
  const onSide = (side: number): number => population.side.reduce((n, s) => n + Number(s === side), 0);
  return {
    ...count,
    rule,
    size: population.size,
    unconnected: countZero(sends, receives),
    withoutInput: countZero(receives),
    withoutOutput: countZero(sends),
    referenceCells: referenceCells[population.name] ?? null,
    left: onSide(1),
    right: onSide(2),
    noSide: onSide(0),
    types: types.length,
    untyped: population.size - types.reduce((n, [, cells]) => n + cells, 0),
    commonest: types.slice(0, 10),
    transmitters: tally(Array.from(population.transmitterIdx, (t) => population.transmitters[t]!)),
    transmitterSources: tally(built.transmitters.slice(from, to).map(({ source }) => source)),
  };
}

/** The whole report; `tables` is the pathway before it was shuffled. cost: O(cells + edges). */
export function pathwayReport(
  codex: CodexCells,
  membership: Membership,
  collected: EdgeCollector,
  rules: PathwayRules,
  built: BuiltPathway,
  tables: Pathway = built.pathway,
): PathwayReport {
  const { pathway } = built;
  const projections = pathway.projections.map((projection) =>
    projectionStatistics(projection, populationOf(pathway, projection.pre), populationOf(pathway, projection.post)),
  );
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const { all, inside, outside, unknown, unknownIds, agreement } = collected;
  return {
    rules,
    tables: { ...codex.rows, connections: all.rows },
    totals: {
      cells: sum(pathway.populations.map(({ size }) => size)),
      edges: sum(projections.map(({ pairs }) => pairs)),
      synapses: sum(projections.map(({ synapses }) => synapses)),
    },
    populations: pathway.populations.map((population, p) =>
      populationReport(population, rules.populations[p]!, membership.counts[p]!, built, membership.offsets[p]!),
    ),
    projections,
    uncertainSigns: uncertainSigns(codex, membership, rules, built.transmitters, tables),
    rows: { all, inside, outside, agreement, unknown: { ...unknown, ids: unknownIds.size } },
    pairs: collected.pairs.size,
    edgeCounts: built.edgeCounts,
    nullModel: nullModelReport(tables, pathway),
  };
}
