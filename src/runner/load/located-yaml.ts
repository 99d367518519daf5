/** YAML text → plain JSON data with the place of every key and value. Knows YAML, not what a pipeline is. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLError,
} from 'yaml';
import type { Diagnostic, Location } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Json } from '../model/plan.ts';
import { printable } from '../model/words.ts';

/** Steps from the root of a document to a value. */
export type JsonPath = readonly (string | number)[];

/** A document's data and where each part of it stands. */
export interface LocatedYaml {
  readonly value: Json;
  /** What is wrong though the text could be read: duplicate keys, numbers too big, unknown tags … */
  readonly faults: readonly Diagnostic[];
  /** The place of a value (or of its key), or of the nearest enclosing one that was written. */
  placeOf(path: JsonPath, what?: 'key' | 'value'): Location;
  /** The place of the first `needle` in a written text, or of the text. */
  placeWithin(path: JsonPath, needle: string): Location;
}

const maxAliasNodes = 10_000;
const maxDepth = 100;
const tooDeep = `is nested more than ${maxDepth} levels deep`;

/** RFC 6901 text of a path. */
export function pointerOf(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Walk {
  readonly diagnostics: Diagnostic[];
  readonly keys: Map<string, number>;
  readonly values: Map<string, number>;
  readonly ends: Map<string, number>;
  readonly anchors: Map<string, Node>;
  readonly open: Set<Node>;
  aliasNodes: number;
  insideAlias: number;
  at(offset: number | undefined): Location;
}

/**
 * Parses YAML 1.2 (core schema); all that JSON cannot hold, duplicate keys and recursive anchors are located faults
 * (null stands in their place); broken YAML and aliases that expand to more than 10,000 values give no data at all. Cost: O(text + expanded nodes).
 */
export function parseLocatedYaml(text: string, file: string): Result<LocatedYaml, readonly Diagnostic[]> {
  const lines = new LineCounter();
  const at = (offset: number | undefined): Location => {
    const place = lines.linePos(offset ?? 0);
    return { file, line: Math.max(1, place.line), column: Math.max(1, place.col) };
  };
  const deep = findDeepNesting(text);
  if (deep !== undefined) {
    const before = text.slice(0, deep).split('\n');
    return err([{ at: { file, line: before.length, column: before.at(-1)!.length + 1 }, message: tooDeep }]);
  }
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      intAsBigInt: true,
      prettyErrors: false,
      keepSourceTokens: false,
      logLevel: 'error',
      lineCounter: lines,
    });
    const located = (e: YAMLError): Diagnostic => ({
      at: at(e.pos[0]),
      message: e.code === 'MULTIPLE_DOCS' ? 'a second document begins' : printable(e.message, 300),
    });
    if (document.errors.length > 0) return err(document.errors.map(located));
    const walk: Walk = {
      diagnostics: document.warnings.map(located),
      keys: new Map(),
      values: new Map(),
      ends: new Map(),
      anchors: new Map(),
      open: new Set(),
      aliasNodes: 0,
      insideAlias: 0,
      at,
    };
    const value = convert(walk, document.contents as Node | null, '', 0);
    return ok({
      value,
      faults: walk.diagnostics,
      placeOf: (path, what = 'value') => at(nearestOffset(walk, path, what)),
      placeWithin: (path, needle) => {
        const start = nearestOffset(walk, path, 'value');
        const found = text.indexOf(needle, start);
        const end = walk.ends.get(pointerOf(path)) ?? start;
        return at(found >= 0 && found < end ? found : start);
      },
    });
  } catch (error) {
    if (error instanceof AliasBomb) return err([error.diagnostic]);
    if (error instanceof RangeError)
      return err([{ at: { file, line: 1, column: 1 }, message: 'is nested too deeply' }]);
    throw error;
  }
}

/**
 * Where a text opens brackets, or list and key marks on one line, far deeper than any pipeline: seen before parsing, which
 * would take gigabytes for them. Brackets in quotes count too, closed ones do not.
 */
function findDeepNesting(text: string): number | undefined {
  let depth = 0;
  let marks = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) depth++;
    else if ((c === 0x5d || c === 0x7d) && depth > 0) depth--;
    else if (c === 0x0a) marks = 0;
    else if ((c === 0x2d || c === 0x3f || c === 0x3a) && text.charCodeAt(i + 1) === 0x20) marks++;
    if (depth > 10 * maxDepth || (marks > maxDepth && depth === 0 && startsWithMarks(text, i))) return i;
  }
  return undefined;
}

/** Whether nothing but `- `, `? ` and `: ` stands before this place on its line. */
function startsWithMarks(text: string, end: number): boolean {
  return /^[-?: ]*$/.test(text.slice(text.lastIndexOf('\n', end) + 1, end));
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
  if (isScalar(node)) walk.ends.set(pointer, node.range?.[1] ?? 0);
  if (depth > maxDepth) return complain(walk, node, tooDeep);
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
    if (!Number.isFinite(value)) return complain(walk, node, `${node.source} is not a finite number`);
    const lost = value === 0 && /[1-9]/.test((node.source ?? '').replace(/e.*/i, ''));
    return lost ? complain(walk, node, `${node.source} is nearer to zero than a number can be`) : value;
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

function nearestOffset(walk: Walk, path: JsonPath, what: 'key' | 'value'): number {
  for (let length = path.length; length >= 0; length--) {
    const pointer = pointerOf(path.slice(0, length));
    const here = length === path.length && what === 'key' ? walk.keys.get(pointer) : undefined;
    const offset = here ?? walk.values.get(pointer) ?? walk.keys.get(pointer);
    if (offset !== undefined) return offset;
  }
  return 0;
}
