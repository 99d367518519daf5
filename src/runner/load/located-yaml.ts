/** YAML text → plain JSON data with the place of every key and value. Knows YAML, not what a pipeline is. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import type { Diagnostic, Location } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Json } from '../plan.ts';
import { printable } from './printable.ts';

/** Steps from the root of a document to a value. */
export type JsonPath = readonly (string | number)[];

/** A document's data and where each part of it stands. */
export interface LocatedYaml {
  readonly value: Json;
  /** The place of a value (or of its key), or of the nearest enclosing one that was written. */
  placeOf(path: JsonPath, what?: 'key' | 'value'): Location;
}

const maxAliasNodes = 10_000;
const maxDepth = 100;

/** RFC 6901 text of a path. */
export function pointerOf(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Walk {
  readonly diagnostics: Diagnostic[];
  readonly keys: Map<string, number>;
  readonly values: Map<string, number>;
  readonly anchors: Map<string, Node>;
  readonly open: Set<Node>;
  aliasNodes: number;
  insideAlias: number;
  at(offset: number | undefined): Location;
}

/**
 * Parses YAML 1.2 (core schema); all that JSON cannot hold, duplicate keys, recursive anchors and anchors that
 * expand to more than 10,000 nodes are located errors. Cost: O(text + expanded nodes).
 */
export function parseLocatedYaml(text: string, file: string): Result<LocatedYaml, readonly Diagnostic[]> {
  const lines = new LineCounter();
  const at = (offset: number | undefined): Location => {
    const place = lines.linePos(offset ?? 0);
    return { file, line: Math.max(1, place.line), column: Math.max(1, place.col) };
  };
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      intAsBigInt: true,
      prettyErrors: false,
      keepSourceTokens: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
    const wrong = [...document.errors, ...document.warnings].map((e) => ({
      at: at(e.pos[0]),
      message: printable(e.message, 300),
    }));
    if (wrong.length > 0) return err(wrong);
    const walk: Walk = {
      diagnostics: [],
      keys: new Map(),
      values: new Map(),
      anchors: new Map(),
      open: new Set(),
      aliasNodes: 0,
      insideAlias: 0,
      at,
    };
    const value = convert(walk, document.contents as Node | null, '', 0);
    if (walk.diagnostics.length > 0) return err(walk.diagnostics);
    return ok({ value, placeOf: (path, what = 'value') => nearestPlace(walk, path, what) });
  } catch (error) {
    if (error instanceof AliasBomb) return err([error.diagnostic]);
    if (error instanceof RangeError)
      return err([{ at: { file, line: 1, column: 1 }, message: 'is nested too deeply' }]);
    throw error;
  }
}

/** Stops the walk at once: going on would only expand more. */
class AliasBomb extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

function convert(walk: Walk, node: Node | null, pointer: string, depth: number): Json {
  if (node === null) return null;
  if (!walk.values.has(pointer)) walk.values.set(pointer, node.range?.[0] ?? 0);
  if (depth > maxDepth) return complain(walk, node, `is nested more than ${maxDepth} levels deep`);
  if (walk.insideAlias > 0 && ++walk.aliasNodes > maxAliasNodes)
    throw new AliasBomb({
      at: walk.at(node.range?.[0]),
      message: `aliases expand to more than ${maxAliasNodes} values`,
    });
  if (isAlias(node)) return convertAlias(walk, node.source, node, pointer, depth);
  if ('anchor' in node && typeof node.anchor === 'string') walk.anchors.set(node.anchor, node);
  if (isScalar(node)) return convertScalar(walk, node);
  walk.open.add(node);
  const value = isMap(node)
    ? convertMap(walk, node.items as readonly MapItem[], pointer, depth)
    : isSeq(node)
      ? node.items.map((item, i) => convert(walk, item as Node | null, `${pointer}/${i}`, depth + 1))
      : complain(walk, node, 'is of a kind that JSON cannot hold');
  walk.open.delete(node);
  return value;
}

function convertAlias(walk: Walk, name: string, alias: Node, pointer: string, depth: number): Json {
  const target = walk.anchors.get(name);
  if (target === undefined) return complain(walk, alias, `no anchor '&${name}' stands before this alias`);
  if (walk.open.has(target)) return complain(walk, alias, `the alias '*${name}' contains itself`);
  walk.insideAlias++;
  const value = convert(walk, target, pointer, depth + 1);
  walk.insideAlias--;
  return value;
}

interface MapItem {
  readonly key: unknown;
  readonly value: unknown;
}

function convertMap(walk: Walk, items: readonly MapItem[], pointer: string, depth: number): Json {
  const record: { [key: string]: Json } = {};
  const seen = new Map<string, number>();
  for (const item of items) {
    const keyNode = item.key as Node | null;
    const key = keyText(walk, keyNode);
    if (key === undefined) continue;
    const offset = keyNode?.range?.[0] ?? 0;
    const first = seen.get(key);
    if (first !== undefined) {
      const related = [{ at: walk.at(first), message: 'first stood here' }];
      walk.diagnostics.push({ at: walk.at(offset), message: `the key '${printable(key)}' stands twice`, related });
      continue;
    }
    seen.set(key, offset);
    const below = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!walk.keys.has(below)) walk.keys.set(below, offset);
    if (item.value === null) walk.values.set(below, offset);
    record[key] = convert(walk, item.value as Node | null, below, depth + 1);
  }
  return record;
}

function keyText(walk: Walk, node: Node | null): string | undefined {
  if (!isScalar(node) || node.value === null || typeof node.value === 'object') {
    complain(walk, node, 'a key must be a text');
    return undefined;
  }
  const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  if (key !== '__proto__') return key;
  complain(walk, node, "'__proto__' cannot be a key");
  return undefined;
}

function convertScalar(walk: Walk, node: Scalar): Json {
  const value = node.value;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : complain(walk, node, `${node.source} is not a finite number`);
  }
  if (typeof value === 'bigint') {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    const hint = `write it as text: "${node.source}"`;
    return complain(walk, node, `${node.source} has more digits than a number can hold`, hint);
  }
  return complain(walk, node, 'is of a kind that JSON cannot hold');
}

function complain(walk: Walk, node: Node | null, message: string, hint?: string): null {
  walk.diagnostics.push({ at: walk.at(node?.range?.[0]), message, ...(hint === undefined ? {} : { hint }) });
  return null;
}

function nearestPlace(walk: Walk, path: JsonPath, what: 'key' | 'value'): Location {
  for (let length = path.length; length >= 0; length--) {
    const pointer = pointerOf(path.slice(0, length));
    const here = length === path.length && what === 'key' ? walk.keys.get(pointer) : undefined;
    const offset = here ?? walk.values.get(pointer) ?? walk.keys.get(pointer);
    if (offset !== undefined) return walk.at(offset);
  }
  return walk.at(0);
}
