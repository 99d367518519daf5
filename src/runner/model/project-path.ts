/** Paths inside a project as the runner compares them: '/' between, none at the end. Knows text only, no files. */

declare const made: unique symbol;

/** A project-relative path without a slash at its end, so that `plots` and `plots/` are one; made by `projectPath` alone. */
export type ProjectPath = string & { readonly [made]: 'ProjectPath' };

/** A path as it may be written, without the final slash that says "a folder". */
export function projectPath(written: string): ProjectPath {
  return (written.endsWith('/') ? written.slice(0, -1) : written) as ProjectPath;
}

/** Folders that the runner owns, in the project's root. */
export const artifactsFolder = 'artifacts';
export const cacheFolder = 'cache';
