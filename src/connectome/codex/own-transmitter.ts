/** What one cell releases by the neurons' table and the population's rule, and where that comes from. Knows no edges. */
import type { CodexCell } from './codex-cells.ts';
import type { PathwayRules, PopulationRule } from './rules.ts';

/**
 * Where a cell's transmitter comes from: the population's rule; nt_type or the largest *_avg of neurons.csv; the majority of its rows;
 * the rule's stand-in; or nothing that has a sign.
 */
export type TransmitterSource = 'rule' | 'neurons' | 'average' | 'rows' | 'otherwise' | 'none';

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
  const first = found.find(({ transmitter }) => transmitter !== '') ?? { transmitter: '', source: 'none' as const };
  if (rules.signs[first.transmitter] !== undefined) return first;
  if (rule.otherwise !== undefined) return { transmitter: rule.otherwise, source: 'otherwise' };
  return { transmitter: first.transmitter, source: 'none' };
}

/** What the neurons' table says of a cell, the surer first. */
export function tableTransmitters({ ntType, likeliest }: CodexCell): CellTransmitter[] {
  return [
    { transmitter: ntType, source: 'neurons' },
    { transmitter: likeliest, source: 'average' },
  ];
}

export function ownTransmitter(cell: CodexCell, rule: PopulationRule, rules: PathwayRules): CellTransmitter {
  return resolveTransmitter(rule, rules, tableTransmitters(cell));
}
