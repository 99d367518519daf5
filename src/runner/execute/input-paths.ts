/**
 * The paths by which a module stage is given its inputs, with no link to a folder on the way: Node's permission model looks at the text of
 * a path, so `input/link/../file` would lead it out of what it may read. Decides no permissions.
 */
import { mkdirSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StageJob } from './stage-job.ts';

/** Input name → absolute paths. A folder with links to folders in it is mirrored: its folders made anew, its files as links. */
export function inputPaths(job: StageJob): ReadonlyMap<string, readonly string[]> {
  const mirrors = join(dirname(job.staging), 'in');
  return new Map(
    Object.entries(job.gathered.inputs).map(([name, { paths }]) => [
      name,
      paths.map((path, i) => plainPath(join(job.root, path), join(mirrors, `${name}-${i}`))),
    ]),
  );
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
