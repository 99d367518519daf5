/** Parameters described once: JSON Schema as plain data, the type of what it describes, and its defaults filled in. Checks no values. */
import { canonicalJson } from './canonical-json.ts';

/** A JSON Schema as plain data. */
export type Schema = { readonly [keyword: string]: unknown };

/**
 * The type of a value of schema `S` (written `as const`) after `withDefaults`: what has a default, or is required, is there.
 * Knows const, enum, oneOf, anyOf, type, properties, required, additionalProperties, items and pairs (minItems = maxItems = 2).
 */
export type Filled<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly oneOf: readonly (infer M)[] }
      ? Filled<M>
      : S extends { readonly anyOf: readonly (infer M)[] }
        ? Filled<M>
        : S extends { readonly type: infer T }
          ? OfType<S, T>
          : unknown;

type OfType<S, T> = T extends readonly (infer U)[]
  ? OfType<S, U>
  : T extends 'number' | 'integer'
    ? number
    : T extends 'string'
      ? string
      : T extends 'boolean'
        ? boolean
        : T extends 'null'
          ? null
          : T extends 'array'
            ? FilledList<S>
            : T extends 'object'
              ? FilledObject<S>
              : unknown;

type FilledList<S> = S extends { readonly minItems: 2; readonly maxItems: 2; readonly items: infer I }
  ? readonly [Filled<I>, Filled<I>]
  : S extends { readonly items: infer I }
    ? readonly Filled<I>[]
    : readonly unknown[];

type FilledObject<S> = S extends { readonly properties: infer P }
  ? Flat<
      { readonly [K in PresentKey<S, P>]: Filled<P[K]> } & {
        readonly [K in Exclude<keyof P, PresentKey<S, P>>]?: Filled<P[K]>;
      }
    >
  : FilledMap<S>;

type FilledMap<S> = S extends { readonly additionalProperties: infer A extends Schema }
  ? { readonly [key: string]: Filled<A> }
  : { readonly [key: string]: unknown };

type PresentKey<S, P> = { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : RequiredKey<S, K> }[keyof P];
type RequiredKey<S, K> = S extends { readonly required: readonly (infer R)[] } ? Extract<K, R> : never;
type Flat<T> = { [K in keyof T]: T[K] };

/**
 * A copy of `value` in which every key that is left out and has a `default` in `schema` has it: in objects, in what a default gives, in
 * list items, and in the first form of a union that the value has. null is a value, not something left out. Cost: O(schema + value).
 */
export function withDefaults<const S extends Schema>(schema: S, value: unknown): Filled<S> {
  return fill(schema, value, schema) as Filled<S>;
}

function fill(schema: Schema, value: unknown, root: Schema): unknown {
  if (value === undefined && 'default' in schema) return fill(schema, structuredClone(schema['default']), root);
  if (typeof schema['$ref'] === 'string') return fill(resolveRef(schema['$ref'], root) ?? {}, value, root);
  if (value === undefined) return undefined;
  let filled: unknown = value;
  for (const part of schemasIn(schema, 'allOf')) filled = fill(part, filled, root);
  const form = formsOf(schema).find((one) => hasForm(one, value, root));
  if (form !== undefined) filled = fill(form, filled, root);
  if (Array.isArray(filled)) return fillList(schema, filled, root);
  return isRecord(filled) ? fillObject(schema, filled, root) : filled;
}

function fillList(schema: Schema, list: readonly unknown[], root: Schema): unknown {
  const { items } = schema;
  return isRecord(items) ? list.map((item) => fill(items, item, root)) : list;
}

function fillObject(schema: Schema, value: Schema, root: Schema): unknown {
  const properties = recordIn(schema, 'properties');
  const others = schema['additionalProperties'];
  const filled = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const below = Object.hasOwn(properties, key) ? properties[key] : others;
    filled.set(key, isRecord(below) ? fill(below, item, root) : item);
  }
  for (const [key, below] of Object.entries(properties)) {
    if (filled.has(key) || !isRecord(below)) continue;
    const item = fill(below, undefined, root);
    if (item !== undefined) filled.set(key, item);
  }
  return Object.fromEntries(filled);
}

/** Whether a value is of the kind that a schema describes: its type, choices and keys; ranges and patterns are not looked at. */
function hasForm(schema: Schema, value: unknown, root: Schema): boolean {
  if (typeof schema['$ref'] === 'string') return hasForm(resolveRef(schema['$ref'], root) ?? {}, value, root);
  if ('const' in schema && !isSame(schema['const'], value)) return false;
  if (Array.isArray(schema['enum']) && !schema['enum'].some((choice) => isSame(choice, value))) return false;
  if ('type' in schema && ![schema['type']].flat().some((type) => isOfType(type, value))) return false;
  const forms = formsOf(schema);
  if (forms.length > 0 && !forms.some((form) => hasForm(form, value, root))) return false;
  if (Array.isArray(value)) {
    const { items } = schema;
    return !isRecord(items) || value.every((item) => hasForm(items, item, root));
  }
  return !isRecord(value) || hasKeys(schema, value, root);
}

function hasKeys(schema: Schema, value: Schema, root: Schema): boolean {
  const properties = recordIn(schema, 'properties');
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  if (!required.every((key) => Object.hasOwn(value, String(key)))) return false;
  return Object.entries(value).every(([key, item]) => {
    const below = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'];
    return isRecord(below) ? hasForm(below, item, root) : below !== false;
  });
}

function isOfType(type: unknown, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

/** The forms of a union; none where the schema is not a union. */
export function formsOf(schema: Schema): readonly Schema[] {
  return [...schemasIn(schema, 'oneOf'), ...schemasIn(schema, 'anyOf')];
}

function schemasIn(schema: Schema, keyword: string): readonly Schema[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function recordIn(schema: Schema, keyword: string): Schema {
  const record = schema[keyword];
  return isRecord(record) ? record : {};
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `#/$defs/name` within the whole schema, or undefined where it leads nowhere. */
export function resolveRef(ref: string, root: Schema): Schema | undefined {
  if (!ref.startsWith('#')) return undefined;
  let here: unknown = root;
  for (const step of ref.slice(1).split('/').filter(Boolean)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    here = isRecord(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return isRecord(here) ? here : undefined;
}
