/**
 * A remote beside the local cache: results are looked up there and believed only after they were checked, objects are fetched where they are
 * needed, and what a run made is put there in the background. Whatever fails is told once and costs nothing but time; no run fails by it.
 */
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { formatBytes } from '../model/words.ts';
import type { ActionCache, ActionRecord } from '../store/actions.ts';
import { diskTrouble } from '../store/disk-errors.ts';
import type { ObjectStore } from '../store/objects.ts';
import { decodeActionResult, encodeActionResult } from './action-result.ts';
import { download, type Wanted } from './download.ts';
import { readForeignRecord } from './foreign-record.ts';
import { Patience } from './patience.ts';
import type { RemotePath, RemoteStore, Sent } from './remote-store.ts';
import type { RemoteSettings } from './settings.ts';
import { open, seal } from './signature.ts';
import { Turns } from './turns.ts';

/** What of the local cache it fills. */
export interface LocalCache {
  readonly actions: ActionCache;
  readonly objects: ObjectStore;
  readonly cacheDir: string;
}

/** A record that is larger is not believed: that of 100,000 files has some 20 MiB. */
const maxRecordBytes = 64 << 20;
const atOnce = 16;

export class RemoteCache {
  readonly writes: boolean;
  /** What came, and what was put there. */
  readonly count: { results: number; objects: number; bytes: number; sent: number } = {
    results: 0,
    objects: 0,
    bytes: 0,
    sent: 0,
  };
  private readonly store: RemoteStore;
  private readonly settings: Pick<RemoteSettings, 'writes' | 'timeoutMs' | 'signer' | 'trusted'>;
  private readonly local: LocalCache;
  private readonly tell: (text: string) => void;
  private readonly patience: Patience;
  private readonly turns = new Turns(atOnce);
  private readonly lookups = new Map<Digest, Promise<ActionRecord | undefined>>();
  private readonly fetches = new Map<Digest, Promise<boolean>>();
  /** Objects of which the remote gave other bytes: they are put there again. */
  private readonly spoilt = new Set<Digest>();
  private readonly unsent = new Map<Digest, Promise<boolean>>();

  constructor(
    store: RemoteStore,
    settings: Pick<RemoteSettings, 'writes' | 'timeoutMs' | 'signer' | 'trusted'>,
    local: LocalCache,
    tell: (text: string) => void,
  ) {
    this.store = store;
    this.settings = settings;
    this.local = local;
    this.tell = (text) => tell(`remote ${store.name}: ${text}`);
    this.writes = settings.writes;
    this.patience = new Patience(settings.timeoutMs, (why) => this.tell(`${why}; it is not asked again in this run`));
  }

  /** The result of a key, now in the local cache too; undefined where the remote has none that can be believed. */
  lookup(key: Digest): Promise<ActionRecord | undefined> {
    const known = this.lookups.get(key) ?? this.turns.take(() => this.lookUp(key));
    this.lookups.set(key, known);
    return known;
  }

  private async lookUp(key: Digest): Promise<ActionRecord | undefined> {
    const began = performance.now();
    const bytes = await this.patience.request((signal) => this.readRecord(key, signal));
    this.patience.noteWait(performance.now() - began);
    if (bytes === undefined || bytes === 'none') return undefined;
    const record = bytes === 'long' ? 'it is too long' : this.believe(key, bytes);
    if (typeof record === 'string') {
      this.tell(`its result ${key.slice(0, 12)} is not used: ${record}`);
      return undefined;
    }
    this.count.results++;
    this.keepRecord(record);
    return record;
  }

  private async readRecord(key: Digest, signal: AbortSignal): Promise<Uint8Array | 'none' | 'long'> {
    const body = await this.store.read({ space: 'ac', digest: key }, 0, signal);
    if (body === undefined) return 'none';
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of body.bytes) {
      length += part.length;
      if (length > maxRecordBytes) return 'long';
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  private believe(key: Digest, message: Uint8Array): ActionRecord | string {
    const sealed = decodeActionResult(message);
    if (sealed === undefined) return 'it is no action result';
    const opened = open(key, sealed, this.settings.trusted);
    return 'why' in opened ? opened.why : readForeignRecord(key, opened.record);
  }

  /** A local cache that cannot be written costs another lookup next time. */
  private keepRecord(record: ActionRecord): void {
    try {
      this.local.actions.write(record);
    } catch (error) {
      if (diskTrouble(error) === undefined) throw error;
      this.local.actions.lend(record);
    }
  }

  /** Brings these objects into the local cache, side by side; false where one cannot be had. */
  async fetch(wanted: readonly Wanted[]): Promise<boolean> {
    const missing = wanted.filter(({ digest, size }) => !this.local.objects.has(digest, size));
    const all = missing.map((one) => {
      const known = this.fetches.get(one.digest) ?? this.turns.take(() => this.fetchOne(one));
      this.fetches.set(one.digest, known);
      return known;
    });
    return (await Promise.all(all)).every(Boolean);
  }

  private async fetchOne(wanted: Wanted): Promise<boolean> {
    const { objects, cacheDir } = this.local;
    const way = { store: this.store, objects, folder: join(cacheDir, 'incoming') };
    try {
      const end = await this.patience.request((signal, alive) => download({ ...way, signal, alive }, wanted));
      if (end === 'wrong') this.spoilt.add(wanted.digest);
      if (end === 'wrong')
        this.tell(`its object ${wanted.digest.slice(0, 12)} holds other bytes than its name says; not used`);
      if (end !== 'kept') return false;
      this.count.objects++;
      this.count.bytes += wanted.size;
      return true;
    } finally {
      this.fetches.delete(wanted.digest);
    }
  }

  /** Begins to put a result there; `drain` waits for it. */
  offer(record: ActionRecord): void {
    if (!this.writes || this.unsent.has(record.key) || record.kept === false) return;
    this.unsent.set(
      record.key,
      this.turns.take(() => this.send(record)),
    );
  }

  /** Objects first, then the record that names them: who finds the record finds its objects. */
  private async send(record: ActionRecord): Promise<boolean> {
    const files = Object.entries(record.outputs).flatMap(([name, tree]) => tree.files.map((file) => ({ name, file })));
    const different = new Map(files.map((one) => [one.file.digest, one]));
    for (const { file } of different.values()) if (!(await this.sendObject(file))) return false;
    const { remote: _, ...own } = record;
    const sealed = seal(record.key, JSON.stringify(own), this.settings.signer);
    const named = files.map(({ name, file }) => ({ ...file, path: file.path === '' ? name : `${name}/${file.path}` }));
    const bytes = encodeActionResult(sealed, named);
    const done = await this.put({ space: 'ac', digest: record.key }, { bytes });
    if (done) this.count.results++;
    return done;
  }

  private async sendObject({ digest, size }: Wanted): Promise<boolean> {
    const path = { space: 'cas', digest } as const;
    const there = !this.spoilt.has(digest) && (await this.patience.request((signal) => this.store.has(path, signal)));
    if (there === true) return true;
    if (!this.local.objects.has(digest, size)) return false;
    const sent = await this.put(path, { file: this.local.objects.path(digest), size });
    if (sent) this.count.sent += size;
    return sent;
  }

  private async put(path: RemotePath, sent: Sent): Promise<boolean> {
    const done = await this.patience.request(async (signal, alive) => {
      await this.store.write(path, sent, signal, alive);
      return true;
    });
    return done === true;
  }

  /** Waits until what was offered is there, or cannot be; says how much is not. */
  async drain(): Promise<number> {
    const ends = await Promise.all(this.unsent.values());
    this.unsent.clear();
    const lost = ends.filter((done) => !done).length;
    if (lost > 0)
      this.tell(`${lost} result${lost === 1 ? ' is' : 's are'} not there yet; pipeline push puts them there`);
    return lost;
  }

  /** Ends all that is under way, without a word. */
  close(): void {
    this.patience.close();
    this.store.close();
  }

  /** `3 results, 12 objects (4.0 MiB)`. */
  get countWords(): string {
    const { results, objects, bytes } = this.count;
    return `${results} result${results === 1 ? '' : 's'}, ${objects} object${objects === 1 ? '' : 's'} (${formatBytes(bytes)})`;
  }
}
