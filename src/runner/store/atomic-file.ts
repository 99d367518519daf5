/** Files that appear whole or not at all. Knows no meaning of what it writes. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

let serial = 0;

/** A name beside `path` that no other process and no other call uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${process.hrtime.bigint().toString(36)}-${serial++}.tmp`;
}

/** A folder and those above it. Node calls a read-only file system a missing folder (ENOENT); this throws the true cause. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
    makeFirstMissing(path);
    mkdirSync(path, { recursive: true });
  }
}

function makeFirstMissing(path: string): void {
  let first = path;
  while (!existsSync(dirname(first))) first = dirname(first);
  try {
    mkdirSync(first);
  } catch (error) {
    // another run was quicker
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Writes to a temporary file, flushes it to the disk and renames it over `path`; makes the folder where it is missing. */
export function writeFileAtomic(path: string, text: string): void {
  makeFolder(dirname(path));
  const temporary = temporaryName(path);
  try {
    const fd = openSync(temporary, 'wx');
    try {
      writeAll(fd, Buffer.from(text));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

/** The text of a file, or undefined where there is none. */
export function readTextIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that a path does not exist. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Whether an error says that this user, or nobody, may use a place: another user's, or a read-only file system. */
export function isRefused(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Whether an error says that nothing can be written there: by this user, or because the disk is full. */
export function isUnwritable(error: unknown): boolean {
  return isRefused(error) || ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Whether a folder is there and not empty. */
export function holdsFiles(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
