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

/** The lock's stages; none where there is no file. Throws a UserError where it is no lock file. */
export function readLockFile(project: Project): LockedStages {
  const text = readTextIfPresent(lockFilePath(project));
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text) as { version?: unknown; stages?: unknown };
    if (value.version === 1 && typeof value.stages === 'object' && value.stages !== null)
      return value.stages as LockedStages;
  } catch {
    // told below
  }
  throw userError(
    'is not a lock file of this version',
    'take the committed one back (git checkout pipeline.lock), or delete it',
    {
      file: 'pipeline.lock',
    },
  );
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

/** Writes the file where its text would change; returns its new stat fingerprint. */
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
