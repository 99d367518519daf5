/**
 * A lock held by an open file (flock), so that the kernel drops it the moment its last holder dies, however it dies.
 * A child that inherits `fd` holds it too. Knows nothing of what it guards.
 *
 * Node has no flock; flock(1), or perl, locks the open file that it is handed as descriptor 3, and the lock stays when it exits.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { userError } from '../../base/located-error.ts';
import { isMissing, isRefused, makeFolder } from '../store/atomic-file.ts';
import { statIfPresent } from '../store/folders.ts';

export type LockMode = 'exclusive' | 'shared';

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Locks another user's file though nothing can be written into it. */
  readonly orReadOnly?: boolean;
  /** Called once a second while somebody else holds it, first at once, with what the holder wrote into the file. */
  onWait?(holder: string): void;
}

const perlScript = 'open(my $f, "+<&=", 3) or exit 2; exit(flock($f, $ARGV[0]) ? 0 : 1)';

/** Arguments that lock descriptor 3. */
function lockCommand(tool: 'flock' | 'perl', mode: LockMode, wait: boolean): readonly [string, readonly string[]] {
  if (tool === 'flock') return ['flock', [mode === 'shared' ? '-s' : '-x', ...(wait ? [] : ['-n']), '3']];
  return ['perl', ['-e', perlScript, String((mode === 'shared' ? 1 : 2) | (wait ? 0 : 4))]];
}

export class FileLock {
  readonly path: string;
  readonly fd: number;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
  }

  /** Takes the lock if nobody holds it. */
  static tryAcquire(path: string, mode: LockMode, orReadOnly = false): FileLock | undefined {
    for (;;) {
      const fd = openLockFile(path, orReadOnly);
      if (!lockNow(fd, mode)) {
        closeSync(fd);
        return undefined;
      }
      if (isStillAt(fd, path)) return new FileLock(path, fd);
      closeSync(fd);
    }
  }

  /** Takes the lock, waiting in the kernel for its holder; throws the signal's reason when aborted. */
  static async acquire(path: string, mode: LockMode, options: WaitOptions = {}): Promise<FileLock> {
    for (;;) {
      const lock = FileLock.tryAcquire(path, mode, options.orReadOnly);
      if (lock !== undefined) return lock;
      const fd = openLockFile(path, options.orReadOnly);
      try {
        await lockWhenFree(fd, path, mode, options);
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      if (isStillAt(fd, path)) return new FileLock(path, fd);
      closeSync(fd);
    }
  }

  /** Waits until nobody holds it alone; makes no file, so that at once where there is none. */
  static async waitFor(path: string, options: WaitOptions = {}): Promise<void> {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    try {
      await lockWhenFree(fd, path, 'shared', options);
    } finally {
      closeSync(fd);
    }
  }

  /** What a holder wrote into the file; '' where it cannot be read. */
  static readAt(path: string): string {
    return readHolder(path);
  }

  /** Writes who holds it, for those who wait; an error names the file. */
  describe(text: string): void {
    try {
      ftruncateSync(this.fd, 0);
      writeSync(this.fd, text, 0);
    } catch (error) {
      throw Object.assign(error as Error, { path: this.path });
    }
  }

  read(): string {
    return readHolder(this.path);
  }

  /** Lets go; with `remove`, takes the file away first, which only an exclusive holder may do. */
  release(remove = false): void {
    if (remove && isStillAt(this.fd, this.path)) removeIfAllowed(this.path);
    closeSync(this.fd);
  }
}

function openLockFile(path: string, orReadOnly = false): number {
  for (let attempt = 0; ; attempt++) {
    try {
      makeFolder(dirname(path));
      return openSync(path, 'a+');
    } catch (error) {
      if (orReadOnly && isRefused(error) && existsSync(path)) return openSync(path, 'r');
      // the last run of a checkout may take the folder away at this moment
      if (!isMissing(error) || attempt > 100) throw error;
    }
  }
}

function removeIfAllowed(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}

/** A lock on a file that was removed meanwhile guards nothing. */
function isStillAt(fd: number, path: string): boolean {
  const there = statIfPresent(path);
  const mine = fstatSync(fd);
  return there !== undefined && there.ino === mine.ino && there.dev === mine.dev;
}

let tool: 'flock' | 'perl' = 'flock';

function lockNow(fd: number, mode: LockMode): boolean {
  for (;;) {
    const [program, args] = lockCommand(tool, mode, false);
    const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'ignore', fd] });
    if (error === undefined && (status === 0 || status === 1)) return status === 0;
    if (tool === 'perl') throw noTool();
    tool = 'perl';
  }
}

function noTool(): Error {
  return userError('neither flock(1) nor perl is here, so runs cannot be kept apart', 'install util-linux');
}

function lockWhenFree(fd: number, path: string, mode: LockMode, options: WaitOptions): Promise<void> {
  const { signal, onWait } = options;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const [program, args] = lockCommand(tool, mode, true);
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', fd] });
  const tell = (): void => onWait?.(readHolder(path));
  const timer = setInterval(tell, 1000);
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  tell();
  return new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(
          signal?.aborted === true ? signal.reason : new Error(`${program} could not lock ${path} (status ${code})`),
        );
    });
  }).finally(() => {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  });
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
