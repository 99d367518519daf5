/** What ajv finds wrong with parameters, in words that state the constraint: `train.epochs is -1, must be at least 1`. Knows no files. */
import type { ErrorObject } from 'ajv';
import { choicesOf, describeSchema } from '../../base/describe-schema.ts';
import type { Schema } from '../../base/schema.ts';
import { didYouMean } from '../../base/suggest.ts';
import { pathOf } from '../load/check-schema.ts';
import type { Json } from '../model/plan.ts';
import { printable } from '../model/words.ts';

/** One thing that is wrong. */
export interface Finding {
  /** Keys from the root of the parameters to what is wrong. */
  readonly path: readonly string[];
  readonly what: 'key' | 'value';
  readonly keyword: string;
  readonly message: string;
  readonly hint?: string;
  /** The value that is wrong, where one is. */
  readonly value?: Json;
  /** The key that is missing in what stands at `path`. */
  readonly missing?: string;
  /** Whether a text could stand there. */
  readonly takesText?: boolean;
}

/** Of errors with `allErrors` and `verbose`: a union is explained by the form that the value comes nearest to. */
export function findingsOf(errors: readonly ErrorObject[]): readonly Finding[] {
  const unions = errors.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  const outer = errors.filter(
    (error) => !unions.some((union) => isInside(error, union)) && !errors.some((other) => isSaidBy(error, other)),
  );
  return outer.flatMap((error) => (unions.includes(error) ? explainUnion(error, errors) : explain(error)));
}

function isInside(error: ErrorObject, union: ErrorObject): boolean {
  if (error === union || !error.schemaPath.startsWith(`${union.schemaPath}/`)) return false;
  return error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
}

/** Of a value of the wrong type nothing more is said: the words for the type state the bounds too. */
function isSaidBy(error: ErrorObject, other: ErrorObject): boolean {
  return (
    other !== error &&
    other.keyword === 'type' &&
    other.instancePath === error.instancePath &&
    other.parentSchema === error.parentSchema
  );
}

function explainUnion(union: ErrorObject, errors: readonly ErrorObject[]): readonly Finding[] {
  const inside = errors.filter((error) => isInside(error, union));
  const forms = (union.schema as readonly Schema[]).map((schema, i) => ({
    schema,
    errors: inside.filter((error) => error.schemaPath.startsWith(`${union.schemaPath}/${i}/`)),
  }));
  const fitting = forms.filter((form) => form.errors.length === 0);
  if (fitting.length > 1) return [found(union, 'fits more than one of its forms')];
  const near = forms.filter((form) => !form.errors.some((error) => isOfOtherKind(error, union)));
  if (near.length === 0) return [mustBe(union, { oneOf: forms.map(({ schema }) => schema) })];
  return near
    .map((form) => ({ findings: findingsOf(form.errors), apart: form.errors.filter(isOfOtherName).length }))
    .reduce((best, other) => (distance(other) < distance(best) ? other : best)).findings;
}

/** Forms that are told apart by a constant, such as `kind: …`, are near where it is right. */
function isOfOtherName({ keyword }: ErrorObject): boolean {
  return keyword === 'const';
}

function distance(form: { readonly findings: readonly Finding[]; readonly apart: number }): number {
  return form.apart * 1000 + form.findings.length;
}

function isOfOtherKind(error: ErrorObject, union: ErrorObject): boolean {
  const said = ['type', 'enum', 'const', 'oneOf', 'anyOf'].includes(error.keyword);
  return said && error.instancePath === union.instancePath;
}

/** One error that is not a union's; none where another one says it better. */
function explain(error: ErrorObject): readonly Finding[] {
  const schema = (error.parentSchema ?? {}) as Schema;
  if (error.propertyName !== undefined) return [wrongName(error, error.propertyName)];
  switch (error.keyword) {
    case 'type':
    case 'enum':
    case 'const':
      return [mustBe(error, schema)];
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return [unknownKey(error, schema)];
    case 'required':
      return [missingKey(error)];
    case 'propertyNames':
    case 'if':
      return [];
    default:
      return [mustHave(error)];
  }
}

function mustBe(error: ErrorObject, schema: Schema): Finding {
  const choices = choicesOf(schema);
  const near = typeof error.data === 'string' ? didYouMean(error.data, choices.map(String)) : undefined;
  return found(error, `is ${shown(error.data as Json)}, must be ${describeSchema(schema)}`, near);
}

/** A bound that is not kept. */
function mustHave(error: ErrorObject): Finding {
  const { keyword, data } = error;
  const limit = error.schema;
  const size = Array.isArray(data) ? data.length : typeof data === 'string' ? data.length : sizeOf(data);
  const bounds: Readonly<Record<string, string>> = {
    minimum: `at least ${limit}`,
    maximum: `at most ${limit}`,
    exclusiveMinimum: `above ${limit}`,
    exclusiveMaximum: `below ${limit}`,
    multipleOf: `a multiple of ${limit}`,
    pattern: `a text that matches ${limit}`,
  };
  const sizes: Readonly<Record<string, readonly [what: string, bound: string]>> = {
    minItems: ['item', 'at least'],
    maxItems: ['item', 'at most'],
    minLength: ['character', 'at least'],
    maxLength: ['character', 'at most'],
    minProperties: ['key', 'at least'],
    maxProperties: ['key', 'at most'],
  };
  if (bounds[keyword] !== undefined) return found(error, `is ${shown(data as Json)}, must be ${bounds[keyword]}`);
  if (sizes[keyword] !== undefined) {
    const [what, bound] = sizes[keyword];
    return found(error, `has ${size} ${what}${size === 1 ? '' : 's'}, must have ${bound} ${limit}`);
  }
  return found(error, `is ${shown(data as Json)}, which does not fit: ${error.message ?? keyword}`);
}

function found(error: ErrorObject, message: string, hint?: string): Finding {
  const path = pathOf(error.instancePath).map(String);
  const { description } = (error.parentSchema ?? {}) as Schema;
  const advice = hint ?? (typeof description === 'string' ? `${lastOf(path)}: ${description}` : undefined);
  return {
    path,
    what: 'value',
    keyword: error.keyword,
    message: `${dottedKey(path)} ${message}`,
    ...(advice === undefined ? {} : { hint: advice }),
    value: error.data as Json,
    takesText: error.keyword === 'type' && [(error.parentSchema as Schema)['type']].flat().includes('string'),
  };
}

function unknownKey(error: ErrorObject, schema: Schema): Finding {
  const path = pathOf(error.instancePath).map(String);
  const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
  const known = Object.keys((schema['properties'] ?? {}) as object);
  const hint = didYouMean(key, known) ?? `known keys are: ${known.join(', ') || 'none'}`;
  const message = `unknown key '${printable(key)}' in ${groupOf(path)}`;
  return { path: [...path, key], what: 'key', keyword: error.keyword, message, hint };
}

function missingKey(error: ErrorObject): Finding {
  const path = pathOf(error.instancePath).map(String);
  const key = String(error.params['missingProperty']);
  const message = `${groupOf(path)} lacks '${printable(key)}'`;
  return { path, what: 'key', keyword: error.keyword, message, missing: key };
}

function wrongName(error: ErrorObject, key: string): Finding {
  const path = pathOf(error.instancePath).map(String);
  const message = `'${printable(key)}' cannot be a key of ${groupOf(path)}: it ${error.message ?? 'does not fit'}`;
  return { path: [...path, key], what: 'key', keyword: 'propertyNames', message };
}

/** `'params.train'`: what holds a key that is unknown or missing. */
function groupOf(path: readonly string[]): string {
  return `'${printable(dottedKey(['params', ...path]))}'`;
}

/** `train.parameters[0].what` */
export function dottedKey(path: readonly string[]): string {
  const text = path.reduce((key, step) => (/^\d+$/.test(step) ? `${key}[${step}]` : `${key}.${step}`), '');
  return path.length === 0 ? 'params' : printable(text.replace(/^\./, ''), 200);
}

function lastOf(path: readonly string[]): string {
  return printable(path.findLast((step) => !/^\d+$/.test(step)) ?? 'params');
}

function sizeOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** A value short enough for a message. */
export function shown(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : printable(JSON.stringify(value));
}
