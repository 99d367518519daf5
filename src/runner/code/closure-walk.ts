/** What one walk over a stage's code has found so far, and whose each file is. Follows nothing. */
import { join, relative, sep } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import type { Diagnostic } from '../../base/located-error.ts';
import type { CodeSources } from './code-sources.ts';
import type { InstalledPackage } from './npm-package.ts';

/** One file of a closure. */
export interface CodeFile {
  /** As people know it: project-relative, the source where there is one; of a package, its name and the path inside it. */
  readonly path: string;
  /** Project-relative, links resolved, the file that runs; it may begin with ../ where a package is linked. */
  readonly file: string;
  /** SHA-256 of the file that runs. */
  readonly digest: Digest;
}

export interface ClosureWalk {
  readonly projectDir: string;
  /** As pipeline.yaml names it. */
  readonly module: string;
  readonly sources: CodeSources;
  readonly files: Map<string, CodeFile>;
  /** By folder. */
  readonly packages: Map<string, InstalledPackage>;
  /** Packages whose own files are followed like the project's, by folder: the stage's own, and linked ones. */
  readonly followed: Map<string, InstalledPackage>;
  readonly diagnostics: Diagnostic[];
}

/** The followed package that a file (project-relative) belongs to; undefined for the project's own. */
export function ownerOf(walk: ClosureWalk, file: string): InstalledPackage | undefined {
  const path = join(walk.projectDir, file);
  let owner: InstalledPackage | undefined;
  for (const found of walk.followed.values()) {
    // A linked package may hold the project, as a checkout holds its examples.
    const holdsProject = `${walk.projectDir}/`.startsWith(`${found.folder}/`) && isInside(path, walk.projectDir);
    const deeper = owner === undefined || found.folder.length > owner.folder.length;
    if (isInside(path, found.folder) && !holdsProject && deeper) owner = found;
  }
  return owner;
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** An absolute path as a closure names files. */
export function fromProject(walk: ClosureWalk, path: string): string {
  return relative(walk.projectDir, path).split(sep).join('/');
}
