/** What of artifacts/ may be taken away: files that a stage is known to have made and that are still as it made them. Deletes only what it is told to. */
import { chmodSync, type Dirent, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { artifactsDir, keptDir, liveDir, type Project, stagingDir } from '../model/project.ts';
import { artifactsFolder } from '../model/project-path.ts';
import { MadeFiles } from '../state/made-files.ts';
import type { Workspace } from '../state/workspace.ts';
import { isMissing } from '../store/atomic-file.ts';

/** A file that a stage made. */
export interface MadeArtifact {
  readonly path: string;
  readonly bytes: number;
  /** Whether the cache can bring it back. */
  readonly cached: boolean;
}

export interface MadeArtifacts {
  readonly made: readonly MadeArtifact[];
  /** Paths that stay, each with the reason. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  /** Folder outputs: taken away where nothing is left in them. */
  readonly folders: readonly string[];
}

/** Of the paths for which `isWanted`; reads files whose content is not known yet. */
export function findMade(workspace: Workspace, isWanted: (path: string) => boolean): MadeArtifacts {
  const { project, stats, objects } = workspace;
  const known = MadeFiles.ofCheckout(workspace);
  const made: MadeArtifact[] = [];
  const left: { path: string; why: string }[] = [];
  for (const { path, plain } of entriesBelow(project)) {
    if (!isWanted(path)) continue;
    const full = join(project.root, path);
    const digest = plain ? stats.state(full).digest : undefined;
    if (digest !== undefined && known.has(path, digest)) {
      const bytes = statSync(full).size;
      made.push({ path, bytes, cached: objects.has(digest, bytes) });
    } else left.push({ path, why: known.knows(path) ? 'changed after a stage made it' : 'not made by a stage' });
  }
  return { made, left, folders: known.madeFolders.filter(isWanted) };
}

/** Everything in artifacts/ but folders and the runner's own; links are not followed. */
function* entriesBelow(project: Project): Generator<{ readonly path: string; readonly plain: boolean }> {
  const own = [stagingDir(project), keptDir(project), dirname(liveDir(project, 'any'))];
  const folders = [artifactsFolder];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const entry of entriesIn(join(project.root, folder))) {
      const path = `${folder}/${entry.name}`;
      if (own.includes(join(project.root, path))) continue;
      if (entry.isDirectory()) folders.push(path);
      else yield { path, plain: entry.isFile() };
    }
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Takes the files away, and the folders that held them where nothing else is in them. */
export function removeMade(project: Project, { made, folders }: MadeArtifacts): void {
  const top = artifactsDir(project);
  const emptied = new Set<string>();
  for (const { path } of made) {
    const full = join(project.root, path);
    removeFile(full);
    emptied.add(dirname(full));
  }
  for (const folder of folders) removeEmptyBelow(join(project.root, folder));
  for (const folder of emptied) removeEmptyAbove(folder, top);
}

/** Also out of a folder that a stage made read-only. */
function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    chmodSync(dirname(path), 0o755);
    rmSync(path, { force: true });
  }
}

/** Folders in which nothing lies, from below; the folder itself too. */
function removeEmptyBelow(folder: string): void {
  for (const entry of entriesIn(folder)) if (entry.isDirectory()) removeEmptyBelow(join(folder, entry.name));
  removeIfEmpty(folder);
}

function removeEmptyAbove(folder: string, top: string): void {
  for (let one = folder; one.length > top.length && removeIfEmpty(one); one = dirname(one));
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return isMissing(error);
  }
}
