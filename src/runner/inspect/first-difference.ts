/**
 * Where two files first differ: the field for JSON, the line and column for CSV and other text,
 * the element for safetensors, the byte for the rest. Changes nothing.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Json } from '../model/plan.ts';
import { firstJsonDifference } from './json-difference.ts';
import { tensorDifference } from './tensor-difference.ts';

/** JSON and text up to this size are compared by meaning. */
const maxText = 64 << 20;

/** One sentence, or undefined where the bytes are equal. */
export function firstDifference(a: string, b: string, name: string): string | undefined {
  const offset = firstOffset(a, b);
  if (offset === undefined) return undefined;
  const where = name.endsWith('.safetensors')
    ? tensorDifference(a, b, offset)
    : /\.(json|csv|tsv|txt|md|jsonl|svg|html)$/i.test(name)
      ? placeInText(a, b, name)
      : undefined;
  return `${where ?? 'the bytes'} differ${where === undefined ? '' : 's'} (byte ${offset})`;
}

function firstOffset(a: string, b: string): number | undefined {
  const fa = openSync(a, 'r');
  const fb = openSync(b, 'r');
  try {
    const x = Buffer.allocUnsafe(1 << 20);
    const y = Buffer.allocUnsafe(1 << 20);
    for (let at = 0; ; ) {
      const n = readSync(fa, x, 0, x.length, at);
      const m = readSync(fb, y, 0, y.length, at);
      const common = Math.min(n, m);
      if (!x.subarray(0, common).equals(y.subarray(0, common))) {
        for (let i = 0; i < common; i++) if (x[i] !== y[i]) return at + i;
      }
      if (n !== m) return at + common;
      if (n === 0) return undefined;
      at += n;
    }
  } finally {
    closeSync(fa);
    closeSync(fb);
  }
}

function placeInText(a: string, b: string, name: string): string | undefined {
  if (statSync(a).size > maxText || statSync(b).size > maxText) return undefined;
  const before = readFileSync(a, 'utf8');
  const after = readFileSync(b, 'utf8');
  if (name.endsWith('.json')) {
    const field = fieldOf(before, after);
    if (field !== undefined) return field;
  }
  const x = before.split('\n');
  const y = after.split('\n');
  const line = x.findIndex((text, i) => text !== y[i]);
  const row = line < 0 ? x.length : line;
  const separator = name.endsWith('.csv') ? ',' : name.endsWith('.tsv') ? '\t' : undefined;
  if (separator === undefined || x[row] === undefined || y[row] === undefined) return `line ${row + 1}`;
  const cells = x[row].split(separator);
  const other = y[row].split(separator);
  const column = cells.findIndex((cell, i) => cell !== other[i]);
  return `line ${row + 1}, column ${x[0]!.split(separator)[column] ?? column + 1} (${cells[column] ?? 'none'} → ${other[column] ?? 'none'})`;
}

function fieldOf(before: string, after: string): string | undefined {
  try {
    return firstJsonDifference(JSON.parse(before) as Json, JSON.parse(after) as Json);
  } catch {
    return undefined;
  }
}
