/** compare: metrics of many runs, where each stands on its axes, and a plan → table, intervals, tests, figure, verdict. */
import { readFile, writeFile } from 'node:fs/promises';
import { compareObservations } from '../src/analysis/compare/comparison.ts';
import { comparisonFigure } from '../src/analysis/compare/figure.ts';
import type { Observation } from '../src/analysis/compare/observations.ts';
import { comparisonCsv, comparisonData } from '../src/analysis/compare/tables.ts';
import { judge } from '../src/analysis/compare/verdict.ts';
import { canonicalJson } from '../src/base/canonical-json.ts';
import { digestOfJson } from '../src/base/digest.ts';
import { CsvTable } from '../src/formats/codex/csv-table.ts';
import { type AxisValues, defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './compare/params.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Compares many runs as a plan says, which was written before: every replicate, intervals, tests, a verdict.',
  params: paramsSchema,
  inputs: {
    metrics: { kind: 'json', about: 'figures of each run by name, gathered from a matrix' },
    courses: { kind: 'jsonl', about: 'the course of each training, gathered from a matrix', optional: true },
    perOdour: { kind: 'csv', about: 'accuracy of each odour in each run, gathered from a matrix', optional: true },
  },
  outputs: {
    comparison: { kind: 'json', about: 'verdict, means, contrasts' },
    table: { kind: 'csv', about: 'every replicate: outcome, level, replicate, value, unit' },
    figure: { kind: 'svg', about: 'every replicate with intervals, and the differences' },
  },
  run,
});

export default stage;

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { plan, seed } = context.params;
  const comparison = compareObservations(await readObservations(context), plan, seed);
  const verdict = judge(comparison);
  const data = { ...comparisonData(comparison, verdict), plan: digestOfJson(plan) };
  await writeFile(context.outputs['comparison']!, `${canonicalJson(data)}\n`);
  await writeFile(context.outputs['table']!, comparisonCsv(comparison));
  await writeFile(context.outputs['figure']!, comparisonFigure(comparison, verdict));
  if (comparison.replicates < plan.leastReplicates)
    context.warn(
      `${comparison.replicates} of the ${plan.leastReplicates} replicates that the plan asks for: this decides nothing`,
    );
  return [
    { label: 'verdict', value: verdict.verdict },
    { label: 'because', value: verdict.sentence },
  ];
}

async function readObservations(context: StageContext<Params>): Promise<Observation[]> {
  const axes = context.inputAxes['metrics'] ?? [];
  const paths = context.inputLists['metrics'] ?? [];
  if (axes.length === 0)
    throw new RangeError(
      'compare: metrics gathers no matrix; write artifacts/STAGE/*/metrics.json of a stage with one',
    );
  const { outcomes } = context.params.plan;
  const columns = [
    ...new Set(Object.values(outcomes).flatMap(({ perOdour }) => (perOdour === null ? [] : [perOdour]))),
  ];
  return Promise.all(
    paths.map(async (path, i): Promise<Observation> => {
      const course = pathOf(context, 'courses', axes[i]!);
      const odours = pathOf(context, 'perOdour', axes[i]!);
      return {
        axes: axes[i]!,
        metrics: JSON.parse(await readFile(path, 'utf8')) as unknown,
        epochs: course === undefined ? [] : linesOf(await readFile(course, 'utf8')),
        perOdour: odours === undefined ? {} : numberColumns(odours, await readFile(odours), columns),
      };
    }),
  );
}

/** The file of another gathered input that stands where a run does. */
function pathOf({ inputAxes, inputLists }: StageContext<Params>, port: string, axes: AxisValues): string | undefined {
  const list = inputAxes[port];
  if (list === undefined) return undefined;
  const at = list.findIndex((other) => Object.entries(other).every(([axis, value]) => axes[axis] === value));
  if (at < 0) throw new RangeError(`compare: ${port} has no file for ${canonicalJson(axes)}`);
  return inputLists[port]![at];
}

function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** Named columns of a table as numbers; NaN where a field is empty. */
function numberColumns(file: string, bytes: Uint8Array, names: readonly string[]): Record<string, readonly number[]> {
  const columns: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const table = new CsvTable(file, names, (row) => names.forEach((name, k) => void columns[name]!.push(row.number(k))));
  table.feed(bytes);
  table.end();
  return columns;
}
