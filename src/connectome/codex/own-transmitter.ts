/** What one cell releases by the neurons' table and the population's rule, and where that comes from. Knows no edges. */
import type { CodexCell, CodexCells } from './codex-cells.ts';
import type { Membership } from './membership.ts';
import type { PathwayRules, PopulationRule } from './rules.ts';

/**
 * Where a cell's transmitter comes from: the population's rule; nt_type or the largest *_avg of neurons.csv; the sure cells of its type;
 * the majority of its rows; the rule's stand-in; nothing that has a sign, or nothing that is sure enough.
 */
export type TransmitterSource = 'rule' | 'neurons' | 'average' | 'type' | 'rows' | 'otherwise' | 'none' | 'excluded';

export interface CellTransmitter {
  readonly transmitter: string;
  readonly source: TransmitterSource;
}

/** The first of what was found for a cell, under its population's rule. */
export function resolveTransmitter(
  rule: PopulationRule,
  rules: PathwayRules,
  found: readonly CellTransmitter[],
): CellTransmitter {
  if (rule.transmitter !== undefined) return { transmitter: rule.transmitter, source: 'rule' };
  const first = found.find(({ transmitter, source }) => transmitter !== '' || source === 'excluded') ?? {
    transmitter: '',
    source: 'none' as const,
  };
  if (first.source === 'excluded' || rules.signs[first.transmitter] !== undefined) return first;
  if (rule.otherwise !== undefined) return { transmitter: rule.otherwise, source: 'otherwise' };
  return { transmitter: first.transmitter, source: 'none' };
}

/** Whether the neurons' table does not tell what a cell releases: nt_type is empty, and no average leads by more than the margin. */
export function isUncertain({ ntType, likeliest, lead }: CodexCell, { uncertainSigns }: PathwayRules): boolean {
  return ntType === '' && (likeliest === '' || lead <= uncertainSigns.margin);
}

/** What most sure cells of each primary type release; types without any, or with a tie, are left out. */
function typeTransmitters(cells: readonly CodexCell[], rules: PathwayRules): ReadonlyMap<string, string> {
  const tallies = new Map<string, Map<string, number>>();
  for (const cell of cells) {
    if (cell.primaryType === '' || isUncertain(cell, rules)) continue;
    const tally = tallies.get(cell.primaryType) ?? new Map<string, number>();
    const name = cell.ntType || cell.likeliest;
    tallies.set(cell.primaryType, tally.set(name, (tally.get(name) ?? 0) + 1));
  }
  return new Map(
    [...tallies].flatMap(([type, tally]) => {
      const [first, second] = [...tally].sort(([, a], [, b]) => b - a);
      return first![1] === second?.[1] ? [] : [[type, first![0]]];
    }),
  );
}

/** What stands in for a prediction that is not sure. An exact tie of averages tells nothing. */
function standIn(cell: CodexCell, rules: PathwayRules, ofType: ReadonlyMap<string, string>): CellTransmitter[] {
  const { likeliest, lead, primaryType } = cell;
  return {
    type: [{ transmitter: ofType.get(primaryType) ?? '', source: 'type' as const }],
    topScore: lead > 0 ? [{ transmitter: likeliest, source: 'average' as const }] : [],
    otherwise: [],
    exclude: [{ transmitter: '', source: 'excluded' as const }],
  }[rules.uncertainSigns.rule];
}

/** What the neurons' table says of every member, population by population. */
export function tableTransmitters(
  codex: CodexCells,
  { members }: Membership,
  rules: PathwayRules,
): (readonly CellTransmitter[])[] {
  return members.flatMap((places) => {
    const cells = Array.from(places, (place) => codex.cells[place]!);
    const ofType = typeTransmitters(cells, rules);
    return cells.map((cell): CellTransmitter[] => {
      if (cell.ntType !== '') return [{ transmitter: cell.ntType, source: 'neurons' }];
      if (isUncertain(cell, rules)) return standIn(cell, rules, ofType);
      return [{ transmitter: cell.likeliest, source: 'average' }];
    });
  });
}
