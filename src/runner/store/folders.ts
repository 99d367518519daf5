/** What lies in a folder that may be gone or unreadable, links not followed: for what is counted and cleared away. */
import { type BigIntStats, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from './atomic-file.ts';

/** What a path leads to; undefined where nothing is there, or (which throwIfNoEntry does not cover) a file stands in the way. */
export function statIfPresent(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The same with times in nanoseconds. */
export function bigStatIfPresent(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The same of the path itself where it is a link. */
export function lstatIfPresent(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

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
  return lstatIfPresent(path)?.size ?? 0;
}

function isFolder(path: string): boolean {
  return lstatIfPresent(path)?.isDirectory() === true;
}
