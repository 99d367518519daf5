/** A shared folder (NFS, a mounted drive) as a remote: ac/ab/abcd… and cas/ab/abcd…, as Bazel's disk cache. Needs no locks: a rename shows a file whole. */
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, makeFolder, temporaryName } from '../store/atomic-file.ts';
import { type RemoteBody, type RemotePath, RemoteRefusal, type RemoteStore, type Sent } from './remote-store.ts';

export class FolderStore implements RemoteStore {
  readonly name: string;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.name = folder;
  }

  async read(path: RemotePath, offset: number, signal: AbortSignal): Promise<RemoteBody | undefined> {
    await this.checkThere();
    const handle = await openIfPresent(this.path(path));
    if (handle === undefined) return undefined;
    if (!(await handle.stat()).isFile()) {
      await handle.close();
      throw new RemoteRefusal(`${this.path(path)} is not a plain file`);
    }
    return { offset, bytes: handle.createReadStream({ start: offset, highWaterMark: 1 << 20, signal }) };
  }

  async has(path: RemotePath): Promise<boolean> {
    await this.checkThere();
    try {
      return (await stat(this.path(path))).isFile();
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async write(path: RemotePath, sent: Sent, signal: AbortSignal, alive: () => void): Promise<void> {
    await this.checkThere();
    const target = this.path(path);
    makeFolder(dirname(target));
    const temporary = temporaryName(target);
    try {
      const handle = await open(temporary, 'wx', 0o644);
      try {
        if ('bytes' in sent) await handle.writeFile(sent.bytes);
        else
          for await (const piece of createReadStream(sent.file, { highWaterMark: 1 << 20, signal })) {
            await handle.writeFile(piece as Buffer);
            alive();
          }
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  close(): void {}

  private path({ space, digest }: RemotePath): string {
    return join(this.folder, space, digest.slice(0, 2), digest);
  }

  /** A drive that is not mounted must not look like an empty remote, nor be filled in its place. */
  private async checkThere(): Promise<void> {
    try {
      if ((await stat(this.folder)).isDirectory()) return;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    throw new RemoteRefusal(`${this.folder} is not a folder; make it once with mkdir`);
  }
}

/** Does not wait for a writer where the path is a pipe. */
async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
