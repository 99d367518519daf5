/** A pattern of pipeline.yaml → the files it means, sorted. `*`, `?`, `[…]` within one folder, `**` across folders, `{a,b}`. Knows no stages. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText, listFiles } from './tree.ts';

/** Whether a path is a pattern. */
export function isPattern(path: string): boolean {
  return /[*?]|\[[^\]]*\]|\{[^}]*\}/.test(path);
}

/** The part of a pattern before its first special character, as a folder: `data/*.csv` → `data/`. */
export function patternBase(pattern: string): string {
  const fixed = pattern.slice(0, Math.max(0, pattern.search(/[*?[{]/)));
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

/** Project-relative paths of the files that a pattern means; names beginning with a dot only where the pattern has the dot. */
export function expandPattern(root: string, pattern: string): string[] {
  const found = new Set<string>();
  for (const plain of expandBraces(pattern)) {
    const trimmed = plain.endsWith('/') ? `${plain}**` : plain;
    matchSegments(root, '', trimmed.split('/'), found);
  }
  return [...found].sort(compareText);
}

function matchSegments(root: string, base: string, segments: readonly string[], found: Set<string>): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '**') {
    matchSegments(root, base, rest.length === 0 ? ['*'] : rest, found);
    for (const name of foldersIn(join(root, base))) matchSegments(root, `${base}${name}/`, segments, found);
    return;
  }
  if (!/[*?[]/.test(segment)) {
    matchName(root, `${base}${segment}`, rest, found);
    return;
  }
  const expression = segmentExpression(segment);
  for (const name of namesIn(join(root, base)))
    if (expression.test(name) && (!name.startsWith('.') || segment.startsWith('.')))
      matchName(root, base + name, rest, found);
}

function matchName(root: string, path: string, rest: readonly string[], found: Set<string>): void {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (rest.length > 0) {
    if (stat.isDirectory()) matchSegments(root, `${path}/`, rest, found);
  } else if (stat.isDirectory()) for (const file of listFiles(join(root, path))) found.add(`${path}/${file}`);
  else found.add(path);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort(compareText);
  } catch {
    return [];
  }
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
  } catch {
    return [];
  }
}

function segmentExpression(segment: string): RegExp {
  const source = segment.replace(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'su');
}

/** `a{b,c}` → `ab`, `ac`; nested braces too. */
function expandBraces(pattern: string): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  return match[1]!.split(',').flatMap((choice) => expandBraces(before + choice + after));
}
