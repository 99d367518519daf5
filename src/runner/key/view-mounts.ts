/**
 * What a command declared → what must be mounted for it to see that and nothing else. A mount costs the more the more there are, so
 * folders of which all is declared are mounted whole. Mounts nothing.
 */
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { artifactsFolder } from '../model/project-path.ts';
import type { Ignored } from '../store/ignore.ts';
import { isAlwaysThere } from './system-folders.ts';

/** Something of the disk and where in the view it lies, both absolute; without `from`, an empty folder. */
export interface Mount {
  readonly from?: string;
  readonly to: string;
}

/** So many single paths are mounted as they are declared. */
const fewPaths = 40;
/** Above this a folder is mounted with what else lies in it. */
const manyPaths = 100;

/** Of these project-relative paths; links in them lead where they lead outside. Those further in come later. */
export function mountsOf(root: string, declared: readonly string[], ignored: Ignored): readonly Mount[] {
  const paths = withoutNested(declared);
  const folders = new Folders(root, paths, ignored);
  if (paths.length > fewPaths) folders.mountWhole();
  if (folders.kept.size > manyPaths) folders.mountLoose();
  const mounts = new Map<string, Mount>();
  for (const path of folders.kept)
    addMount(mounts, root, { from: realpathSync(join(root, path)), to: join(root, path) });
  for (const { path, folder } of folders.hidden) {
    const to = join(root, path);
    // A device on a mount without devices cannot be opened, not even by root.
    if (!mounts.has(to)) mounts.set(to, folder ? { to } : { from: '/dev/null', to });
  }
  return [...mounts.values()].sort((a, b) => compareText(a.to, b.to));
}

/** Without those that lie in another. */
function withoutNested(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [...all].filter((path) => !foldersAbove(path).some((folder) => all.has(folder))).sort(compareText);
}

/** `a/b/c` → `a/b`, `a`. */
function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) above.push(path.slice(0, cut));
  return above;
}

interface Entry {
  readonly path: string;
  readonly folder: boolean;
}

/** Folders in the place of the paths in them. */
class Folders {
  readonly kept: Set<string>;
  /** What would show with a folder and was not declared. */
  readonly hidden: Entry[] = [];
  private readonly root: string;
  private readonly ignored: Ignored;

  constructor(root: string, paths: readonly string[], ignored: Ignored) {
    this.root = root;
    this.ignored = ignored;
    this.kept = new Set(paths);
  }

  /** A folder instead of all that lies in it, again and again. */
  mountWhole(): void {
    const waiting = this.parents();
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      if (isOpen(folder) || this.kept.has(folder)) continue;
      const inside = this.entriesOf(folder);
      if (!inside.every(({ path }) => this.kept.has(path))) continue;
      this.replace(inside, folder);
      waiting.push(posix.dirname(folder));
    }
  }

  /** A folder instead of the many paths in it, with the rest of it hidden, unless that is as much again. */
  mountLoose(): void {
    for (const folder of this.parents()) {
      if (isOpen(folder)) continue;
      const inside = this.entriesOf(folder);
      const declared = inside.filter(({ path }) => this.kept.has(path));
      const others = inside.filter(({ path }) => !this.kept.has(path));
      if (declared.length <= Math.min(others.length, manyPaths)) continue;
      this.replace(declared, folder);
      if (others.length <= manyPaths) this.hidden.push(...others);
    }
  }

  private parents(): string[] {
    return [...new Set([...this.kept].map((path) => posix.dirname(path)))];
  }

  private replace(entries: readonly Entry[], folder: string): void {
    for (const { path } of entries) this.kept.delete(path);
    this.kept.add(folder);
  }

  private entriesOf(folder: string): Entry[] {
    return readdirSync(join(this.root, folder), { withFileTypes: true })
      .filter((entry) => !this.ignored(join(this.root, folder, entry.name), entry.isDirectory()))
      .map((entry) => ({ path: `${folder}/${entry.name}`, folder: entry.isDirectory() }));
  }
}

/** The project itself and artifacts/ are never mounted whole. */
function isOpen(folder: string): boolean {
  return folder === '.' || folder === artifactsFolder;
}

/** With what links below it lead to, where the view has nothing there. */
function addMount(mounts: Map<string, Mount>, root: string, mount: Mount & { readonly from: string }): void {
  if (mounts.has(mount.to)) return;
  mounts.set(mount.to, mount);
  if (!statSync(mount.from).isDirectory()) return;
  for (const link of linksBelow(mount.from)) {
    const to = resolve(dirname(join(mount.to, link)), readlinkSync(join(mount.from, link)));
    const from = targetOf(join(mount.from, link));
    if (from === undefined || to === root || isAlwaysThere(to)) continue;
    const isThere = [...foldersAbove(to), to].some((folder) => reaches(mounts.get(folder), to));
    if (!isThere) addMount(mounts, root, { from, to });
  }
}

/** Whether a mount has something at a path of the view. */
function reaches(mount: Mount | undefined, to: string): boolean {
  if (mount?.from === undefined) return false;
  return lstatSync(join(mount.from, to.slice(mount.to.length)), { throwIfNoEntry: false }) !== undefined;
}

function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    // It leads nowhere; where that matters, the input's digest has told.
    return undefined;
  }
}

/** Relative paths of the links in a folder, not through them. */
function linksBelow(folder: string): string[] {
  const found: string[] = [];
  const walk = (relative: string): void => {
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      const path = join(relative, entry.name);
      if (entry.isSymbolicLink()) found.push(path);
      else if (entry.isDirectory()) walk(path);
    }
  };
  walk('');
  return found;
}
