/** The tree of parameters: profiles laid over it, --set, the keys that a stage sees. Knows no files. */
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean, suggest } from '../../base/suggest.ts';
import type { Json } from '../model/plan.ts';
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

/**
 * One `--set key=value` laid on the tree. The key must exist, or lie below a key whose value is null or `{}`; a
 * number, text, boolean or list takes only its like or null, so that a slip of the hand is no silent change of type.
 */
export function applySet(tree: JsonObject, setting: string, parse: ParseSetValue): Result<JsonObject, Diagnostic> {
  const equals = setting.indexOf('=');
  const shown = `--set ${printable(setting)}`;
  if (equals < 1) return err({ message: `${shown}: expected key=value`, hint: 'such as --set train.epochs=3' });
  const key = setting.slice(0, equals);
  if (key.split('.').some((step) => step === '' || step === '__proto__'))
    return err({ message: `${shown}: '${printable(key)}' is not a dotted key`, hint: 'such as train.epochs' });
  const typed = setting.slice(equals + 1);
  const value = setValue(tree, key, typed, parse(typed));
  return value.ok
    ? ok(withValue(tree, key, value.value))
    : err({ ...value.error, message: `${shown}: ${value.error.message}` });
}

/** The value that a key is to have, given what it has now. */
function setValue(tree: JsonObject, key: string, typed: string, parsed: SetValue): Result<Json, Diagnostic> {
  const present = valueAt(tree, key);
  const refuse = (message: string): Result<Json, Diagnostic> => {
    const hint =
      typeof present === 'string' ? `write the text in quotes: --set ${quotedSetting(key, typed)}` : undefined;
    return err({ message, ...(hint === undefined ? {} : { hint }) });
  };
  const misplaced = misplacedKey(tree, key);
  if (misplaced !== undefined && parsed.kind !== 'refused') return err(misplaced);
  if (parsed.kind === 'refused') return refuse(parsed.message);
  if (parsed.kind === 'no-number') return typeof present === 'string' ? ok(parsed.text) : refuse(parsed.message);
  if (parsed.kind === 'empty') {
    if (typeof present === 'string') return ok('');
    if (present === undefined || present === null) return ok(null);
    const has = `'${key}' is ${kindOf(present)} (${printable(JSON.stringify(present))})`;
    return err({ message: `${has}, got nothing`, hint: `to empty it: --set ${key}=null` });
  }
  const { value } = parsed;
  const takesAny = present === undefined || present === null || value === null || isObject(present);
  if (takesAny || kindOf(present) === kindOf(value)) return ok(value);
  return refuse(`'${key}' is ${kindOf(present)} (${printable(JSON.stringify(present))}), got ${kindOf(value)}`);
}

/** `'name="run #3"'`: a text as a shell and YAML take it to the letter. */
function quotedSetting(key: string, text: string): string {
  return `'${`${key}=${JSON.stringify(text)}`.replaceAll("'", "'\\''")}'`;
}

/** Why a value cannot stand at this key, whatever it is. */
function misplacedKey(tree: JsonObject, key: string): Diagnostic | undefined {
  let here: Json = tree;
  const steps = key.split('.');
  for (const [depth, step] of steps.entries()) {
    if (here === null || (isObject(here) && depth > 0 && Object.keys(here).length === 0)) return undefined;
    const above = steps.slice(0, depth).join('.');
    if (!isObject(here)) return { message: `'${above}' is ${kindOf(here)} and holds no keys` };
    if (!Object.hasOwn(here, step)) return unknownKey(tree, key);
    here = here[step]!;
  }
  return undefined;
}

function unknownKey(tree: JsonObject, key: string): Diagnostic {
  const hint =
    didYouMeanKey(tree, key) ??
    `the keys are: ${Object.keys(tree)
      .map((k) => printable(k))
      .join(', ')}`;
  return { message: `no parameter '${printable(key)}'`, hint };
}
