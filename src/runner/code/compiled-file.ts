/** Which compiled file a TypeScript source runs as, by tsconfig.json, and back. Knows no imports. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { projectPath } from '../model/project-path.ts';

/** Where tsc reads and writes, project-relative, without final /; '' is the project itself. */
export interface CompilerFolders {
  readonly rootDir: string;
  readonly outDir: string;
}

/** `rootDir` and `outDir` of the project's tsconfig.json, through relative `extends`; both '' where there is none. */
export function readCompilerFolders(projectDir: string): CompilerFolders {
  const options = readOptions(projectDir, 'tsconfig.json', 0);
  return { rootDir: trim(options['rootDir']), outDir: trim(options['outDir']) };
}

function trim(folder: string | undefined): string {
  const plain = projectPath(posix.normalize(folder ?? '.'));
  return plain === '.' ? '' : plain;
}

function readOptions(projectDir: string, file: string, depth: number): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(posix.join(projectDir, file), 'utf8');
  } catch {
    return {};
  }
  const config = JSON.parse(withoutComments(text)) as {
    readonly extends?: string | readonly string[];
    readonly compilerOptions?: Record<string, unknown>;
  };
  const folder = posix.dirname(file);
  const options: Record<string, string> = {};
  for (const base of [config.extends ?? []].flat()) {
    if (base.startsWith('.') && depth < 10)
      Object.assign(options, readOptions(projectDir, posix.join(folder, base), depth + 1));
  }
  for (const key of ['rootDir', 'outDir']) {
    const value = config.compilerOptions?.[key];
    if (typeof value === 'string') options[key] = posix.join(folder, value);
  }
  return options;
}

/** JSON with // and block comments and trailing commas → JSON. */
export function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted: string | undefined) => quoted ?? ' ')
    .replace(/("(?:[^"\\]|\\.)*")|,(\s*[}\]])/g, (_, quoted: string | undefined, end: string) => quoted ?? end);
}

/** `stages/train.ts` → `dist/stages/train.js`; undefined for a file that tsc does not compile. */
export function compiledPathOf(source: string, folders: CompilerFolders): string | undefined {
  const match = /^(.*)\.(m?)ts$/.exec(source);
  const inside = withinFolder(source, folders.rootDir);
  if (match === null || inside === undefined || source.endsWith('.d.ts')) return undefined;
  return posix.join(folders.outDir, inside.replace(/\.(m?)ts$/, '.$1js'));
}

/** `dist/stages/train.js` → `stages/train.ts`; undefined for a file that lies outside of where tsc writes. */
export function sourcePathOf(compiled: string, folders: CompilerFolders): string | undefined {
  const inside = withinFolder(compiled, folders.outDir);
  if (inside === undefined || !/\.m?js$/.test(inside)) return undefined;
  return posix.join(folders.rootDir, inside.replace(/\.(m?)js$/, '.$1ts'));
}

function withinFolder(path: string, folder: string): string | undefined {
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
