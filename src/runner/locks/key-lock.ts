/**
 * One holder per action key on one cache: who holds it may run the stage. Dies with its holder and the holder's children;
 * children left over by a dead run are ended by who waits for them.
 */
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { locksDir, type Project } from '../model/project.ts';
import { FileLock } from './file-lock.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** What a holder writes into its lock. */
interface Holder {
  readonly runner: ProcessIdentity;
  /** The stage's process group, once it runs. */
  readonly child?: ProcessIdentity;
  readonly stage: string;
  readonly root: string;
}

export class KeyLock {
  /** Handed to the stage's process, so that the lock outlives a killed runner for as long as its stage runs on. */
  readonly fd: number;
  private readonly lock: FileLock;
  private readonly holder: Holder;

  private constructor(lock: FileLock, holder: Holder) {
    this.lock = lock;
    this.fd = lock.fd;
    this.holder = holder;
    lock.describe(JSON.stringify(holder));
  }

  /** Waits for whoever has it; `onWait` hears once who that is. */
  static async acquire(
    project: Project,
    key: Digest,
    stage: string,
    signal: AbortSignal,
    onWait: (holder: string) => void,
  ): Promise<KeyLock> {
    let told = false;
    const lock = await FileLock.acquire(join(locksDir(project), key), 'exclusive', {
      signal,
      onWait: (text) => {
        const holder = parseHolder(text);
        if (holder !== undefined) endOrphan(holder);
        if (!told) onWait(describeHolder(holder));
        told = true;
      },
    });
    return new KeyLock(lock, { runner: identityOf(process.pid), stage, root: project.root });
  }

  /** Notes the leader of the stage's process group. */
  noteChild(pid: number): void {
    this.lock.describe(JSON.stringify({ ...this.holder, child: identityOf(pid) }));
  }

  release(): void {
    this.lock.release(true);
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return 'another run';
  return `process ${holder.runner.pid} (${holder.stage} in ${holder.root})`;
}

/**
 * Ends the stage of a run that was killed: nobody will take its result. Where only members of its group are left, its number
 * cannot have been given to another process.
 */
function endOrphan(holder: Holder): void {
  if (holder.child === undefined || isAlive(holder.runner) !== false) return;
  if (isAlive(holder.child) !== true && identityOf(holder.child.pid).start !== '') return;
  try {
    process.kill(-holder.child.pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}
