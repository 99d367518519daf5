/** Stage contracts against the plan, in located words. Loaded only when something changed; reads no files. */
import type { ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Diagnostic, Location } from '../../base/located-error.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { PortContract } from '../../stage.ts';
import { locatePlan } from '../load/build-plan.ts';
import { pathOf, wordsFor } from '../load/check-schema.ts';
import type { LoadOptions } from '../load/load-plan.ts';
import type { JsonPath, LocatedYaml } from '../load/located-yaml.ts';
import { isObject, type JsonObject, valueAt } from '../load/params.ts';
import { collectProblems, type Problems, sortedProblems } from '../load/problems.ts';
import type { RawPipeline } from '../load/raw-pipeline.ts';
import type { Plan, PlannedStage } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { StageContract } from './describe-modules.ts';

interface Check {
  readonly load: LoadOptions;
  readonly yaml: LocatedYaml;
  readonly raw: RawPipeline;
  readonly problems: Problems;
}

/** Everything in which pipeline.yaml does not fit the contracts; `text` is the file's. */
export function checkContracts(
  load: LoadOptions,
  plan: Plan,
  stages: readonly PlannedStage[],
  contracts: ReadonlyMap<string, StageContract>,
  text: string,
): readonly Diagnostic[] {
  const file = load.file ?? 'pipeline.yaml';
  const located = locatePlan({ text, file, profiles: load.profiles, sets: load.sets });
  if (located === undefined) return [{ at: { file }, message: 'changed while it was checked' }];
  const check: Check = { load, ...located, problems: collectProblems(located.yaml) };
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false });
  for (const stage of stages) {
    const contract = stage.work.kind === 'module' ? contracts.get(stage.work.module) : undefined;
    if (contract === undefined) continue;
    checkPorts(check, stage, 'inputs', contract.inputs);
    checkPorts(check, stage, 'outputs', contract.outputs);
    checkParams(check, plan, stage, contract, ajv);
  }
  return sortedProblems(check.problems.list);
}

function checkPorts(
  check: Check,
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
      check.problems.report(path, `${module} has no ${what} '${printable(name)}'`, hint, 'key');
    } else if (group === 'outputs' && ports[name]!.kind === 'folder' && !stage.outputs[name]!.folder) {
      check.problems.report(path, `${module} makes a folder of output '${name}'`, 'write it with a final /');
    }
  }
  for (const [name, port] of Object.entries(ports)) {
    if (port.optional === true || Object.hasOwn(declared, name)) continue;
    const path = Object.hasOwn(check.raw.stages[stage.stage] ?? {}, group) ? [group] : [];
    const hint = `${port.about || port.kind}; add it: ${group}: { ${name}: … }`;
    check.problems.report(
      ['stages', stage.stage, ...path],
      `stage '${stage.stage}' lacks the ${what} '${name}' of ${module}`,
      hint,
      'key',
    );
  }
}

function checkParams(check: Check, plan: Plan, stage: PlannedStage, contract: StageContract, ajv: Ajv2020): void {
  const module = stage.work.kind === 'module' ? stage.work.module : '';
  let errors: readonly ErrorObject[];
  try {
    const validate = ajv.compile(contract.params);
    if (validate(stage.params)) return;
    errors = validate.errors ?? [];
  } catch (error) {
    check.problems.add({ at: { file: module }, message: `its params schema is none: ${(error as Error).message}` });
    return;
  }
  for (const error of errors) {
    const path = pathOf(error.instancePath).map(String);
    const words = error.keyword === 'if' ? undefined : wordsFor(error, ['params', ...path]);
    if (words === undefined) continue;
    const undeclared = undeclaredHint(error, path, plan, stage);
    const keyPath = (words.path ?? ['params', ...path]).slice(1).map(String);
    const place =
      undeclared === undefined ? placeOfParam(check, stage, keyPath, words.what) : placeOfStage(check, stage);
    const hint = undeclared ?? words.hint;
    check.problems.add({
      ...(place.at === undefined ? {} : { at: place.at }),
      message: `${place.from}${words.message}, says ${module} (stage '${stage.stage}')`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

interface Place {
  readonly at?: Location;
  readonly from: string;
}

function placeOfStage(check: Check, stage: PlannedStage): Place {
  return { at: check.yaml.placeOf(['stages', stage.stage, 'params'], 'key'), from: '' };
}

/** A key that the tree has and the stage does not declare is the most likely cause of a missing one. */
function undeclaredHint(
  error: ErrorObject,
  path: readonly string[],
  plan: Plan,
  stage: PlannedStage,
): string | undefined {
  if (error.keyword !== 'required') return undefined;
  const key = [...path, String(error.params['missingProperty'])].join('.');
  if (valueAt(plan.params, key) === undefined || valueAt(stage.params, key) !== undefined) return undefined;
  return `declare it: params: [${key}]`;
}

/** Where the value at a path of the parameter tree was last written: --set, a matrix axis, a profile, or params. */
function placeOfParam(check: Check, stage: PlannedStage, path: readonly string[], what?: 'key' | 'value'): Place {
  const key = path.join('.');
  const within = (outer: string): boolean => key === outer || key.startsWith(`${outer}.`);
  const set = check.load.sets.findLast((setting) => within(setting.slice(0, setting.indexOf('='))));
  if (set !== undefined) return { from: `--set ${printable(set)}: ` };
  const axis = Object.keys(stage.axes).find(within);
  if (axis !== undefined) return { at: check.yaml.placeOf(['stages', stage.stage, 'matrix', axis]), from: '' };
  for (const profile of [...check.load.profiles].reverse()) {
    const tree: JsonObject = check.raw.profiles?.[profile]?.params ?? {};
    if (writes(tree, path)) return { at: check.yaml.placeOf(['profiles', profile, 'params', ...path], what), from: '' };
  }
  const at: JsonPath = ['params', ...path];
  return { at: check.yaml.placeOf(at, what), from: '' };
}

/** Whether laying a tree over another decides the value at this path. */
function writes(tree: JsonObject, path: readonly string[]): boolean {
  let here: unknown = tree;
  for (const step of path) {
    if (!isObject(here as never)) return true;
    const record = here as JsonObject;
    if (!Object.hasOwn(record, step)) return false;
    here = record[step];
  }
  return true;
}
