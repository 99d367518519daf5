/** A sandboxed command failed: did it look for, or write, a file of the project that it did not declare? Reads its last lines. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { portName } from '../model/words.ts';
import { declareInput } from './denied-access.ts';
import { isSystem } from './sandbox.ts';
import type { StageJob } from './stage-job.ts';

/** The first undeclared path that the command complained of, as a message with the line to add. */
export function undeclaredFile(
  job: StageJob,
  lines: readonly string[],
): { readonly message: string; readonly hint: string } | undefined {
  for (const line of lines) {
    const readOnly = /read-only file system|EROFS/i.test(line);
    const missing = /no such file|not found|cannot open|can't open|does not exist|ENOENT/i.test(line);
    if (!readOnly && !missing) continue;
    for (const path of pathsIn(line, job.root)) {
      if (readOnly && statSync(join(job.root, path), { throwIfNoEntry: false })?.isDirectory() !== true)
        return wrote(job, path);
      if (missing && isUndeclared(job, path))
        return { message: `read ${path}, which it does not declare`, hint: declareInput(job.stage.stage, path) };
      if (missing && isInHiddenFolder(job, path)) return wrote(job, path);
    }
    const outside = missing ? hiddenOutside(job, line) : undefined;
    if (outside !== undefined) return outside;
  }
  return undefined;
}

/** A path outside the project that is there and that the sandbox does not show. */
function hiddenOutside(job: StageJob, line: string): { message: string; hint: string } | undefined {
  const path = [...line.matchAll(/\/[^\s'"’`:,;()[\]{}<>]+/g)]
    .map(([found]) => found.replace(/\.$/, ''))
    .find((found) => !found.startsWith(`${job.root}/`) && !isSystem(found) && existsSync(found));
  if (path === undefined || path === job.root) return undefined;
  return {
    message: `read ${path}, which is outside the project`,
    hint: `put it (or a link to it) into the project and declare that: stages.${job.stage.stage}.inputs: { ${portName(path, 'file')}: data/${basename(path)} }`,
  };
}

function wrote(job: StageJob, path: string): { message: string; hint: string } {
  return {
    message: `wrote to ${path}, which is none of its outputs`,
    hint: `write to \${outputs.…}, and declare it: stages.${job.stage.stage}.outputs`,
  };
}

/** Whether the project has it and the stage was not given it. */
function isUndeclared(job: StageJob, path: string): boolean {
  const given = Object.values(job.gathered.inputs).flatMap((input) => input.paths);
  if (given.some((other) => path === other || path.startsWith(`${other}/`))) return false;
  return statSync(join(job.root, path), { throwIfNoEntry: false }) !== undefined;
}

/** Whether it is a new file in a folder of the project that the stage was not given. */
function isInHiddenFolder(job: StageJob, path: string): boolean {
  const folder = dirname(path);
  if (folder === '.' || Object.values(job.gathered.inputs).some((input) => input.paths.includes(folder))) return false;
  return statSync(join(job.root, folder), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What of a line could be paths of the project, project-relative: quoted texts first, then words with / or a dot, then the rest. */
function pathsIn(line: string, root: string): string[] {
  const quoted = [...line.matchAll(/['"‘`]([^'"’`]+)['"’`]/g)].map((match) => match[1]!);
  const words = line
    .split(/[\s'"‘’`()[\]{}<>=,;]+/)
    .map((word) => word.replace(/^[:.]+(?=[^/.])|[:.]+$/g, ''))
    .filter((word) => word.length > 1);
  const pathLike = words.filter((word) => /[/.]/.test(word));
  const paths = [...quoted, ...pathLike, ...words.slice(1)].map((word) => relative(root, resolve(root, word)));
  return [...new Set(paths)].filter((path) => path !== '' && !path.startsWith('..'));
}
