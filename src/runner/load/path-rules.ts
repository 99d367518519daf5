/** What a path in pipeline.yaml may look like. Knows text only, no files. */

import { projectPath } from '../model/project-path.ts';

/** Why a text is not a plain path inside the project; undefined if it is one. */
export function refusePath(path: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'holds a control character';
  if (path.includes('\\')) return 'holds a backslash';
  if (path.startsWith('/') || /^[A-Za-z]:\//.test(path)) return 'is absolute';
  if (path.startsWith('~')) return 'begins with ~, which no shell expands here';
  const segments = projectPath(path).split('/');
  if (segments.includes('..')) return "leads out of its folder by '..'";
  if (segments.some((segment) => segment === '')) return 'has an empty part (//)';
  if (segments.some((segment) => segment === '.') && path !== './' && path !== '.') return "has a part '.'";
  if (segments.some((segment) => Buffer.byteLength(segment) > 255)) return 'has a part longer than 255 bytes';
  return undefined;
}

/** Whether a path is a pattern: it has `*`, `?`, `[…]` or `{…}`. */
export function isGlob(path: string): boolean {
  return /[*?]|\[[^\]]*\]|\{[^}]*\}/.test(path);
}

/** Without a leading `./`. */
export function normalPath(path: string): string {
  return path.startsWith('./') && path.length > 2 ? path.slice(2) : path;
}

/** Whether `inner` is `outer` or lies in it. */
export function isWithin(inner: string, outer: string): boolean {
  const folder = projectPath(outer);
  return projectPath(inner) === folder || inner.startsWith(`${folder}/`);
}
