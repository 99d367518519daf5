/** The schemas of a project's stages folded into one JSON Schema of its pipeline.yaml, for editors. Reads no files. */
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Schema } from '../../base/schema.ts';
import { inlined } from './inline-schema.ts';

/** What a stage says of the parameters that it sees; no schema for a command. */
export interface StageParams {
  readonly stage: string;
  readonly schema: Schema | undefined;
}

/** Every top-level key that a schema knows, with its schema and the stages that see it, in the order of the stages. */
export function foldKeys(
  stages: readonly StageParams[],
): ReadonlyMap<string, { readonly schema: Schema; readonly stages: readonly string[] }> {
  const keys = new Map<string, { schemas: Schema[]; stages: string[] }>();
  for (const { stage, schema } of stages) {
    const properties = (schema === undefined ? {} : (inlined(schema)['properties'] ?? {})) as Readonly<
      Record<string, Schema>
    >;
    for (const [key, part] of Object.entries(properties)) {
      const entry = keys.get(key) ?? { schemas: [], stages: [] };
      const text = canonicalJson(part);
      if (!entry.schemas.some((other) => canonicalJson(other) === text)) entry.schemas.push(part);
      if (!entry.stages.includes(stage)) entry.stages.push(stage);
      keys.set(key, entry);
    }
  }
  return new Map(
    [...keys].map(([key, { schemas, stages: seenBy }]) => [
      key,
      { schema: schemas.length === 1 ? schemas[0]! : { allOf: schemas }, stages: seenBy },
    ]),
  );
}

/**
 * The schema of pipeline.yaml with that of its parameters in it, under `params` and under each profile. What a key must have is left to the
 * runner, since file and profiles are laid over one another; keys that no stage knows are refused only where no command may see them.
 */
export function editorSchema(pipeline: Schema, stages: readonly StageParams[]): Schema {
  const keys = [...foldKeys(stages)].map(([key, { schema }]) => [key, forEditor(schema, true)]);
  const open = stages.some(({ schema }) => schema === undefined);
  const tree = {
    type: ['object', 'null'],
    properties: Object.fromEntries(keys),
    ...(open ? {} : { additionalProperties: false }),
  };
  const { properties, definitions } = pipeline as { readonly properties: Schema; readonly definitions: Schema };
  const { params, profiles } = properties as { readonly params: Schema; readonly profiles: Schema };
  const profile = profiles['additionalProperties'] as Schema;
  const inProfile = profile['properties'] as { readonly params: Schema };
  return {
    ...pipeline,
    title: 'pipeline.yaml with the parameters of its stages',
    properties: {
      ...properties,
      params: withRef(params),
      profiles: {
        ...profiles,
        additionalProperties: { ...profile, properties: { ...inProfile, params: withRef(inProfile.params) } },
      },
    },
    definitions: { ...definitions, params: tree },
  };
}

/** In draft 7 nothing may stand beside a reference. */
function withRef({ description }: Schema): Schema {
  return { description, allOf: [{ $ref: '#/definitions/params' }] };
}

/** Units into descriptions; what must be there is no longer said on the way to a value that a profile may complete. */
function forEditor(schema: Schema, completed: boolean): Schema {
  const { unit, required, ...rest } = schema;
  const copy: Record<string, unknown> = { ...rest };
  if (typeof unit === 'string') copy['description'] = `${schema['description'] ?? ''} (${unit})`.trim();
  if (required !== undefined && !completed) copy['required'] = required;
  if (isSchema(rest['properties']))
    copy['properties'] = Object.fromEntries(
      Object.entries(rest['properties']).map(([key, part]) => [
        key,
        isSchema(part) ? forEditor(part, completed) : part,
      ]),
    );
  if (isSchema(rest['additionalProperties']))
    copy['additionalProperties'] = forEditor(rest['additionalProperties'], completed);
  if (isSchema(rest['items'])) copy['items'] = forEditor(rest['items'], false);
  for (const keyword of ['oneOf', 'anyOf', 'allOf']) {
    const forms = rest[keyword];
    if (Array.isArray(forms))
      copy[keyword] = forms.map((form) => (isSchema(form) ? forEditor(form, completed && keyword === 'allOf') : form));
  }
  return copy;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
