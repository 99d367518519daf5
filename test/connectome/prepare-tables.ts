/** Tables as texts → pathway and warnings, as the stage prep-pathway makes them, without files. */
import { withDefaults } from '../../src/base/schema.ts';
import { buildPathway } from '../../src/connectome/codex/build-pathway.ts';
import { CodexCells } from '../../src/connectome/codex/codex-cells.ts';
import { checkRows, doubtsAbout } from '../../src/connectome/codex/doubts/all-doubts.ts';
import { settleDoubts } from '../../src/connectome/codex/doubts/doubt.ts';
import { EdgeCollector } from '../../src/connectome/codex/edge-collector.ts';
import { assignPopulations, classColumnsOf } from '../../src/connectome/codex/membership.ts';
import type { Pathway } from '../../src/connectome/pathway.ts';
import { feedAll } from '../../src/formats/codex/csv-table.ts';
import { paramsSchema } from '../../stages/prep-pathway/params.ts';
import { pathwayRules } from '../../stages/prep-pathway/rules.ts';

export interface Prepared {
  readonly pathway: Pathway;
  readonly warnings: readonly string[];
}

/** Throws what the stage throws. */
export function prepare(tables: Readonly<Record<string, string>>, given: object = {}): Prepared {
  const bytes = (name: string): Uint8Array[] => [new TextEncoder().encode(tables[name])];
  const params = withDefaults(paramsSchema, { pathway: given }).pathway;
  const rules = pathwayRules(params);
  const codex = new CodexCells();
  feedAll(codex.classification('classification.csv', classColumnsOf(rules)), bytes('classification.csv'));
  feedAll(codex.cellTypes(), bytes('consolidated_cell_types.csv'));
  feedAll(codex.neurons(), bytes('neurons.csv'));
  const lists = new Map<string, bigint[]>();
  const membership = assignPopulations(codex, rules, lists);
  const edges = new EdgeCollector(codex, membership, rules);
  feedAll(edges.sink(), bytes('connections.csv'));
  checkRows({ codex, edges });
  const built = buildPathway(codex, membership, edges, rules);
  const doubts = doubtsAbout({ codex, membership, edges, rules, lists }, built);
  return { pathway: built.pathway, warnings: settleDoubts(doubts, params.accept) };
}
