/** How much of a pathway hangs on cells whose transmitter is uncertain, counted. Decides nothing. */
import { ascending, quantile, significant } from '../../base/numbers.ts';
import { edgesOf } from '../null-models/edge-list.ts';
import type { Pathway } from '../pathway.ts';
import type { CodexCells } from './codex-cells.ts';
import type { Membership } from './membership.ts';
import { type CellTransmitter, isUncertain } from './own-transmitter.ts';
import { addPair, noPairs, type PairCount } from './pair-count.ts';
import type { PathwayRules } from './rules.ts';

export interface UncertainSigns {
  readonly population: string;
  /** Members without a sure prediction, of so many; exact ties of the two largest averages among them. */
  readonly cells: number;
  readonly of: number;
  readonly ties: number;
  /** Median lead of the largest average over the second. */
  readonly medianLead: number;
  /** What gave them their transmitter, in cells. */
  readonly sources: Readonly<Record<string, number>>;
  /** The edges that they send in the pathway; those of these that excite; all that the population sends. */
  readonly sends: PairCount;
  readonly excites: PairCount;
  readonly all: PairCount;
}

function tallied(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries([...new Set(texts)].sort().map((text) => [text, texts.filter((t) => t === text).length]));
}

/** Edges of the pathway that these cells of a population send. */
function edgesSent(pathway: Pathway, name: string, ids: ReadonlySet<bigint>) {
  const [sends, excites, all] = [noPairs(), noPairs(), noPairs()];
  const { rootIds } = pathway.populations.find((population) => population.name === name)!;
  for (const projection of pathway.projections.filter(({ pre }) => pre === name)) {
    const { pre, synCount, sign } = edgesOf(projection);
    pre.forEach((cell, e) => {
      addPair(all, synCount[e]!);
      if (!ids.has(rootIds[cell]!)) return;
      addPair(sends, synCount[e]!);
      if (sign[e]! > 0) addPair(excites, synCount[e]!);
    });
  }
  return { sends, excites, all };
}

/** By population whose transmitters come from the tables, where any is uncertain. `transmitters`: of every member. */
export function uncertainSigns(
  codex: CodexCells,
  { members, offsets }: Membership,
  rules: PathwayRules,
  transmitters: readonly CellTransmitter[],
  pathway: Pathway,
): UncertainSigns[] {
  return rules.populations.flatMap(({ name, transmitter }, p) => {
    const found = Array.from(members[p]!, (place, i) => ({
      cell: codex.cells[place]!,
      source: transmitters[offsets[p]! + i]!.source,
    })).filter(({ cell }) => isUncertain(cell, rules));
    if (transmitter !== undefined || found.length === 0) return [];
    return {
      population: name,
      cells: found.length,
      of: members[p]!.length,
      ties: found.filter(({ cell }) => cell.lead === 0).length,
      medianLead: significant(quantile(ascending(found.map(({ cell }) => cell.lead)), 0.5)),
      sources: tallied(found.map(({ source }) => source)),
      ...edgesSent(pathway, name, new Set(found.map(({ cell }) => cell.rootId))),
    };
  });
}
