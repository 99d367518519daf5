/** Texts of pipeline.yaml and what it includes, profiles and --set → the plan, or everything that is wrong. Looks at no other file. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { Producer } from './artifact-inputs.ts';
import { checkSharedAxes } from './axes.ts';
import type { LocatedYaml } from './located-yaml.ts';
import { findCycles, topologicalOrder } from './order.ts';
import { applySet, type JsonObject, mergeDeep } from './params.ts';
import { type PlanSource, readWhole } from './pipeline-files.ts';
import { planExecution } from './plan-slurm.ts';
import { planInstances, planProducer } from './plan-stage.ts';
import { checkSlots } from './plan-surroundings.ts';
import { type Problems, sortedProblems } from './problems.ts';
import type { RawPipeline } from './raw-pipeline.ts';
import { resolveTarget } from './select.ts';
import { parseSetValue } from './set-value.ts';

/** The slow half of loading; cost about 0.3 ms a stage. */
export function buildPlan(source: PlanSource): Result<Plan, readonly Diagnostic[]> {
  const whole = readWhole(source);
  if (!whole.ok) return whole;
  const { raw, damaged, included, problems } = whole.value;
  const params = planParams(raw, source, problems);
  const { stages, ordered } = planStages(raw, params, damaged, problems);
  const { doubts } = problems;
  const plan: Plan = {
    version: 1,
    ...(included === undefined ? {} : { included }),
    params,
    ...(doubts.length === 0 ? {} : { doubts }),
    targets: raw.targets ?? {},
    ...(raw.ignore ? { ignore: raw.ignore } : {}),
    ...(raw.slots ? { slots: raw.slots } : {}),
    ...planExecution(raw, source.profiles, problems),
    stages: ordered,
  };
  checkTargets({ ...plan, stages }, problems);
  checkSlots(raw, problems);
  return problems.list.length > 0 ? err(sortedProblems(problems.list)) : ok(plan);
}

/** The whole tree after profiles and --set; reports unknown ones. */
export function planParams(raw: RawPipeline, source: PlanSource, problems: Problems): JsonObject {
  const profiles = raw.profiles ?? {};
  let tree: JsonObject = raw.params ?? {};
  checkDots(tree, ['params'], problems);
  for (const [name, profile] of Object.entries(profiles)) {
    checkDots(profile.params ?? {}, ['profiles', name, 'params'], problems);
    checkProfileKeys(name, profile.params ?? {}, raw, problems);
  }
  for (const name of source.profiles) {
    if (Object.hasOwn(profiles, name)) tree = mergeDeep(tree, profiles[name]!.params ?? {});
    else problems.add(unknownProfile(name, Object.keys(profiles)));
  }
  for (const setting of source.sets) {
    const set = applySet(tree, setting, parseSetValue);
    if (!set.ok) {
      problems.add(set.error);
      continue;
    }
    const { value, doubt } = set.value;
    if (doubt === undefined || isSeenByModule(raw, doubt.key)) tree = value;
    if (doubt === undefined) continue;
    if (isSeenByModule(raw, doubt.key)) problems.doubt(doubt);
    else problems.add(doubt.refusal);
  }
  return tree;
}

/** Whether a stage module declares the key, or what it lies in: only then can a schema speak for it. */
function isSeenByModule(raw: RawPipeline, key: string): boolean {
  return Object.values(raw.stages).some(
    (stage) =>
      stage.module !== undefined &&
      (stage.params ?? []).some((declared) => key === declared || key.startsWith(`${declared}.`)),
  );
}

function unknownProfile(name: string, known: readonly string[]): Diagnostic {
  const list = known.length === 0 ? 'the file has no profiles' : `the profiles are: ${known.join(', ')}`;
  return { message: `--profile ${printable(name)}: there is no such profile`, hint: didYouMean(name, known) ?? list };
}

/** A key with a dot at the top of the tree could not be told from a path into it. */
function checkDots(tree: JsonObject, path: readonly string[], problems: Problems): void {
  for (const key of Object.keys(tree)) {
    if (!key.includes('.')) continue;
    problems.report([...path, key], `the key '${printable(key)}' holds a dot`, 'nest the keys instead', 'key');
  }
}

/** A profile's top-level key that is in no tree and that no stage sees is a slip of the hand. */
function checkProfileKeys(name: string, over: JsonObject, raw: RawPipeline, problems: Problems): void {
  const params = raw.params ?? {};
  for (const key of Object.keys(over)) {
    if (Object.hasOwn(params, key)) continue;
    const seen = Object.values(raw.stages).some((stage) =>
      stage.params?.some((p) => p === key || p.startsWith(`${key}.`)),
    );
    if (seen) continue;
    const hint = didYouMean(key, Object.keys(params)) ?? `the keys of params are: ${Object.keys(params).join(', ')}`;
    problems.report(['profiles', name, 'params', key], `no stage sees a parameter '${printable(key)}'`, hint, 'key');
  }
}

/** Every instance in the order of the file, and those that stand in no cycle in the order of their needs. */
function planStages(
  raw: RawPipeline,
  tree: JsonObject,
  damaged: ReadonlySet<string>,
  problems: Problems,
): { readonly stages: readonly PlannedStage[]; readonly ordered: readonly PlannedStage[] } {
  const names = Object.keys(raw.stages);
  const producers = new Map<string, Producer>();
  for (const name of names)
    producers.set(name, planProducer(name, raw.stages[name]!, tree, damaged.has(name), problems));
  checkSharedAxes(
    names.map((name) => ({ name, raw: raw.stages[name]!, axes: producers.get(name)!.matrix })),
    problems,
  );
  const treeOf = (name: string): JsonObject => withPlan(tree, raw.plans?.[name]);
  const stages = names.flatMap((name) => planInstances(name, raw.stages[name]!, treeOf(name), producers, problems));
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const order = topologicalOrder(new Map(stages.map((stage) => [stage.id, stage.needs])));
  if (order.length < stages.length) reportCycles(stages, raw, problems);
  return { stages, ordered: order.map((id) => byId.get(id)!) };
}

/** What a stage of an included file sees under `plan`. */
function withPlan(tree: JsonObject, plan: JsonObject | undefined): JsonObject {
  return plan === undefined ? tree : { ...tree, plan };
}

function reportCycles(stages: readonly PlannedStage[], raw: RawPipeline, problems: Problems): void {
  const needs = new Map<string, string[]>();
  const stageOf = new Map(stages.map((stage) => [stage.id, stage.stage]));
  for (const stage of stages) {
    const before = needs.get(stage.stage) ?? [];
    needs.set(stage.stage, [...before, ...stage.needs.map((id) => stageOf.get(id)!)]);
  }
  for (const cycle of findCycles(needs)) {
    const first = cycle[0]!;
    const related = cycle.map((name, i) => hop(name, cycle[(i + 1) % cycle.length]!, raw, problems));
    const path = [...cycle, first].map((name) => `'${name}'`).join(' → ');
    problems.add({
      at: problems.placeOf(['stages', first], 'key'),
      message: `Cycle: ${path}`,
      related,
      hint: 'remove one of these inputs',
    });
  }
}

function hop(
  reader: string,
  producer: string,
  raw: RawPipeline,
  problems: Problems,
): { at: ReturnType<Problems['placeOf']>; message: string } {
  const inputs = Object.entries(raw.stages[reader]!.inputs ?? {});
  const port = inputs.find(([, path]) => path.split('/').filter((part) => part !== '.')[1] === producer);
  const at = problems.placeOf(['stages', reader, 'inputs', port?.[0] ?? '']);
  return { at, message: `'${reader}' reads ${port?.[1] ?? producer}` };
}

function checkTargets(plan: Plan, problems: Problems): void {
  const stageNames = new Set(plan.stages.map((stage) => stage.stage));
  for (const [list, targets] of Object.entries(plan.targets)) {
    if (stageNames.has(list))
      problems.report(['targets', list], `'${list}' is also a stage`, 'name the list otherwise', 'key');
    for (const [i, target] of targets.entries()) {
      const found = resolveTarget(plan, target);
      if (!found.ok) problems.report(['targets', list, i], found.error.message, found.error.hint);
    }
  }
}

/** The data and places of all files again, for those who have something to say about it later. */
export function locatePlan(source: PlanSource): { readonly yaml: LocatedYaml; readonly raw: RawPipeline } | undefined {
  const whole = readWhole(source);
  return whole.ok ? whole.value : undefined;
}
