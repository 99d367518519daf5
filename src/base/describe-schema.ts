/** What a JSON Schema takes, in words: `a whole number of at least 1`. Looks at no values. */
import { formsOf, type Schema } from './schema.ts';

/** The values of an enum, a const, or a union with such forms. */
export function choicesOf(schema: Schema): readonly unknown[] {
  const here = (schema['enum'] ?? ('const' in schema ? [schema['const']] : [])) as readonly unknown[];
  return [...here, ...formsOf(schema).flatMap(choicesOf)];
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

/** What a schema takes: `a whole number of at least 1`, `one of reference, wasm`, `a number above 0 or null`. */
export function describeSchema(schema: Schema): string {
  const forms = formsOf(schema);
  if (forms.length > 0) return [...new Set(forms.map(describeSchema))].join(', or ');
  const choices = choicesOf(schema);
  if (choices.length > 0) return describeChoices(choices);
  const types = [schema['type'] ?? []].flat().map(String);
  if (types.length === 0) return 'something else';
  return types.map((type) => describeType(type, schema)).join(' or ');
}

function describeChoices(choices: readonly unknown[]): string {
  const words = choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
  return words.length === 1 ? words[0]! : `one of ${words.join(', ')}`;
}

function describeType(type: string, schema: Schema): string {
  const word = typeWords[type] ?? type;
  if (type === 'number' || type === 'integer') return `${word}${describeRange(schema)}`;
  if (type === 'object' && Array.isArray(schema['required']) && schema['required'].length > 0)
    return `${word} with ${schema['required'].join(', ')}`;
  return type === 'array' ? `${word}${describeItems(schema)}` : word;
}

const manyWords: Readonly<Record<string, string>> = { string: 'texts', number: 'numbers', integer: 'whole numbers' };

function describeItems(schema: Schema): string {
  const { items, minItems, maxItems } = schema as { readonly items?: Schema; readonly [keyword: string]: unknown };
  const count = minItems !== undefined && minItems === maxItems ? `${minItems} ` : '';
  const what = manyWords[String(items?.['type'])] ?? (count === '' ? '' : 'items');
  return what === '' ? '' : ` of ${count}${what}`;
}

function describeRange(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const parts = [
    ...(minimum === undefined ? [] : [`of at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`of at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}
