/** The action cache: key → what a stage made of exactly these ingredients. One sealed file a key; a damaged one counts as missing. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import type { Headline } from '../../stage.ts';
import type { Ingredient } from '../model/ingredients.ts';
import { isMissing, isRefused, makeFolder } from './atomic-file.ts';
import { entriesOf } from './folders.ts';
import { readSealed, writeSealed } from './sealed-json.ts';
import type { TreeRecord } from './tree.ts';

export interface ActionRecord {
  readonly format: 1;
  readonly key: Digest;
  /** The instance that ran, for people: the same key may serve another name. */
  readonly stage: string;
  readonly ingredients: readonly Ingredient[];
  /** The files of inputs that are folders or lists, so that a changed one can be named; left out where there are very many. */
  readonly inputFiles: Readonly<Record<string, readonly (readonly [string, Digest])[]>>;
  readonly outputs: Readonly<Record<string, TreeRecord>>;
  readonly headlines: readonly Headline[];
  readonly seconds: number;
  /** false where the cache had no room for the files: they are known by their digests alone. */
  readonly kept?: false;
  /** It came from a remote, where its files may still be. */
  readonly remote?: true;
  /** The run that made it; its log lies there. */
  readonly run: string;
}

export class ActionCache {
  readonly folder: string;
  private readonly damagedFolder: string;
  private readonly lent = new Map<Digest, ActionRecord>();

  constructor(cacheDir: string) {
    this.folder = join(cacheDir, 'actions');
    this.damagedFolder = join(cacheDir, 'damaged');
  }

  path(key: Digest): string {
    return join(this.folder, `${key}.json`);
  }

  read(key: Digest): ActionRecord | undefined {
    const found = readSealed<ActionRecord>(this.path(key));
    if (found.state === 'whole' && found.value.key === key && found.value.format === 1) return found.value;
    if (found.state !== 'missing') this.setAside(key);
    return this.lent.get(key);
  }

  /** Knows a record for as long as this run goes on, where the cache cannot be written. */
  lend(record: ActionRecord): void {
    this.lent.set(record.key, record);
  }

  /** Every whole record, in no order. */
  *all(): Generator<ActionRecord> {
    for (const path of entriesOf(this.folder)) {
      const found = /\/[0-9a-f]{64}\.json$/.test(path) ? readSealed<ActionRecord>(path) : undefined;
      if (found?.state === 'whole' && found.value.format === 1) yield found.value;
    }
  }

  write(record: ActionRecord): void {
    writeSealed(this.path(record.key), record);
  }

  private setAside(key: Digest): void {
    try {
      makeFolder(this.damagedFolder);
      renameSync(this.path(key), join(this.damagedFolder, `${key}.${process.hrtime.bigint().toString(36)}.json`));
    } catch (error) {
      if (!isMissing(error) && !isRefused(error)) throw error;
    }
  }
}
