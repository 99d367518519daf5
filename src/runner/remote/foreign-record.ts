/** A record that came from elsewhere, held against its key and against all that may be done with it: nothing in it is believed unseen. */
import type { Digest } from '../../base/digest.ts';
import type { Headline } from '../../stage.ts';
import { type Ingredient, keyOf } from '../model/ingredients.ts';
import type { ActionRecord } from '../store/actions.ts';
import { type FileRecord, fileRecord, folderRecord, type TreeRecord } from '../store/tree.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The record, made of what was checked alone; or what is wrong with it, in words. */
export function readForeignRecord(key: Digest, text: string): ActionRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!isFields(value) || value['format'] !== 1) return 'it is of another format';
  const { ingredients, outputs, inputFiles } = value;
  if (value['key'] !== key) return 'it is the result of another key';
  if (!isIngredients(ingredients) || keyOf(ingredients) !== key) return 'its ingredients do not give its key';
  if (!isFields(outputs)) return 'its outputs are not a table';
  const trees = readOutputs(ingredients, outputs);
  if (typeof trees === 'string') return trees;
  const { stage, run, seconds, headlines } = value;
  if (!isPlainText(stage) || !isPlainText(run)) return 'its stage or run is no plain text';
  if (typeof seconds !== 'number' || !(seconds >= 0)) return 'its seconds are no number';
  if (!isHeadlines(headlines)) return 'its headlines are of another form';
  if (!isInputFiles(inputFiles)) return 'its list of input files is of another form';
  const told = { stage, run, seconds, headlines: headlines.map(plainHeadline), inputFiles };
  return { format: 1, key, ingredients, outputs: trees, ...told, remote: true };
}

/** Exactly the outputs that the key declares, each of the kind that it says. */
function readOutputs(ingredients: readonly Ingredient[], outputs: Fields): Record<string, TreeRecord> | string {
  const declared = new Map(ingredients.flatMap(([kind, name, path]) => (kind === 'output' ? [[name, path]] : [])));
  const trees: [string, TreeRecord][] = [];
  for (const [name, path] of declared) {
    const tree = Object.hasOwn(outputs, name) ? readTreeRecord(outputs[name]) : undefined;
    if (tree === undefined || tree.folder !== path.endsWith('/'))
      return `its output ${JSON.stringify(name)} is not whole`;
    trees.push([name, tree]);
  }
  if (Object.keys(outputs).length !== declared.size) return 'it has outputs that its key does not declare';
  return Object.fromEntries(trees);
}

/** The tree, with its digest computed anew; undefined where it is not what it says, or holds a path that leads out of it. */
function readTreeRecord(value: unknown): TreeRecord | undefined {
  if (!isFields(value)) return undefined;
  const { folder, digest, files, emptyFolders = [] } = value;
  if (!Array.isArray(files) || !files.every(isFile)) return undefined;
  if (!Array.isArray(emptyFolders) || !emptyFolders.every(isInside)) return undefined;
  const parts = files.map(({ path, digest: bytes, size, executable, ignored }): FileRecord => {
    return { path, digest: bytes, size, executable, ...(ignored === true ? { ignored } : {}) };
  });
  if (folder === true) {
    const names = [...parts.map(({ path }) => path), ...emptyFolders];
    if (!names.every(isInside) || standInEachOther(names)) return undefined;
    const tree = folderRecord(parts, emptyFolders);
    return tree.digest === digest ? tree : undefined;
  }
  if (parts.length !== 1 || parts[0]!.path !== '' || emptyFolders.length > 0) return undefined;
  const tree = fileRecord(parts[0]!);
  return tree.digest === digest && parts[0]!.ignored !== true ? tree : undefined;
}

function isFile(value: unknown): value is FileRecord {
  if (!isFields(value)) return false;
  const { path, digest, size, executable, ignored } = value;
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return typeof path === 'string' && isDigest(digest) && isSize && typeof executable === 'boolean' && isFlag(ignored);
}

function isFlag(value: unknown): boolean {
  return value === undefined || value === true;
}

/** A relative path that stays inside, in the form in which the runner writes it. */
function isInside(path: unknown): path is string {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Whether a path stands twice, or a file is where another has a folder. */
function standInEachOther(paths: readonly string[]): boolean {
  const seen = new Set(paths);
  if (seen.size < paths.length) return true;
  return paths.some((path) => {
    const parts = path.split('/');
    return parts.some((_, i) => i > 0 && seen.has(parts.slice(0, i).join('/')));
  });
}

function isIngredients(value: unknown): value is readonly Ingredient[] {
  const isOne = (item: unknown): boolean =>
    Array.isArray(item) && item.length === 3 && item.every((part) => typeof part === 'string');
  return Array.isArray(value) && value.every(isOne);
}

function isInputFiles(value: unknown): value is ActionRecord['inputFiles'] {
  const isPair = (item: unknown): boolean =>
    Array.isArray(item) && item.length === 2 && isPlainText(item[0]) && isDigest(item[1]);
  return isFields(value) && Object.values(value).every((list) => Array.isArray(list) && list.every(isPair));
}

function isHeadlines(value: unknown): value is ActionRecord['headlines'] {
  const isOne = (item: unknown): boolean =>
    isFields(item) && typeof item['label'] === 'string' && typeof item['value'] === 'string' && isFlag(item['warning']);
  return Array.isArray(value) && value.length <= 1000 && value.every(isOne);
}

/** With nothing in it that a terminal obeys. */
function plainHeadline({ label, value, warning }: Headline): Headline {
  const plain = (text: string): string => text.slice(0, 10_000).replace(/\p{Cc}+/gu, ' ');
  return { label: plain(label), value: plain(value), ...(warning === true ? { warning } : {}) };
}

/** Short, and nothing in it that a terminal obeys. */
function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 10_000 && !/\p{Cc}/u.test(value);
}

function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
