/** The files of a new project: the package's own pipeline with its stages by name, two stages of the project's own. Touches no disk. */
import { posix } from 'node:path';

/** package.json, as far as it matters here. */
export interface Manifest {
  readonly [key: string]: unknown;
  readonly name?: string;
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What the new project is made from: texts of the package by their path in it. */
export interface NewProjectParts {
  readonly packageName: string;
  /** The pipeline that the package ships. */
  readonly pipeline: string;
  /** The files that the pipeline includes, by path. */
  readonly experiments: Readonly<Record<string, string>>;
  /** Files of its example project, by path; among them package.json and pipeline.yaml. */
  readonly example: Readonly<Record<string, string>>;
}

/** Where npm finds the package, and what the folder already says of itself. */
export interface ProjectPlace {
  readonly folderName: string;
  /** A version range, or `file:` and a path. */
  readonly dependency: string;
  /** The folder's package.json where it already depends on the package. */
  readonly manifest: Manifest | undefined;
}

const ignored = 'node_modules/\ndist/\ncache/\nartifacts/\n__pycache__/\n';

/** Path → text of each file. cost: none to speak of. */
export function projectFiles(parts: NewProjectParts, place: ProjectPlace): ReadonlyMap<string, string> {
  const { packageName, pipeline, experiments, example } = parts;
  const files = new Map([
    ['package.json', manifestText(parts, place)],
    ['pipeline.yaml', pipelineText(packageName, pipeline, example['pipeline.yaml']!)],
    ['.gitignore', ignored],
  ]);
  for (const [path, text] of Object.entries(experiments)) files.set(path, byPackage(packageName, text));
  for (const [path, text] of Object.entries(example)) if (!files.has(path)) files.set(path, text);
  // In a package of CommonJS files a module says in its name that it is one.
  return place.manifest === undefined || place.manifest.type === 'module' ? files : withModuleEndings(files);
}

function withModuleEndings(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const sources = [...files.keys()].filter((path) => path.endsWith('.ts'));
  return new Map(
    [...files].map(([path, text]) => {
      const renamed = sources.reduce((part, source) => part.replaceAll(source, moduleEnding(source)), text);
      return [moduleEnding(path), renamed];
    }),
  );
}

function moduleEnding(path: string): string {
  return path.replace(/\.ts$/, '.mts');
}

function manifestText({ packageName, example }: NewProjectParts, place: ProjectPlace): string {
  const model = JSON.parse(example['package.json']!) as Manifest;
  const { manifest, folderName, dependency } = place;
  const depends = { ...manifest?.dependencies, ...manifest?.devDependencies }[packageName] !== undefined;
  const fresh = {
    name: npmName(folderName, [packageName, 'typescript']),
    version: '0.0.0',
    private: true,
    type: 'module',
  };
  const made = {
    ...(manifest ?? fresh),
    scripts: { ...model.scripts, ...manifest?.scripts },
    dependencies: { ...manifest?.dependencies, ...(depends ? {} : { [packageName]: dependency }) },
    devDependencies: { ...model.devDependencies, ...manifest?.devDependencies },
  };
  return `${JSON.stringify(made, undefined, 2)}\n`;
}

/** A folder's name as npm allows it for a package; not one of `taken`, which the project depends on. */
function npmName(folder: string, taken: readonly string[]): string {
  const plain =
    folder
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+|-+$/g, '')
      .slice(0, 200) || 'project';
  return taken.includes(plain) ? `my-${plain}` : plain;
}

/** The package's pipeline with its stages named by package, the example's own parameters and stages added. */
function pipelineText(packageName: string, pipeline: string, example: string): string {
  const named = byPackage(packageName, pipeline);
  const params = /^params:.*\n(?: {2}seed:.*\n)?/m.exec(named);
  if (params === null) throw new Error(`pipeline.yaml of ${packageName} has no params`);
  const at = params.index + params[0].length;
  const end = named.endsWith('\n') ? '' : '\n';
  return `${named.slice(0, at)}\n${ownPart(example, 'of this project')}${named.slice(at)}${end}\n${ownPart(example, "this project's own")}`;
}

/** A pipeline file with the package's stages and schemas named as the package's. */
function byPackage(packageName: string, text: string): string {
  return text
    .replace(/\$schema=(\.\.?)\/schemas\//, `$schema=$1/node_modules/${packageName}/schemas/`)
    .replace(/^( +module: )(stages\/[\w-]+)\.ts$/gm, `$1${packageName}/$2`);
}

/** The lines from a comment that begins so to the next empty line before a line further left, or to the end. */
function ownPart(example: string, comment: string): string {
  const lines = example.split('\n');
  const from = lines.findIndex((line) => line.trim().startsWith(`# ${comment}`));
  if (from < 0) throw new Error(`the example's pipeline.yaml has no comment '# ${comment}…'`);
  const length = lines.slice(from).findIndex((line) => line !== '' && !line.startsWith('  '));
  const part = lines.slice(from, length < 0 ? undefined : from + length);
  return `${part.join('\n').trimEnd()}\n`;
}

/** How npm finds the package again from the new folder: as it was installed, or as the checkout that it is. Paths absolute. */
export function dependencyOf(
  version: string,
  place: { readonly packageRoot: string; readonly folder: string; readonly resolved: string | undefined },
): string {
  const { packageRoot, folder, resolved } = place;
  const inside = packageRoot.lastIndexOf('/node_modules/');
  if (inside < 0) return `file:${posix.relative(folder, packageRoot)}`;
  if (resolved?.startsWith('file:') === true)
    return `file:${posix.relative(folder, posix.resolve(packageRoot.slice(0, inside), resolved.slice('file:'.length)))}`;
  return resolved?.startsWith('git+') === true ? resolved : `^${version}`;
}
