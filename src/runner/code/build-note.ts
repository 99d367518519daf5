/** What the build noted of its sources, and whether a source still is what was compiled. Knows no stages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `<outDir>/.sources.json`, written by the build: SHA-256 of every TypeScript source, and of what generated ones come from. */
export interface BuildNote {
  readonly sources: Readonly<Record<string, string>>;
  readonly generated: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The note, or undefined where the project's build writes none. */
export function readBuildNote(projectDir: string, outDir: string): BuildNote | undefined {
  try {
    const note = JSON.parse(readFileSync(join(projectDir, outDir, '.sources.json'), 'utf8')) as Partial<BuildNote>;
    return { sources: note.sources ?? {}, generated: note.generated ?? {} };
  } catch {
    return undefined;
  }
}

/** The sources of one compiled file that are no longer what was compiled; `digestOf` gives undefined for a missing file. */
export function changedSources(
  note: BuildNote,
  source: string,
  digestOf: (path: string) => string | undefined,
): readonly string[] {
  const origins = { ...(Object.hasOwn(note.generated, source) ? note.generated[source] : {}) };
  const own = Object.hasOwn(note.sources, source) ? note.sources[source] : undefined;
  const changed = Object.entries(origins)
    .filter(([path, digest]) => digestOf(path) !== digest)
    .map(([path]) => path);
  const now = digestOf(source);
  // A file that the build never saw and that has no source was not made by it: plain JavaScript put there.
  return now === own ? changed : [source, ...changed];
}
