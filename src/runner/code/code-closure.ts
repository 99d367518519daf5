/**
 * The code that a module stage runs: every file and npm package that it reaches by imports, as values. Runs none of it.
 * The compiled JavaScript is what counts: a comment, a type, a changed line break make nothing stale.
 */
import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type BuildNote, changedSources, readBuildNote } from './build-note.ts';
import { type CompilerFolders, compiledPathOf, readCompilerFolders, sourcePathOf } from './compiled-file.ts';
import type { ModuleImports } from './module-imports.ts';
import { findPackage, type InstalledPackage, packageNameOf } from './npm-package.ts';

/** One file of a closure. */
export interface CodeFile {
  /** Project-relative, as people know it: the source where there is one. */
  readonly path: string;
  /** Project-relative, the file that runs. */
  readonly file: string;
  /** SHA-256 of the file that runs. */
  readonly digest: Digest;
}

export interface CodeClosure {
  /** Project-relative, the file to run. */
  readonly entry: string;
  /** Sorted by path. */
  readonly files: readonly CodeFile[];
  /** npm packages, name → version (several versions joined by a comma), sorted by name; what packages depend on is among them. */
  readonly packages: Readonly<Record<string, string>>;
  /** Their folders, absolute, sorted. */
  readonly packageFolders: readonly string[];
  /** What else was read to find all this (sources, tsconfig.json, the build's note, package.json files), project-relative, sorted. */
  readonly watched: readonly { readonly path: string; readonly digest: Digest }[];
}

/** Where closures of one project look things up, each thing once; make a new one to look again. */
export interface CodeSources {
  /** The digest of a file by absolute path, or undefined where there is none. */
  digest(path: string): Digest | undefined;
  /** What a file of this digest and kind imports; may be kept across runs. */
  readonly parsed: Map<string, ModuleImports>;
  /** Set when `parsed` grew. */
  changed: boolean;
  readonly compiler: { readonly folders: CompilerFolders; readonly note: BuildNote | undefined };
  /** By `<folder> <name>`. */
  readonly packages: Map<string, InstalledPackage | undefined>;
}

/** Sources for the closures of one project; without `digest` every file is read. */
export function openCodeSources(
  projectDir: string,
  digest: (path: string) => Digest | undefined = digestOfFile,
  parsed: Map<string, ModuleImports> = new Map(),
): CodeSources {
  const seen = new Map<string, Digest | undefined>();
  const once = (path: string): Digest | undefined => {
    if (!seen.has(path)) seen.set(path, digest(path));
    return seen.get(path);
  };
  const folders = readCompilerFolders(projectDir);
  const note = folders.outDir === '' ? undefined : readBuildNote(projectDir, folders.outDir);
  return { digest: once, parsed, changed: false, compiler: { folders, note }, packages: new Map() };
}

function digestOfFile(path: string): Digest | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return digestOf(readFileSync(path));
}

interface Walk {
  readonly projectDir: string;
  readonly module: string;
  readonly folders: CompilerFolders;
  readonly note: BuildNote | undefined;
  readonly sources: CodeSources;
  readonly files: Map<string, CodeFile>;
  readonly packages: Map<string, InstalledPackage>;
  readonly diagnostics: Diagnostic[];
}

/**
 * What the stage in `modulePath` (project-relative .ts, .js or .mjs) reaches. A source that is not what was compiled, a missing file and
 * a missing package are errors. Node's own modules, and imports whose specifier is computed, are not followed.
 * Cost: one stat a file where all was seen before. Pinned by: test/runner/code/code-closure.test.ts
 */
export async function codeClosure(
  projectDir: string,
  modulePath: string,
  sources: CodeSources = openCodeSources(projectDir),
): Promise<Result<CodeClosure, readonly Diagnostic[]>> {
  const { folders, note } = sources.compiler;
  const entry = /\.m?ts$/.test(modulePath) ? compiledPathOf(modulePath, folders) : modulePath;
  if (entry === undefined)
    return err([{ at: { file: modulePath }, message: 'lies outside the rootDir of tsconfig.json' }]);
  const walk: Walk = {
    projectDir,
    module: modulePath,
    folders,
    note,
    sources,
    files: new Map(),
    packages: new Map(),
    diagnostics: [],
  };
  const missing = missingEntry(walk, entry);
  if (missing !== undefined) return err([missing]);
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) waiting.push(...(await visit(walk, file)));
  if (walk.diagnostics.length > 0) return err(walk.diagnostics);
  return ok(closureOf(walk, entry));
}

function missingEntry(walk: Walk, entry: string): Diagnostic | undefined {
  const exists = (path: string): boolean => walk.sources.digest(join(walk.projectDir, path)) !== undefined;
  if (entry !== walk.module && !exists(walk.module)) return { at: { file: walk.module }, message: 'does not exist' };
  if (exists(entry)) return undefined;
  if (entry === walk.module) return { at: { file: entry }, message: 'does not exist' };
  return { at: { file: walk.module }, message: `is not compiled: ${entry} is missing`, hint: 'run npm run build' };
}

function closureOf(walk: Walk, entry: string): CodeClosure {
  const files = [...walk.files.values()].sort((a, b) => compareText(a.path, b.path));
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of walk.packages.values())
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  const packages: Record<string, string> = {};
  for (const name of [...versions.keys()].sort(compareText))
    packages[name] = [...versions.get(name)!].sort(compareText).join(',');
  return {
    entry,
    files,
    packages,
    packageFolders: [...walk.packages.keys()].sort(compareText),
    watched: watchedOf(walk),
  };
}

/** While these and `files` are what they were, so is the closure. */
function watchedOf(walk: Walk): CodeClosure['watched'] {
  const { projectDir, folders, sources } = walk;
  const paths = new Set(['package.json', 'tsconfig.json', posix.join(folders.outDir, '.sources.json')]);
  for (const { path, file } of walk.files.values()) if (path !== file) paths.add(path);
  for (const { path } of walk.files.values())
    for (const origin of Object.keys(walk.note?.generated[path] ?? {})) paths.add(origin);
  for (const folder of walk.packages.keys())
    paths.add(posix.join(relative(projectDir, folder).split(sep).join('/'), 'package.json'));
  return [...paths].sort(compareText).flatMap((path) => {
    const digest = sources.digest(join(projectDir, path));
    return digest === undefined ? [] : [{ path, digest }];
  });
}

/** Notes one file and gives the files that it reaches and that are not noted yet. */
async function visit(walk: Walk, file: string): Promise<readonly string[]> {
  if (walk.files.has(file)) return [];
  const digest = walk.sources.digest(join(walk.projectDir, file));
  const source = sourcePathOf(file, walk.folders);
  const hasSource = source !== undefined && source !== file && isKnownSource(walk, source);
  const path = hasSource ? source : file;
  if (digest === undefined) {
    walk.diagnostics.push({
      at: { file: path },
      message: `does not exist, but is reached from ${walk.module}`,
      hint: 'run npm run build',
    });
    return [];
  }
  walk.files.set(file, { path, file, digest });
  if (hasSource) checkFresh(walk, source, file);
  if (!/\.[mc]?js$/.test(file)) return [];
  const found = await importsOf(walk, file, digest);
  if (found === undefined) return [];
  return [...found.imports, ...found.assets].flatMap((specifier) =>
    resolve(walk, file, specifier, found.assets.includes(specifier)),
  );
}

function isKnownSource(walk: Walk, source: string): boolean {
  const noted = walk.note !== undefined && Object.hasOwn(walk.note.sources, source);
  return noted || walk.sources.digest(join(walk.projectDir, source)) !== undefined;
}

function checkFresh(walk: Walk, source: string, file: string): void {
  const digest = (path: string): string | undefined => walk.sources.digest(join(walk.projectDir, path));
  const changed = walk.note === undefined ? olderThan(walk, source, file) : changedSources(walk.note, source, digest);
  for (const path of changed) {
    const message = `is not what was compiled to ${file}, which ${walk.module} reaches`;
    walk.diagnostics.push({ at: { file: path }, message, hint: 'run npm run build' });
  }
}

/** Without a note of the build, the times of the files are all there is to go by. */
function olderThan(walk: Walk, source: string, file: string): readonly string[] {
  const made = statSync(join(walk.projectDir, file)).mtimeMs;
  const written = statSync(join(walk.projectDir, source), { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && written > made ? [source] : [];
}

async function importsOf(walk: Walk, file: string, digest: Digest): Promise<ModuleImports | undefined> {
  const kind = file.endsWith('.cjs') ? 'cjs' : 'esm';
  const known = walk.sources.parsed.get(`${digest}.${kind}`);
  if (known !== undefined) return known;
  const { parseModuleImports, parseRequires } = await import('./module-imports.ts');
  try {
    const text = readFileSync(join(walk.projectDir, file), 'utf8');
    const found = kind === 'cjs' ? parseRequires(text) : parseModuleImports(text);
    walk.sources.parsed.set(`${digest}.${kind}`, found);
    walk.sources.changed = true;
    return found;
  } catch (error) {
    walk.diagnostics.push({ at: { file }, message: `is no module: ${(error as Error).message}` });
    return undefined;
  }
}

/** The project files that one specifier of `file` means; packages are noted on the way. */
function resolve(walk: Walk, file: string, specifier: string, asset: boolean): readonly string[] {
  const plain = specifier.replace(/[?#].*$/, '');
  if (/^(node|data|https?):/.test(specifier) || isBuiltin(specifier)) return [];
  if (!/^\.\.?(\/|$)/.test(plain) && !plain.startsWith('/'))
    return plain.startsWith('#') ? resolveOwn(walk, plain) : resolvePackage(walk, file, plain);
  const target = plain.startsWith('/')
    ? relative(walk.projectDir, plain).split(sep).join('/')
    : posix.join(posix.dirname(file), decodeURI(plain));
  if (asset && (target.endsWith('/') || isFolder(join(walk.projectDir, target)))) return [];
  if (/(^|\/)node_modules\//.test(target))
    return resolvePackage(walk, file, target.slice(target.lastIndexOf('node_modules/') + 13));
  if (target.startsWith('../')) {
    walk.diagnostics.push({ at: { file }, message: `imports '${specifier}', which lies outside the project` });
    return [];
  }
  return [target];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** `#name`, from "imports" of the project's package.json. */
function resolveOwn(walk: Walk, specifier: string): readonly string[] {
  const path = join(walk.projectDir, 'package.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as { readonly imports?: Readonly<Record<string, unknown>> };
  let target: unknown = json.imports?.[specifier];
  while (typeof target === 'object' && target !== null) {
    const conditions = target as Readonly<Record<string, unknown>>;
    target = conditions['node'] ?? conditions['import'] ?? conditions['default'];
  }
  if (typeof target === 'string' && target.startsWith('./')) return [posix.normalize(target)];
  walk.diagnostics.push({ at: { file: 'package.json' }, message: `has no plain file for the import '${specifier}'` });
  return [];
}

function resolvePackage(walk: Walk, file: string, specifier: string): readonly string[] {
  const name = packageNameOf(specifier);
  const found = lookUp(walk, dirname(join(walk.projectDir, file)), name);
  if (found === undefined) {
    walk.diagnostics.push({
      at: { file },
      message: `imports '${specifier}', which is not installed`,
      hint: 'run npm install',
    });
    return [];
  }
  addPackage(walk, found);
  return [];
}

function addPackage(walk: Walk, found: InstalledPackage): void {
  if (walk.packages.has(found.folder)) return;
  walk.packages.set(found.folder, found);
  for (const name of found.dependencies) {
    const dependency = lookUp(walk, found.folder, name);
    if (dependency !== undefined) addPackage(walk, dependency);
  }
}

function lookUp(walk: Walk, folder: string, name: string): InstalledPackage | undefined {
  const key = `${folder} ${name}`;
  const { packages } = walk.sources;
  if (!packages.has(key)) packages.set(key, findPackage(folder, name));
  return packages.get(key);
}
