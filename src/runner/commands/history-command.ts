/** `pipeline history` and `pipeline diff A B`: past runs, and what two of them differ in. */
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { ok } from '../../base/result.ts';
import { type MetricDifference, metricDifferences } from '../inspect/metrics.ts';
import { loadPlan } from '../load/load-plan.ts';
import { compareIngredients, shorten } from '../model/ingredients.ts';
import { flatten } from '../model/leaves.ts';
import { artifactsFolder } from '../model/project-path.ts';
import { findRun, runsOf } from '../run/find-run.ts';
import { type RunRecord, readRunRecords } from '../run/run-record.ts';
import { ActionCache } from '../store/actions.ts';
import { writeFileAtomic } from '../store/atomic-file.ts';
import { ObjectStore } from '../store/objects.ts';
import { formatSeconds, formatTable, shownChange, shownValue } from '../views/words.ts';
import { type CommandIo, exitCodes, refuse } from './command-io.ts';

export async function historyCommand(io: CommandIo): Promise<number> {
  const everywhere = readRunRecords(io.project);
  const records = (io.line.has('all') ? everywhere : runsOf(io.project, everywhere)).toReversed();
  if (io.line.has('json')) {
    for (const record of records) io.out(`${JSON.stringify({ event: 'history', ...record })}\n`);
    return exitCodes.done;
  }
  const rows = records.map(({ run, started, arguments: typed, summary, interrupted, stages }) => {
    const counts = (['ran', 'restored', 'failed', 'skipped'] as const).flatMap((name) =>
      summary[name] > 0 ? [`${summary[name]} ${name}`] : [],
    );
    return [
      run,
      started.slice(0, 19).replace('T', ' '),
      formatSeconds(summary.seconds),
      `${counts.join(', ')}${interrupted ? ' (interrupted)' : ''}`,
      figureOf(stages),
      `pipeline ${typed.join(' ')}`,
    ];
  });
  io.out(rows.length === 0 ? 'no run is on record\n' : `${formatTable(rows)}\n`);
  return exitCodes.done;
}

/** What the last stage that tells something told first. */
function figureOf(stages: RunRecord['stages']): string {
  const told = stages.toReversed().flatMap(({ headlines }) => headlines.filter(({ warning }) => warning !== true));
  return told[0] === undefined ? '' : `${told[0].label} ${told[0].value}`;
}

export async function diffCommand(io: CommandIo): Promise<number> {
  const everywhere = readRunRecords(io.project);
  const own = runsOf(io.project, everywhere);
  // a run of another checkout can be named, but is not among the last of this one
  const [a, b] = io.line.operands.map((name) => {
    const found = findRun(own, name);
    const other = found.ok ? undefined : everywhere.find(({ run }) => run === name);
    return other === undefined ? found : ok(other);
  });
  if (!a!.ok) return refuse(io, [a!.error]);
  if (!b!.ok) return refuse(io, [b!.error]);
  const rows = [
    ...paramRows(a!.value, b!.value),
    ...ingredientRows(new ActionCache(io.project.cacheDir), a!.value, b!.value),
    ...stageRows(a!.value, b!.value),
  ];
  const metrics = await metricsThatDiffer(io, a!.value, b!.value);
  if (io.line.has('html')) return writeDiffPage(io, [a!.value, b!.value], rows, metrics);
  tellDifferences(io, rows, metrics);
  return exitCodes.done;
}

/** None where pipeline.yaml, which says what a metric is, cannot be read. */
async function metricsThatDiffer(
  { project }: CommandIo,
  a: RunRecord,
  b: RunRecord,
): Promise<readonly MetricDifference[]> {
  const { root, file, cacheDir } = project;
  const plan = await loadPlan({ projectDir: root, file, profiles: [], sets: [], cacheDir });
  const cache = { actions: new ActionCache(cacheDir), objects: new ObjectStore(cacheDir) };
  return plan.ok ? metricDifferences(plan.value, cache, a, b) : [];
}

/** Writes the page of two runs and says where it lies. */
async function writeDiffPage(
  io: CommandIo,
  [a, b]: readonly [RunRecord, RunRecord],
  rows: readonly Row[],
  metrics: readonly MetricDifference[],
): Promise<number> {
  const { diffPage } = await import('../views/diff-page.ts');
  const { pagesOfBoth } = await import('../inspect/past-pages.ts');
  const { cacheDir, root } = io.project;
  const side = ({ run, started, arguments: typed }: RunRecord) => ({
    run,
    started,
    command: `pipeline ${typed.join(' ')}`,
  });
  const pages = pagesOfBoth({ actions: new ActionCache(cacheDir), objects: new ObjectStore(cacheDir) }, a, b);
  const path = join(artifactsFolder, '.report', `diff-${a.run}-${b.run}.html`);
  writeFileAtomic(join(root, path), diffPage({ sides: [side(a), side(b)], rows, metrics, pages }));
  io.out(io.line.has('json') ? `${JSON.stringify({ event: 'page', path })}\n` : `${path}\n`);
  return exitCodes.done;
}

/** More metrics than these of one stage are only counted. */
const maxMetrics = 60;

function tellDifferences(io: CommandIo, rows: readonly Row[], metrics: readonly MetricDifference[]): void {
  if (io.line.has('json')) {
    for (const [what, before, after] of rows)
      io.out(`${JSON.stringify({ event: 'difference', what, before, after })}\n`);
    for (const metric of metrics) io.out(`${JSON.stringify(asEvent(metric))}\n`);
    return;
  }
  const told = rows.map(([what, before, after]) => [what, shorten(before), '→', shorten(after)]);
  const figures = metrics.filter(({ stage }, i) => metrics[i - maxMetrics]?.stage !== stage);
  const lines = figures.map(({ stage, name, before, after }) => [
    ...[`${stage} metric ${name}`, before === undefined ? '(none)' : shownValue(before), '→'],
    ...[after === undefined ? '(none)' : shownValue(after), shownChange(before, after)],
  ]);
  const more = metrics.length - figures.length;
  const rest = more === 0 ? '' : `… ${more} more metrics differ; --json tells them all\n`;
  io.out(told.length + lines.length === 0 ? 'no difference\n' : `${formatTable([...told, ...lines])}\n${rest}`);
}

/** `before`, `after` as they were; null where that run had no such metric. */
function asEvent({ stage, name, before = null, after = null }: MetricDifference): object {
  const numbers = typeof before === 'number' && typeof after === 'number';
  const what = `${stage} metric ${name}`;
  return { event: 'difference', what, before, after, ...(numbers ? { difference: after - before } : {}) };
}

type Row = readonly [what: string, before: string, after: string];

function compareMaps(
  label: (key: string) => string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Row[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  return keys.map((key) => [label(key), before.get(key) ?? '(none)', after.get(key) ?? '(none)']);
}

function paramRows(a: RunRecord, b: RunRecord): Row[] {
  const leaves = (record: RunRecord): Map<string, string> =>
    new Map(flatten(record.params).map(([key, value]) => [key, JSON.stringify(value)]));
  return compareMaps((key) => `param ${key}`, leaves(a), leaves(b));
}

/** Commands, code, inputs, tools: whatever but parameters made a stage's key another. */
function ingredientRows(actions: ActionCache, a: RunRecord, b: RunRecord): Row[] {
  const before = new Map(a.stages.map(({ stage, key }) => [stage, key]));
  return b.stages.flatMap(({ stage, key }): Row[] => {
    const old = before.get(stage);
    if (old === undefined || old === key || old === '' || key === '') return [];
    const [was, is] = [old, key].map((one) => actions.read(one as Digest)?.ingredients);
    if (was === undefined || is === undefined) return [[`${stage} key`, old, key]];
    return compareIngredients(was, is)
      .filter(({ kind }) => kind !== 'param')
      .map(
        ({ kind, name, before: from, after: to }): Row => [
          `${stage} ${kind === 'command' ? 'command' : `${kind} ${name}`}`,
          from ?? '(none)',
          to ?? '(none)',
        ],
      );
  });
}

/** Output digests, and the figures that stages reported. */
function stageRows(a: RunRecord, b: RunRecord): Row[] {
  const outputs = ({ stages }: RunRecord): Map<string, string> =>
    new Map(
      stages.flatMap(({ stage, outputs: made }) =>
        Object.entries(made).map(([name, digest]) => [`${stage} output ${name}`, digest]),
      ),
    );
  const figures = ({ stages }: RunRecord): Map<string, string> =>
    new Map(
      stages.flatMap(({ stage, headlines }) => headlines.map(({ label, value }) => [`${stage}: ${label}`, value])),
    );
  const same = (key: string): string => key;
  return [...compareMaps(same, outputs(a), outputs(b)), ...compareMaps(same, figures(a), figures(b))];
}
