/** Everything doubtful about tables that were read whole and built. Decides nothing: settleDoubts does. */
import { userError } from '../../../base/located-error.ts';
import type { BuiltPathway } from '../build-pathway.ts';
import type { CodexCells } from '../codex-cells.ts';
import type { EdgeCollector } from '../edge-collector.ts';
import type { Membership } from '../membership.ts';
import type { PathwayRules } from '../rules.ts';
import type { Doubt } from './doubt.ts';
import { edgeDoubts } from './edge-doubts.ts';
import { populationDoubts } from './population-doubts.ts';
import { tableDoubts } from './table-doubts.ts';

export interface ReadTables {
  readonly codex: CodexCells;
  readonly membership: Membership;
  readonly edges: EdgeCollector;
  readonly rules: PathwayRules;
  /** Ids of the keyword lists. */
  readonly lists: ReadonlyMap<string, readonly bigint[]>;
}

/** Throws UserError where a table has a header and nothing more: all else would only follow from it. */
export function checkRows({ codex, edges }: Pick<ReadTables, 'codex' | 'edges'>): void {
  const tables = [...Object.values(codex.tables), { file: edges.file, rows: edges.all.rows }];
  const empty = tables.filter(({ rows }) => rows === 0).map(({ file }) => file);
  if (empty.length > 0) throw userError(`${empty.join(', ')}: a header and no rows`, 'fetch it again, or make it anew');
}

export function doubtsAbout({ codex, membership, edges, rules, lists }: ReadTables, built: BuiltPathway): Doubt[] {
  return [
    ...tableDoubts(codex, Object.keys(rules.signs)),
    ...populationDoubts(codex, membership, edges, rules, lists),
    ...edgeDoubts(codex, edges, built, rules),
  ];
}
