/** What of a cache may go, by keep rules; nothing that a checkout, a lock file or a recent run still names. Deletes only what it is told to. */
import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Project } from '../model/project.ts';
import { readRunRecords } from '../run/run-record.ts';
import type { CheckoutState } from '../state/checkout-state.ts';
import { readLockFile } from '../state/pipeline-lock.ts';
import type { ActionRecord } from '../store/actions.ts';
import { bytesBelow, entriesOf, filesBelow } from '../store/folders.ts';
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

export function findGarbage(project: Project, rules: KeepRules): readonly Garbage[] {
  const kept = keptKeys(project, rules);
  const oldest = rules.now - rules.days * 86_400_000;
  const named = new Set<string>();
  const found: Garbage[] = [];
  for (const path of filesBelow(join(project.cacheDir, 'actions'))) {
    const record = readSealed<ActionRecord>(path);
    const keep = record.state === 'whole' && (kept.has(record.value.key) || changedAt(path) > oldest);
    if (keep)
      for (const tree of Object.values(record.value.outputs)) for (const file of tree.files) named.add(file.digest);
    else found.push(garbage(path, 'action'));
  }
  for (const path of filesBelow(join(project.cacheDir, 'objects'))) {
    if (named.has(basename(path)) || changedAt(path) > oldest) continue;
    found.push(garbage(path, path.endsWith('.tmp') ? 'temporary' : 'object'));
  }
  return [...found, ...oldFiles(project, rules, oldest)];
}

/** Keys that a checkout holds, that the lock names, or that one of the last runs ended with. */
function keptKeys(project: Project, rules: KeepRules): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const path of filesBelow(join(project.cacheDir, 'state'))) {
    const state = readSealed<CheckoutState>(path);
    if (state.state === 'whole') for (const stage of Object.values(state.value.stages)) keys.add(stage.key);
  }
  for (const stage of Object.values(readLockFile(project))) keys.add(stage.key);
  for (const record of lastOf(readRunRecords(project), rules.runs))
    for (const stage of record.stages) keys.add(stage.key);
  return keys;
}

function lastOf<T>(list: readonly T[], count: number): readonly T[] {
  return count === 0 ? [] : list.slice(-count);
}

function oldFiles(project: Project, rules: KeepRules, oldest: number): Garbage[] {
  const keptRuns = new Set(lastOf(readRunRecords(project), rules.runs).map((record) => record.run));
  const old = (folder: string, kind: Garbage['kind']): Garbage[] =>
    entriesOf(join(project.cacheDir, folder))
      .filter((path) => changedAt(path) <= oldest && !keptRuns.has(basename(path, '.json')))
      .map((path) => garbage(path, kind));
  return [
    ...old('runs', 'run'),
    ...old('plans', 'plan'),
    ...old('contracts', 'plan'),
    ...old('damaged', 'damaged'),
    ...old('scratch', 'scratch'),
  ];
}

function garbage(path: string, kind: Garbage['kind']): Garbage {
  return { path, kind, bytes: bytesBelow(path) };
}

export function removeGarbage(items: readonly Garbage[]): void {
  for (const { path } of items) removeTree(path);
}

function changedAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
