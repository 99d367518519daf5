/** Where a project's things lie. Reads nothing. */
import { join } from 'node:path';
import { artifactsFolder } from './project-path.ts';

export interface Project {
  /** Absolute, links resolved. */
  readonly root: string;
  /** The pipeline file, relative to the root; `pipeline.yaml` unless chosen otherwise. */
  readonly file: string;
  /** The lock file of the parameters in use, relative to the root. */
  readonly lock: string;
  /** Absolute; `<root>/cache` unless chosen otherwise. */
  readonly cacheDir: string;
}

export function artifactsDir(project: Project): string {
  return join(project.root, artifactsFolder);
}

/** Private to the runs that are under way; on the file system of artifacts/, so that a rename publishes. Gone when no run is. */
export function stagingDir(project: Project): string {
  return join(project.root, artifactsFolder, '.staging');
}

/** Of jobs on a cluster, which outlive the run that submitted them; on the file system of artifacts/. */
export function jobsDir(project: Project): string {
  return join(project.root, artifactsFolder, '.jobs');
}

/** What a stage lets people watch while it runs; its own at a time. */
export function liveDir(project: Project, stage: string): string {
  return join(project.root, artifactsFolder, '.live', stage.replaceAll('/', '_'));
}

/** Beside the pipeline file and called like it; with profiles `pipeline.NAME.lock`. */
export function lockFileName(file: string, profiles: readonly string[]): string {
  return [file.replace(/\.ya?ml$/, ''), ...(profiles.length === 0 ? [] : [profiles.join('+')]), 'lock'].join('.');
}

export function lockFilePath(project: Project): string {
  return join(project.root, project.lock);
}

/** What a run found in the place of an output and that no stage made: moved here, never deleted. */
export function keptDir(project: Project): string {
  return join(project.root, artifactsFolder, '.kept');
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
