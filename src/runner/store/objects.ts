/** The content store: bytes under their SHA-256 in cache/objects. Verified on the way out; what is damaged is set aside. Knows no stages. */
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { isRefused, makeFolder, temporaryName } from './atomic-file.ts';
import { copyWhereItFits } from './copy-file.ts';
import { statIfPresent } from './folders.ts';
import { hashFile } from './hash-file.ts';
import { fileMode } from './modes.ts';

export class ObjectStore {
  readonly folder: string;
  private readonly damagedFolder: string;

  constructor(cacheDir: string) {
    this.folder = join(cacheDir, 'objects');
    this.damagedFolder = join(cacheDir, 'damaged');
  }

  path(digest: Digest): string {
    return join(this.folder, digest.slice(0, 2), digest);
  }

  /** Whether an object of this name and size is there; its bytes are only looked at when it is taken out. */
  has(digest: Digest, size: number): boolean {
    try {
      const stat = statIfPresent(this.path(digest));
      return stat?.isFile() === true && stat.size === size;
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
  }

  /** Keeps a copy (a reflink where the file system can) of a file whose digest is known. */
  async put(source: string, digest: Digest, size: number): Promise<void> {
    const path = this.path(digest);
    if (this.has(digest, size)) {
      touch(path);
      return;
    }
    makeFolder(dirname(path));
    const temporary = temporaryName(path);
    try {
      await copyWhereItFits(source, temporary, size);
      flush(temporary);
      chmodSync(temporary, 0o444);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Takes over a file of the cache's own file system whose digest is known and that is flushed to the disk. */
  adopt(file: string, digest: Digest): void {
    const path = this.path(digest);
    makeFolder(dirname(path));
    chmodSync(file, 0o444);
    renameSync(file, path);
  }

  /** Copies an object out; false, and nothing at `target`, where it is missing or its bytes are not what its name says. */
  async take(digest: Digest, target: string, executable: boolean): Promise<boolean> {
    const object = this.path(digest);
    try {
      await copyWhereItFits(object, target, statSync(object).size);
    } catch (error) {
      rmSync(target, { force: true });
      if (isUnusable(error)) return false;
      throw error;
    }
    if ((await hashFile(target, statSync(target).size)) === digest) {
      chmodSync(target, fileMode(executable));
      return true;
    }
    rmSync(target, { force: true });
    this.setAside(digest);
    return false;
  }

  /** Moves a damaged object to cache/damaged, where a person can look at it. */
  setAside(digest: Digest): void {
    try {
      makeFolder(this.damagedFolder);
      renameSync(this.path(digest), temporaryName(join(this.damagedFolder, digest)).replace(/\.tmp$/, ''));
    } catch (error) {
      if (!isUnusable(error)) throw error;
    }
  }
}

/** So that gc, which spares what is young, does not take it before the record that names it is written. */
function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // another user's object: gc by its owner may take it, and it is then made again
  }
}

function isUnusable(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return isRefused(error) || ['ENOENT', 'ENOTDIR', 'EISDIR', 'EINVAL', 'EIO'].includes(code);
}

function flush(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
