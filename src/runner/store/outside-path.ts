/** Paths beyond the project, as people write them in parameters, and what is there. Reads no file. */
import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `~` and `~/…` are the home folder; what is relative begins at `root`. */
export function outsidePath(root: string, written: string): string {
  return written === '~' || written.startsWith('~/') ? join(homedir(), written.slice(1)) : resolve(root, written);
}

/** What is there; undefined where nothing is, also where a file stands in the place of a folder of the path. */
export function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
