/** The tree of parameters: profiles laid over it, --set, the keys that a stage sees. Knows no files. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean, suggest } from '../../base/suggest.ts';
import type { Doubt, Json } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { ParseSetValue, SetValue } from './set-value.ts';

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for messages. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as 'string'];
}

/** `over` laid on `base`: objects are merged key by key, everything else (lists and null too) replaces. */
export function mergeDeep(base: JsonObject, over: JsonObject): JsonObject {
  const merged: { [key: string]: Json } = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const present = Object.hasOwn(base, key) ? base[key] : undefined;
    merged[key] = isObject(present) && isObject(value) ? mergeDeep(present, value) : value;
  }
  return merged;
}

/** The value at a dotted key, or undefined. */
export function valueAt(tree: JsonObject, key: string): Json | undefined {
  let value: Json | undefined = tree;
  for (const step of key.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** A copy of the tree with one dotted key replaced; objects on the way are made where there are none. */
export function withValue(tree: JsonObject, key: string, value: Json): JsonObject {
  const dot = key.indexOf('.');
  if (dot < 0) return { ...tree, [key]: value };
  const head = key.slice(0, dot);
  const below = Object.hasOwn(tree, head) ? tree[head] : undefined;
  return { ...tree, [head]: withValue(isObject(below) ? below : {}, key.slice(dot + 1), value) };
}

/** A copy of the tree without what stands at a dotted key, nor the objects on the way that hold nothing else. */
export function withoutValue(tree: JsonObject, key: string): JsonObject {
  const dot = key.indexOf('.');
  const head = dot < 0 ? key : key.slice(0, dot);
  if (dot < 0) return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== head));
  const below = Object.hasOwn(tree, head) ? tree[head] : undefined;
  if (!isObject(below)) return tree;
  const rest = withoutValue(below, key.slice(dot + 1));
  return Object.keys(rest).length === 0 ? withoutValue(tree, head) : { ...tree, [head]: rest };
}

/** Every dotted key of the tree, objects included, in its order. */
export function dottedKeys(tree: JsonObject, before = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = `${before}${key}`;
    return isObject(value) ? [name, ...dottedKeys(value, `${name}.`)] : [name];
  });
}

/** "did you mean" for a dotted key: first among the keys beside the step that is missing, then anywhere. */
export function didYouMeanKey(tree: JsonObject, key: string): string | undefined {
  const steps = key.split('.');
  for (let depth = 0; depth < steps.length; depth++) {
    const known = steps.slice(0, depth).join('.');
    const here = depth === 0 ? tree : valueAt(tree, known);
    if (!isObject(here)) break;
    if (Object.hasOwn(here, steps[depth]!)) continue;
    const near = suggest(steps[depth]!, Object.keys(here));
    if (near !== undefined)
      return `did you mean '${[...steps.slice(0, depth), near, ...steps.slice(depth + 1)].join('.')}'?`;
    break;
  }
  return didYouMean(key, dottedKeys(tree));
}

/** The part of the tree that a list of dotted keys names; unknown keys are left out. */
export function pickParams(tree: JsonObject, keys: readonly string[]): JsonObject {
  let picked: JsonObject = {};
  for (const key of keys) {
    const value = valueAt(tree, key);
    if (value !== undefined && valueAt(picked, key) === undefined) picked = withValue(picked, key, value);
    else if (value !== undefined && isObject(value)) picked = withValue(picked, key, value);
  }
  return picked;
}

/** A value for a key, and why the tree by itself would not take it: the schema of a stage may. */
interface Setting<T> {
  readonly value: T;
  readonly doubt?: Doubt;
}

/**
 * One `--set key=value` laid on the tree. The key should exist, or lie below a key whose value is null or `{}`; a number, text, boolean or
 * list should take only its like or null, so that a slip of the hand does not change a type in silence: anything else comes back with a doubt.
 */
export function applySet(
  tree: JsonObject,
  setting: string,
  parse: ParseSetValue,
): Result<Setting<JsonObject>, Diagnostic> {
  const equals = setting.indexOf('=');
  const shown = `--set ${printable(setting)}`;
  if (equals < 1) return err({ message: `${shown}: expected key=value`, hint: 'such as --set train.epochs=3' });
  const key = setting.slice(0, equals);
  if (key.split('.').some((step) => step === '' || step === '__proto__'))
    return err({ message: `${shown}: '${printable(key)}' is not a dotted key`, hint: 'such as train.epochs' });
  const typed = setting.slice(equals + 1);
  const set = setValue(tree, key, typed, parse(typed));
  const about = (refusal: Diagnostic): Diagnostic => ({ ...refusal, message: `${shown}: ${refusal.message}` });
  if (!set.ok) return err(about(set.error));
  const { value, doubt } = set.value;
  const laid = withValue(tree, key, value);
  return ok({ value: laid, ...(doubt === undefined ? {} : { doubt: { ...doubt, refusal: about(doubt.refusal) } }) });
}

/** The value that a key is to have, given what it has now. */
function setValue(tree: JsonObject, key: string, typed: string, parsed: SetValue): Result<Setting<Json>, Diagnostic> {
  const present = valueAt(tree, key);
  const refusal = (message: string): Diagnostic => {
    const hint =
      typeof present === 'string' ? `write the text in quotes: --set ${quotedSetting(key, typed)}` : undefined;
    return { message, ...(hint === undefined ? {} : { hint }) };
  };
  const misplaced = misplacedKey(tree, key);
  if (parsed.kind === 'refused') return err(refusal(parsed.message));
  if (misplaced !== undefined) {
    if (parsed.kind === 'no-number' || misplaced.unknown === undefined) return err(misplaced.refusal);
    const value = parsed.kind === 'value' ? parsed.value : null;
    return ok({ value, doubt: { key, unknown: true, refusal: misplaced.refusal } });
  }
  if (parsed.kind === 'no-number')
    return typeof present === 'string' ? ok({ value: parsed.text }) : err(refusal(parsed.message));
  if (parsed.kind === 'empty') return emptied(key, present);
  const { value } = parsed;
  const takesAny = present === undefined || present === null || value === null || isObject(present);
  if (takesAny || kindOf(present) === kindOf(value)) return ok({ value });
  const message = `'${key}' is ${kindOf(present)} (${printable(JSON.stringify(present))}), got ${kindOf(value)}`;
  return ok({ value, doubt: { key, unknown: false, refusal: refusal(message) } });
}

function emptied(key: string, present: Json | undefined): Result<Setting<Json>, Diagnostic> {
  if (typeof present === 'string') return ok({ value: '' });
  if (present === undefined || present === null) return ok({ value: null });
  const has = `'${key}' is ${kindOf(present)} (${printable(JSON.stringify(present))})`;
  return err({ message: `${has}, got nothing`, hint: `to empty it: --set ${key}=null` });
}

/** `'name="run #3"'`: a text as a shell and YAML take it to the letter. */
export function quotedSetting(key: string, text: string): string {
  return `'${`${key}=${JSON.stringify(text)}`.replaceAll("'", "'\\''")}'`;
}

/** Why a value cannot stand at this key, whatever it is; `unknown` where the tree just does not have the key. */
function misplacedKey(
  tree: JsonObject,
  key: string,
): { readonly refusal: Diagnostic; readonly unknown?: true } | undefined {
  let here: Json = tree;
  const steps = key.split('.');
  for (const [depth, step] of steps.entries()) {
    if (here === null || (isObject(here) && depth > 0 && Object.keys(here).length === 0)) return undefined;
    const above = steps.slice(0, depth).join('.');
    if (!isObject(here)) return { refusal: { message: `'${above}' is ${kindOf(here)} and holds no keys` } };
    if (!Object.hasOwn(here, step)) {
      const message = `no parameter '${printable(key)}'`;
      return { refusal: { message, hint: hintForUnknown(tree, key) }, unknown: true };
    }
    here = here[step]!;
  }
  return undefined;
}

/** What was probably meant, or else the keys that stand where the first unknown step was looked for. */
export function hintForUnknown(tree: JsonObject, key: string): string {
  const near = didYouMeanKey(tree, key);
  if (near !== undefined) return near;
  const steps = key.split('.');
  const depth = steps.findIndex((_, i) => valueAt(tree, steps.slice(0, i + 1).join('.')) === undefined);
  const above = steps.slice(0, Math.max(0, depth)).join('.');
  const here = above === '' ? tree : valueAt(tree, above);
  const names = Object.keys(isObject(here) ? here : tree).map((name) => printable(name));
  return `the keys${above === '' ? '' : ` of '${printable(above)}'`} are: ${names.join(', ')}`;
}
