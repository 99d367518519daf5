/** A schema with its references written out, so that an error's path says in which form of a union it lies. Checks nothing. */
import { resolveRef, type Schema } from '../../base/schema.ts';

/** A copy without local `$ref`s, but for those that contain themselves. */
export function inlined(schema: Schema): Schema {
  return inline(schema, schema, new Set(['#'])) as Schema;
}

function inline(part: unknown, root: Schema, open: ReadonlySet<string>): unknown {
  if (Array.isArray(part)) return part.map((item) => inline(item, root, open));
  if (typeof part !== 'object' || part === null) return part;
  const { $ref, ...beside } = part as Schema;
  const copy = Object.fromEntries(Object.entries(beside).map(([key, item]) => [key, inline(item, root, open)]));
  if (typeof $ref !== 'string') return $ref === undefined ? copy : { $ref, ...copy };
  const target = open.has($ref) ? undefined : resolveRef($ref, root);
  if (target === undefined) return { $ref, ...copy };
  const written = inline(target, root, new Set([...open, $ref]));
  return Object.keys(copy).length === 0
    ? written
    : { ...copy, allOf: [written, ...((copy['allOf'] ?? []) as unknown[])] };
}
