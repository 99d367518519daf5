/** What lies in a folder that may be gone or unreadable, links not followed: for what is counted and cleared away. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of a folder's entries; none where it cannot be read. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Paths of all files and links below a folder. */
export function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((path) => (isFolder(path) ? filesBelow(path) : [path]));
}

/** Bytes of a file, or of all files below a folder. */
export function bytesBelow(path: string): number {
  if (isFolder(path)) return entriesOf(path).reduce((sum, entry) => sum + bytesBelow(entry), 0);
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
