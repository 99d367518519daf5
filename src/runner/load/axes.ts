/** A stage's `set` and `matrix` → what each of its instances lays over the tree of parameters; reports what is wrong with them. Looks at no files. */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Json } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { JsonPath } from './located-yaml.ts';
import type { Axis, AxisValue } from './matrix.ts';
import { didYouMeanKey, isObject, type JsonObject, kindOf, valueAt, withValue } from './params.ts';
import type { Problems } from './problems.ts';
import type { RawStage } from './raw-pipeline.ts';

const valuePattern = /^[A-Za-z0-9_.+-]{1,100}$/;

/** What a stage's own part of the file is read against. */
export interface AxisScope {
  readonly stage: string;
  readonly raw: RawStage;
  readonly tree: JsonObject;
  readonly problems: Problems;
}

/** `${params.nulls.seeds}` → `nulls.seeds`; undefined for anything else. */
function referenceOf(value: Json): string | undefined {
  return typeof value === 'string' ? /^\$\{params\.([^{}]+)\}$/.exec(value)?.[1] : undefined;
}

/** The value that a reference means; reports one that means nothing. */
function lookUp({ tree, problems }: AxisScope, key: string, at: JsonPath): Json | undefined {
  const value = valueAt(tree, key);
  if (value === undefined)
    problems.report(
      at,
      `\${params.${printable(key)}}: no parameter '${printable(key)}'`,
      didYouMeanKey(tree, key) ?? 'add it to params',
    );
  return value;
}

/** The axes of a stage in the order of the file; of a wrong one nothing is left. */
export function planAxes(scope: AxisScope): readonly Axis[] {
  return Object.entries(scope.raw.matrix ?? {}).flatMap(([name, written]) => {
    const at = ['stages', scope.stage, 'matrix', name];
    const key = referenceOf(written as Json);
    const given = key === undefined ? (written as Json) : lookUp(scope, key, at);
    if (given === undefined) return [];
    if (Array.isArray(given)) return [parameterAxis(scope, name, given as readonly Json[], at, key)];
    if (isObject(given) && Object.keys(given).length > 0) return [settingsAxis(scope, name, given, at)];
    scope.problems.report(
      at,
      `'${name}' is laid over ${isObject(given) ? 'nothing' : kindOf(given)}`,
      'expected a list of values, or settings by name: { name: { key: value } }',
    );
    return [];
  });
}

function parameterAxis(
  scope: AxisScope,
  name: string,
  values: readonly Json[],
  at: JsonPath,
  key: string | undefined,
): Axis {
  const { tree, problems } = scope;
  if (valueAt(tree, name) === undefined) doubtKey(scope, name, at, `no parameter '${name}' to lay the axis over`);
  if (values.length === 0) problems.report(at, `the axis '${name}' has no values`);
  const seen = new Set<string>();
  for (const [i, value] of values.entries()) {
    const place = key === undefined ? [...at, i] : at;
    if (typeof value === 'object' || !valuePattern.test(String(value)))
      problems.report(place, `${printable(JSON.stringify(value))} cannot be a value of the axis '${name}'`, valueHint);
    else if (seen.has(String(value)))
      problems.report(place, `the value ${String(value)} stands twice on the axis '${name}'`);
    seen.add(String(value));
  }
  return {
    name,
    kind: 'parameter',
    values: values.map((value): AxisValue => ({ value, settings: { [name]: value } })),
  };
}

const valueHint = 'a number, a boolean, or a text of letters, digits and _ . + -';

function settingsAxis(scope: AxisScope, name: string, given: JsonObject, at: JsonPath): Axis {
  const values = Object.entries(given).map(([label, settings]): AxisValue => {
    const place = [...at, label];
    if (!valuePattern.test(label))
      scope.problems.report(place, `'${printable(label)}' cannot name a value of the axis '${name}'`, valueHint, 'key');
    if (settings !== null && !isObject(settings)) {
      scope.problems.report(place, `'${printable(label)}' is ${kindOf(settings)}`, 'expected { key: value }');
      return { value: label, settings: {} };
    }
    return { value: label, settings: planSettings(scope, settings ?? {}, place) };
  });
  return { name, kind: 'settings', values };
}

/**
 * Dotted keys and their values, references put in. A reference to a parameter that is null leaves the key as it is, so that an experiment's
 * own parameter can be laid over a shared one by some profiles and not by others.
 */
export function planSettings(scope: AxisScope, written: JsonObject, at: JsonPath): JsonObject {
  const settings: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(written)) {
    const place = [...at, key];
    if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(key)) {
      scope.problems.report(place, `'${printable(key)}' is not a dotted key`, 'such as train.epochs', 'key');
      continue;
    }
    const reference = referenceOf(value);
    const meant = reference === undefined ? value : lookUp(scope, reference, place);
    if (meant === undefined || (reference !== undefined && meant === null)) continue;
    if (valueAt(scope.tree, key) === undefined) doubtKey(scope, key, place, `no parameter '${printable(key)}'`);
    settings[key] = meant;
  }
  return settings;
}

/** What a stage's `set` lays over the tree for all its instances. Every key of it must be seen by the stage. */
export function planOwnSettings(scope: AxisScope): JsonObject {
  const { stage, raw, problems } = scope;
  const at = ['stages', stage, 'set'];
  for (const key of Object.keys(raw.set ?? {}))
    if (!sees(raw, key))
      problems.report(
        [...at, key],
        `stage '${stage}' does not see '${printable(key)}'`,
        `add it to its params: [${printable(key.split('.')[0]!)}]`,
        'key',
      );
  return planSettings(scope, raw.set ?? {}, at);
}

/** Whether a stage declares a key, what it lies in, or something of it. */
export function sees(raw: RawStage, key: string): boolean {
  return (raw.params ?? []).some((own) => own === key || key.startsWith(`${own}.`) || own.startsWith(`${key}.`));
}

/** A module's schema may know a parameter that pipeline.yaml leaves to its default. */
function doubtKey({ raw, tree, problems }: AxisScope, key: string, path: JsonPath, message: string): void {
  const hint = didYouMeanKey(tree, key) ?? 'add it to params';
  if (raw.module === undefined) problems.report(path, message, hint, 'key');
  else problems.doubt({ key, unknown: true, refusal: { at: problems.placeOf(path, 'key'), message, hint } });
}

/** The tree with settings laid over it. */
export function laidOver(tree: JsonObject, settings: JsonObject): JsonObject {
  let laid = tree;
  for (const [key, value] of Object.entries(settings)) laid = withValue(laid, key, value);
  return laid;
}

/**
 * One name means one thing in all stages that have the axis, since they are joined by it; and what it sets is seen by one of them at least, or
 * the instances would be the same under different names.
 */
export function checkSharedAxes(
  stages: readonly { readonly name: string; readonly raw: RawStage; readonly axes: readonly Axis[] }[],
  problems: Problems,
): void {
  const first = new Map<string, { readonly stage: string; readonly settings: string }>();
  for (const { name: stage, axes } of stages) {
    for (const { name, kind } of axes)
      if (kind === 'parameter' && !stages.some((one) => isSeen(one, name)))
        problems.report(
          ['stages', stage, 'matrix', name],
          `no stage with the axis '${name}' sees it`,
          `declare it: params: [${name}]`,
          'key',
        );
    for (const { name, values } of axes.filter(({ kind }) => kind === 'settings'))
      for (const { value, settings } of values) {
        const id = `${name}=${String(value)}`;
        const text = canonicalJson(settings);
        const other = first.get(id);
        if (other === undefined) first.set(id, { stage, settings: text });
        else if (other.settings !== text)
          problems.add({
            at: problems.placeOf(['stages', stage, 'matrix', name, String(value)], 'key'),
            message: `'${id}' sets something else than in stage '${other.stage}'`,
            related: [
              {
                at: problems.placeOf(['stages', other.stage, 'matrix', name, String(value)], 'key'),
                message: 'first stood here',
              },
            ],
            hint: 'let both refer to one parameter that holds the settings: wiring: "${params.NAME.wirings}"',
          });
        for (const key of Object.keys(settings))
          if (!stages.some((one) => one.axes.some((axis) => axis.name === name) && sees(one.raw, key)))
            problems.report(
              ['stages', stage, 'matrix', name, String(value), key],
              `no stage with the axis '${name}' sees '${key}'`,
              'give the axis to the stage that it is meant for',
              'key',
            );
      }
  }
}

/** A command sees its axes by themselves. */
function isSeen({ raw, axes }: { readonly raw: RawStage; readonly axes: readonly Axis[] }, name: string): boolean {
  return axes.some((axis) => axis.name === name) && (raw.module === undefined || sees(raw, name));
}
