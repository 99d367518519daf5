/**
 * Who may use which folders of artifacts/. A run claims all of its folders in one step, before its first stale stage, and holds them to
 * its end; runs whose claims do not clash go on side by side. A no-op claims nothing. A claim dies with its run, however that dies.
 */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Project, stagingDir } from '../model/project.ts';
import { entriesOf } from '../store/folders.ts';
import { removeTree } from '../store/remove-tree.ts';
import { FileLock } from './file-lock.ts';
import { clash, type FolderClaims } from './folder-claims.ts';
import { endLeftovers } from './leftover-processes.ts';

/** What a holder writes into its file. */
interface Holder {
  readonly pid: number;
  /** How it goes on after `process 12, which …`. */
  readonly doing: string;
  readonly claims: FolderClaims;
}

/** One that holds a claim now; without `holder` where its file cannot be read. */
interface Live {
  readonly path: string;
  readonly number: number;
  readonly holder: Holder | undefined;
}

export class CheckoutLock {
  /** The run's own, inside artifacts/; gone when it lets go. */
  readonly folder: string;
  private readonly lock: FileLock;
  private readonly staging: string;

  private constructor(lock: FileLock, staging: string, number: number) {
    this.lock = lock;
    this.staging = staging;
    this.folder = join(staging, String(number));
  }

  /** Waits until nobody's claims clash with these; all are taken at once or none, so that no two can wait for each other. */
  static async acquire(
    project: Project,
    { claims, doing }: Pick<Holder, 'claims' | 'doing'>,
    signal: AbortSignal,
    onWait: (holder: string) => void,
  ): Promise<CheckoutLock> {
    const staging = stagingDir(project);
    for (let told = false; ; told = true) {
      const got = await underGuard(staging, signal, (live) => {
        const rival = live.find(({ holder }) => holder === undefined || clash(holder.claims, claims) !== undefined);
        return rival ?? CheckoutLock.take(staging, live, { pid: process.pid, doing, claims });
      });
      if (got instanceof CheckoutLock) return got;
      if (!told) onWait(describe(got, claims));
      await FileLock.waitFor(got.path, { signal });
    }
  }

  /** The lowest number that is free: of a run that is alone, always the same. Throws where the claims cannot be written. */
  private static take(staging: string, live: readonly Live[], holder: Holder): CheckoutLock {
    for (let number = 0; ; number++) {
      if (live.some((other) => other.number === number)) continue;
      const lock = FileLock.tryAcquire(join(staging, `${number}.run`), 'exclusive');
      if (lock === undefined) continue;
      try {
        lock.describe(JSON.stringify(holder));
        return new CheckoutLock(lock, staging, number);
      } catch (error) {
        lock.release(true);
        throw error;
      }
    }
  }

  /** The last one out takes the staging folder away. */
  async release(): Promise<void> {
    clear(this.folder);
    this.lock.release(true);
    await underGuard(this.staging, undefined, () => undefined);
  }
}

/** Does one thing while nobody else claims or sweeps, told who holds claims; then, where nobody does, takes the staging folder away. */
async function underGuard<T>(
  staging: string,
  signal: AbortSignal | undefined,
  act: (live: readonly Live[]) => T,
): Promise<T> {
  const guard = await FileLock.acquire(join(staging, 'lock'), 'exclusive', { signal });
  let empty = false;
  try {
    const done = act(sweep(staging));
    empty = !readdirSync(staging).some((name) => name !== 'lock' && name !== 'locks');
    return done;
  } finally {
    guard.release(empty);
    if (empty) for (const folder of [join(staging, 'locks'), staging]) removeIfEmpty(folder);
  }
}

/** Those who hold claims. What runs that were killed left is taken away; also what lies there in any other way, where nobody is here. */
function sweep(staging: string): readonly Live[] {
  const live: Live[] = [];
  for (const name of readdirSync(staging)) {
    const number = /^(\d+)\.run$/.exec(name)?.[1];
    if (number === undefined) continue;
    const path = join(staging, name);
    const dead = FileLock.tryAcquire(path, 'exclusive');
    if (dead === undefined) live.push({ path, number: Number(number), holder: holderAt(path) });
    else {
      clear(join(staging, number));
      dead.release(true);
    }
  }
  if (live.length > 0) return live;
  for (const name of readdirSync(staging)) if (name !== 'lock' && name !== 'locks') clear(join(staging, name));
  for (const path of entriesOf(join(staging, 'locks'))) FileLock.tryAcquire(path, 'exclusive')?.release(true);
  return live;
}

function clear(folder: string): void {
  if (!existsSync(folder)) return;
  endLeftovers({ folder });
  removeTree(folder);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // another run has just come, or it is not there
  }
}

function holderAt(path: string): Holder | undefined {
  try {
    return JSON.parse(FileLock.readAt(path)) as Holder;
  } catch {
    return undefined;
  }
}

function describe({ holder }: Live, claims: FolderClaims): string {
  if (holder === undefined) return 'another run in this checkout';
  return `process ${holder.pid}, which ${holder.doing} in this checkout (${clash(holder.claims, claims)})`;
}
