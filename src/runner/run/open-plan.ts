/** What every command begins with: the plan, the selected stages, the caches. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { loadPlan } from '../load/load-plan.ts';
import { askedFor, selectStages } from '../load/select.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import { Workspace } from '../state/workspace.ts';
import { markCache } from '../store/cache-tag.ts';

export interface PlanOptions {
  readonly project: Project;
  readonly profiles: readonly string[];
  readonly sets: readonly string[];
  readonly targets: readonly string[];
  readonly toMake?: boolean | undefined;
  readonly until?: string | undefined;
  readonly from?: string | undefined;
}

export interface OpenedPlan {
  readonly plan: Plan;
  readonly stages: readonly PlannedStage[];
  readonly workspace: Workspace;
  /** The stages that were asked for, not only needed; undefined: all. */
  readonly asked: ReadonlySet<string> | undefined;
}

export async function openPlan(options: PlanOptions): Promise<Result<OpenedPlan, readonly Diagnostic[]>> {
  const { project, profiles, sets, targets, toMake, until, from } = options;
  const plan = await loadPlan({
    projectDir: project.root,
    file: project.file,
    profiles,
    sets,
    cacheDir: project.cacheDir,
  });
  if (!plan.ok) return plan;
  markCache(project.cacheDir);
  const stages = selectStages(plan.value, { targets, toMake, until, from });
  if (!stages.ok) return stages;
  const workspace = Workspace.open(project, plan.value);
  if (plan.value.doubts !== undefined) {
    const { findUnsettled } = await import('./check-stages.ts');
    const unsettled = await findUnsettled(workspace, { profiles, sets });
    if (unsettled.length > 0) return err(unsettled);
  }
  const asked = askedFor(plan.value, { targets, toMake, until, from });
  return ok({ plan: plan.value, stages: stages.value, workspace, asked });
}
