/** Removes a folder whatever modes its folders have; what an ordinary user may not enter is made writable on the way. Knows no stages. */
import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Does nothing where there is nothing. Links are removed, not followed. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    unlockFolders(path);
    rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  }
}

/** Every folder below, and the path itself, may be entered and changed by its owner. */
function unlockFolders(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return;
  makeWritable(path, stat.mode);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) unlockFolders(join(path, entry.name));
}

/** A folder that its owner may not change can neither be emptied nor renamed into another. */
export function makeWritable(folder: string, mode: number): void {
  if ((mode & 0o700) !== 0o700) chmodSync(folder, (mode & 0o7777) | 0o700);
}
