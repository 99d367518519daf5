/** The command line's -C, -f and --cache-dir → where the project, its file and its cache lie; paths as typed → paths of the project. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../base/located-error.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { findProjectRoot, pipelineFile } from '../model/find-project.ts';
import { lockFileName, type Project } from '../model/project.ts';
import { surveyCache } from '../store/cache-survey.ts';
import { isOwnCache } from '../store/cache-tag.ts';
import { checkFolders } from '../store/check-folders.ts';
import type { CommandLine } from './command-line.ts';

/** Commands that keep nothing in artifacts/ or in the cache. */
const keepNothing = ['init', 'doctor', 'completion'];

/** `-C DIR` is the project; without it, the nearest folder from `cwd` upwards that holds a pipeline.yaml. */
export function openProject(line: CommandLine, cwd: string): Result<Project, Diagnostic> {
  const project = findProject(line, cwd);
  if (!project.ok || keepNothing.includes(line.command)) return project;
  const trouble = checkFolders(project.value);
  return trouble === undefined ? project : err(trouble);
}

function findProject(line: CommandLine, cwd: string): Result<Project, Diagnostic> {
  const named = line.text('C');
  if (named === '') return err({ message: '-C: expected a folder, got nothing' });
  const folder = named === undefined ? findProjectRoot(cwd) : resolve(cwd, named);
  const root = realFolder(folder);
  if (root === undefined) return err(notFolder(`-C ${named ?? folder}`, folder));
  const chosen = line.text('cache-dir');
  if (chosen === '') return err({ message: '--cache-dir: expected a folder, got nothing' });
  const cacheDir = resolve(root, chosen ?? 'cache');
  if (chosen !== undefined && isForeignStore(cacheDir)) return err(notCache(chosen));
  const file = line.text('file');
  if (file === undefined) return ok({ root, file: pipelineFile, lock: lockFileName(pipelineFile, []), cacheDir });
  const inside = pathInProject(root, file, named === undefined ? cwd : root);
  if (inside === undefined || file === '')
    return err({ message: `-f ${file}: expected a file of the project`, hint: `it is to lie in ${root}` });
  return ok({ root, file: inside, lock: lockFileName(inside, []), cacheDir });
}

/** Whether the folders that a cache has are there and hold something else: those of a git repository, say. */
function isForeignStore(cacheDir: string): boolean {
  return !isOwnCache(cacheDir) && surveyCache(cacheDir).foreign.some((path) => path.includes('/'));
}

function notCache(chosen: string): Diagnostic {
  return {
    message: `--cache-dir ${chosen}: it has folders called as those of a cache, and other things in them`,
    hint: 'name a new folder, an empty one, or a cache of this runner',
  };
}

/** Links resolved; undefined where there is no such folder. */
function realFolder(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

function notFolder(shown: string, path: string): Diagnostic {
  if (!existsSync(path)) return { message: `${shown}: the folder does not exist` };
  return { message: `${shown}: expected the project's folder, got a file`, hint: `-C ${dirname(path)} -f ${path}` };
}

/** A path as typed in `from`, relative to the project's root; undefined where it leads out of it. */
function pathInProject(root: string, path: string, from: string): string | undefined {
  const full = resolve(from, path);
  const inside = relative(root, full.startsWith(`${root}/`) ? full : throughLinks(full));
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : inside;
}

/** With the links of its nearest folder that is there resolved. */
function throughLinks(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    const real = realFolder(folder);
    if (real !== undefined) return join(real, relative(folder, path));
    if (dirname(folder) === folder) return path;
  }
}

/** A TARGET as typed: absolute paths, and those that begin with `../`, become paths from the project's root. */
export function targetOf(root: string, typed: string, cwd: string): string {
  if (!typed.startsWith('/') && !/^\.\.(\/|$)/.test(typed)) return typed;
  const inside = pathInProject(root, typed, cwd);
  return inside === undefined ? typed : `${inside}${typed.endsWith('/') ? '/' : ''}`;
}
