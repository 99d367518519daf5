/**
 * artifacts/ can hold one version of each stage: runs of the same plan share a checkout, runs of different plans take turns.
 * Held from the first stale stage to the end of the run; a no-op takes no lock.
 */
import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Project, stagingDir } from '../model/project.ts';
import { removeTree } from '../store/remove-tree.ts';
import { FileLock } from './file-lock.ts';
import { endLeftovers } from './leftover-processes.ts';

interface CheckoutHolder {
  readonly plan: string;
  readonly pid: number;
}

export class CheckoutLock {
  private readonly lock: FileLock;
  private readonly folder: string;

  private constructor(lock: FileLock, folder: string) {
    this.lock = lock;
    this.folder = folder;
  }

  /** `plan` names what may share: two runs with the same text go on side by side. */
  static async acquire(
    project: Project,
    plan: string,
    signal: AbortSignal,
    onWait: (holder: string) => void,
  ): Promise<CheckoutLock> {
    const folder = stagingDir(project);
    const path = join(folder, 'lock');
    let told = false;
    const options = {
      signal,
      onWait: (text: string): void => {
        if (!told) onWait(describe(text));
        told = true;
      },
    };
    for (;;) {
      const alone = FileLock.tryAcquire(path, 'exclusive');
      if (alone !== undefined && (await begin(alone, folder, plan))) return new CheckoutLock(alone, folder);
      const joined = await FileLock.acquire(path, 'shared', { signal });
      if (planOf(joined.read()) === plan) return new CheckoutLock(joined, folder);
      joined.release();
      const turn = await FileLock.acquire(path, 'exclusive', options);
      if (await begin(turn, folder, plan)) return new CheckoutLock(turn, folder);
    }
  }

  /** The last one out takes the staging folder away. */
  release(): void {
    this.lock.release();
    const alone = FileLock.tryAcquire(join(this.folder, 'lock'), 'exclusive');
    if (alone === undefined) return;
    clear(this.folder);
    alone.release(true);
    try {
      rmdirSync(this.folder);
    } catch {
      // another run has just come
    }
  }
}

/**
 * Alone here: what is left in the folder belongs to runs that were killed. Then shares the lock; false, and let go, where
 * another run came between.
 */
async function begin(lock: FileLock, folder: string, plan: string): Promise<boolean> {
  clear(folder);
  lock.describe(JSON.stringify({ plan, pid: process.pid }));
  await lock.share();
  if (planOf(lock.read()) === plan) return true;
  lock.release();
  return false;
}

function clear(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name === 'lock') continue;
    endLeftovers({ folder: join(folder, name) });
    removeTree(join(folder, name));
  }
}

function planOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as CheckoutHolder).plan;
  } catch {
    return undefined;
  }
}

function describe(text: string): string {
  try {
    return `process ${(JSON.parse(text) as CheckoutHolder).pid}, which runs with other parameters in this checkout`;
  } catch {
    return 'another run in this checkout';
  }
}
