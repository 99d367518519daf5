/** Builds a pathway from CSV texts, as the stage does from files. */
import { withDefaults } from '../../src/base/schema.ts';
import { buildPathway } from '../../src/connectome/codex/build-pathway.ts';
import { CodexCells } from '../../src/connectome/codex/codex-cells.ts';
import { EdgeCollector } from '../../src/connectome/codex/edge-collector.ts';
import { assignPopulations } from '../../src/connectome/codex/membership.ts';
import { type PathwayReport, pathwayReport } from '../../src/connectome/codex/report.ts';
import type { PathwayRules } from '../../src/connectome/codex/rules.ts';
import type { Pathway } from '../../src/connectome/pathway.ts';
import { feedAll } from '../../src/formats/codex/csv-table.ts';
import { paramsSchema } from '../../stages/prep-pathway/params.ts';
import { pathwayRules } from '../../stages/prep-pathway/rules.ts';

type Chunks = string | readonly Uint8Array[];
export type Tables = Readonly<Record<string, Chunks>>;

function chunksOf(table: Chunks): readonly Uint8Array[] {
  return typeof table === 'string' ? [new TextEncoder().encode(table)] : table;
}

/** What the stage makes of these `pathway` parameters. */
export function rulesOf(pathway: object): PathwayRules {
  return pathwayRules(withDefaults(paramsSchema, { pathway }).pathway);
}

export function buildFromTables(
  tables: Tables,
  params: object = {},
  lists: ReadonlyMap<string, readonly bigint[]> = new Map(),
): { readonly pathway: Pathway; readonly report: PathwayReport } {
  const rules = rulesOf(params);
  const codex = new CodexCells();
  feedAll(codex.classification(), chunksOf(tables['classification.csv']!));
  feedAll(codex.cellTypes(), chunksOf(tables['consolidated_cell_types.csv']!));
  feedAll(codex.neurons(), chunksOf(tables['neurons.csv']!));
  const membership = assignPopulations(codex, rules, lists);
  const collected = new EdgeCollector(codex, membership, rules);
  feedAll(collected.sink(), chunksOf(tables['connections.csv']!));
  const built = buildPathway(codex, membership, collected, rules);
  return { pathway: built.pathway, report: pathwayReport(codex, membership, collected, rules, built) };
}

/** A cell of a fixture: `[id, class, type, side, nt_type, averages DA SER GABA GLUT ACH OCT]`. */
export type FixtureCell = readonly [
  id: bigint,
  className: string,
  type: string,
  side: string,
  ntType: string,
  averages?: readonly number[],
];

/** A row of connections.csv: `[pre, post, neuropil, syn_count, nt_type]`. */
export type FixtureRow = readonly [pre: bigint, post: bigint, neuropil: string, synapses: number, ntType: string];

/** Codex tables of a few cells and rows. */
export function fixtureTables(cells: readonly FixtureCell[], rows: readonly FixtureRow[]): Record<string, string> {
  const text = (header: string, lines: readonly string[]): string => `${[header, ...lines].join('\n')}\n`;
  return {
    'classification.csv': text(
      'root_id,flow,super_class,class,sub_class,hemilineage,side,nerve',
      cells.map(([id, className, , side]) => `${id},intrinsic,central,${className},,,${side},`),
    ),
    'consolidated_cell_types.csv': text(
      'root_id,primary_type,additional_type(s)',
      cells.filter(([, , type]) => type !== '').map(([id, , type]) => `${id},${type},`),
    ),
    'neurons.csv': text(
      'root_id,group,nt_type,nt_type_score,da_avg,ser_avg,gaba_avg,glut_avg,ach_avg,oct_avg',
      cells.map(([id, , , , nt, averages]) => `${id},AL,${nt},0.5,${(averages ?? [0, 0, 0, 0, 0, 0]).join(',')}`),
    ),
    'connections.csv': text(
      'pre_root_id,post_root_id,neuropil,syn_count,nt_type',
      rows.map((row) => row.join(',')),
    ),
  };
}

/** Every edge as `PRE:cell>POST:cell synapses×sign`, cells by root id. */
export function edgeTexts({ populations, projections }: Pathway): string[] {
  return projections.flatMap((projection) => {
    const pre = populations.find(({ name }) => name === projection.pre)!;
    const post = populations.find(({ name }) => name === projection.post)!;
    return Array.from(pre.rootIds, (id, row) =>
      Array.from(projection.colIdx.subarray(projection.rowPtr[row], projection.rowPtr[row + 1]), (col, k) => {
        const e = projection.rowPtr[row]! + k;
        const weight = projection.synCount[e]! * projection.sign[e]!;
        return `${pre.name}:${id}>${post.name}:${post.rootIds[col]} ${weight}`;
      }),
    ).flat();
  });
}
