/** Stage modules' own words held against the plan before anything runs: parameters, inputs, outputs. Loaded when something is stale or doubtful. */
import type { Diagnostic } from '../../base/located-error.ts';
import { ok, type Result } from '../../base/result.ts';
import { checkModules, readContracts } from '../code/check-modules.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { StageContract } from '../code/describe-modules.ts';
import { undocumented } from '../code/documented.ts';
import { closureOf } from '../key/closure-of.ts';
import type { LoadOptions } from '../load/load-plan.ts';
import { valueAt } from '../load/params.ts';
import type { PlannedStage } from '../model/plan.ts';
import type { Workspace } from '../state/workspace.ts';

/** What a plan was loaded with. */
export type LoadedWith = Pick<LoadOptions, 'profiles' | 'sets'>;

/** The contracts of these stages' modules; or, located, where a module and pipeline.yaml do not fit. */
export async function checkStages(
  workspace: Workspace,
  options: LoadedWith,
  stages: readonly PlannedStage[],
): Promise<Result<ReadonlyMap<string, StageContract>, readonly Diagnostic[]>> {
  const closures = await closuresOf(workspace, stages);
  if (closures.size === 0) return ok(new Map());
  return checkModules(loadOptions(workspace, options), workspace.plan, stages, closures);
}

/** The contracts of these stages' modules, whatever pipeline.yaml says. */
export async function stageContracts(
  workspace: Workspace,
  options: LoadedWith,
  stages: readonly PlannedStage[],
): Promise<Result<ReadonlyMap<string, StageContract>, readonly Diagnostic[]>> {
  return readContracts(loadOptions(workspace, options), await closuresOf(workspace, stages));
}

/** Everything in which the plan's doubtful values cannot stand: no schema of a stage that sees one knows its key, or one refuses the value. */
export async function findUnsettled(workspace: Workspace, options: LoadedWith): Promise<readonly Diagnostic[]> {
  const { plan } = workspace;
  const doubts = plan.doubts ?? [];
  const seeing = plan.stages.filter(({ params }) => doubts.some(({ key }) => valueAt(params, key) !== undefined));
  const contracts = await stageContracts(workspace, options, seeing);
  if (!contracts.ok) return contracts.error;
  const refused = undocumented(plan, contracts.value);
  if (refused.length > 0) return refused;
  const checked = await checkStages(workspace, options, seeing);
  return checked.ok ? [] : checked.error;
}

function loadOptions({ project }: Workspace, { profiles, sets }: LoadedWith): LoadOptions {
  return { projectDir: project.root, file: project.file, profiles, sets, cacheDir: project.cacheDir };
}

/** Of the modules that can run as they are; what is wrong with the others is said when they are judged. */
async function closuresOf(
  workspace: Workspace,
  stages: readonly PlannedStage[],
): Promise<ReadonlyMap<string, CodeClosure>> {
  const closures = new Map<string, CodeClosure>();
  for (const { work } of stages) {
    if (work.kind !== 'module' || closures.has(work.module)) continue;
    const closure = await closureOf(workspace, work.module).catch(() => undefined);
    if (closure !== undefined) closures.set(work.module, closure);
  }
  return closures;
}
