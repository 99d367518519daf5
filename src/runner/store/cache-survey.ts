/** What lies in a cache: the runner's own files, each known by its place and the form of its name, and what is not the runner's. Deletes nothing. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runIdPattern } from '../model/run-id.ts';
import { isOwnName } from './cache-tag.ts';

/** A file (or, of kind scratch, a folder) that only the runner names so; `path` relative to the cache. */
export interface CacheFile {
  readonly path: string;
  readonly kind: 'object' | 'action' | 'run' | 'plan' | 'damaged' | 'temporary' | 'scratch';
  /** Of a run's record or log: the run. */
  readonly run: string;
}

const digest = '[0-9a-f]{64}';
const temporary = String.raw`\.\d+(?:-[0-9a-z]+-\d+)?\.tmp`;
const stateName = '(?:[0-9a-f]{16}|no-op-[0-9a-f]{2})';
const run = runIdPattern;

/** Form of a path → what it is; undefined for what never goes. */
const forms: readonly (readonly [RegExp, CacheFile['kind'] | undefined])[] = [
  [new RegExp(`^actions/${digest}\\.json$`), 'action'],
  [/^objects\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/, 'object'],
  [new RegExp(`^runs/(?:${run}\\.json|${run}/[^/]+\\.(?:log|jsonl))$`), 'run'],
  [new RegExp(`^(?:plans/${digest}\\.json|contracts/${digest}\\.(?:json|ok))$`), 'plan'],
  [new RegExp(`^damaged/${digest}\\.[0-9a-z.-]+$`), 'damaged'],
  [new RegExp(`^scratch/${digest}$`), 'scratch'],
  [new RegExp(`^(?:(?:actions|plans|contracts)/${digest}|state/${stateName})\\.json${temporary}$`), 'temporary'],
  [new RegExp(`^(?:objects/[0-9a-f]{2}/${digest}|runs/${run}\\.json)${temporary}$`), 'temporary'],
  [new RegExp(`^incoming/${digest}\\.[0-9a-f]{8}\\.\\d+\\.\\d*-\\d+$`), 'temporary'],
  [new RegExp(`^state/${stateName}\\.json$`), undefined],
  [new RegExp(`^locks/(?:${digest}|lockfile-[0-9a-f]{16})$`), undefined],
];

/** Folders whose entries are looked at; any other is foreign as a whole. */
const openFolders = new RegExp(`^(?:objects/[0-9a-f]{2}|runs/${run})$`);

/** Links are not followed below the cache's own folders. */
export function surveyCache(cacheDir: string): {
  readonly files: readonly CacheFile[];
  readonly foreign: readonly string[];
} {
  const files: CacheFile[] = [];
  const foreign: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of entriesIn(join(cacheDir, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (folder === '' && !isOwnName(entry.name)) foreign.push(path);
      // a folder of the cache itself may be a link to a larger disk
      else if (folder === '' || (entry.isFolder && openFolders.test(path))) visit(path);
      else note(path, entry.isFolder ? 'folder' : entry.isFile ? 'file' : 'other', files, foreign);
    }
  };
  visit('');
  return { files, foreign };
}

function note(path: string, shape: 'file' | 'folder' | 'other', files: CacheFile[], foreign: string[]): void {
  const form = forms.find(([pattern]) => pattern.test(path));
  const fits = form !== undefined && shape === (form[1] === 'scratch' ? 'folder' : 'file');
  if (!fits) foreign.push(path);
  else if (form[1] !== undefined)
    files.push({ path, kind: form[1], run: new RegExp(`^runs/(${run})`).exec(path)?.[1] ?? '' });
}

function entriesIn(folder: string): { readonly name: string; readonly isFile: boolean; readonly isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFile: entry.isFile(),
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return [];
  }
}
