/** From a stage's staging folder to its place: what was written is checked, hashed, stored, and renamed into artifacts/. Knows no keys. */
import { type BigIntStats, lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import type { PlannedOutput } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import { portName } from '../model/words.ts';
import { makeFolder } from './atomic-file.ts';
import { lstatIfPresent, statIfPresent } from './folders.ts';
import { hashFile } from './hash-file.ts';
import { type Ignored, ignoringNothing } from './ignore.ts';
import { isExecutable, normaliseMode } from './modes.ts';
import type { ObjectStore } from './objects.ts';
import { makeWritable, removeTree } from './remove-tree.ts';
import type { FileState, StatCache } from './stat-cache.ts';
import { type FileRecord, fileRecord, folderRecord, listTree, type TreeRecord } from './tree.ts';

/** Why a stage's outputs are not accepted. */
export class OutputError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'OutputError';
    this.hint = hint;
  }
}

/** A declared output as it lies in the staging folder. */
export interface StagedOutput {
  readonly name: string;
  /** Relative to the staging folder, without final /. */
  readonly path: string;
  readonly folder: boolean;
}

/** The declared outputs relative to their stage's folder. */
export function stagedOutputs(
  outputs: Readonly<Record<string, PlannedOutput>>,
  folder: string,
): readonly StagedOutput[] {
  return Object.entries(outputs).map(([name, output]) => ({
    name,
    path: projectPath(output.path.slice(folder.length)),
    folder: output.folder,
  }));
}

/** Makes the folders that a stage may expect: those of its outputs. */
export function prepareStaging(staging: string, outputs: readonly StagedOutput[]): void {
  makeFolder(staging);
  for (const { path, folder } of outputs) makeFolder(join(staging, folder ? path : dirname(path)));
}

/**
 * Every file below the staging folder that counts, relative. Modes are made what they are after a restore; links and special files are
 * refused, and taken away where they count for nothing.
 */
function settleStaged(staging: string, ignored: Ignored, relative = '', inIgnored = false): string[] {
  const folder = join(staging, relative);
  normaliseMode(folder, lstatSync(folder));
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  return entries.flatMap((entry) => {
    const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
    const full = join(staging, path);
    const counts = !inIgnored && !ignored(full, entry.isDirectory());
    if (entry.isDirectory()) return settleStaged(staging, ignored, path, !counts);
    if (entry.isFile()) normaliseMode(full, lstatSync(full));
    else if (!counts) rmSync(full);
    else
      throw new OutputError(
        `wrote ${path}, which is ${entry.isSymbolicLink() ? 'a symbolic link' : 'not a plain file'}`,
        'outputs are plain files and folders',
      );
    return counts ? [path] : [];
  });
}

/** Checks that all that was declared was written and nothing else, and hashes it. `ignored` is asked by absolute staging paths. */
export async function readStaged(
  staging: string,
  outputs: readonly StagedOutput[],
  ignored: Ignored = ignoringNothing,
): Promise<Record<string, TreeRecord>> {
  const stray = settleStaged(staging, ignored).find(
    (file) => !outputs.some(({ path, folder }) => file === path || (folder && file.startsWith(`${path}/`))),
  );
  if (stray !== undefined)
    throw new OutputError(
      `wrote ${stray}, which it does not declare`,
      `add to its outputs: { ${portName(stray, 'output')}: ${stray} }`,
    );
  const records: Record<string, TreeRecord> = {};
  for (const output of outputs) {
    checkKind(staging, output);
    const path = join(staging, output.path);
    records[output.name] = output.folder ? await recordFolder(path, ignored) : fileRecord(await stateOf(path));
  }
  return records;
}

async function recordFolder(folder: string, ignored: Ignored): Promise<TreeRecord> {
  const found = listTree(folder, ignored);
  const files: FileRecord[] = [];
  for (const path of found.files) files.push({ path, ...(await stateOf(join(folder, path))) });
  for (const path of found.ignored) files.push({ path, ...(await stateOf(join(folder, path))), ignored: true });
  return folderRecord(files, found.emptyFolders);
}

function checkKind(staging: string, { name, path, folder }: StagedOutput): void {
  const stat = lstatIfPresent(join(staging, path));
  if (stat === undefined)
    throw new OutputError(`did not write its output ${name}: ${path}`, 'write it, or take it out of the outputs');
  if (stat.isDirectory() !== folder)
    throw new OutputError(
      `wrote its output ${name} as a ${folder ? 'file' : 'folder'}`,
      folder ? `declare it without the final /: ${path}` : `declare it with a final /: ${path}/`,
    );
}

async function stateOf(file: string): Promise<FileState> {
  const { size, mode } = statSync(file);
  return { digest: await hashFile(file, size), size, executable: isExecutable(mode) };
}

/** Puts every file into the content store. */
export async function storeStaged(
  staging: string,
  outputs: readonly StagedOutput[],
  records: Readonly<Record<string, TreeRecord>>,
  objects: ObjectStore,
): Promise<void> {
  for (const { name, path } of outputs)
    for (const file of records[name]!.files) await objects.put(join(staging, path, file.path), file.digest, file.size);
}

/** Brings outputs back from the content store into an empty staging folder; false where an object is missing or damaged. */
export async function fillStaging(
  staging: string,
  outputs: readonly StagedOutput[],
  records: Readonly<Record<string, TreeRecord>>,
  objects: ObjectStore,
): Promise<boolean> {
  prepareStaging(staging, outputs);
  for (const { name, path } of outputs) {
    for (const empty of records[name]!.emptyFolders ?? []) makeFolder(join(staging, path, empty));
    for (const file of records[name]!.files) {
      const target = join(staging, path, file.path);
      makeFolder(dirname(target));
      if (!(await objects.take(file.digest, target, file.executable))) return false;
    }
  }
  return true;
}

/** Leaves in the place of an output only what stages made, and nothing that is a person's. */
export interface PlaceKeeper {
  clear(path: string): void;
}

/** Renames each output into place: a file in one step, a folder in two. What `keeper` left there goes to `trash`. */
export function publish(
  staging: string,
  target: string,
  outputs: readonly StagedOutput[],
  records: Readonly<Record<string, TreeRecord>>,
  trash: string,
  stats: StatCache,
  keeper: PlaceKeeper,
): void {
  makeFolder(trash);
  for (const { name, path, folder } of outputs) {
    const from = join(staging, path);
    const to = join(target, path);
    const before = records[name]!.files.map((file) => statSync(join(from, file.path), { bigint: true }));
    keeper.clear(to);
    makeWay(to, folder, join(trash, name));
    renameSync(from, to);
    adopt(to, records[name]!, before, stats);
  }
  removeTree(trash);
}

function adopt(to: string, record: TreeRecord, before: readonly BigIntStats[], stats: StatCache): void {
  for (const [i, file] of record.files.entries()) stats.adopt(join(to, file.path), file.digest, before[i]!);
}

/** The folder for it, and nothing in its place that a rename would not replace. */
function makeWay(to: string, folder: boolean, trash: string): void {
  for (let parent = dirname(to); ; parent = dirname(parent)) {
    const stat = statIfPresent(parent);
    if (stat?.isDirectory() === true) break;
    if (stat !== undefined) rmSync(parent);
  }
  makeFolder(dirname(to));
  const there = lstatIfPresent(to);
  if (there === undefined || !(folder || there.isDirectory())) return;
  if (there.isDirectory()) makeWritable(to, there.mode);
  renameSync(to, trash);
}
