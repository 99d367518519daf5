/** A sandboxed command failed: did it look for, or write, something that it did not declare? Reads its last lines. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isAlwaysThere } from '../key/system-folders.ts';
import { portName } from '../model/words.ts';
import { declareInput } from './denied-access.ts';
import type { StageJob } from './stage-job.ts';

interface Told {
  readonly message: string;
  readonly hint: string;
}

/** The first undeclared thing that the command complained of, as a message with the line to add. */
export function undeclaredFile(job: StageJob, lines: readonly string[]): Told | undefined {
  for (const line of lines) {
    const found = pythonModule(job, line) ?? network(job, line) ?? pathOf(job, line);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathOf(job: StageJob, line: string): Told | undefined {
  const readOnly = /read-only file system|EROFS/i.test(line);
  const missing =
    /no such (file|device)|not found|cannot open|can't open|does not exist|permission denied|ENOENT|EACCES|ENXIO/i.test(
      line,
    );
  if (!readOnly && !missing) return undefined;
  for (const full of pathsIn(line, job)) {
    const path = relative(job.root, full);
    if (path.startsWith('..')) {
      const outside = outsideOf(job, full, readOnly);
      if (outside !== undefined) return outside;
    } else if (path === '') continue;
    else if (readOnly) return wrote(job, path);
    else if (isUndeclared(job, path))
      return { message: `read ${path}, which it does not declare`, hint: declareInput(job.stage, path) };
    else if (isInHiddenFolder(job, path)) return wrote(job, path);
  }
  return undefined;
}

/** A module of the project that Python looked for. */
function pythonModule(job: StageJob, line: string): Told | undefined {
  const name = /(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?/
    .exec(line)?.[1]
    ?.replaceAll('.', '/');
  if (name === undefined) return undefined;
  const top = name.split('/')[0]!;
  const beside = job.stage.code.map((path) => dirname(path));
  const candidates = ['', job.stage.workdir ?? '', ...beside].flatMap((folder) =>
    [`${name}.py`, `${name}/__init__.py`, `${top}.py`, `${top}/__init__.py`].map((file) => join(folder, file)),
  );
  const path = candidates.find((candidate) => existsSync(join(job.root, candidate)));
  if (path === undefined) return undefined;
  const code = path.endsWith('/__init__.py') ? `${dirname(path)}/` : path;
  return {
    message: `read ${path}, which it does not declare`,
    hint: `add to ${job.stage.at.file}: stages.${job.stage.stage}.code: [${code}]`,
  };
}

function network(job: StageJob, line: string): Told | undefined {
  const refused =
    /network is unreachable|could not resolve host|temporary failure in name resolution|ENETUNREACH|EAI_AGAIN/i.test(
      line,
    );
  if (!refused || job.stage.network) return undefined;
  return {
    message: 'looked for the network, which its sandbox does not have',
    hint: `add to ${job.stage.at.file}: stages.${job.stage.stage}.network: true`,
  };
}

/** Something outside the project that is there and that the sandbox does not show, or not for writing. */
function outsideOf(job: StageJob, path: string, readOnly: boolean): Told | undefined {
  const { stage, at } = job.stage;
  const there = existsSync(path) || (readOnly && existsSync(dirname(path)));
  if (path.startsWith('/dev/') && there)
    return {
      message: `looked for the device ${path}, which its sandbox does not show`,
      hint: `add to ${at.file}: stages.${stage}.sandbox: { devices: [${path}] }`,
    };
  if (isAlwaysThere(path) || !there || path === '/') return undefined;
  if (readOnly)
    return {
      message: `wrote to ${path}, which is outside the project`,
      hint: `let it: stages.${stage}.sandbox: { paths: [${existsSync(path) ? path : dirname(path)}] }`,
    };
  return {
    message: `read ${path}, which is outside the project`,
    hint: `put it (or a link to it) into the project and declare that: stages.${stage}.inputs: { ${portName(path, 'file')}: data/${basename(path)} }; or let the stage see it, outside its key: stages.${stage}.sandbox: { paths: [${path}] }`,
  };
}

function wrote(job: StageJob, path: string): Told {
  return {
    message: `wrote to ${path}, which is not one of its outputs`,
    hint: `write to \${outputs.…}, and declare it: stages.${job.stage.stage}.outputs`,
  };
}

function isGiven(job: StageJob, path: string): boolean {
  const given = Object.values(job.gathered.inputs).flatMap((input) => input.paths);
  return given.some((other) => path === other || path.startsWith(`${other}/`));
}

/** Whether the project has it and the stage was not given it. */
function isUndeclared(job: StageJob, path: string): boolean {
  return !isGiven(job, path) && statSync(join(job.root, path), { throwIfNoEntry: false }) !== undefined;
}

/** Whether it is a new file in a folder of the project that the stage was not given. */
function isInHiddenFolder(job: StageJob, path: string): boolean {
  const folder = dirname(path);
  if (folder === '.' || isGiven(job, path)) return false;
  return statSync(join(job.root, folder), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What of a line could be paths, absolute: what stands in quotes, or else before the last colon, or else words with / or a dot. */
function pathsIn(line: string, job: StageJob): string[] {
  const quoted = [...line.matchAll(/['"‘`]([^'"’`]+)['"’`]/g)].map((match) => match[1]!);
  const beforeColon = /(?:^|: )([^:]+): [^:]+$/.exec(line)?.[1];
  const words = line
    .split(/[\s'"‘’`()[\]{}<>=,;]+/)
    .map((word) => word.replace(/^[:.]+(?=[^/.])|[:.]+$/g, ''))
    .filter((word) => word.length > 1 && /[/.]/.test(word));
  const found = quoted.length > 0 ? quoted : [...(beforeColon === undefined ? [] : [beforeColon]), ...words];
  return [...new Set(found.map((text) => resolve(job.root, job.stage.workdir ?? '', text)))];
}
