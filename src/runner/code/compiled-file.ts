/** Which compiled file a TypeScript source runs as, by tsconfig.json, and back. Knows no imports. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { userError } from '../../base/located-error.ts';
import { projectPath } from '../model/project-path.ts';

/** Where tsc reads and writes, project-relative, without final /; '' is the project itself. */
export interface CompilerFolders {
  readonly rootDir: string;
  readonly outDir: string;
  /** Whether tsconfig.json names rootDir; where not, some compilers take the folder that all sources share. */
  readonly hasRootDir: boolean;
}

/** `rootDir` and `outDir` of the project's tsconfig.json, through relative `extends`; both '' where there is none. Throws a UserError for bad JSON. */
export function readCompilerFolders(projectDir: string): CompilerFolders {
  const options = readOptions(projectDir, 'tsconfig.json', 0);
  return {
    rootDir: trim(options['rootDir']),
    outDir: trim(options['outDir']),
    hasRootDir: options['rootDir'] !== undefined,
  };
}

function trim(folder: string | undefined): string {
  const plain = projectPath(posix.normalize(folder ?? '.'));
  return plain === '.' ? '' : plain;
}

interface CompilerConfig {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: Record<string, unknown>;
}

function readOptions(projectDir: string, file: string, depth: number): Record<string, string> {
  const config = readConfig(projectDir, file);
  const folder = posix.dirname(file);
  const options: Record<string, string> = {};
  for (const base of [config?.extends ?? []].flat()) {
    const path = posix.join(folder, base.endsWith('.json') ? base : `${base}.json`);
    if (base.startsWith('.') && depth < 10) Object.assign(options, readOptions(projectDir, path, depth + 1));
  }
  for (const key of ['rootDir', 'outDir']) {
    const value = config?.compilerOptions?.[key];
    // ${configDir} is the folder of the tsconfig.json that is asked for, whichever file says it.
    if (typeof value === 'string')
      options[key] = value.startsWith('${configDir}') ? `.${value.slice(12)}` : posix.join(folder, value);
  }
  return options;
}

function readConfig(projectDir: string, file: string): CompilerConfig | undefined {
  let text: string;
  try {
    text = readFileSync(posix.join(projectDir, file), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(withoutComments(text)) as CompilerConfig;
  } catch (error) {
    throw userError(`is not JSON with comments: ${(error as Error).message}`, undefined, { file });
  }
}

/** JSON with // and block comments and trailing commas → JSON. */
export function withoutComments(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
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
