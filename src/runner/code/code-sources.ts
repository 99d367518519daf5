/** Where the code closures of one project look things up, each thing once: digests, imports, what the compiler wrote, packages. */
import { readFileSync, statSync } from 'node:fs';
import { type Digest, digestOf } from '../../base/digest.ts';
import { type BuildNote, readBuildNote } from './build-note.ts';
import { type CompilerFolders, readCompilerFolders } from './compiled-file.ts';
import type { ModuleImports } from './module-imports.ts';
import { findPackage, type InstalledPackage } from './npm-package.ts';

/** Make a new one to look again. */
export interface CodeSources {
  /** The digest of a file by absolute path, or undefined where there is none. */
  digest(path: string): Digest | undefined;
  /** The package that a module in a folder (absolute) gets by a name. */
  package(folder: string, name: string): InstalledPackage | undefined;
  /** What a file of this digest and kind imports; may be kept across runs. */
  readonly parsed: Map<string, ModuleImports>;
  /** Set when `parsed` grew. */
  changed: boolean;
  readonly compiler: { readonly folders: CompilerFolders; readonly note: BuildNote | undefined };
}

/** Sources for the closures of one project; without `digest` every file is read. Throws a UserError for a tsconfig.json that is not JSON. */
export function openCodeSources(
  projectDir: string,
  digest: (path: string) => Digest | undefined = digestOfFile,
  parsed: Map<string, ModuleImports> = new Map(),
): CodeSources {
  const folders = readCompilerFolders(projectDir);
  const note = folders.outDir === '' ? undefined : readBuildNote(projectDir, folders.outDir);
  return {
    digest: once(digest, (path) => path),
    package: once(findPackage, (folder, name) => `${folder} ${name}`),
    parsed,
    changed: false,
    compiler: { folders, note },
  };
}

/** The same function, called once for each name that its arguments have. */
function once<A extends readonly unknown[], R>(look: (...args: A) => R, nameOf: (...args: A) => string) {
  const seen = new Map<string, R>();
  return (...args: A): R => {
    const name = nameOf(...args);
    if (!seen.has(name)) seen.set(name, look(...args));
    return seen.get(name)!;
  };
}

function digestOfFile(path: string): Digest | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return digestOf(readFileSync(path));
}
