/** Files and folders → one content digest, with the files it is made of. Knows no stages. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import type { StatCache } from './stat-cache.ts';

/** One file of a tree; `path` is relative to the tree, '' where the tree is one file. */
export interface FileRecord {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly executable: boolean;
}

export interface TreeRecord {
  readonly folder: boolean;
  /** A file's SHA-256, or that of a folder's sorted list of relative paths and digests. */
  readonly digest: Digest;
  readonly files: readonly FileRecord[];
}

/** The digest of several named files; independent of their order, times and modes. */
export function digestOfFiles(files: readonly { readonly path: string; readonly digest: Digest }[]): Digest {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path));
  return digestOf(JSON.stringify(sorted.map((file) => [file.path, file.digest])));
}

export function folderRecord(files: readonly FileRecord[]): TreeRecord {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path));
  return { folder: true, digest: digestOfFiles(sorted), files: sorted };
}

/** The file or folder at an absolute path as it is now; undefined where there is none. */
export function readTree(path: string, stats: StatCache): TreeRecord | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) {
    const state = stats.state(path);
    return { folder: false, digest: state.digest, files: [{ path: '', ...state }] };
  }
  return folderRecord(
    listFiles(path, (folder) => stats.look(folder)).map((name) => ({ path: name, ...stats.state(join(path, name)) })),
  );
}

/**
 * Relative paths of all files below a folder, links followed; in code-unit order within each folder.
 * Throws where links lead in a circle.
 */
export function listFiles(folder: string, look?: (folder: string) => void): string[] {
  const found: string[] = [];
  walk({ root: folder, look }, '', [realpathSync(folder)], found);
  return found;
}

interface TreeWalk {
  readonly root: string;
  /** Called with each folder before its entries are read. */
  readonly look: ((folder: string) => void) | undefined;
}

function walk(tree: TreeWalk, relative: string, above: readonly string[], found: string[]): void {
  const { root } = tree;
  tree.look?.(join(root, relative));
  const entries = readdirSync(join(root, relative), { withFileTypes: true }).sort((a, b) =>
    compareText(a.name, b.name),
  );
  for (const entry of entries) {
    const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
    if (entry.isDirectory()) walk(tree, path, above, found);
    else if (entry.isSymbolicLink()) walkLink(tree, path, above, found);
    else if (entry.isFile()) found.push(path);
    else throw new Error(`${join(root, path)} is neither a file nor a folder`);
  }
}

function walkLink(tree: TreeWalk, path: string, above: readonly string[], found: string[]): void {
  const full = join(tree.root, path);
  const target = realpathOf(full);
  if (!statSync(target).isDirectory()) {
    found.push(path);
    return;
  }
  if (above.some((folder) => folder === target || folder.startsWith(`${target}/`)))
    throw new Error(`${full} is a link that leads back to ${target}, a folder it lies in`);
  if (above.length > 40) throw new Error(`${full}: more than 40 links to folders below each other`);
  walk(tree, path, [...above, target], found);
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const looped = (error as NodeJS.ErrnoException).code === 'ELOOP';
    throw new Error(`${path} is a link that leads ${looped ? 'to itself' : 'nowhere'}`);
  }
}
