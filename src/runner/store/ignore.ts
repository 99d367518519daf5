/** Which files count for nothing: they enter no hash and no listing of inputs or code. Patterns as in .gitignore. Reads no files. */
import { relative, sep } from 'node:path';

/** Whether the entry at an absolute path counts for nothing. */
export type Ignored = (path: string, folder: boolean) => boolean;

/** What programs leave beside their sources on their own account: compiled Python, what editors and desktops note, version control. */
const defaultPatterns: readonly string[] = [
  '__pycache__/',
  '*.py[co]',
  '.DS_Store',
  'Thumbs.db',
  'desktop.ini',
  '.directory',
  '.git',
  '.hg/',
  '.svn/',
  '.idea/',
  '.vscode/',
  '.ipynb_checkpoints/',
  '.pytest_cache/',
  '.mypy_cache/',
  '.ruff_cache/',
  '*~',
  '.*.sw[a-p]',
  '.#*',
  '#*#',
];

interface Rule {
  readonly expression: RegExp;
  /** It stands for the entry's name alone, not for its path in the project. */
  readonly byName: boolean;
  readonly foldersOnly: boolean;
  /** `!pattern`: what it names counts after all. */
  readonly counts: boolean;
}

/**
 * The project's own patterns come after the defaults, and the last one that fits decides: `!.git` takes a default back.
 * A pattern with a / inside is a path from the project's root, one without any entry of that name; a final / means folders.
 */
export function ignoring(root: string, patterns: readonly string[]): Ignored {
  const rules = [...defaultPatterns, ...patterns].map(ruleOf).reverse();
  return (path, folder) => {
    const inside = relative(root, path).split(sep).join('/');
    const name = inside.slice(inside.lastIndexOf('/') + 1);
    const rule = rules.find(
      ({ expression, byName, foldersOnly }) => (folder || !foldersOnly) && expression.test(byName ? name : inside),
    );
    return rule !== undefined && !rule.counts;
  };
}

/** Where nothing is ignored. */
export const ignoringNothing: Ignored = () => false;

function ruleOf(pattern: string): Rule {
  const counts = pattern.startsWith('!');
  const text = counts ? pattern.slice(1) : pattern;
  const plain = text.replace(/\/$/, '');
  return {
    expression: new RegExp(`^${expressionOf(plain.replace(/^\//, ''))}$`, 'su'),
    byName: !plain.includes('/'),
    foldersOnly: text.endsWith('/'),
    counts,
  };
}

/** Doubled stars cross folders, single ones and `?` do not. */
function expressionOf(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\/#-]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part === '#' || part === '-' ? part : `\\${part}`;
  });
}
