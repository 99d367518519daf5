/** `pipeline init`: a new project that uses the runner and the shipped stages as a dependency. Overwrites nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText } from '../../base/compare-text.ts';
import type { Diagnostic } from '../../base/located-error.ts';
import { writeFileAtomic } from '../store/atomic-file.ts';
import { type CommandIo, exitCodes, refuse } from './command-io.ts';
import { dependencyOf, type Manifest, type NewProjectParts, projectFiles } from './new-project.ts';

/** The package that this file belongs to. */
const packageRoot = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');
const examplePath = 'examples/add-a-stage';
const exampleFiles = [
  'package.json',
  'tsconfig.json',
  'pipeline.yaml',
  'cells.py',
  'stages/strongest-odours.ts',
  'README.md',
];

export async function initCommand(io: CommandIo): Promise<number> {
  const folder = resolve(io.cwd, io.line.operands[0] ?? io.line.text('C') ?? '.');
  if (existsSync(folder) && !statSync(folder).isDirectory())
    return refuse(io, [{ message: `${folder} is a file`, hint: 'name a folder: pipeline init FOLDER' }]);
  const { name, version } = readManifest(packageRoot) as { readonly name: string; readonly version: string };
  const manifest = dependentManifest(folder, name);
  if (manifest instanceof Error) return refuse(io, [{ message: manifest.message }]);
  const files = projectFiles(readParts(name), {
    folderName: basename(folder),
    dependency: dependencyOf(version, { packageRoot, folder: realPath(folder), resolved: resolvedBy(name) }),
    manifest,
  });
  const overwritten = [...files.keys()].filter(
    (path) => existsSync(join(folder, path)) && !(path === 'package.json' && manifest !== undefined),
  );
  if (overwritten.length > 0) return refuse(io, [overwriting(folder, overwritten, [...files.keys()], name)]);
  if (!io.line.has('dry-run'))
    for (const [path, text] of files)
      writeNew(join(folder, path), text, path === 'package.json' && manifest !== undefined);
  tell(io, folder, [...files.keys()], manifest !== undefined);
  return exitCodes.done;
}

function readParts(packageName: string): NewProjectParts {
  const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
  const example = Object.fromEntries(exampleFiles.map((path) => [path, read(`${examplePath}/${path}`)]));
  const folder = join(packageRoot, 'experiments');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
  const paths = names.sort(compareText).map((name) => `experiments/${name}`);
  const experiments = Object.fromEntries(paths.map((path) => [path, read(path)]));
  return { packageName, pipeline: read('pipeline.yaml'), experiments, example };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder's package.json where it depends on the package already, as after `npm install`: it is added to. */
function dependentManifest(folder: string, name: string): Manifest | undefined | Error {
  if (!existsSync(join(folder, 'package.json'))) return undefined;
  try {
    const manifest = readManifest(folder);
    return { ...manifest.dependencies, ...manifest.devDependencies }[name] === undefined ? undefined : manifest;
  } catch (error) {
    return new Error(`${join(folder, 'package.json')} is not JSON: ${(error as Error).message}`);
  }
}

/** What npm noted of where the running package came from. */
function resolvedBy(name: string): string | undefined {
  try {
    const at = packageRoot.lastIndexOf('/node_modules/');
    const lock = JSON.parse(readFileSync(`${packageRoot.slice(0, at)}/node_modules/.package-lock.json`, 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
    };
    return lock.packages[`node_modules/${name}`]?.resolved;
  } catch {
    return undefined;
  }
}

/** The same path with the links of the folders that are there resolved. */
function realPath(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : join(realPath(dirname(folder)), basename(folder));
}

function overwriting(folder: string, paths: readonly string[], all: readonly string[], name: string): Diagnostic {
  const first = paths.includes('package.json') ? `; or, to add to package.json, first npm install ${name}` : '';
  return {
    message: `init would overwrite ${listed(paths)} in ${folder}`,
    hint: `it writes ${listed(all)}, and has written nothing; name another folder: pipeline init FOLDER${first}`,
  };
}

function listed(paths: readonly string[]): string {
  return paths.length < 2 ? paths.join('') : `${paths.slice(0, -1).join(', ')} and ${paths.at(-1)}`;
}

/** Fails where the file has come to be meanwhile. */
function writeNew(path: string, text: string, replaces: boolean): void {
  mkdirSync(dirname(path), { recursive: true });
  if (replaces) writeFileAtomic(path, text);
  else writeFileSync(path, text, { flag: 'wx' });
}

function tell(io: CommandIo, folder: string, paths: readonly string[], added: boolean): void {
  const written = !io.line.has('dry-run');
  if (io.line.has('json')) io.out(`${JSON.stringify({ event: 'init', folder, files: paths, written })}\n`);
  else io.out(words(relative(io.cwd, folder) || '.', paths, { added, written, others: othersIn(folder, paths) }));
}

/** What lies in the folder beside the files. */
function othersIn(folder: string, paths: readonly string[]): readonly string[] {
  const own = new Set(paths.map((path) => path.split('/')[0]));
  return existsSync(folder) ? readdirSync(folder).filter((name) => !own.has(name)) : [];
}

function words(
  shown: string,
  paths: readonly string[],
  { added, written, others }: { added: boolean; written: boolean; others: readonly string[] },
): string {
  const lines = paths.map((path) => `  ${path}${path === 'package.json' && added ? ' (added to)' : ''}\n`);
  const beside = others.length === 0 ? '' : `what lies there already is kept: ${listed(others.slice(0, 8))}\n`;
  const steps = [...(shown === '.' ? [] : [`cd ${shown}`]), 'npm install', 'npm run build', 'npx pipeline run'];
  const next = steps.map((step) => `  ${step}\n`);
  return `${written ? 'made' : 'would make'} in ${shown}:\n${lines.join('')}${beside}\nnext:\n${next.join('')}`;
}
