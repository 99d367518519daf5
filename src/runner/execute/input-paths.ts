/**
 * The paths by which a module stage is given its inputs, with no link to a folder on the way: Node's permission model looks at the text of
 * a path, so `input/link/../file` would lead it out of what it may read. Decides no permissions.
 */
import { mkdirSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StageJob } from './stage-job.ts';

/** More paths than this in one list are given by links in one folder: each is an argument of the process, and those have a limit. */
const longList = 200;

/** Input name → absolute paths. A folder with links to folders in it is mirrored: its folders made anew, its files as links. */
export function inputPaths(job: StageJob): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(job.gathered.inputs).map(([name, { paths }]) => {
      const mirror = listMirror(job, name);
      const given = paths.map((path, i) =>
        paths.length > longList
          ? linked(join(job.root, path), join(mirror, path))
          : plainPath(join(job.root, path), join(job.base, 'in', `${name}-${i}`)),
      );
      return [name, given];
    }),
  );
}

/** What of the paths the process must be allowed to read. */
export function readablePaths(job: StageJob, inputs: ReadonlyMap<string, readonly string[]>): string[] {
  return [...inputs].flatMap(([name, paths]) => (paths.length > longList ? [listMirror(job, name)] : paths));
}

function listMirror(job: StageJob, name: string): string {
  return join(job.base, 'lists', name);
}

function linked(path: string, target: string): string {
  if (statSync(path).isDirectory()) {
    mirrorFolder(realpathSync(path), target);
    return target;
  }
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(realpathSync(path), target);
  return target;
}

function plainPath(path: string, mirror: string): string {
  if (!statSync(path).isDirectory()) return join(realpathSync(dirname(path)), basename(path));
  const folder = realpathSync(path);
  if (!holdsFolderLink(folder)) return folder;
  const target = join(mirror, basename(path));
  mirrorFolder(folder, target);
  return target;
}

function holdsFolderLink(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    return entry.isSymbolicLink() ? statSync(path).isDirectory() : entry.isDirectory() && holdsFolderLink(path);
  });
}

function mirrorFolder(folder: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(folder)) {
    const path = realpathSync(join(folder, name));
    if (statSync(path).isDirectory()) mirrorFolder(path, join(target, name));
    else symlinkSync(path, join(target, name));
  }
}
