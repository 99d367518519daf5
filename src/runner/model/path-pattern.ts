/** A pattern of paths, as people write them: `*`, `?`, `[…]` within one folder, `**` across folders, `{a,b}`. Looks at no files. */

/** Whether a path is a pattern. */
export function isPattern(path: string): boolean {
  return /[*?]|\[[^\]]*\]|\{[^}]*\}/.test(path);
}

/** The part of a pattern before its first special character, as a folder: `data/*.csv` → `data/`. */
export function patternBase(pattern: string): string {
  const fixed = pattern.slice(0, Math.max(0, pattern.search(/[*?[{]/)));
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

/** Whether a path is what a pattern means. Looks at no files. Cost: O(parts) but for several `**`. */
export function matchesPattern(pattern: string, path: string): boolean {
  const parts = path.split('/');
  return expandBraces(pattern).some((plain) => matchesParts(plain.split('/'), parts));
}

function matchesParts(segments: readonly string[], parts: readonly string[]): boolean {
  const [segment, ...rest] = segments;
  if (segment === undefined) return parts.length === 0;
  if (segment === '**') return parts.some((_, i) => matchesParts(rest, parts.slice(i))) || rest.length === 0;
  return parts.length > 0 && segmentExpression(segment).test(parts[0]!) && matchesParts(rest, parts.slice(1));
}

/** One part of a path, as a pattern has it. */
export function segmentExpression(segment: string): RegExp {
  const source = segment.replace(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return isRange(part) ? part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\') : escaped(part);
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'su');
}

/** `[a-z]` and not `[z-a]`, which stands for itself. */
function isRange(part: string): boolean {
  return [...part.matchAll(/(.)-(.)/gsu)].every(([, from, to]) => from!.codePointAt(0)! <= to!.codePointAt(0)!);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `a{b,c}` → `ab`, `ac`; nested braces too. */
export function expandBraces(pattern: string): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  return match[1]!.split(',').flatMap((choice) => expandBraces(before + choice + after));
}
