/**
 * The code that a module stage runs: every file and npm package that it reaches by imports, as values. Runs none of it.
 * The compiled JavaScript is what counts: a comment, a type, a changed line break make nothing stale.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import type { Digest } from '../../base/digest.ts';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isPackageModule } from '../load/module-name.ts';
import { type ClosureWalk, type CodeFile, fromProject, ownerOf } from './closure-walk.ts';
import { type CodeSources, openCodeSources } from './code-sources.ts';
import { compiledPathOf } from './compiled-file.ts';
import { buildAdvice, firstBuildAdvice, sourceOf, staleSources } from './compiled-from.ts';
import type { ModuleImports } from './module-imports.ts';
import { packageEntry, resolveImport } from './resolve-import.ts';

export interface CodeClosure {
  /** Project-relative, the file to run. */
  readonly entry: string;
  /** Sorted by path. */
  readonly files: readonly CodeFile[];
  /** npm packages, name → version (several versions joined by a comma), sorted by name; what packages depend on is among them. */
  readonly packages: Readonly<Record<string, string>>;
  /** Where those that count by their version alone are found and lie, absolute, sorted. */
  readonly packageFolders: readonly string[];
  /** Of those whose files are in `files`: where Node finds them → where they lie, project-relative. */
  readonly links: Readonly<Record<string, string>>;
  /** What else was read to find all this (sources, tsconfig.json, the build's note, package.json files), project-relative, sorted. */
  readonly watched: readonly { readonly path: string; readonly digest: Digest }[];
}

/**
 * What the stage in `modulePath` reaches: a project-relative .ts, .js or .mjs, or a package's stage (`cc-snn/stages/train`). The files of
 * that package, and of linked ones, are followed like the project's; other packages count by their version. A source that is not what was
 * compiled, a missing file and a missing package are errors. Node's own modules, and imports whose specifier is computed, are not followed.
 * Cost: one stat a file where all was seen before. Pinned by: test/runner/code/code-closure.test.ts
 */
export async function codeClosure(
  projectDir: string,
  modulePath: string,
  sources: CodeSources = openCodeSources(projectDir),
): Promise<Result<CodeClosure, readonly Diagnostic[]>> {
  const walk: ClosureWalk = {
    projectDir,
    module: modulePath,
    sources,
    files: new Map(),
    packages: new Map(),
    followed: new Map(),
    diagnostics: [],
  };
  const entry = isPackageModule(modulePath) ? packageEntry(walk, modulePath) : projectEntry(walk, modulePath);
  const waiting = entry === undefined ? [] : [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) waiting.push(...(await visit(walk, file)));
  return entry === undefined || walk.diagnostics.length > 0 ? err(walk.diagnostics) : ok(closureFrom(walk, entry));
}

/** The file that a stage of the project runs as; undefined where it told why there is none. */
function projectEntry(walk: ClosureWalk, module: string): string | undefined {
  const exists = (path: string): boolean => walk.sources.digest(join(walk.projectDir, path)) !== undefined;
  const refuse = (message: string, hint?: string): undefined => {
    walk.diagnostics.push({ at: { file: module }, message, ...(hint === undefined ? {} : { hint }) });
  };
  const entry = /\.m?ts$/.test(module) ? compiledPathOf(module, walk.sources.compiler.folders) : module;
  if (entry === undefined) return refuse('lies outside the rootDir of tsconfig.json');
  if (!exists(module)) return refuse('does not exist');
  return exists(entry) ? entry : refuse(`is not compiled: ${entry} is missing`, firstBuildAdvice(walk));
}

function closureFrom(walk: ClosureWalk, entry: string): CodeClosure {
  const files = [...walk.files.values()].sort((a, b) => compareText(a.path, b.path));
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of walk.packages.values())
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  const packages: Record<string, string> = {};
  for (const name of [...versions.keys()].sort(compareText))
    packages[name] = [...versions.get(name)!].sort(compareText).join(',');
  const byVersion = [...walk.packages.values()].filter(({ folder }) => !walk.followed.has(folder));
  const packageFolders = [...new Set(byVersion.flatMap(({ foundAt, folder }) => [foundAt, folder]))].sort(compareText);
  const followed = [...walk.followed.values()];
  const links = followed.map(({ foundAt, folder }) => [fromProject(walk, foundAt), fromProject(walk, folder)]);
  return { entry, files, packages, packageFolders, links: Object.fromEntries(links), watched: watchedOf(walk) };
}

/** While these, `files` and `links` are what they were, so is the closure. */
function watchedOf(walk: ClosureWalk): CodeClosure['watched'] {
  const { folders, note } = walk.sources.compiler;
  const paths = new Set(['package.json', 'tsconfig.json', posix.join(folders.outDir, '.sources.json')]);
  for (const { path, file } of walk.files.values()) {
    if (ownerOf(walk, file) !== undefined) continue;
    if (path !== file) paths.add(path);
    for (const origin of Object.keys(note?.generated[path] ?? {})) paths.add(origin);
  }
  for (const folder of [...walk.packages.keys(), ...[...walk.followed.values()].map(({ foundAt }) => foundAt)])
    paths.add(fromProject(walk, join(folder, 'package.json')));
  return [...paths].sort(compareText).flatMap((path) => {
    const digest = walk.sources.digest(join(walk.projectDir, path));
    return digest === undefined ? [] : [{ path, digest }];
  });
}

/** Notes one file and gives the files that it reaches and that are not noted yet. */
async function visit(walk: ClosureWalk, file: string): Promise<readonly string[]> {
  if (walk.files.has(file)) return [];
  const path = join(walk.projectDir, file);
  const digest = walk.sources.digest(path);
  const owner = ownerOf(walk, file);
  const source = owner === undefined ? sourceOf(walk, file) : undefined;
  const shown = owner === undefined ? (source ?? file) : owner.name + path.slice(owner.folder.length);
  if (digest === undefined) {
    const hint = owner === undefined ? buildAdvice(walk.projectDir) : `install or build ${owner.name} again`;
    const message = `does not exist, but is reached from ${walk.module}`;
    walk.diagnostics.push({ at: { file: shown }, message, hint });
    return [];
  }
  walk.files.set(file, { path: shown, file, digest });
  if (source !== undefined) checkFresh(walk, source, file);
  const found = /\.[mc]?js$/.test(file) ? await importsOf(walk, file, digest) : undefined;
  if (found === undefined) return [];
  return [...found.imports, ...found.assets].flatMap((specifier) =>
    resolveImport(walk, file, specifier, found.assets.includes(specifier)),
  );
}

function checkFresh(walk: ClosureWalk, source: string, file: string): void {
  for (const path of staleSources(walk, source, file)) {
    const message = `is not what was compiled to ${file}, which ${walk.module} reaches`;
    walk.diagnostics.push({ at: { file: path }, message, hint: buildAdvice(walk.projectDir) });
  }
}

async function importsOf(walk: ClosureWalk, file: string, digest: Digest): Promise<ModuleImports | undefined> {
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
    walk.diagnostics.push({ at: { file }, message: `is not a module: ${(error as Error).message}` });
    return undefined;
  }
}
