/** Looks up everything a stage's key depends on: code, inputs, environment, tools. Runs no stage. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import type { Digest } from '../../base/digest.ts';
import { type Ingredient, ingredientsOf, keyOf } from '../model/ingredients.ts';
import { isPattern } from '../model/path-pattern.ts';
import type { PlannedInput, PlannedStage } from '../model/plan.ts';
import { projectPath } from '../model/project-path.ts';
import type { Workspace } from '../state/workspace.ts';
import { expandPattern } from '../store/glob.ts';
import type { Ignored } from '../store/ignore.ts';
import { readTree } from '../store/tree.ts';
import { closureOf } from './closure-of.ts';
import { filesOf, type InputState, MissingInputError, readInput } from './read-inputs.ts';
import { readSources, type SourceState } from './read-sources.ts';
import { seenPaths } from './seen-paths.ts';
import { toolVersions } from './tool-version.ts';

export interface Gathered {
  readonly key: Digest;
  readonly ingredients: readonly Ingredient[];
  readonly inputs: Readonly<Record<string, InputState>>;
  /** Files beyond the inputs that a module stage names by its parameters. */
  readonly sources: readonly SourceState[];
  /** The declared environment variables that are set. */
  readonly env: Readonly<Record<string, string>>;
}

/** How things are looked up, where not as they are here. */
export interface Lookups {
  input(name: string, input: PlannedInput): InputState;
  /** What stands for a source file that is not here; undefined: that it is not. */
  source?(name: string): Digest | undefined;
  /** What stands for the version of a tool that is not here; undefined: an error. */
  tool?(name: string): string | undefined;
}

/** Throws MissingInputError, ChangingFileError or a UserError where something cannot be read. */
export async function gather(
  workspace: Workspace,
  stage: PlannedStage,
  lookups: Lookups = {
    input: (_, input) => readInput(workspace.project.root, input, workspace.stats, workspace.known),
  },
): Promise<Gathered> {
  checkWorkdir(workspace, stage);
  const inputs: Record<string, InputState> = {};
  const digests: Record<string, Digest> = {};
  for (const [name, input] of Object.entries(stage.inputs)) {
    inputs[name] = lookups.input(name, input);
    digests[name] = inputs[name].digest;
  }
  const code = stage.work.kind === 'module' ? await closureOf(workspace, stage.work.module) : undefined;
  const found = code === undefined ? [] : await readSources(workspace, stage, code);
  const sources = found.map((one): SourceState => {
    const other = one.digest === 'absent' ? lookups.source?.(one.name) : undefined;
    return other === undefined ? one : { ...one, digest: other };
  });
  const env = Object.fromEntries(stage.env.map((name) => [name, process.env[name]]));
  const ingredients = ingredientsOf(stage, {
    code: code?.files ?? commandCode(workspace, stage),
    packages: code?.packages ?? {},
    inputs: digests,
    paths: seenPaths(stage, inputs),
    sources: Object.fromEntries(sources.map(({ name, digest }) => [name, digest])),
    env,
    tools: toolVersions(workspace, stage, visibleSources(workspace, stage, inputs), lookups.tool),
  });
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { key: keyOf(ingredients), ingredients, inputs, sources, env: Object.fromEntries(set) };
}

/** What of the project's own files a shim could look at to learn which program it is to start. */
function visibleSources({ project, stats }: Workspace, stage: PlannedStage, inputs: Gathered['inputs']): string[] {
  const sources = Object.entries(inputs).filter(([name]) => stage.inputs[name]!.kind === 'source');
  return [...sources.flatMap(([, { paths }]) => paths), ...commandCodeFiles(project.root, stage, stats.ignored)];
}

function checkWorkdir({ project }: Workspace, { id, workdir }: PlannedStage): void {
  if (workdir === undefined || statSync(join(project.root, workdir), { throwIfNoEntry: false })?.isDirectory() === true)
    return;
  throw new MissingInputError(workdir, `${workdir}, the workdir of ${id}, is not a folder of the project`);
}

/** The files of a command's `code`, project-relative. */
export function commandCodeFiles(
  root: string,
  stage: PlannedStage,
  ignored: Ignored,
  look: (folder: string) => void = () => undefined,
): string[] {
  const files = stage.code.flatMap((pattern) => {
    if (isPattern(pattern)) return expandPattern(root, pattern, look, ignored);
    return [projectPath(pattern)];
  });
  return [...new Set(files)].sort(compareText);
}

function commandCode(workspace: Workspace, stage: PlannedStage): { path: string; digest: Digest }[] {
  return commandCodeFiles(workspace.project.root, stage, workspace.stats.ignored, (folder) =>
    workspace.stats.look(folder),
  ).flatMap((path) => {
    const tree = readTree(join(workspace.project.root, path), workspace.stats, 'source');
    if (tree === undefined)
      throw new MissingInputError(path, `${path}, declared as code of ${stage.id}, does not exist`);
    return filesOf(path, tree);
  });
}

/** More than this many files of an input are not listed in a record. */
const maxListedFiles = 2000;

/** Files of the inputs that are folders or lists, for the action record. */
export function listedFiles(gathered: Gathered): Record<string, readonly (readonly [string, Digest])[]> {
  const several = Object.entries(gathered.inputs).filter(
    ([, { files }]) => files.length > 1 && files.length <= maxListedFiles,
  );
  return Object.fromEntries(
    several.map(([name, { files }]) => [name, files.map(({ path, digest }) => [path, digest])]),
  );
}
