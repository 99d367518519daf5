/** npm packages as Node finds them: folder, version and what they depend on. Never looks into their code. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PackageDoors } from './package-exports.ts';

/** One installed package. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute, symbolic links resolved. */
  readonly folder: string;
  /** Absolute, as Node finds it, links not resolved. */
  readonly foundAt: string;
  /** Whether it lies outside every node_modules (a workspace, `npm link`, `file:`): its code changes without its version. */
  readonly linked: boolean;
  /** What of package.json says which files may be imported. */
  readonly doors: PackageDoors;
  /** Names of what it depends on, optional and peer ones too. */
  readonly dependencies: readonly string[];
}

/** The package's name in a bare specifier: `@scope/name/sub` → `@scope/name`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The package that a module in `fromFolder` (absolute) gets by this name; undefined where it is not installed. */
export function findPackage(fromFolder: string, name: string): InstalledPackage | undefined {
  for (let folder = fromFolder; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (statSync(join(candidate, 'package.json'), { throwIfNoEntry: false }) !== undefined)
      return readPackage(candidate, name);
    if (dirname(folder) === folder) return undefined;
  }
}

/** The package in a folder (absolute, with a package.json). */
export function readPackage(foundAt: string, name: string): InstalledPackage {
  const folder = realpathSync(foundAt);
  const json = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageDoors & {
    readonly version?: string;
    readonly dependencies?: object;
    readonly optionalDependencies?: object;
    readonly peerDependencies?: object;
  };
  const dependencies = Object.keys({ ...json.dependencies, ...json.optionalDependencies, ...json.peerDependencies });
  const { version = 'none', exports, imports, main } = json;
  const linked = !folder.includes('/node_modules/');
  return { name, version, folder, foundAt, linked, doors: { exports, imports, main }, dependencies };
}
