/** A tree of values → its leaves by dotted key. */
import type { Json } from './plan.ts';

/** In the tree's order; lists and empty branches are leaves. */
export function flatten(tree: { readonly [key: string]: Json }, before = ''): [string, Json][] {
  return Object.entries(tree).flatMap(([key, value]): [string, Json][] => {
    const name = before === '' ? key : `${before}.${key}`;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0)
      return [[name, value]];
    return flatten(value as { readonly [key: string]: Json }, name);
  });
}
