/** Files and folders → one content digest, with the files it is made of. Knows no stages. */
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { statIfPresent } from './folders.ts';
import { type Ignored, ignoringNothing } from './ignore.ts';
import type { StatCache } from './stat-cache.ts';

/** One file of a tree; `path` is relative to the tree, '' where the tree is one file. */
export interface FileRecord {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly executable: boolean;
  /** It is kept and brought back, but counts for nothing. */
  readonly ignored?: true;
}

export interface TreeRecord {
  readonly folder: boolean;
  /** A file's SHA-256, or that of a folder's sorted list of relative paths and digests; of an executable file, that it is one too. */
  readonly digest: Digest;
  readonly files: readonly FileRecord[];
  /** Folders below it in which nothing lies that counts, relative; left out where there are none. */
  readonly emptyFolders?: readonly string[];
}

/** What of a file a digest is made of. */
type FileIdentity = Pick<FileRecord, 'path' | 'digest'> & { readonly executable?: boolean };

/** The digest of several named files, each executable or not; independent of their order, times and other modes. */
export function digestOfFiles(files: readonly FileIdentity[], emptyFolders: readonly string[] = []): Digest {
  const entries = [
    ...files.map((file) => [file.path, file.digest, ...(file.executable === true ? ['x'] : [])]),
    ...emptyFolders.map((path) => [`${path}/`, '']),
  ];
  return digestOf(JSON.stringify(entries.sort(([a], [b]) => compareText(a!, b!))));
}

export function fileRecord(file: Omit<FileRecord, 'path' | 'ignored'>): TreeRecord {
  const { digest, size, executable } = file;
  const whole = { path: '', digest, size, executable };
  return { folder: false, digest: executable ? digestOfFiles([whole]) : digest, files: [whole] };
}

export function folderRecord(files: readonly FileRecord[], emptyFolders: readonly string[] = []): TreeRecord {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path));
  const empty = [...emptyFolders].sort(compareText);
  const digest = digestOfFiles(
    sorted.filter((file) => file.ignored !== true),
    empty,
  );
  return { folder: true, digest, files: sorted, ...(empty.length === 0 ? {} : { emptyFolders: empty }) };
}

/**
 * The file or folder at an absolute path as it is now; undefined where there is none. Of an output, empty folders count, and what is
 * ignored is listed as such; of a source, which git would not carry, neither.
 */
export function readTree(path: string, stats: StatCache, kind: 'source' | 'output'): TreeRecord | undefined {
  const stat = statIfPresent(path);
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return fileRecord(stats.state(path));
  const found = listTree(path, stats.ignored, (folder) => stats.look(folder));
  const record = (name: string): FileRecord => ({ path: name, ...stats.state(join(path, name)) });
  if (kind === 'source') return folderRecord(found.files.map(record));
  const ignored = found.ignored.map((name): FileRecord => ({ ...record(name), ignored: true }));
  return folderRecord([...found.files.map(record), ...ignored], found.emptyFolders);
}

/** What lies below a folder, as relative paths; links are followed. */
interface FoundFiles {
  /** In code-unit order within each folder. */
  readonly files: string[];
  readonly ignored: string[];
  /** In which no file lies that counts. */
  readonly emptyFolders: string[];
}

/** Relative paths of all files below a folder that count, links followed. Throws where links lead in a circle. */
export function listFiles(
  folder: string,
  ignored: Ignored = ignoringNothing,
  look?: (folder: string) => void,
): string[] {
  return listTree(folder, ignored, look).files;
}

/** The same with what does not count, and where nothing counts. */
export function listTree(folder: string, ignored: Ignored, look?: (folder: string) => void): FoundFiles {
  const found: FoundFiles = { files: [], ignored: [], emptyFolders: [] };
  walk({ root: folder, look, ignored, found }, '', [realpathSync(folder)]);
  return found;
}

interface TreeWalk {
  readonly root: string;
  /** Called with each folder before its entries are read. */
  readonly look: ((folder: string) => void) | undefined;
  readonly ignored: Ignored;
  readonly found: FoundFiles;
}

/** Notes what lies below; whether anything of it counts. */
function walk(tree: TreeWalk, relative: string, above: readonly string[]): boolean {
  const { root, found } = tree;
  tree.look?.(join(root, relative));
  const entries = readdirSync(join(root, relative), { withFileTypes: true }).sort((a, b) =>
    compareText(a.name, b.name),
  );
  let counts = false;
  for (const entry of entries) {
    const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
    if (tree.ignored(join(root, path), entry.isDirectory())) {
      noteIgnored(tree, path, entry.isDirectory());
      continue;
    }
    counts = true;
    if (entry.isDirectory()) {
      if (!walk(tree, path, above)) found.emptyFolders.push(path);
    } else if (entry.isSymbolicLink()) walkLink(tree, path, above);
    else if (entry.isFile()) found.files.push(path);
    else throw new Error(`${join(root, path)} is neither a file nor a folder`);
  }
  return counts;
}

/** Plain files only: a link that leads nowhere, as editors make, is nobody's fault here. */
function noteIgnored(tree: TreeWalk, path: string, folder: boolean): void {
  if (!folder) {
    if (lstatSync(join(tree.root, path), { throwIfNoEntry: false })?.isFile() === true) tree.found.ignored.push(path);
    return;
  }
  for (const entry of readdirSync(join(tree.root, path), { withFileTypes: true }))
    noteIgnored(tree, `${path}/${entry.name}`, entry.isDirectory());
}

function walkLink(tree: TreeWalk, path: string, above: readonly string[]): void {
  const full = join(tree.root, path);
  const target = realpathOf(full);
  if (!statSync(target).isDirectory()) {
    tree.found.files.push(path);
    return;
  }
  if (above.some((folder) => folder === target || folder.startsWith(`${target}/`)))
    throw new Error(`${full} is a link that leads back to ${target}, a folder it lies in`);
  if (above.length > 40) throw new Error(`${full}: more than 40 links to folders below each other`);
  if (!walk(tree, path, [...above, target])) tree.found.emptyFolders.push(path);
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const looped = (error as NodeJS.ErrnoException).code === 'ELOOP';
    throw new Error(`${path} is a link that leads ${looped ? 'to itself' : 'nowhere'}`);
  }
}
