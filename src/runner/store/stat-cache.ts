/**
 * Which file has which SHA-256, by (dev, ino, size, mtimeNs, ctimeNs), so that unchanged files are not read again.
 * ctime is part of it because utimes cannot set it: an edit that restores mtime is seen. Knows no stages.
 */
import { type BigIntStats, statSync } from 'node:fs';
import type { Digest } from '../../base/digest.ts';
import { bigStatIfPresent } from './folders.ts';
import { hashFileSync } from './hash-file.ts';
import { type Ignored, ignoringNothing } from './ignore.ts';
import { isExecutable } from './modes.ts';

/** What of a file's stat record changes whenever its content may have: (dev, ino, size, mtimeNs, ctimeNs); ctime because utimes cannot set it. */
export function fingerprintOf(s: BigIntStats): string {
  return `${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}:${s.ctimeNs}`;
}

/** As kept on disk: path → [fingerprint, digest]. */
export type StatEntries = Record<string, readonly [string, Digest]>;

export interface FileState {
  readonly digest: Digest;
  readonly size: number;
  readonly executable: boolean;
}

/** A change within one tick of the file system's clock leaves no trace in ctime: a younger file is not believed. */
const tickNs = 20_000_000n;
/** The same for file systems that keep whole seconds (two, on FAT). */
const coarseTickNs = 2_000_000_000n;

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function isRacy(s: BigIntStats, at: bigint): boolean {
  const tick = s.ctimeNs % 1_000_000_000n === 0n ? coarseTickNs : tickNs;
  return s.ctimeNs + tick > at;
}

/** '' where nothing is there; undefined where it is too young to be believed, or may not be looked at. */
function fingerprintAt(path: string): string | undefined {
  try {
    const stat = bigStatIfPresent(path);
    if (stat === undefined) return '';
    return isRacy(stat, nowNs()) ? undefined : fingerprintOf(stat);
  } catch {
    return undefined;
  }
}

/** Thrown when a file changes each time it is read. */
class ChangingFileError extends Error {
  readonly path: string;
  constructor(path: string) {
    super(`${path} keeps changing while it is read: is another program writing to it?`);
    this.name = 'ChangingFileError';
    this.path = path;
  }
}

export class StatCache {
  /** Files read in full by this process, for tests and the run record. */
  filesRead = 0;
  changed = false;
  /** All that was looked at, absolute → the fingerprint that the answer holds for; undefined where it is too young to be believed. */
  readonly seen: Map<string, string | undefined> = new Map();
  private readonly entries: Map<string, readonly [string, Digest]>;
  /** Published by this process: believed only if still untouched one tick later. */
  private readonly adopted = new Set<string>();

  private readonly hash: (path: string) => Digest;

  /** What of a listing counts for nothing. */
  readonly ignored: Ignored;

  constructor(
    entries: StatEntries = {},
    hash: (path: string) => Digest = hashFileSync,
    ignored: Ignored = ignoringNothing,
  ) {
    this.entries = new Map(Object.entries(entries));
    this.ignored = ignored;
    this.hash = hash;
  }

  /** The file's content digest; reads it only if its stat record is unknown, different or too young. Throws where it is missing. */
  state(path: string): FileState {
    for (let attempt = 0; attempt < 5; attempt++) {
      const stat = statSync(path, { bigint: true });
      const fingerprint = fingerprintOf(stat);
      const known = this.entries.get(path);
      const shape = { size: Number(stat.size), executable: isExecutable(Number(stat.mode)) };
      if (known !== undefined && known[0] === fingerprint) {
        this.note(path, fingerprint);
        return { digest: known[1], ...shape };
      }
      const start = nowNs();
      const digest = this.hash(path);
      this.filesRead++;
      if (fingerprintOf(statSync(path, { bigint: true })) !== fingerprint) continue;
      this.note(path, isRacy(stat, start) ? undefined : fingerprint);
      if (!isRacy(stat, start)) this.remember(path, fingerprint, digest);
      else if (known !== undefined) this.forget(path);
      return { digest, ...shape };
    }
    throw new ChangingFileError(path);
  }

  /** Notes a folder (or other path) before its entries are read, so that a later change of them can be seen. */
  look(path: string): void {
    this.note(path, fingerprintAt(path));
  }

  /** What was seen to change while this process ran is believed no more. */
  private note(path: string, fingerprint: string | undefined): void {
    const changed = this.seen.has(path) && this.seen.get(path) !== fingerprint;
    this.seen.set(path, changed ? undefined : fingerprint);
  }

  /** Whether all that was looked at below a folder is still what it was then; what was too young to be believed counts as changed. */
  isAsSeen(folder: string): boolean {
    for (const [path, fingerprint] of this.seen) {
      if (!path.startsWith(`${folder}/`)) continue;
      if (fingerprint === undefined || fingerprint !== fingerprintAt(path)) return false;
    }
    return true;
  }

  /** Takes over a file that this process made, hashed in private as `staged`, and renamed to `path`. */
  adopt(path: string, digest: Digest, staged: BigIntStats): void {
    const now = statSync(path, { bigint: true });
    const same =
      now.ino === staged.ino && now.dev === staged.dev && now.size === staged.size && now.mtimeNs === staged.mtimeNs;
    if (!same) {
      this.forget(path);
      return;
    }
    this.remember(path, fingerprintOf(now), digest);
    this.adopted.add(path);
  }

  /** What may be kept on disk; sleeps one tick where files were adopted a moment ago, then looks at them again. */
  settle(): StatEntries {
    if (this.adopted.size > 0)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(tickNs / 1_000_000n) + 2);
    for (const path of this.adopted) if (!this.isUntouched(path)) this.forget(path);
    this.adopted.clear();
    return Object.fromEntries(this.entries);
  }

  /** Drops what is known of a file. */
  forget(path: string): void {
    if (this.entries.delete(path)) this.changed = true;
  }

  private remember(path: string, fingerprint: string, digest: Digest): void {
    this.entries.set(path, [fingerprint, digest]);
    this.changed = true;
  }

  private isUntouched(path: string): boolean {
    const stat = bigStatIfPresent(path);
    return stat !== undefined && this.entries.get(path)?.[0] === fingerprintOf(stat) && !isRacy(stat, nowNs());
  }
}
