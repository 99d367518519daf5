/** What a command that takes away left where it was, in words. */
import { formatTable } from './words.ts';

/** The first paths one a line, each with the reason; '' where there is nothing. */
export function formatLeft(left: readonly { readonly path: string; readonly why: string }[], shown = 20): string {
  if (left.length === 0) return '';
  const rows = left.slice(0, shown).map(({ path, why }) => [`  ${path}`, why]);
  const more = left.length > shown ? `\n  … and ${left.length - shown} more` : '';
  return `left where it is:\n${formatTable(rows)}${more}`;
}
