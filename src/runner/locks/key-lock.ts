/**
 * One holder per action key on one cache: who holds it may run the stage. Dies with its holder; what a dead run's stage left running is
 * ended by who takes the lock after it.
 */
import type { Digest } from '../../base/digest.ts';
import type { Project } from '../model/project.ts';
import { acquireCacheLock } from './cache-lock.ts';
import type { FileLock } from './file-lock.ts';
import { endLeftovers } from './leftover-processes.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** What a holder writes into its lock. */
interface Holder {
  readonly runner: ProcessIdentity;
  /** The stage's process group, once it runs. */
  readonly child?: ProcessIdentity;
  readonly folder?: string;
  readonly stage: string;
  readonly root: string;
}

export class KeyLock {
  private readonly lock: FileLock;
  private holder: Holder;

  private constructor(lock: FileLock, holder: Holder) {
    this.lock = lock;
    this.holder = holder;
    this.describe();
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
    const lock = await acquireCacheLock(project, key, {
      signal,
      onWait: (text) => {
        if (!told) onWait(describeHolder(parseHolder(text)));
        told = true;
      },
    });
    const before = parseHolder(lock.read());
    if (before !== undefined) endOrphan(before);
    return new KeyLock(lock, { runner: identityOf(process.pid), stage, root: project.root });
  }

  /** Notes the private folder of the stage, by which its processes are known. */
  noteFolder(folder: string): void {
    this.holder = { ...this.holder, folder };
    this.describe();
  }

  /** Notes the leader of the stage's process group. */
  noteChild(pid: number): void {
    this.holder = { ...this.holder, child: identityOf(pid) };
    this.describe();
  }

  /** Where it cannot be written, on a full disk or in another user's file, the lock holds all the same; only who holds it stays unknown. */
  private describe(): void {
    try {
      this.lock.describe(JSON.stringify(this.holder));
    } catch {
      return;
    }
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
  if (isAlive(holder.runner) !== false) return;
  endGroup(holder);
  if (holder.folder !== undefined) endLeftovers({ folder: holder.folder });
}

function endGroup(holder: Holder): void {
  if (holder.child === undefined) return;
  if (isAlive(holder.child) !== true && identityOf(holder.child.pid).start !== '') return;
  try {
    process.kill(-holder.child.pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}
