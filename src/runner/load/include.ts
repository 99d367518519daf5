/** Patterns of `include` → the files that they mean, and whether they are still the same. Reads files, parses none. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../base/compare-text.ts';
import { digestOf } from '../../base/digest.ts';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { matchesPattern } from '../model/path-pattern.ts';
import type { Included } from '../model/plan.ts';
import { isGlob, normalPath, refusePath } from './path-rules.ts';
import { readPipelineFile } from './read-file.ts';

/** One file of a project's pipeline beside pipeline.yaml; the path is relative to the project. */
export interface IncludedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const hint = 'such as experiments/*.yaml: files of one folder of the project, relative to its root';

/** Why a text cannot be one of the patterns of `include`; undefined where it can. */
export function refuseInclude(written: string): Pick<Diagnostic, 'message' | 'hint'> | undefined {
  const [folder, name] = splitPattern(written);
  const refusal = refusePath(normalPath(written));
  if (refusal !== undefined) return { message: refusal, hint };
  if (isGlob(folder)) return { message: 'is a pattern of folders', hint };
  if (!/\.ya?ml$/.test(name)) return { message: 'names no .yaml files', hint };
  return undefined;
}

/** `experiments/*.yaml` → `experiments/`, `*.yaml`. */
function splitPattern(written: string): readonly [folder: string, name: string] {
  const path = normalPath(written);
  const at = path.lastIndexOf('/') + 1;
  return [path.slice(0, at), path.slice(at)];
}

/** The paths that a pattern means, in the order of their names; a path without * ? [ { means itself, there or not. */
function matchingPaths(root: string, written: string): readonly string[] {
  const [folder, name] = splitPattern(written);
  if (!isGlob(name)) return [folder + name];
  const hidden = name.startsWith('.');
  return namesIn(join(root, folder))
    .filter((entry) => (hidden || !entry.startsWith('.')) && matchesPattern(name, entry))
    .sort(compareText)
    .map((entry) => folder + entry);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The files of one pattern, `own` left out (a file does not include itself); or what is wrong with each that cannot be read. */
export function readIncluded(
  root: string,
  pattern: string,
  own: string,
): Result<readonly IncludedFile[], readonly Diagnostic[]> {
  const files: IncludedFile[] = [];
  const faults: Diagnostic[] = [];
  for (const path of matchingPaths(root, pattern)) {
    if (path === own) continue;
    const bytes = readPipelineFile(join(root, path), path);
    if (bytes.ok) files.push({ path, bytes: bytes.value });
    else faults.push(...bytes.error);
  }
  return faults.length > 0 ? err(faults) : ok(files);
}

/** What a plan notes of the files that it was made from. */
export function noteIncluded(patterns: readonly string[], files: readonly IncludedFile[]): Included {
  return { patterns, files: files.map(({ path, bytes }) => [path, digestOf(bytes)]) };
}

/** Whether the patterns still mean these very files with these very bytes. Cost: reads them all. */
export function isAsIncluded(root: string, own: string, { patterns, files }: Included): boolean {
  const now = new Map<string, IncludedFile>();
  for (const pattern of patterns) {
    const read = readIncluded(root, pattern, own);
    if (!read.ok) return false;
    for (const file of read.value) now.set(file.path, file);
  }
  const same = files.every(([path, digest]) => {
    const file = now.get(path);
    return file !== undefined && digestOf(file.bytes) === digest;
  });
  return same && now.size === files.length;
}

/** The folders that patterns look into and the files themselves, relative to the project: a change of one of them may change the plan. */
export function includedPlaces({ patterns, files }: Included): readonly string[] {
  const folders = patterns.map((pattern) => splitPattern(pattern)[0].replace(/\/$/, '') || '.');
  return [...new Set([...folders, ...files.map(([path]) => path)])];
}
