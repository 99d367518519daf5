/** The remote of one run, opened when it is first needed: a run with nothing to do reads no configuration and asks nobody. */
import { type LocalCache, RemoteCache } from './remote-cache.ts';
import type { RemoteChoice } from './settings.ts';

export class RemoteLink {
  private readonly choice: RemoteChoice;
  private readonly root: string;
  private readonly local: LocalCache;
  private readonly tell: (text: string) => void;
  private cache: Promise<RemoteCache | undefined> | undefined;

  /** `root`: what a relative folder after --remote is relative to. `tell` hears what people should know. */
  constructor(choice: RemoteChoice, root: string, local: LocalCache, tell: (text: string) => void) {
    this.choice = choice;
    this.root = root;
    this.local = local;
    this.tell = tell;
  }

  /** undefined where no remote is chosen. Throws a UserError where the choice or the configuration is wrong. */
  open(): Promise<RemoteCache | undefined> {
    this.cache ??= this.make();
    return this.cache;
  }

  /** Waits for what is on its way there. Opens nothing. */
  async drain(): Promise<void> {
    const cache = await this.cache?.catch(() => undefined);
    await cache?.drain();
  }

  /** Lets go of it, at once. */
  async close(): Promise<void> {
    const cache = await this.cache?.catch(() => undefined);
    cache?.close();
  }

  private async make(): Promise<RemoteCache | undefined> {
    const { readRemoteSettings } = await import('./settings.ts');
    const settings = await readRemoteSettings(this.choice, this.root);
    if (settings === undefined) return undefined;
    const { openStore } = await import('./open-store.ts');
    return new RemoteCache(await openStore(settings), settings, this.local, this.tell);
  }
}
