/** Where a project's things lie. Reads nothing. */
import { join } from 'node:path';

export interface Project {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Absolute; `<root>/cache` unless chosen otherwise. */
  readonly cacheDir: string;
}

const artifactsName = 'artifacts';

export function artifactsDir(project: Project): string {
  return join(project.root, artifactsName);
}

/** Private to the runs that are under way; on the file system of artifacts/, so that a rename publishes. Gone when no run is. */
export function stagingDir(project: Project): string {
  return join(project.root, artifactsName, '.staging');
}

export function lockFilePath(project: Project): string {
  return join(project.root, 'pipeline.lock');
}

export function locksDir(project: Project): string {
  return join(project.cacheDir, 'locks');
}

/** Survives failed attempts of one key, e.g. checkpoints. */
export function scratchDir(project: Project, key: string): string {
  return join(project.cacheDir, 'scratch', key);
}

export function runsDir(project: Project): string {
  return join(project.cacheDir, 'runs');
}
