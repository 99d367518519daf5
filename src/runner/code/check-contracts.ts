/** Stage contracts against the plan, in located words. Loaded only when something changed; reads no files. */
import type { Diagnostic } from '../../base/located-error.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { PortContract } from '../../stage.ts';
import { locatePlan } from '../load/build-plan.ts';
import { type LoadOptions, planSource } from '../load/load-plan.ts';
import { collectProblems, type Problems, sortedProblems } from '../load/problems.ts';
import type { RawPipeline } from '../load/raw-pipeline.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import { checkKindNames, checkWiring, isFolderKind, madeKinds } from './check-kinds.ts';
import { ParamsCheck } from './check-params.ts';
import type { StageContract } from './describe-modules.ts';

/** Everything in which pipeline.yaml does not fit the contracts; `text` is the file's. */
export function checkContracts(
  load: LoadOptions,
  plan: Plan,
  stages: readonly PlannedStage[],
  contracts: ReadonlyMap<string, StageContract>,
  text: string,
): readonly Diagnostic[] {
  const file = load.file ?? 'pipeline.yaml';
  const located = locatePlan(planSource(load, text));
  if (located === undefined) return [{ at: { file }, message: 'changed while it was checked' }];
  const problems = collectProblems(located.yaml);
  const params = new ParamsCheck({ ...located, load, plan });
  const made = madeKinds(plan, contracts);
  for (const stage of stages) {
    const contract = stage.work.kind === 'module' ? contracts.get(stage.work.module) : undefined;
    if (contract === undefined) continue;
    checkPorts(problems, located.raw, stage, 'inputs', contract.inputs);
    checkPorts(problems, located.raw, stage, 'outputs', contract.outputs);
    checkKindNames(problems, stage, contract);
    checkWiring(problems, stage, contract.inputs, made);
    params.check(stage, contract);
  }
  for (const diagnostic of params.found()) problems.add(diagnostic);
  return sortedProblems(problems.list);
}

function checkPorts(
  problems: Problems,
  raw: RawPipeline,
  stage: PlannedStage,
  group: 'inputs' | 'outputs',
  ports: Readonly<Record<string, PortContract>>,
): void {
  const declared: Readonly<Record<string, unknown>> = stage[group];
  const module = stage.work.kind === 'module' ? stage.work.module : '';
  const what = group.slice(0, -1);
  for (const name of Object.keys(declared)) {
    const path = ['stages', stage.stage, group, name];
    if (!Object.hasOwn(ports, name)) {
      const missing = Object.keys(ports).filter((port) => !Object.hasOwn(declared, port));
      const hint = didYouMean(name, missing) ?? `its ${group} are: ${Object.keys(ports).join(', ') || 'none'}`;
      problems.report(path, `${module} has no ${what} '${printable(name)}'`, hint, 'key');
    } else if (group === 'outputs' && isFolderKind(ports[name]!.kind) && !stage.outputs[name]!.folder) {
      problems.report(path, `${module} makes a folder of output '${name}'`, 'write it with a final /');
    }
  }
  for (const [name, port] of Object.entries(ports)) {
    if (port.optional === true || Object.hasOwn(declared, name)) continue;
    const path = Object.hasOwn(raw.stages[stage.stage] ?? {}, group) ? [group] : [];
    const hint = `${port.about || port.kind}; add it: ${group}: { ${name}: … }`;
    problems.report(
      ['stages', stage.stage, ...path],
      `stage '${stage.stage}' lacks the ${what} '${name}' of ${module}`,
      hint,
      'key',
    );
  }
}
