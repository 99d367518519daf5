/** What of a cache may go, by keep rules; nothing that a checkout, a lock file or a recent run still names. Deletes only what it is told to. */
import { rmdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { userError } from '../../base/located-error.ts';
import { lockFileName, type Project } from '../model/project.ts';
import { readRunRecords } from '../run/run-record.ts';
import type { CheckoutState } from '../state/checkout-state.ts';
import { readLockFile } from '../state/pipeline-lock.ts';
import type { ActionRecord } from '../store/actions.ts';
import { type CacheFile, surveyCache } from '../store/cache-survey.ts';
import { isOwnCache } from '../store/cache-tag.ts';
import { bytesBelow, entriesOf, filesBelow, lstatIfPresent } from '../store/folders.ts';
import { removeTree } from '../store/remove-tree.ts';
import { readSealed } from '../store/sealed-json.ts';

export interface KeepRules {
  /** Results that the last N recorded runs made or used. */
  readonly runs: number;
  /** Whatever was written within N days; 0 may take from under a run that is under way, which then runs again. */
  readonly days: number;
  /** The present, ms since 1970. */
  readonly now: number;
}

export interface Garbage {
  readonly path: string;
  readonly kind: 'object' | 'action' | 'run' | 'plan' | 'damaged' | 'temporary' | 'scratch';
  readonly bytes: number;
}

/** What may go, and what is not the runner's and so stays whatever its age. */
export interface Findings {
  readonly garbage: readonly Garbage[];
  /** Paths relative to the cache; of a foreign folder only the folder. */
  readonly foreign: readonly string[];
}

/** Throws a UserError where the folder is not marked as a cache of this runner. */
export function findGarbage(project: Project, rules: KeepRules): Findings {
  const { cacheDir } = project;
  if (entriesOf(cacheDir).length === 0) return { garbage: [], foreign: [] };
  if (!isOwnCache(cacheDir))
    throw userError(
      `${cacheDir} is not marked as a cache of this runner, so nothing in it is taken away`,
      'pipeline status marks a cache that holds nothing else; move out of it what is not a cache',
    );
  const { files, foreign } = surveyCache(cacheDir);
  const kept = keptKeys(project, rules);
  const oldest = rules.now - rules.days * 86_400_000;
  const isOld = ({ path }: CacheFile): boolean => changedAt(join(cacheDir, path)) <= oldest;
  const named = new Set<string>();
  const keptRuns = new Set(lastOf(readRunRecords(project), rules.runs).map((record) => record.run));
  const mayGo = (file: CacheFile): boolean => {
    if (file.kind === 'action') return !keepsAction(join(cacheDir, file.path), kept, !isOld(file), named);
    if (file.kind === 'object') return !named.has(basename(file.path)) && isOld(file);
    return isOld(file) && !(file.kind === 'run' && keptRuns.has(file.run));
  };
  // actions first: they name the objects that stay
  const order = [...files.filter(({ kind }) => kind === 'action'), ...files.filter(({ kind }) => kind !== 'action')];
  const garbage = order.filter(mayGo).map(({ path, kind }): Garbage => {
    const full = join(cacheDir, path);
    return { path: full, kind, bytes: bytesBelow(full) };
  });
  return { garbage, foreign };
}

/** Whether an action record stays; the objects of one that does are noted in `named`. */
function keepsAction(path: string, kept: ReadonlySet<string>, young: boolean, named: Set<string>): boolean {
  const record = readSealed<ActionRecord>(path);
  if (record.state !== 'whole' || !(kept.has(record.value.key) || young)) return false;
  for (const tree of Object.values(record.value.outputs)) for (const file of tree.files) named.add(file.digest);
  return true;
}

/** Keys that a checkout holds, that the lock names, or that one of the last runs ended with. */
function keptKeys(project: Project, rules: KeepRules): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const path of filesBelow(join(project.cacheDir, 'state'))) {
    const state = readSealed<CheckoutState>(path);
    if (state.state === 'whole') for (const stage of Object.values(state.value.stages ?? {})) keys.add(stage.key);
  }
  for (const lock of locksOf(project))
    for (const stage of Object.values(readLockFile({ ...project, lock }))) keys.add(stage.key);
  for (const record of lastOf(readRunRecords(project), rules.runs))
    for (const stage of record.stages) keys.add(stage.key);
  return keys;
}

/** The lock file, and those of profiles. */
function locksOf({ root, file }: Project): string[] {
  const base = lockFileName(file, []).slice(0, -'lock'.length);
  const names = entriesOf(join(root, dirname(file))).map((path) => relative(root, path));
  return names.filter((name) => name.startsWith(base) && name.endsWith('.lock'));
}

function lastOf<T>(list: readonly T[], count: number): readonly T[] {
  return count === 0 ? [] : list.slice(-count);
}

/** Takes the items away, and the folders of runs that are empty then. */
export function removeGarbage(items: readonly Garbage[]): void {
  for (const { path, kind } of items) {
    removeTree(path);
    if (kind === 'run') removeIfEmpty(dirname(path));
  }
}

function removeIfEmpty(folder: string): void {
  try {
    if (basename(folder) !== 'runs') rmdirSync(folder);
  } catch {
    // another log of the run is there
  }
}

function changedAt(path: string): number {
  return lstatIfPresent(path)?.mtimeMs ?? 0;
}
