/** A pattern of pipeline.yaml → the files it means, sorted. Knows no stages. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { expandBraces, segmentExpression } from '../model/path-pattern.ts';
import { artifactsFolder, cacheFolder } from '../model/project-path.ts';
import { statIfPresent } from './folders.ts';
import { type Ignored, ignoringNothing } from './ignore.ts';
import { listFiles } from './tree.ts';

/**
 * Project-relative paths of the files that a pattern means, none of artifacts/ and cache/ and none that is ignored; names beginning
 * with a dot only where the pattern has the dot.
 */
export function expandPattern(
  root: string,
  pattern: string,
  look: (folder: string) => void,
  ignored: Ignored = ignoringNothing,
): string[] {
  const found = new Set<string>();
  for (const plain of expandBraces(pattern)) {
    const trimmed = plain.endsWith('/') ? `${plain}**` : plain;
    matchSegments({ root, look, ignored, found }, '', trimmed.split('/'));
  }
  return [...found].sort(compareText);
}

interface Search {
  readonly root: string;
  /** Called with each folder before anything in it is looked for. */
  readonly look: (folder: string) => void;
  readonly ignored: Ignored;
  readonly found: Set<string>;
}

/** The runner's own folders, which no pattern reaches. */
const ownFolders = new Set<string>([artifactsFolder, cacheFolder]);

function matchSegments(search: Search, base: string, segments: readonly string[]): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  const folder = join(search.root, base);
  const isOwn = (name: string): boolean => base === '' && ownFolders.has(name);
  search.look(folder);
  if (segment === '**') {
    matchSegments(search, base, rest.length === 0 ? ['*'] : rest);
    for (const name of foldersIn(folder))
      if (!isOwn(name) && !search.ignored(join(folder, name), true)) matchSegments(search, `${base}${name}/`, segments);
    return;
  }
  if (!/[*?[]/.test(segment)) {
    matchName(search, `${base}${segment}`, rest);
    return;
  }
  const expression = segmentExpression(segment);
  for (const name of namesIn(folder))
    if (expression.test(name) && !isOwn(name) && (!name.startsWith('.') || segment.startsWith('.')))
      if (!isIgnored(search, join(folder, name))) matchName(search, base + name, rest);
}

function isIgnored(search: Search, path: string): boolean {
  return search.ignored(path, false) || (search.ignored(path, true) && statSync(path).isDirectory());
}

function matchName(search: Search, path: string, rest: readonly string[]): void {
  const { root, look, ignored, found } = search;
  const stat = statIfPresent(join(root, path));
  if (stat === undefined) return;
  if (rest.length > 0) {
    if (stat.isDirectory()) matchSegments(search, `${path}/`, rest);
  } else if (stat.isDirectory())
    for (const file of listFiles(join(root, path), ignored, look)) found.add(`${path}/${file}`);
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
