/** Which parameters the schemas of stages know, whether pipeline.yaml names them or not. Checks no values. */
import type { Diagnostic } from '../../base/located-error.ts';
import { formsOf, type Schema } from '../../base/schema.ts';
import { hintForUnknown, isObject, type JsonObject, mergeDeep, valueAt, withoutValue } from '../load/params.ts';
import type { Doubt, Json, Plan, PlannedStage } from '../model/plan.ts';
import type { StageContract } from './describe-modules.ts';
import { inlined } from './inline-schema.ts';

/** What the tree refuses and no schema of a stage that sees it knows, with what was probably meant among all that is known. */
export function undocumented(plan: Plan, contracts: ReadonlyMap<string, StageContract>): readonly Diagnostic[] {
  const doubts = plan.doubts ?? [];
  const schemas = new Map([...contracts].map(([module, { params }]) => [module, inlined(params)]));
  const refused = doubts.filter(({ key }) => !plan.stages.some((stage) => documents(stage, key, schemas)));
  if (refused.length === 0) return [];
  const known = knownTree(plan, refused, [...schemas.values()]);
  return refused.map(({ key, unknown, refusal }) =>
    unknown ? { ...refusal, hint: hintForUnknown(known, key) } : refusal,
  );
}

/** Whether a stage sees the key and its schema names it, or holds a map there whose values it describes. */
function documents(stage: PlannedStage, key: string, schemas: ReadonlyMap<string, Schema>): boolean {
  const schema = stage.work.kind === 'module' ? schemas.get(stage.work.module) : undefined;
  return schema !== undefined && valueAt(stage.params, key) !== undefined && names(schema, key.split('.'));
}

function names(schema: Schema, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  return partsOf(schema).some((part) => {
    const properties = schemaAt(part, 'properties') ?? {};
    const below = Object.hasOwn(properties, step) ? properties[step] : patternFor(part, step);
    if (below === true) return rest.length === 0;
    return isSchema(below) && names(below, rest);
  });
}

function patternFor(schema: Schema, step: string): unknown {
  const patterns = Object.entries(schemaAt(schema, 'patternProperties') ?? {});
  const found = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(step));
  return found === undefined ? schemaAt(schema, 'additionalProperties') : found[1];
}

/** The tree with every key that a schema names, null where the tree has none; without the doubtful keys themselves. */
function knownTree(plan: Plan, refused: readonly Doubt[], schemas: readonly Schema[]): JsonObject {
  const written = refused.reduce((tree, { key }) => withoutValue(tree, key), plan.params);
  return mergeDeep(schemas.map(skeleton).reduce(mergeTrees, {}), written);
}

function mergeTrees(a: JsonObject, b: JsonObject): JsonObject {
  return mergeDeep(a, b);
}

function skeleton(schema: Schema): JsonObject {
  const tree: { [key: string]: Json } = {};
  for (const part of partsOf(schema))
    for (const [key, below] of Object.entries(schemaAt(part, 'properties') ?? {})) {
      const inner = isSchema(below) ? skeleton(below) : {};
      const before = tree[key];
      tree[key] = Object.keys(inner).length === 0 ? (before ?? null) : mergeDeep(isObject(before) ? before : {}, inner);
    }
  return tree;
}

/** The schema itself, the forms of its union, and what it is made of. */
function partsOf(schema: Schema): readonly Schema[] {
  const all = schema['allOf'];
  const parts = [...formsOf(schema), ...(Array.isArray(all) ? all.filter(isSchema) : [])];
  return [schema, ...parts.flatMap(partsOf)];
}

function schemaAt(schema: Schema, keyword: string): Schema | undefined {
  const below = schema[keyword];
  return isSchema(below) ? below : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
