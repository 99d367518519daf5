/** JavaScript text → what it reaches by literal specifiers. Knows no files; loaded only when a file was never seen before. */
import { type Import, parse } from 'es-module-lexer/js';

/** What one module file names. */
export interface ModuleImports {
  /** Specifiers of static and literal dynamic imports and re-exports, sorted, each once. */
  readonly imports: readonly string[];
  /** Relative paths of `new URL('./x', import.meta.url)`, sorted, each once. */
  readonly assets: readonly string[];
}

/**
 * What a .js file reaches: an ES module by its imports, one without import or export (CommonJS) by its requires too.
 * Throws SyntaxError-like errors of the lexer for a text that is not a module.
 */
export function parseModuleImports(text: string): ModuleImports {
  const [found, , , isModule] = parse(text);
  const imports = new Set<string>();
  const assets = new Set<string>();
  for (const item of found) {
    if (item.type === 'import-meta') addAsset(text, item, assets);
    else if (item.specifier !== undefined && !(item.type === 'dynamic' && item.glob)) imports.add(item.specifier);
  }
  if (!isModule) for (const specifier of parseRequires(text).imports) imports.add(specifier);
  return { imports: [...imports].sort(), assets: [...assets].sort() };
}

/** `new URL('<literal>', import.meta.url)` around an `import.meta`. */
function addAsset(text: string, item: Import, assets: Set<string>): void {
  const start = item.importStart;
  if (!/^import\s*\.\s*meta\s*\.\s*url\s*,?\s*\)/.test(text.slice(start, start + 60))) return;
  const before = /new\s+URL\s*\(\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|`([^`\\$\n]*)`)\s*,\s*$/.exec(
    text.slice(Math.max(0, start - 1000), start),
  );
  const path = before?.[1] ?? before?.[2] ?? before?.[3];
  if (path !== undefined && /^\.\.?\//.test(path)) assets.add(path);
}

/** What a CommonJS file requires by literal specifiers: a careful guess. */
export function parseRequires(text: string): ModuleImports {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
  const found = code.matchAll(/\brequire\s*\(\s*(?:'([^'\\\n]+)'|"([^"\\\n]+)")\s*\)/g);
  const imports = new Set([...found].map((match) => match[1] ?? match[2]!));
  return { imports: [...imports].sort(), assets: [] };
}
