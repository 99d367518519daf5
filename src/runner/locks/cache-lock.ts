/** A lock among all who share a cache; where nothing can be written there, in the checkout, so that at least its own runs are kept apart. */
import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { locksDir, type Project, stagingDir } from '../model/project.ts';
import { isUnwritable } from '../store/atomic-file.ts';
import { FileLock, type WaitOptions } from './file-lock.ts';

/** Exclusive; `name` is unique in the cache. */
export async function acquireCacheLock(project: Project, name: string, options: WaitOptions = {}): Promise<FileLock> {
  try {
    return await FileLock.acquire(join(locksDir(project), name), 'exclusive', { ...options, orReadOnly: true });
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return FileLock.acquire(join(checkoutLocks(project), name), 'exclusive', options);
  }
}

/** Lets go of it. */
export function releaseCacheLock(project: Project, lock: FileLock): void {
  lock.release(true);
  try {
    for (const folder of [checkoutLocks(project), stagingDir(project)]) rmdirSync(folder);
  } catch {
    // other locks lie there, or none ever did
  }
}

function checkoutLocks(project: Project): string {
  return join(stagingDir(project), 'locks');
}
