/**
 * Where a command runs without a sandbox: a folder that looks like the project, in which artifacts/<stage>/ is the staging folder, so that
 * paths are the same as with one. The rest are links to the project; what was declared and lies beside a made folder is a copy, because
 * `find`, `cp -r` and `tar` tell a link from what it leads to. Hides nothing.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isMissing } from '../store/atomic-file.ts';
import { copyWhereItFits } from '../store/copy-file.ts';
import type { Ignored } from '../store/ignore.ts';

export interface PlainView {
  readonly root: string;
  /** Where it is made; holds `staged` and nothing else. */
  readonly folder: string;
  /** Project-relative: the folder of the stage's outputs, there already. */
  readonly staged: string;
  readonly workdir: string | undefined;
  /** Project-relative: what the command declared. */
  readonly declared: readonly string[];
  readonly ignored: Ignored;
}

/** Folder that was made → the names in it, and whether each is a link to the project. */
type Made = Map<string, Map<string, boolean>>;

/** Makes the view; gives what brings new files out of it into the project, as if the command had run there. */
export async function makePlainView(view: PlainView): Promise<() => void> {
  const made: Made = new Map();
  const { staged, workdir } = view;
  const chain = ['', ...foldersAbove(staged), ...(workdir === undefined ? [] : [...foldersAbove(workdir), workdir])];
  const own = new Set([...chain, staged]);
  const declared = new Set(view.declared);
  for (const folder of new Set(chain)) made.set(folder, await fillFolder(view, folder, own, declared));
  return () => bringOut(view, made);
}

/** `a/b/c` → `a`, `a/b`. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** All of one folder of the project, but for what is made by itself. */
async function fillFolder(
  view: PlainView,
  folder: string,
  own: ReadonlySet<string>,
  declared: ReadonlySet<string>,
): Promise<Map<string, boolean>> {
  const names = new Map<string, boolean>();
  mkdirSync(join(view.folder, folder), { recursive: true });
  for (const name of namesIn(join(view.root, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const [from, to] = [join(view.root, path), join(view.folder, path)];
    if (isHidden(path) || own.has(path)) continue;
    const copied = declared.has(path) && !lstatSync(from).isSymbolicLink();
    names.set(name, !copied);
    if (copied) await copyTree(from, to, view.ignored);
    else symlinkSync(from, to);
  }
  return names;
}

/** git would take the view for the checkout and find everything changed. */
function isHidden(path: string): boolean {
  return path === '.git' || path === 'artifacts/.staging' || path === 'artifacts/.jobs';
}

/** With times and modes; links lead where they led. */
async function copyTree(from: string, to: string, ignored: Ignored): Promise<void> {
  const stat = lstatSync(from);
  if (stat.isSymbolicLink()) {
    symlinkSync(resolve(dirname(from), readlinkSync(from)), to);
    return;
  }
  if (stat.isDirectory()) {
    mkdirSync(to);
    for (const entry of readdirSync(from, { withFileTypes: true }))
      if (!ignored(join(from, entry.name), entry.isDirectory()))
        await copyTree(join(from, entry.name), join(to, entry.name), ignored);
    chmodSync(to, stat.mode & 0o7777);
  } else await copyWhereItFits(from, to, stat.size);
  utimesSync(to, stat.atime, stat.mtime);
}

/** New names, and files in the place of links, as `sed -i` leaves them. What was copied was an input and stays as it is. */
function bringOut(view: PlainView, made: Made): void {
  for (const [folder, names] of made)
    for (const name of namesIn(join(view.folder, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const [from, to] = [join(view.folder, path), join(view.root, path)];
      const stat = lstatSync(from);
      const isNew = names.get(name) ?? (!made.has(path) && path !== view.staged);
      if (!isNew || (names.has(name) && stat.isSymbolicLink()) || view.ignored(to, stat.isDirectory())) continue;
      const there = lstatSync(to, { throwIfNoEntry: false });
      if (there === undefined || (there.isFile() && stat.isFile())) renameSync(from, to);
    }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
