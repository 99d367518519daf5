/** What every kind of remote can do: keep bytes under a path and give them back. Believes nothing of what it gives; decides nothing. */
import type { Digest } from '../../base/digest.ts';

/** An action result under its key, or an object under its SHA-256: the two spaces of Bazel's HTTP cache. */
export interface RemotePath {
  readonly space: 'ac' | 'cas';
  readonly digest: Digest;
}

/** Bytes on their way; `offset` is where they begin, 0 where the remote cannot begin later. */
export interface RemoteBody {
  readonly offset: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What is sent: bytes in memory, or a file of known size. */
export type Sent = { readonly bytes: Uint8Array } | { readonly file: string; readonly size: number };

export interface RemoteStore {
  /** For people, without passwords. */
  readonly name: string;
  /** The bytes from `offset` on; undefined where the remote has none under this path. Rejects where it cannot be asked. */
  read(path: RemotePath, offset: number, signal: AbortSignal): Promise<RemoteBody | undefined>;
  has(path: RemotePath, signal: AbortSignal): Promise<boolean>;
  /** Others see the whole or nothing; `alive` is called as it goes on. */
  write(path: RemotePath, sent: Sent, signal: AbortSignal, alive: () => void): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}

/** The remote answered that it will not: asking again changes nothing. */
export class RemoteRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RemoteRefusal';
  }
}
