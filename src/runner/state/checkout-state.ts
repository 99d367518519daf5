/**
 * What this checkout knew at the end of its last run: stat records of files, and per stage its last key and output digests.
 * Only ever a shortcut: losing it costs reading files again, and a damaged one counts as lost.
 */
import { join } from 'node:path';
import { type Digest, digestOf } from '../../base/digest.ts';
import type { Headline } from '../../stage.ts';
import type { CodeClosure } from '../code/code-closure.ts';
import type { Project } from '../model/project.ts';
import { lstatIfPresent } from '../store/folders.ts';
import { readSealed, writeSealed } from '../store/sealed-json.ts';
import type { StatEntries } from '../store/stat-cache.ts';

/** The last result of a stage that was in place in artifacts/. */
export interface LastResult {
  readonly key: Digest;
  readonly outputs: Readonly<Record<string, Digest>>;
  /** What the stage told people, where it told anything. */
  readonly headlines?: readonly Headline[];
  /** That it took when it last ran, under this key or another. */
  readonly seconds?: number;
}

export interface CheckoutState {
  readonly version: 1;
  files: StatEntries;
  stages: Record<string, LastResult>;
  closures: Record<string, CodeClosure>;
  /** Stage → the files beyond its inputs that it named when asked with the code and parameters of digest `asked`. */
  sources: Record<string, { readonly asked: Digest; readonly names: readonly string[] }>;
  /** Lock file → its stat fingerprint as this checkout last wrote it, and the digest of the plan's stages and the keys of that run. */
  locks: Record<string, readonly [fingerprint: string, settled: Digest]>;
}

function statePath(project: Project): string {
  return join(project.cacheDir, 'state', `${digestOf(project.root).slice(0, 16)}.json`);
}

export function readCheckoutState(project: Project): CheckoutState {
  const found = readSealed<CheckoutState>(statePath(project));
  const empty: CheckoutState = {
    version: 1,
    files: {},
    stages: {},
    closures: {},
    sources: {},
    locks: {},
  };
  return withPlainMaps(found.state === 'whole' && found.value.version === 1 ? { ...empty, ...found.value } : empty);
}

/** A stage may be called like a member of every object (`constructor`), so none is inherited. */
export function withPlainMaps(state: CheckoutState): CheckoutState {
  const plain = <T extends object>(map: T): T => Object.assign(Object.create(null) as T, map);
  const { stages, closures, sources, locks } = state;
  return {
    ...state,
    stages: plain(stages),
    closures: plain(closures),
    sources: plain(sources),
    locks: plain(locks),
  };
}

/** Copies of the maps, by which it is known later what was entered since. */
export function copyOfMaps(state: CheckoutState): CheckoutState {
  const { files, stages, closures, sources, locks } = state;
  return withPlainMaps({
    version: 1,
    files: { ...files },
    ...{ stages: { ...stages }, closures: { ...closures }, sources: { ...sources }, locks: { ...locks } },
  });
}

/**
 * Merges with what other runs wrote meanwhile: of what this run has not entered or taken away since `before`, theirs stands. Files that
 * are gone are forgotten.
 */
export function writeCheckoutState(project: Project, state: CheckoutState, before: CheckoutState): void {
  const other = readCheckoutState(project);
  writeSealed(statePath(project), {
    ...state,
    files: stillThere(merged(before.files, state.files, other.files)),
    stages: merged(before.stages, state.stages, other.stages),
    closures: merged(before.closures, state.closures, other.closures),
    sources: merged(before.sources, state.sources, other.sources),
    locks: merged(before.locks, state.locks, other.locks),
  });
}

type Entries<T> = Readonly<Record<string, T>>;

function merged<T>(before: Entries<T>, ours: Entries<T>, theirs: Entries<T>): Record<string, T> {
  const result: Record<string, T> = Object.assign(Object.create(null), theirs);
  for (const [name, entry] of Object.entries(ours))
    if (entry !== before[name] || !(name in theirs)) result[name] = entry;
  for (const name of Object.keys(before)) if (!Object.hasOwn(ours, name)) delete result[name];
  return result;
}

function stillThere(files: StatEntries): StatEntries {
  return Object.fromEntries(Object.entries(files).filter(([path]) => isThere(path)));
}

function isThere(path: string): boolean {
  try {
    return lstatIfPresent(path) !== undefined;
  } catch {
    return false;
  }
}
