/** TARGETs, --until and --from → the stages of a plan that they mean. Knows no files. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/suggest.ts';
import { isPattern, matchesPattern } from '../model/path-pattern.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { artifactsFolder, projectPath } from '../model/project-path.ts';

export interface Selection {
  /** Stages, instances, target lists or output paths; none: every stage of pipeline.yaml, and not of the files that it includes. */
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
  if (wanted === undefined && !cut && plan.included === undefined) return ok(plan.stages);
  const untilIds = until === undefined ? undefined : resolveTargets(plan, [until], '--until ');
  const fromIds = from === undefined ? undefined : resolveTargets(plan, [from], '--from ');
  const named = [...idsOf(untilIds), ...idsOf(fromIds)];
  const roots = wanted === undefined ? ok(unnamedRoots(plan, named)) : resolveTargets(plan, wanted);
  const faults = [roots, untilIds, fromIds].flatMap((result) =>
    result === undefined || result.ok ? [] : result.error,
  );
  if (faults.length > 0) return err(faults);
  const all = withNeeds(plan, idsOf(roots));
  let chosen = all;
  if (untilIds !== undefined) chosen = intersect(chosen, withNeeds(plan, idsOf(untilIds)));
  if (fromIds !== undefined) chosen = intersect(chosen, withDependents(plan, idsOf(fromIds)));
  if (chosen.size === 0 && all.size > 0) return err([nothingBetween(selection)]);
  return ok(plan.stages.filter((stage) => chosen.has(stage.id)));
}

/** What no TARGET means: every stage of pipeline.yaml, and those of the files that it includes only where a cut names one of them. */
function unnamedRoots(plan: Plan, named: readonly string[]): readonly string[] {
  const beside = new Set(plan.included?.files.map(([path]) => path));
  const own = plan.stages.filter((stage) => !beside.has(stage.at.file)).map((stage) => stage.id);
  const ids = new Set(own);
  return named.every((id) => ids.has(id)) ? own : plan.stages.map((stage) => stage.id);
}

/** Of the selected stages, those that were asked for by name, or all: not those that are there only because another needs them. */
export function askedFor(plan: Plan, { targets, toMake, until, from }: Selection): ReadonlySet<string> | undefined {
  if (from !== undefined) return undefined;
  const bare = toMake === true && until === undefined && Object.hasOwn(plan.targets, 'default') ? ['default'] : [];
  const names = until !== undefined ? [until] : targets.length > 0 ? targets : bare;
  return names.length === 0 ? undefined : new Set(idsOf(resolveTargets(plan, names)));
}

/** --from and --until that leave nothing to do were not meant so. */
function nothingBetween({ targets, until, from }: Selection): Diagnostic {
  const cuts = [
    ...(from === undefined ? [] : [`--from ${from}`]),
    ...(until === undefined ? [] : [`--until ${until}`]),
  ].join(' ');
  const of = targets.length === 0 ? '' : ` of ${targets.join(' ')}`;
  return {
    message: `${cuts} leaves no stage${of}`,
    hint: '--from takes a stage and what needs it, --until a stage and what it needs; pipeline graph shows which is which',
  };
}

function idsOf(result: Result<readonly string[], readonly Diagnostic[]> | undefined): readonly string[] {
  return result?.ok === true ? result.value : [];
}

/** The instance ids that several TARGETs mean. */
export function resolveTargets(
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

/** The instance ids that one TARGET means: a stage, an instance, a target list, an output path (or a folder of them), or a pattern of these. */
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
  const makers = plan.stages.filter((stage) => (isPattern(target) ? isMeant(stage, target) : makes(stage, target)));
  return makers.length > 0 ? ok(makers.map((stage) => stage.id)) : err(unknownTarget(plan, target));
}

/** The instance ids that a stage's or an instance's name means, or a pattern of these. */
export function selectNamed(plan: Plan, name: string): Result<readonly string[], Diagnostic> {
  const found = plan.stages.filter(
    (stage) => stage.stage === name || stage.id === name || (isPattern(name) && hasName(stage, name)),
  );
  if (found.length > 0) return ok(found.map((stage) => stage.id));
  const target = resolveTarget(plan, name);
  return target.ok ? err({ message: 'name a stage' }) : target;
}

/** Whether a pattern means the stage or the instance; a value on an axis may hold a slash. */
function hasName(stage: PlannedStage, pattern: string): boolean {
  return [stage.stage, stage.id].some((name) => matchesPattern(pattern, name.replaceAll('/', ' ')));
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

/** Whether a pattern means the stage, the instance, or one of its outputs (or a folder of them). */
function isMeant(stage: PlannedStage, pattern: string): boolean {
  const wanted = projectPath(pattern.replace(/^\.\//, ''));
  if (hasName(stage, wanted)) return true;
  if (!wanted.startsWith(`${artifactsFolder}/`)) return false;
  return Object.values(stage.outputs).some(({ path, folder }) => {
    const parts = projectPath(path).split('/');
    const above = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    const within = wanted.split('/').slice(0, parts.length).join('/');
    return above.some((one) => matchesPattern(wanted, one)) || (folder && matchesPattern(within, above.at(-1)!));
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
  const all = new Set(selected.map((stage) => stage.id));
  if (force === true) return ok(all);
  const ids = new Set<string>();
  for (const name of force) {
    const found = selectNamed(plan, name);
    if (!found.ok) return err([{ ...found.error, message: `--force=${name}: ${found.error.message}` }]);
    const chosen = found.value.filter((id) => all.has(id));
    if (chosen.length === 0)
      return err([
        { message: `--force=${name}: it is not among the stages of this run`, hint: 'name it as a target too' },
      ]);
    for (const id of chosen) ids.add(id);
  }
  return ok(ids);
}
