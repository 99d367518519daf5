/** Whether a compiled file still is what its TypeScript source gives, and what to do where it is not. Compiles nothing. */
import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { changedSources } from './build-note.ts';
import type { ClosureWalk } from './closure-walk.ts';
import { sourcePathOf } from './compiled-file.ts';

/** The source of a compiled file of the project, where there is one or the build's note knows one. */
export function sourceOf(walk: ClosureWalk, file: string): string | undefined {
  const { folders, note } = walk.sources.compiler;
  const source = sourcePathOf(file, folders);
  if (source === undefined || source === file) return undefined;
  const noted = note !== undefined && Object.hasOwn(note.sources, source);
  return noted || walk.sources.digest(join(walk.projectDir, source)) !== undefined ? source : undefined;
}

/**
 * The sources that are no longer what was compiled to `file`: by the build's note, or else by the text that its source map keeps
 * (`sourceMap` and `inlineSources` in tsconfig.json), or else by the times of the files.
 */
export function staleSources(walk: ClosureWalk, source: string, file: string): readonly string[] {
  const { note } = walk.sources.compiler;
  const digest = (path: string): string | undefined => walk.sources.digest(join(walk.projectDir, path));
  if (note !== undefined) return changedSources(note, source, digest);
  const compiled = compiledText(walk.projectDir, source, file);
  if (compiled === undefined) return isOlder(walk.projectDir, file, source) ? [source] : [];
  return withoutMark(readText(walk.projectDir, source)) === withoutMark(compiled) ? [] : [source];
}

/** The source text that `FILE.map` keeps. */
function compiledText(projectDir: string, source: string, file: string): string | undefined {
  try {
    const map = JSON.parse(readText(projectDir, `${file}.map`) ?? '') as {
      readonly sourceRoot?: string;
      readonly sources: readonly string[];
      readonly sourcesContent?: readonly (string | null)[];
    };
    const folder = posix.join(posix.dirname(file), map.sourceRoot ?? '');
    const at = map.sources.findIndex((path) => posix.join(folder, path) === source);
    return map.sourcesContent?.[at] ?? undefined;
  } catch {
    return undefined;
  }
}

function isOlder(projectDir: string, file: string, source: string): boolean {
  const made = statSync(join(projectDir, file)).mtimeMs;
  const written = statSync(join(projectDir, source), { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && written > made;
}

function readText(projectDir: string, path: string): string | undefined {
  try {
    return readFileSync(join(projectDir, path), 'utf8');
  } catch {
    return undefined;
  }
}

/** A byte order mark is not part of the text. */
function withoutMark(text: string | undefined): string | undefined {
  return text?.replace(/^\uFEFF/, '');
}

/** How this project compiles its sources, as a next step for people. */
export function buildAdvice(projectDir: string): string {
  const manifest = JSON.parse(readText(projectDir, 'package.json') ?? '{}') as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  if (manifest.scripts?.['build'] !== undefined) return 'run npm run build';
  if (readText(projectDir, 'tsconfig.json') !== undefined) return 'run npx tsc';
  return 'it needs TypeScript and a tsconfig.json, which pipeline init would make; or write it as .mjs, which runs as it is';
}

/** The same for a source that has no compiled file at all. */
export function firstBuildAdvice(walk: ClosureWalk): string {
  const advice = buildAdvice(walk.projectDir);
  const { hasRootDir } = walk.sources.compiler.folders;
  if (hasRootDir || readText(walk.projectDir, 'tsconfig.json') === undefined) return advice;
  return `${advice}; if it is still missing then, add "rootDir": "." to the compilerOptions of tsconfig.json`;
}
