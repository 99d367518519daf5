/**
 * pipeline.lock, the committed record: per stage its key, what the key was made of, and each output's digest.
 * Canonical text, so that the same state is the same bytes. Runs nothing.
 */
import { compareText } from '../../base/compare-text.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { userError } from '../../base/located-error.ts';
import type { Change, Ingredient } from '../model/ingredients.ts';
import { compareIngredients } from '../model/ingredients.ts';
import { lockFilePath, type Project } from '../model/project.ts';
import { readTextIfPresent, writeFileAtomic } from '../store/atomic-file.ts';
import { bigStatIfPresent } from '../store/folders.ts';
import { fingerprintOf } from '../store/stat-cache.ts';
import { digestOfFiles } from '../store/tree.ts';

export interface LockedStage {
  readonly key: Digest;
  /** `command text`, `code`, `package x`, `param x.y`, `input x`, `env X`, `output x`, `tool x` → value; code files are one entry. */
  readonly ingredients: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, Digest>>;
}

export type LockedStages = Readonly<Record<string, LockedStage>>;

/** The lock's short form of an ingredient list. */
export function lockedIngredients(list: readonly Ingredient[]): Record<string, string> {
  return Object.fromEntries(
    shortForm(list).map(([kind, name, value]) => [name === '' ? kind : `${kind} ${name}`, value]),
  );
}

/** One entry for all code files, a digest for the command's text; the rest as it is. */
function shortForm(list: readonly Ingredient[]): Ingredient[] {
  const code = list.filter(([kind]) => kind === 'code').map(([, path, digest]) => ({ path, digest: digest as Digest }));
  const rest = list
    .filter(([kind]) => kind !== 'code')
    .map(
      ([kind, name, value]): Ingredient => [
        kind,
        name,
        kind === 'command' && name === 'text' ? digestOf(value) : value,
      ],
    );
  return code.length === 0 ? rest : [...rest, ['code', '', digestOfFiles(code)]];
}

/** What differs between the lock's entry and a stage as it is now. */
export function compareWithLock(locked: LockedStage, now: readonly Ingredient[]): readonly Change[] {
  const before = Object.entries(locked.ingredients).map(([id, value]): Ingredient => {
    const space = id.indexOf(' ');
    return [(space < 0 ? id : id.slice(0, space)) as Ingredient[0], space < 0 ? '' : id.slice(space + 1), value];
  });
  return compareIngredients(before, shortForm(now));
}

/** What a lock file turned out to be. */
export type LockReading =
  | { readonly state: 'whole'; readonly stages: LockedStages; readonly text: string }
  | { readonly state: 'missing' }
  /** It holds the marks of a merge that was not ended. */
  | { readonly state: 'conflict' }
  | { readonly state: 'broken' };

export function readLock(project: Project): LockReading {
  const text = readTextIfPresent(lockFilePath(project));
  if (text === undefined) return { state: 'missing' };
  if (/^(?:<<<<<<<|=======|>>>>>>>)/m.test(text)) return { state: 'conflict' };
  try {
    const value = JSON.parse(text) as { version?: unknown; stages?: unknown };
    if (value.version === 1 && isRecord(value.stages) && Object.values(value.stages).every(isEntry))
      return { state: 'whole', stages: withoutPrototype(value.stages as LockedStages), text };
  } catch {
    // told by the state
  }
  return { state: 'broken' };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): boolean {
  if (!isRecord(value) || typeof value['key'] !== 'string') return false;
  return [value['ingredients'], value['outputs']].every(
    (list) => isRecord(list) && Object.values(list).every((item) => typeof item === 'string'),
  );
}

/** A stage may be called like a member of every object. */
function withoutPrototype<T extends object>(record: T): T {
  return Object.assign(Object.create(null) as T, record);
}

/** Of a lock that is not there. */
export const noStages: LockedStages = withoutPrototype({});

/** The lock's stages; none where there is no file. Throws a UserError where it cannot be read. */
export function readLockFile(project: Project): LockedStages {
  const lock = readLock(project);
  if (lock.state === 'whole') return lock.stages;
  if (lock.state === 'missing') return noStages;
  throw userError(lockTrouble(lock.state), lockCure(project), { file: project.lock });
}

/** The first key that an object of the text has twice, which JSON.parse passes over; undefined where none has. */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(?=:)|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (key !== undefined) {
      if (open.at(-1)?.has(key) === true) return key;
      open.at(-1)?.add(key);
    }
  }
  return undefined;
}

export function lockTrouble(state: 'conflict' | 'broken'): string {
  return state === 'conflict' ? 'holds the marks of a merge that was not ended' : 'is not a lock file of this version';
}

export function lockCure(project: Project): string {
  return `take the committed one back (git checkout ${project.lock}), or delete it`;
}

/** Canonical text: stages and entries by name. */
export function lockFileText(stages: LockedStages): string {
  const sorted = (record: object): object =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => compareText(a, b)));
  const entries = Object.entries(stages).map(([id, stage]) => [
    id,
    { key: stage.key, ingredients: sorted(stage.ingredients), outputs: sorted(stage.outputs) },
  ]);
  return `${JSON.stringify({ version: 1, stages: sorted(Object.fromEntries(entries)) }, null, 2)}\n`;
}

/** Writes the file where its text would change. */
export function writeLockFile(project: Project, stages: LockedStages): void {
  const path = lockFilePath(project);
  const text = lockFileText(stages);
  if (readTextIfPresent(path) !== text) writeFileAtomic(path, text);
}

/** Changes whenever the file does; '' where there is none. */
export function lockFileFingerprint(project: Project): string {
  const stat = bigStatIfPresent(lockFilePath(project));
  return stat === undefined ? '' : fingerprintOf(stat);
}
