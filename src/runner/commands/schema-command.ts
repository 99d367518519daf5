/** `pipeline schema`: the JSON Schema of this project's pipeline.yaml, parameters of its stages included; or a page that lists them. */
import { readFileSync } from 'node:fs';
import type { Schema } from '../../base/schema.ts';
import { editorSchema, type StageParams } from '../code/params-schema.ts';
import { closureOf } from '../key/closure-of.ts';
import { pipelineSchemaFile } from '../load/check-schema.ts';
import { stageContracts } from '../run/check-stages.ts';
import { openPlan } from '../run/open-plan.ts';
import { saveWorkspace } from '../state/workspace.ts';
import { type CommandIo, exitCodes, planFlags, refuse } from './command-io.ts';

export async function schemaCommand(io: CommandIo): Promise<number> {
  const opened = await openPlan(planFlags(io));
  if (!opened.ok) return refuse(io, opened.error);
  const { plan, workspace } = opened.value;
  const contracts = await stageContracts(workspace, planFlags(io), plan.stages);
  if (!contracts.ok) return refuse(io, contracts.error);
  // A module that cannot run would be missing from what is made: closureOf throws what is wrong with it.
  for (const { work } of plan.stages)
    if (work.kind === 'module' && !contracts.value.has(work.module)) await closureOf(workspace, work.module);
  saveWorkspace(workspace);
  const names = [...new Set(plan.stages.map(({ stage }) => stage))];
  const stages = names.map((stage): StageParams => {
    const { work } = plan.stages.find((one) => one.stage === stage)!;
    return { stage, schema: work.kind === 'module' ? contracts.value.get(work.module)?.params : undefined };
  });
  if (io.line.has('markdown')) {
    const { paramsPage } = await import('../code/params-page.ts');
    io.out(paramsPage(stages));
    return exitCodes.done;
  }
  const pipeline = JSON.parse(readFileSync(pipelineSchemaFile, 'utf8')) as Schema;
  io.out(`${JSON.stringify(editorSchema(pipeline, stages), null, io.line.has('json') ? 0 : 2)}\n`);
  return exitCodes.done;
}
