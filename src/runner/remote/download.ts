/**
 * One object from a remote into the local cache: hashed as it comes, kept only where its bytes are what its name says. What was broken off is
 * kept in cache/incoming and gone on from. Decides no retries beyond those of a broken connection.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../locks/process-identity.ts';
import { makeFolder } from '../store/atomic-file.ts';
import { entriesOf } from '../store/folders.ts';
import type { ObjectStore } from '../store/objects.ts';
import { leastBytes } from './patience.ts';
import type { RemoteStore } from './remote-store.ts';

/** What is looked for. */
export interface Wanted {
  readonly digest: Digest;
  readonly size: number;
}

export interface Download {
  readonly store: RemoteStore;
  readonly objects: ObjectStore;
  /** cache/incoming */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** To be called whenever the remote earned more patience. */
  readonly alive: () => void;
}

/** `wrong`: other bytes came than the name says, or too many. Rejects where the connection failed, or the disk. */
export type DownloadEnd = 'kept' | 'absent' | 'wrong';

/** Smaller ones are fetched whole again. */
const worthKeeping = 1 << 20;
const maxBreaks = 3;

export async function download(way: Download, wanted: Wanted): Promise<DownloadEnd> {
  checkSpace(way.folder, wanted.size);
  const part = await Part.open(way.folder, wanted);
  try {
    for (let breaks = 0; ; breaks++) {
      const before = part.length;
      try {
        const end = await receive(way, wanted, part);
        if (end !== 'kept') return end;
        way.objects.adopt(part.finish(), wanted.digest);
        return 'kept';
      } catch (error) {
        // Who sends nothing at all is not asked again.
        if (way.signal.aborted || part.length === before || breaks === maxBreaks) throw error;
      }
    }
  } finally {
    part.close();
  }
}

async function receive({ store, signal, alive }: Download, { digest, size }: Wanted, part: Part): Promise<DownloadEnd> {
  if (part.length < size || size === 0) {
    const body = await store.read({ space: 'cas', digest }, part.length, signal);
    if (body === undefined) return 'absent';
    if (body.offset !== part.length) part.restart();
    let earned = 0;
    for await (const bytes of body.bytes) {
      if (signal.aborted) throw signal.reason;
      if (part.length + bytes.length > size) return part.refuse();
      part.add(bytes);
      earned += bytes.length;
      if (earned >= leastBytes) {
        alive();
        earned = 0;
      }
    }
    if (part.length < size) throw new Error('the connection broke off');
  }
  return part.digest() === digest ? 'kept' : part.refuse();
}

function checkSpace(folder: string, size: number): void {
  makeFolder(folder);
  const { bavail, bsize, blocks } = statfsSync(folder);
  if (blocks > 0 && size > bavail * bsize - (1 << 20))
    throw Object.assign(new Error(`an object of ${size} bytes does not fit into ${folder}`), { code: 'ENOSPC' });
}

/** The bytes that are here already, in a file of this process alone. */
class Part {
  length = 0;
  private readonly path: string;
  private hash: Hash = createHash('sha256');
  private fd: number | undefined;
  private spoilt = false;

  private constructor(path: string) {
    this.path = path;
  }

  /** Goes on from what an ended process left, if there is such. */
  static async open(folder: string, { digest, size }: Wanted): Promise<Part> {
    const part = new Part(join(folder, `${digest}.${ownName()}-${serial++}`));
    if (size >= worthKeeping && takeOver(folder, digest, part.path)) await part.readAgain(size);
    part.fd = openSync(part.path, part.length > 0 ? 'a' : 'w', 0o600);
    return part;
  }

  private async readAgain(size: number): Promise<void> {
    if (statSync(this.path).size > size) return;
    for await (const bytes of createReadStream(this.path)) {
      this.hash.update(bytes as Buffer);
      this.length += (bytes as Buffer).length;
    }
  }

  add(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd!, bytes, done);
    this.hash.update(bytes);
    this.length += bytes.length;
  }

  restart(): void {
    closeSync(this.fd!);
    this.fd = openSync(this.path, 'w', 0o600);
    this.hash = createHash('sha256');
    this.length = 0;
  }

  digest(): string {
    return this.hash.copy().digest('hex');
  }

  refuse(): 'wrong' {
    this.spoilt = true;
    return 'wrong';
  }

  /** The whole file, on the disk. */
  finish(): string {
    fsyncSync(this.fd!);
    return this.path;
  }

  /** Keeps a large part for the next attempt; anything else goes. */
  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    if (this.spoilt || this.length < worthKeeping) rmSync(this.path, { force: true });
  }
}

let serial = 0;

/** `host-boot.pid.start`, by which others know whether this process still runs. */
function ownName(): string {
  return nameOf(identityOf(process.pid));
}

function nameOf({ machine, pid, start }: ProcessIdentity): string {
  return `${createHash('sha256').update(machine).digest('hex').slice(0, 8)}.${pid}.${start}`;
}

/** Takes what an ended process, or this one, left of an object. The rename decides between two that want it. */
function takeOver(folder: string, digest: Digest, target: string): boolean {
  const { machine, start: own } = identityOf(process.pid);
  for (const path of entriesOf(folder)) {
    const [, pid = '', start = ''] =
      new RegExp(`^${digest}\\.[0-9a-f]{8}\\.(\\d+)\\.(\\d*)-\\d+$`).exec(basename(path)) ?? [];
    if (pid === '') continue;
    const sameMachine = basename(path).startsWith(`${digest}.${nameOf({ machine, pid: 0, start: '' }).slice(0, 8)}.`);
    const ended = sameMachine && start !== own && isAlive({ machine, pid: Number(pid), start }) === false;
    if (!ended) continue;
    try {
      renameSync(path, target);
      return true;
    } catch {
      // another was quicker
    }
  }
  return false;
}
