/** `pipeline metrics`: the numbers in the outputs that stages declare as metrics, as they lie in artifacts/. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instanceFolder } from '../model/ingredients.ts';
import type { Json } from '../model/plan.ts';
import { openPlan } from '../run/open-plan.ts';
import { isMissing } from '../store/atomic-file.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';
import { flatten } from './params-command.ts';

/** More numbers than these of one file are only counted. */
const maxShown = 60;

export async function metricsCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const rows: string[][] = [];
  for (const stage of opened.value.stages)
    for (const metric of stage.metrics) {
      const path = instanceFolder(stage) + metric;
      const values = readMetrics(join(io.project.root, path));
      if (io.line.has('json'))
        io.out(
          `${JSON.stringify({ event: 'metrics', stage: stage.id, path, values: values === undefined ? null : Object.fromEntries(values) })}\n`,
        );
      rows.push(...rowsOf(stage.id, path, values));
    }
  if (!io.line.has('json')) io.out(rows.length === 0 ? 'no stage declares metrics\n' : `${formatTable(rows)}\n`);
  return exitCodes.done;
}

function rowsOf(stage: string, path: string, values: readonly [string, Json][] | undefined): string[][] {
  if (values === undefined) return [[stage, path, 'not there, or not JSON']];
  const shown = values.slice(0, maxShown).map(([name, value]) => [stage, name, shown5(value)]);
  return values.length > maxShown ? [...shown, [stage, `… ${values.length - maxShown} more in ${path}`]] : shown;
}

/** Five digits are enough for a person; --json has them all. */
function shown5(value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(5)))
    : JSON.stringify(value);
}

/** Python writes NaN and Infinity, which JSON does not have: they become texts. */
function withTextNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

/** Single values of a JSON file by dotted name; lists of values are left out. */
function readMetrics(path: string): [string, Json][] | undefined {
  try {
    const value = JSON.parse(withTextNumbers(readFileSync(path, 'utf8'))) as Json;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [['value', value]];
    return flatten(value as { readonly [key: string]: Json }).filter(([, leaf]) => typeof leaf !== 'object');
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
