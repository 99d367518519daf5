/** Whether artifacts/ and the cache can be folders at all: something else may stand in their place. Makes nothing. */
import { statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Diagnostic } from '../../base/located-error.ts';
import { type Project, stagingDir } from '../model/project.ts';
import { lstatIfPresent } from './folders.ts';

/** What stands where a folder is needed: a file, or a link that leads nowhere. */
export function checkFolders(project: Project): Diagnostic | undefined {
  return troubleAt(stagingDir(project), project.root) ?? troubleAt(project.cacheDir, project.root);
}

/** Of the nearest thing on the way that is there. */
function troubleAt(folder: string, root: string): Diagnostic | undefined {
  for (let path = folder; dirname(path) !== path; path = dirname(path)) {
    const found = kindAt(path);
    if (found === 'folder') return undefined;
    if (found === undefined) continue;
    const inside = relative(root, path);
    const shown = inside.startsWith('..') ? path : inside;
    return { message: `${shown}: expected a folder, got ${found}`, hint: `move or delete ${shown} and try again` };
  }
  return undefined;
}

/** Undefined where nothing is there; what may not be looked at is taken for a folder, and who uses it says so. */
function kindAt(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'a file';
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code)) return 'folder';
  }
  return lstatIfPresent(path) === undefined ? undefined : 'a link that leads nowhere';
}
