/** Holds pipeline data against its JSON Schema and puts ajv's findings into located words. Knows no stage semantics. */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { didYouMean } from '../../base/suggest.ts';
import type { Json } from '../model/plan.ts';
import { printable } from '../model/words.ts';
import type { JsonPath } from './located-yaml.ts';
import { kindOf } from './params.ts';
import type { Problems } from './problems.ts';

/** The schema of every pipeline.yaml. */
export const pipelineSchemaFile: URL = new URL('../../../../schemas/pipeline.schema.json', import.meta.url);

const includedSchemaFile = new URL('experiment.schema.json', pipelineSchemaFile);

/** Names of stages, slots, profiles and included files. */
export const namePattern: RegExp = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/;

let validators: { readonly pipeline: ValidateFunction; readonly included: ValidateFunction } | undefined;

/** Both are compiled once: it takes longer than the rest. */
function validatorsOf(): NonNullable<typeof validators> {
  if (validators !== undefined) return validators;
  const read = (file: URL): object => JSON.parse(readFileSync(file, 'utf8')) as object;
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false });
  ajv.addSchema(read(pipelineSchemaFile), 'pipeline.schema.json');
  const pipeline = ajv.getSchema('pipeline.schema.json')!;
  validators = { pipeline, included: ajv.compile(read(includedSchemaFile)) };
  return validators;
}

/** Reports everything in which a document differs from schemas/pipeline.schema.json; gives the paths of the values that do. */
export function checkPipelineSchema(value: Json, problems: Problems): readonly JsonPath[] {
  return checkSchema(validatorsOf().pipeline, value, problems);
}

/** The same for a file that pipeline.yaml includes: schemas/experiment.schema.json. */
export function checkIncludedSchema(value: Json, problems: Problems): readonly JsonPath[] {
  return checkSchema(validatorsOf().included, value, problems);
}

function checkSchema(validate: ValidateFunction, value: Json, problems: Problems): readonly JsonPath[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => {
    const path = pathOf(error.instancePath);
    const words = wordsFor(error, path);
    if (words !== undefined) problems.report(words.path ?? path, words.message, words.hint, words.what);
    return error.propertyName === undefined ? path : [...path, error.propertyName];
  });
}

interface Words {
  readonly message: string;
  readonly hint?: string;
  readonly path?: JsonPath;
  readonly what?: 'key' | 'value';
}

/** What one of ajv's errors means, in the words of a pipeline file; undefined for those that repeat another. */
export function wordsFor(error: ErrorObject, path: JsonPath): Words | undefined {
  const name = nameOf(path);
  const schema = (error.parentSchema ?? {}) as { readonly [keyword: string]: unknown };
  const got = error.data as Json;
  if (error.propertyName !== undefined) return badName(error.propertyName, schema['description'], path);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error.params['additionalProperty'] as string, schema, path);
    case 'required':
      if (error.schemaPath.includes('/oneOf/')) return undefined;
      return { message: `${name} lacks '${printable(String(error.params['missingProperty']))}'`, what: 'key' };
    case 'oneOf':
      return oneOfWords(name, got);
    case 'propertyNames':
      return undefined;
    case 'minProperties':
    case 'minItems':
      return { message: `${name} is empty` };
    default:
      return { message: `${name}: expected ${expectation(error, schema)}, got ${printable(show(got))}` };
  }
}

function badName(key: string, description: unknown, path: JsonPath): Words {
  const hint = typeof description === 'string' ? { hint: `expected ${description}` } : {};
  return { message: `'${printable(key)}' cannot be a name here`, path: [...path, key], what: 'key', ...hint };
}

function expectation(error: ErrorObject, schema: { readonly [keyword: string]: unknown }): string {
  const types = [schema['type']].flat();
  const nested = types.includes('object') || types.includes('array');
  if (error.keyword === 'type' && nested) return types.map(describeType).join(' or ');
  if (typeof schema['description'] === 'string') return schema['description'];
  if (error.keyword === 'type') return types.map(describeType).join(' or ');
  if (error.keyword === 'enum') return `one of ${(schema['enum'] as Json[]).map((v) => JSON.stringify(v)).join(', ')}`;
  if (error.keyword === 'const') return JSON.stringify(schema['const']);
  return `something that ${error.message ?? 'fits the schema'}`;
}

function describeType(type: unknown): string {
  const names: Record<string, string> = {
    object: 'keys and values',
    array: 'a list',
    string: 'a text',
    number: 'a number',
    integer: 'a whole number',
    boolean: 'true or false',
    null: 'nothing',
  };
  return names[String(type)] ?? String(type);
}

function show(value: Json): string {
  if (value === null || typeof value !== 'object')
    return `${kindOf(value)} ${JSON.stringify(value)}`.replace(/^null /, '');
  return kindOf(value);
}

function unknownKey(key: string, schema: { readonly [keyword: string]: unknown }, path: JsonPath): Words {
  const known = Object.keys((schema['properties'] ?? {}) as object);
  const hint =
    key === '<<'
      ? 'merge keys belong to YAML 1.1; write the keys out'
      : (didYouMean(key, known) ?? `known keys are: ${known.join(', ')}`);
  const where = path.length === 0 ? '' : ` in ${nameOf(path)}`;
  return { message: `unknown key '${printable(key)}'${where}`, hint, path: [...path, key], what: 'key' };
}

function oneOfWords(name: string, got: Json): Words {
  const both = typeof got === 'object' && got !== null && 'module' in got && 'command' in got;
  const message = both ? `${name} has both 'module' and 'command'` : `${name} has neither 'module' nor 'command'`;
  return { message, hint: 'a stage runs one of them', what: 'key' };
}

/** `inputs.map of stage 'smooth'`, `params.train.epochs`, `the file`. */
export function nameOf(path: JsonPath): string {
  if (path.length === 0) return 'the file';
  if (path[0] !== 'stages' || path.length === 1) return `'${printable(path.join('.'))}'`;
  const stage = `stage '${printable(String(path[1]))}'`;
  return path.length === 2 ? stage : `'${printable(path.slice(2).join('.'))}' of ${stage}`;
}

/** The steps of a JSON pointer. */
export function pathOf(pointer: string): JsonPath {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
