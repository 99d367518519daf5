/** `pipeline params`: every parameter, its value, and the stages that see it. */

import { didYouMeanKey } from '../load/params.ts';
import { flatten } from '../model/leaves.ts';
import type { PlannedStage } from '../model/plan.ts';
import { openPlan } from '../run/open-plan.ts';
import { formatTable } from '../views/words.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function paramsCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan({ ...planFlags(io), targets: [] });
  if (!opened.ok) return refuse(io, opened.error);
  const { plan } = opened.value;
  const prefix = io.line.operands[0];
  const leaves = flatten(plan.params).filter(
    ([key]) => prefix === undefined || key === prefix || key.startsWith(`${prefix}.`),
  );
  if (prefix !== undefined && leaves.length === 0)
    return refuse(io, [
      {
        message: `there is no parameter '${prefix}'`,
        hint: didYouMeanKey(plan.params, prefix) ?? 'pipeline params lists them',
      },
    ]);
  const rows = leaves.map(([key, value]) => ({
    key,
    value,
    stages: plan.stages.filter((stage) => sees(stage, key)).map((stage) => stage.stage),
  }));
  if (io.line.has('json'))
    for (const row of rows) io.out(`${JSON.stringify({ event: 'param', ...row, stages: unique(row.stages) })}\n`);
  else
    io.out(
      `${formatTable(rows.map(({ key, value, stages }) => [key, JSON.stringify(value), unique(stages).join(', ')]))}\n`,
    );
  return exitCodes.done;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function sees(stage: PlannedStage, key: string): boolean {
  return flatten(stage.params).some(([name]) => name === key);
}
