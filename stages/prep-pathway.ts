/** prep-pathway: the Codex tables → the pathway's populations and signed projections, with a report of every count and drop. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../src/base/located-error.ts';
import { percent } from '../src/base/text.ts';
import { buildPathway } from '../src/connectome/codex/build-pathway.ts';
import { CodexCells } from '../src/connectome/codex/codex-cells.ts';
import { checkRows, doubtsAbout } from '../src/connectome/codex/doubts/all-doubts.ts';
import { settleDoubts } from '../src/connectome/codex/doubts/doubt.ts';
import { EdgeCollector } from '../src/connectome/codex/edge-collector.ts';
import { assignPopulations, classColumnsOf } from '../src/connectome/codex/membership.ts';
import { type NullModelReport, pathwayReport } from '../src/connectome/codex/report.ts';
import { parseRootIdList } from '../src/connectome/codex/root-id-list.ts';
import { nullModelText, pathwaySummary } from '../src/connectome/codex/summary.ts';
import { superTypes } from '../src/connectome/codex/super-types.ts';
import { applyNullModel } from '../src/connectome/null-models/null-models.ts';
import type { Kept } from '../src/connectome/null-models/what-is-left.ts';
import { encodePathway } from '../src/connectome/pathway-file.ts';
import { pathwaySvg } from '../src/connectome/pathway-svg.ts';
import { readNames, readProcessedLabels } from '../src/formats/codex/codex.ts';
import type { ByteSink } from '../src/formats/codex/csv.ts';
import { type DataSource, sourcesNamed, sourcesOfManifest } from '../src/formats/data-sources.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, type PathwayParams, paramsSchema } from './prep-pathway/params.ts';
import { pathwayRules } from './prep-pathway/rules.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Codex tables → populations and signed, sparse projections, with a report of every count and drop.',
  params: paramsSchema,
  inputs: {
    tables: {
      kind: 'folder',
      about:
        'connections.csv, classification.csv, consolidated_cell_types.csv, neurons.csv; optional names.csv, processed_labels.csv, root_ids_<keyword>.txt.',
    },
  },
  outputs: {
    pathway: { kind: 'pathway', about: 'Populations and projections (safetensors).' },
    report: { kind: 'json', about: 'Every count, rule and drop (JSON).' },
    summary: { kind: 'markdown', about: 'The same for people (Markdown).' },
    drawing: { kind: 'svg', about: 'Populations and projections as a drawing (SVG).' },
  },
  run,
});
export default stage;

const needed = ['connections', 'classification', 'cellTypes', 'neurons'] as const;

type TableNames = PathwayParams['tables'];

/** The tables' file names; throws UserError that names every needed one that is missing. */
function checkTables(folder: readonly string[], names: TableNames): TableNames {
  const missing = needed.map((key) => names[key]).filter((name) => !folder.includes(name));
  if (missing.length > 0) {
    const hint = `name them in download.sources, or other file names in pathway.tables; there are: ${folder.join(', ')}`;
    throw userError(`the tables folder lacks ${missing.join(', ')}`, hint);
  }
  return names;
}

/** What the fetched files are, as far as their manifest came along. */
async function manifestOf(folder: string): Promise<readonly DataSource[]> {
  return sourcesOfManifest(await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined));
}

/** Streams a file into a sink. */
async function feed(sink: ByteSink, path: string, { signal }: StageContext<Params>): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18, signal })) sink.feed(chunk as Uint8Array);
  sink.end();
}

async function readLists(folder: string, names: readonly string[]): Promise<Map<string, bigint[]>> {
  const lists = new Map<string, bigint[]>();
  for (const name of names) {
    const keyword = /^root_ids_(.+)\.txt$/.exec(name)?.[1];
    if (keyword !== undefined) lists.set(keyword, parseRootIdList(await readFile(join(folder, name), 'utf8'), name));
  }
  return lists;
}

/** Rows of the optional tables that are there: read whole, so that damage is noticed, but no rule needs them. */
async function countOptional(
  folder: string,
  there: readonly string[],
  names: TableNames,
  context: StageContext<Params>,
): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  const count = (key: string) => () => {
    rows[key] = (rows[key] ?? 0) + 1;
  };
  const sinks = {
    names: readNames(count('names'), names.names),
    labels: readProcessedLabels(count('labels'), names.labels),
  };
  for (const key of ['names', 'labels'] as const) {
    if (there.includes(names[key])) await feed(sinks[key], join(folder, names[key]), context);
  }
  return rows;
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const params = context.params.pathway;
  const rules = pathwayRules(params);
  const folder = context.inputs['tables']!;
  const there = (await readdir(folder)).sort();
  const names = checkTables(there, params.tables);
  const codex = new CodexCells();
  await feed(
    codex.classification(names.classification, classColumnsOf(rules)),
    join(folder, names.classification),
    context,
  );
  await feed(codex.cellTypes(names.cellTypes), join(folder, names.cellTypes), context);
  await feed(codex.neurons(names.neurons), join(folder, names.neurons), context);
  const optional = await countOptional(folder, there, names, context);
  const lists = await readLists(folder, there);
  const membership = assignPopulations(codex, rules, lists);
  const collected = new EdgeCollector(codex, membership, rules);
  await feed(collected.sink(names.connections), join(folder, names.connections), context);
  checkRows({ codex, edges: collected });
  const built = buildPathway(codex, membership, collected, rules);
  const doubts = doubtsAbout({ codex, membership, edges: collected, rules, lists }, built);
  for (const warning of settleDoubts(doubts, params.accept)) context.warn(warning);
  const pathway =
    params.nullModel === null
      ? built.pathway
      : applyNullModel(
          built.pathway,
          { ...params.nullModel, seed: params.nullModel.seed ?? context.params.seed },
          superTypes(codex, built.pathway),
        );
  const found = pathwayReport(codex, membership, collected, rules, { ...built, pathway }, built.pathway);
  const report = {
    ...found,
    tables: { ...found.tables, ...optional },
    ...(doubts.length === 0 ? {} : { doubts }),
  };
  const data = sourcesNamed(await manifestOf(folder), Object.values(names));
  const named = { ...pathway, provenance: { ...pathway.provenance, data } };
  await writeFile(context.outputs['pathway']!, encodePathway(named));
  await writeFile(context.outputs['report']!, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(context.outputs['summary']!, pathwaySummary(report));
  await writeFile(context.outputs['drawing']!, pathwaySvg(pathway));
  const { cells, edges, synapses } = report.totals;
  return [
    { label: 'pathway', value: `${cells} cells, ${edges} connected pairs, ${synapses} synapses` },
    { label: 'populations', value: report.populations.map((p) => `${p.name} ${p.size}`).join(', ') },
    ...(report.nullModel === null ? [] : nullModelHeadlines(report.nullModel)),
  ];
}

/** What the control is, and what it leaves of where it matters. */
function nullModelHeadlines(nullModel: NullModelReport): Headline[] {
  const { pairs, weights, signs, typePairs, projections } = nullModel.leaves;
  const share = ({ kept, of }: Kept): string => percent(kept / of);
  const claws = projections.find(({ pre, post }) => pre === 'PN' && post === 'KC')?.combinations;
  const all = `${share(pairs)} of pairs, ${share(weights)} with their weight, ${share(signs)} with their sign`;
  return [
    { label: 'shuffled control', value: nullModelText(nullModel) },
    { label: 'left of the tables', value: `${all}; ${share(typePairs)} of edges between the same types` },
    ...(claws === undefined ? [] : [{ label: 'KC that keep the PN types of all claws', value: share(claws) }]),
  ];
}
