/** Import specifiers → the files that they mean, with the npm packages among them noted. Runs no code. */
import { statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { didYouMean } from '../../base/suggest.ts';
import { type ClosureWalk, fromProject, ownerOf } from './closure-walk.ts';
import { type InstalledPackage, packageNameOf, readPackage } from './npm-package.ts';
import { exportedFile, exportedNames, importedFile } from './package-exports.ts';

/** What CommonJS tries where a path has no file. */
const guesses = ['.js', '.json', '.cjs', '/index.js'];

/** The file (project-relative, links resolved) of a stage that pipeline.yaml names by its package; undefined where it told why not. */
export function packageEntry(walk: ClosureWalk, module: string): string | undefined {
  const direct = module.startsWith('node_modules/');
  const specifier = direct ? module.slice(module.lastIndexOf('node_modules/') + 'node_modules/'.length) : module;
  const name = packageNameOf(specifier);
  const found = walk.sources.package(dirname(join(walk.projectDir, module)), name);
  if (found === undefined) {
    const source = [`${module}.ts`, `${module}.mts`, `${module}.mjs`, `${module}.js`].find((path) =>
      isFile(walk, path),
    );
    const hint =
      source === undefined ? `run npm install; a file of this project is written with its ending` : undefined;
    const message = `names a stage of the package '${name}', which is not installed`;
    walk.diagnostics.push({ at: { file: module }, message, hint: hint ?? `did you mean the file '${source}'?` });
    return undefined;
  }
  walk.followed.set(found.folder, found);
  return fileOfPackage(walk, found, module, specifier, direct);
}

/** The files that one specifier of `file` means; a package that is not followed is noted by its version, and gives none. */
export function resolveImport(walk: ClosureWalk, file: string, specifier: string, asset: boolean): readonly string[] {
  const plain = specifier.replace(/[?#].*$/, '');
  if (/^(node|data|https?):/.test(specifier) || isBuiltin(specifier)) return [];
  if (plain.startsWith('#') || specifier.startsWith('#')) return resolveOwn(walk, file, specifier);
  if (!/^\.\.?(\/|$)/.test(plain) && !plain.startsWith('/')) return resolvePackage(walk, file, plain, false);
  const target = plain.startsWith('/') ? fromProject(walk, plain) : posix.join(posix.dirname(file), decodeURI(plain));
  if (asset && (target.endsWith('/') || isFolder(join(walk.projectDir, target)))) return [];
  return resolvePath(walk, file, specifier, target);
}

/** A path stays with the project or the package that `file` belongs to, or leads into an installed package. */
function resolvePath(walk: ClosureWalk, file: string, specifier: string, target: string): readonly string[] {
  const home = ownerOf(walk, file)?.folder ?? walk.projectDir;
  const inside = posix.relative(home, join(walk.projectDir, target));
  if (/(^|\/)node_modules\//.test(inside))
    return resolvePackage(walk, file, inside.slice(inside.lastIndexOf('node_modules/') + 'node_modules/'.length), true);
  if (inside.startsWith('../')) {
    const place = home === walk.projectDir ? 'the project' : 'its package';
    walk.diagnostics.push({ at: { file }, message: `imports '${specifier}', which lies outside ${place}` });
    return [];
  }
  if (isFile(walk, target)) return [target];
  return [guesses.map((ending) => target + ending).find((path) => isFile(walk, path)) ?? target];
}

function isFile(walk: ClosureWalk, path: string): boolean {
  return walk.sources.digest(join(walk.projectDir, path)) !== undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** `#name`, from "imports" of the package.json that `file` belongs to. */
function resolveOwn(walk: ClosureWalk, file: string, specifier: string): readonly string[] {
  const { folder, doors } = ownerOf(walk, file) ?? readPackage(walk.projectDir, '');
  const target = importedFile(doors, specifier);
  if (target !== undefined) return [fromProject(walk, join(folder, target))];
  const message = `has no plain file for the import '${specifier}'`;
  walk.diagnostics.push({ at: { file: fromProject(walk, join(folder, 'package.json')) }, message });
  return [];
}

function resolvePackage(walk: ClosureWalk, file: string, specifier: string, direct: boolean): readonly string[] {
  const name = packageNameOf(specifier);
  const owner = ownerOf(walk, file);
  const itself = owner?.name === name && !direct ? owner : undefined;
  const found = itself ?? walk.sources.package(dirname(join(walk.projectDir, file)), name);
  if (found === undefined) {
    const message = `imports '${specifier}', which is not installed`;
    walk.diagnostics.push({ at: { file }, message, hint: 'run npm install' });
    return [];
  }
  if (found.linked) walk.followed.set(found.folder, found);
  if (walk.followed.has(found.folder)) return [fileOfPackage(walk, found, file, specifier, direct) ?? []].flat();
  addPackage(walk, found);
  return [];
}

/** The file of a followed package; tells where the package has none by that name. */
function fileOfPackage(
  walk: ClosureWalk,
  found: InstalledPackage,
  asker: string,
  specifier: string,
  direct: boolean,
): string | undefined {
  walk.packages.set(found.folder, found);
  const inner = specifier.slice(found.name.length + 1);
  const file = direct ? inner : exportedFile(found.doors, inner === '' ? '.' : `./${inner}`);
  if (file !== undefined) {
    const path = fromProject(walk, join(found.folder, file));
    if (isFile(walk, path)) return path;
    const hint = found.linked ? `build the package in ${found.folder}` : 'run npm install';
    walk.diagnostics.push({ at: { file: asker }, message: `needs ${file} of ${found.name}, which is missing`, hint });
    return undefined;
  }
  const names = exportedNames(found.doors).map((name) => `${found.name}/${name}`);
  const hint = didYouMean(specifier, names) ?? `it exports: ${names.join(', ') || 'nothing by name'}`;
  const what = asker === specifier ? 'is' : `imports '${specifier}', which is`;
  walk.diagnostics.push({
    at: { file: asker },
    message: `${what} not exported by ${found.name} ${found.version}`,
    hint,
  });
  return undefined;
}

function addPackage(walk: ClosureWalk, found: InstalledPackage): void {
  if (walk.packages.has(found.folder)) return;
  walk.packages.set(found.folder, found);
  for (const name of found.dependencies) {
    const dependency = walk.sources.package(found.folder, name);
    if (dependency !== undefined) addPackage(walk, dependency);
  }
}
