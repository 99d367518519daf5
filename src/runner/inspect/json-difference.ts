/** The first field in which two JSON values differ. Knows no files. */
import type { Json } from '../model/plan.ts';

/** `field a.b[2] (1 → 2)`, or undefined where they are equal. */
export function firstJsonDifference(a: Json, b: Json): string | undefined {
  return compareJson(a, b, '');
}

function compareJson(a: Json, b: Json, path: string): string | undefined {
  if (
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return Object.is(a, b) ? undefined : `field ${path || '(top)'} (${show(a)} → ${show(b)})`;
  const x = a as Readonly<Record<string, Json | undefined>>;
  const y = b as Readonly<Record<string, Json | undefined>>;
  for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
    const inner = Array.isArray(a) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (x[key] === undefined || y[key] === undefined) return `field ${inner} (${show(x[key])} → ${show(y[key])})`;
    const found = compareJson(x[key], y[key], inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function show(value: Json | undefined): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
