/** TARGETs, --until and --from → the stages of a plan that they mean. Knows no files. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { artifactsFolder, projectPath } from '../model/project-path.ts';

export interface Selection {
  /** Stages, instances, target lists or output paths; none: every stage. */
  readonly targets: readonly string[];
  /** No targets, --until or --from mean the list `default` where there is one: what a bare `run` makes. */
  readonly toMake?: boolean | undefined;
  /** Only this stage and what it needs, of what the targets select. */
  readonly until?: string | undefined;
  /** Only this stage and what needs it, of what the targets select; what stands before is taken as it is. */
  readonly from?: string | undefined;
}

/** The selected stages in the plan's (topological) order; needs are included. */
export function selectStages(plan: Plan, selection: Selection): Result<readonly PlannedStage[], readonly Diagnostic[]> {
  const { targets, toMake, until, from } = selection;
  const cut = until !== undefined || from !== undefined;
  const bare = toMake === true && !cut && Object.hasOwn(plan.targets, 'default') ? ['default'] : undefined;
  const wanted = targets.length > 0 ? targets : bare;
  if (wanted === undefined && !cut) return ok(plan.stages);
  const roots = wanted === undefined ? ok(plan.stages.map((stage) => stage.id)) : resolveAll(plan, wanted);
  const untilIds = until === undefined ? undefined : resolveAll(plan, [until], '--until ');
  const fromIds = from === undefined ? undefined : resolveAll(plan, [from], '--from ');
  const faults = [roots, untilIds, fromIds].flatMap((result) =>
    result === undefined || result.ok ? [] : result.error,
  );
  if (faults.length > 0) return err(faults);
  let chosen = withNeeds(plan, idsOf(roots));
  if (untilIds !== undefined) chosen = intersect(chosen, withNeeds(plan, idsOf(untilIds)));
  if (fromIds !== undefined) chosen = intersect(chosen, withDependents(plan, idsOf(fromIds)));
  return ok(plan.stages.filter((stage) => chosen.has(stage.id)));
}

function idsOf(result: Result<readonly string[], readonly Diagnostic[]>): readonly string[] {
  return result.ok ? result.value : [];
}

function resolveAll(
  plan: Plan,
  targets: readonly string[],
  prefix = '',
): Result<readonly string[], readonly Diagnostic[]> {
  const faults: Diagnostic[] = [];
  const ids: string[] = [];
  for (const target of targets) {
    const found = resolveTarget(plan, target);
    if (found.ok) ids.push(...found.value);
    else faults.push({ ...found.error, message: `${prefix}${found.error.message}` });
  }
  return faults.length > 0 ? err(faults) : ok(ids);
}

/** The instance ids that one TARGET means: a stage, an instance, a target list, or an output path (or a folder of them). */
export function resolveTarget(
  plan: Plan,
  target: string,
  within: readonly string[] = [],
): Result<readonly string[], Diagnostic> {
  const named = plan.stages.filter((stage) => stage.stage === target || stage.id === target);
  if (named.length > 0) return ok(named.map((stage) => stage.id));
  if (Object.hasOwn(plan.targets, target)) {
    if (within.includes(target)) return err({ message: `the target list '${target}' contains itself` });
    const ids: string[] = [];
    for (const item of plan.targets[target]!) {
      const found = resolveTarget(plan, item, [...within, target]);
      if (!found.ok) return found;
      ids.push(...found.value);
    }
    return ok(ids);
  }
  const makers = plan.stages.filter((stage) => makes(stage, target));
  return makers.length > 0 ? ok(makers.map((stage) => stage.id)) : err(unknownTarget(plan, target));
}

/** Whether one of the stage's outputs is the path, lies in it or holds it. */
function makes(stage: PlannedStage, path: string): boolean {
  const wanted = projectPath(path.replace(/^\.\//, ''));
  if (!wanted.startsWith(`${artifactsFolder}/`)) return false;
  return Object.values(stage.outputs).some((output) => {
    const made = projectPath(output.path);
    return made === wanted || made.startsWith(`${wanted}/`) || (output.folder && wanted.startsWith(`${made}/`));
  });
}

function unknownTarget(plan: Plan, target: string): Diagnostic {
  const shown = target.length > 100 ? `${target.slice(0, 99)}…` : target;
  const names = [...new Set(plan.stages.map((stage) => stage.stage)), ...Object.keys(plan.targets)];
  const known = target.includes('/')
    ? plan.stages.flatMap((stage) => Object.values(stage.outputs).map((output) => output.path))
    : target.includes('@')
      ? plan.stages.map((stage) => stage.id)
      : names;
  const list = `the stages are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
  return {
    message: `no stage, target list or output '${JSON.stringify(shown).slice(1, -1)}'`,
    hint: didYouMean(target, known) ?? list,
  };
}

/** These stages and all that they need. */
export function withNeeds(plan: Plan, ids: readonly string[]): ReadonlySet<string> {
  const chosen = new Set(ids);
  for (let i = plan.stages.length - 1; i >= 0; i--) {
    const stage = plan.stages[i]!;
    if (chosen.has(stage.id)) for (const need of stage.needs) chosen.add(need);
  }
  return chosen;
}

/** These stages and all that need them. */
export function withDependents(plan: Plan, ids: readonly string[]): ReadonlySet<string> {
  const chosen = new Set(ids);
  for (const stage of plan.stages) if (stage.needs.some((need) => chosen.has(need))) chosen.add(stage.id);
  return chosen;
}

function intersect(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((id) => b.has(id)));
}

/** The ids that --force means: all that is selected, or the named stages and instances. */
export function forcedStages(
  plan: Plan,
  selected: readonly PlannedStage[],
  force: true | readonly string[],
): Result<ReadonlySet<string>, readonly Diagnostic[]> {
  if (force === true) return ok(new Set(selected.map((stage) => stage.id)));
  const ids = new Set<string>();
  for (const name of force) {
    const named = plan.stages.filter((stage) => stage.stage === name || stage.id === name);
    if (named.length === 0) {
      const found = resolveTarget(plan, name);
      return err([found.ok ? { message: `--force=${name}: name a stage` } : found.error]);
    }
    for (const stage of named) ids.add(stage.id);
  }
  return ok(ids);
}
