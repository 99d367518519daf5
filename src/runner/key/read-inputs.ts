/** A planned input → the files it is now and their one digest. Decides nothing. */
import { join } from 'node:path';
import { type Digest, digestOf } from '../../base/digest.ts';
import { isPattern, patternBase } from '../model/path-pattern.ts';
import type { PlannedInput } from '../model/plan.ts';
import { type ProjectPath, projectPath } from '../model/project-path.ts';
import { statIfPresent } from '../store/folders.ts';
import { expandPattern } from '../store/glob.ts';
import type { StatCache } from '../store/stat-cache.ts';
import { digestOfFiles, type FileRecord, fileRecord, folderRecord, readTree, type TreeRecord } from '../store/tree.ts';

/** What one input is at this moment. */
export interface InputState {
  readonly digest: Digest;
  /** Project-relative, without final /; what the stage is given. */
  readonly paths: readonly string[];
  /** Where it is not here and taken as a lock says: what the lock says of its paths. */
  readonly seen?: string;
  /** Every file of it, project-relative; the digest also says whether it can be executed. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
}

/** Why an input cannot be read. */
export class MissingInputError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.name = 'MissingInputError';
    this.path = path;
  }
}

/** Outputs of stages that are already settled in this run, by project-relative path. */
export type KnownOutputs = ReadonlyMap<ProjectPath, TreeRecord>;

/** Reads an input; what other stages of this run made is taken from `known` without looking at the disk. */
export function readInput(root: string, input: PlannedInput, stats: StatCache, known: KnownOutputs): InputState {
  if (input.kind === 'source') return readSource(root, input.pattern, stats);
  const trees = input.paths.map((path) => {
    const plain = projectPath(path);
    const tree = known.get(plain) ?? partOfKnown(plain, known) ?? readTree(join(root, plain), stats, 'output');
    if (tree === undefined)
      throw new MissingInputError(plain, `${plain} is not there: it is made by stage ${input.producers.join(', ')}`);
    return { path: plain, tree };
  });
  const files = trees.flatMap(({ path, tree }) => filesOf(path, tree));
  const digest = input.list
    ? digestOfList(trees.map(({ path, tree }) => ({ path, digest: tree.digest })))
    : trees[0]!.tree.digest;
  return { digest, paths: trees.map(({ path }) => path), files };
}

/** In the order that the stage is given them in: it may matter to it. */
export function digestOfList(parts: readonly { readonly path: string; readonly digest: Digest }[]): Digest {
  return digestOf(JSON.stringify(parts.map(({ path, digest }) => [withoutStage(path), digest])));
}

/** `artifacts/smooth/seed=1/t.csv` → `seed=1/t.csv`: a stage's name is not an ingredient. */
function withoutStage(path: string): string {
  return path.split('/').slice(2).join('/');
}

/** The files of a tree at a project-relative path, as InputState lists them. */
export function filesOf(path: string, tree: TreeRecord): { path: string; digest: Digest }[] {
  return tree.files.map((file) => ({
    path: file.path === '' ? path : `${path}/${file.path}`,
    digest: fileRecord(file).digest,
  }));
}

/** A file or folder inside a folder output. */
function partOfKnown(path: string, known: KnownOutputs): TreeRecord | undefined {
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
    const whole = known.get(projectPath(path.slice(0, cut)));
    if (whole !== undefined) return partOf(whole, path.slice(cut + 1));
  }
  return undefined;
}

function partOf(whole: TreeRecord, relative: string): TreeRecord | undefined {
  const file = whole.files.find((candidate) => candidate.path === relative);
  if (file !== undefined) return fileRecord(file);
  const below = (path: string): boolean => path === relative || path.startsWith(`${relative}/`);
  const inside = whole.files.filter((candidate) => below(candidate.path));
  const empty = (whole.emptyFolders ?? []).filter(below);
  if (inside.length + empty.length === 0) return undefined;
  const within = (path: string): string => path.slice(relative.length + 1);
  // What is ignored as a whole counts for who names it.
  const named = inside.every((candidate) => candidate.ignored === true);
  return folderRecord(
    inside.map(({ ignored, ...candidate }): FileRecord => {
      const own = { ...candidate, path: within(candidate.path) };
      return ignored === true && !named ? { ...own, ignored } : own;
    }),
    empty.filter((path) => path !== relative).map(within),
  );
}

function readSource(root: string, pattern: string, stats: StatCache): InputState {
  const plain = projectPath(pattern);
  if (isPattern(pattern) && statIfPresent(join(root, plain)) === undefined) return readPattern(root, pattern, stats);
  const tree = readTree(join(root, plain), stats, 'source');
  if (tree === undefined) throw new MissingInputError(plain, `${plain} does not exist`);
  if (pattern.endsWith('/') && !tree.folder)
    throw new MissingInputError(plain, `${plain} is a file, and is declared as a folder`);
  return { digest: tree.digest, paths: [plain], files: filesOf(plain, tree) };
}

function readPattern(root: string, pattern: string, stats: StatCache): InputState {
  const paths = expandPattern(root, pattern, (folder) => stats.look(folder), stats.ignored);
  if (paths.length === 0) throw new MissingInputError(pattern, `${pattern} matches no file`);
  const base = patternBase(pattern);
  const files = paths.map((path) => ({ path, ...stats.state(join(root, path)) }));
  return {
    digest: digestOfFiles(files.map((file) => ({ ...file, path: file.path.slice(base.length) }))),
    paths,
    files: files.map((file) => ({ path: file.path, digest: fileRecord(file).digest })),
  };
}
