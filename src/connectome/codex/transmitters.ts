/** What each cell of a population releases, by the rules, and where that comes from. Knows no targets. */
import type { CodexCells } from './codex-cells.ts';
import { CODES, type EdgeCollector, transmitterOfCode } from './edge-collector.ts';
import type { Membership } from './membership.ts';
import { type CellTransmitter, resolveTransmitter, tableTransmitters } from './own-transmitter.ts';
import type { PathwayRules } from './rules.ts';

/** The commonest transmitter of a cell's rows; more synapses, then the order of the codes, break ties; '' without rows that have one. */
function majorityOf(edges: EdgeCollector, member: number): string {
  let best = -1;
  const at = (code: number): number => member * CODES + code;
  for (let code = 0; code < CODES - 1; code++) {
    const rows = edges.rowsByCode[at(code)]!;
    if (rows === 0) continue;
    const lead = best < 0 ? 1 : rows - edges.rowsByCode[at(best)]!;
    const synapses = best < 0 ? 1 : edges.synapsesByCode[at(code)]! - edges.synapsesByCode[at(best)]!;
    if (lead > 0 || (lead === 0 && synapses > 0)) best = code;
  }
  return best < 0 ? '' : transmitterOfCode(best);
}

/** The transmitter of every member, population by population. */
export function memberTransmitters(
  codex: CodexCells,
  membership: Membership,
  edges: EdgeCollector,
  rules: PathwayRules,
): CellTransmitter[] {
  const byTables = tableTransmitters(codex, membership, rules);
  return membership.members.flatMap((members, p) =>
    Array.from(members, (_, i): CellTransmitter => {
      const member = membership.offsets[p]! + i;
      const rows: CellTransmitter[] =
        rules.transmitterRule === 'majority' ? [{ transmitter: majorityOf(edges, member), source: 'rows' }] : [];
      return resolveTransmitter(rules.populations[p]!, rules, [...rows, ...byTables[member]!]);
    }),
  );
}
