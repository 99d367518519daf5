/** Which file of a package an import means, by "exports" (or "imports") of its package.json, as Node decides it. Looks at no files. */

/** What Node's import asks for, in the order of the package's own keys. */
const conditions = new Set(['node', 'import', 'node-addons', 'default']);

/** The part of package.json that says what may be imported. */
export interface PackageDoors {
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly main?: unknown;
}

/** `./stages/train` (or `.`) → a path inside the package without `./`; undefined where the package does not export it. */
export function exportedFile({ exports, main }: PackageDoors, subpath: string): string | undefined {
  if (exports === undefined || exports === null) {
    if (subpath !== '.') return subpath.slice(2);
    return typeof main === 'string' ? main.replace(/^\.\//, '') : 'index.js';
  }
  return targetIn(subpathsOf(exports), subpath) ?? undefined;
}

/** `#name` → a path inside the package without `./`; undefined where it does not lead to one. */
export function importedFile({ imports }: PackageDoors, specifier: string): string | undefined {
  return targetIn((imports ?? {}) as Targets, specifier) ?? undefined;
}

/** The subpaths that a package exports by name, without `./`; patterns as they stand. */
export function exportedNames({ exports }: PackageDoors): readonly string[] {
  const names = Object.keys(subpathsOf(exports ?? {})).filter((name) => name !== '.');
  return names.map((name) => name.slice(2));
}

type Targets = Readonly<Record<string, unknown>>;

/** A lone target or conditions stand for the package itself. */
function subpathsOf(exports: unknown): Targets {
  const subpaths =
    typeof exports === 'object' && exports !== null && Object.keys(exports).every((key) => key.startsWith('.'));
  return subpaths ? (exports as Targets) : { '.': exports };
}

function targetIn(targets: Targets, name: string): string | null | undefined {
  if (Object.hasOwn(targets, name) && !name.includes('*')) return chosen(targets[name], undefined);
  const patterns = Object.keys(targets).filter((key) => matchOf(key, name) !== undefined);
  const [best] = patterns.sort((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length);
  return best === undefined ? undefined : chosen(targets[best], matchOf(best, name)!);
}

/** What `*` stands for, where the name fits the pattern. */
function matchOf(pattern: string, name: string): string | undefined {
  const [before, after, more] = pattern.split('*');
  if (before === undefined || after === undefined || more !== undefined) return undefined;
  const fits = name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
  return fits ? name.slice(before.length, name.length - after.length) : undefined;
}

/** The first target that holds under an import's conditions; null where it forbids or leads out of the package, undefined where none holds. */
function chosen(target: unknown, star: string | undefined): string | null | undefined {
  if (typeof target === 'string') return insidePackage(target, star);
  if (Array.isArray(target)) return firstOf(target, star);
  if (typeof target !== 'object' || target === null) return null;
  for (const [condition, inner] of Object.entries(target)) {
    const found = conditions.has(condition) ? chosen(inner, star) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstOf(targets: readonly unknown[], star: string | undefined): string | null | undefined {
  let last: null | undefined = targets.length === 0 ? null : undefined;
  for (const target of targets) {
    const found = chosen(target, star);
    if (typeof found === 'string') return found;
    if (found === null) last = null;
  }
  return last;
}

function insidePackage(target: string, star: string | undefined): string | null {
  const outside = /(^|\/)(\.{1,2}|node_modules)(\/|$)/;
  if (!target.startsWith('./') || outside.test(target.slice(2)) || outside.test(star ?? '')) return null;
  return (star === undefined ? target : target.replaceAll('*', () => star)).slice(2);
}
