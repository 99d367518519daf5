/** Errors that say where, what, what was expected, and what to do next. Prints nothing by itself. */

/** A place in a file; lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that is wrong, as data. */
export interface Diagnostic {
  readonly at?: Location;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do next, e.g. a likely spelling or the line to add. */
  readonly hint?: string;
  /** Other places that belong to it, e.g. the other stage that declares the same output, or each hop of a cycle. */
  readonly related?: readonly { readonly at: Location; readonly message: string }[];
}

/** `file:line:column`, leaving out what is not known. */
export function formatLocation(at: Location): string {
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
}

/** The whole text of one diagnostic, as printed to people. */
export function formatDiagnostic(d: Diagnostic): string {
  const head = d.at === undefined ? d.message : `${formatLocation(d.at)} ${d.message}`;
  const related = (d.related ?? []).map((r) => `  ${formatLocation(r.at)} ${r.message}`);
  return [head, ...related, ...(d.hint === undefined ? [] : [`  ${d.hint}`])].join('\n');
}

/** A thrown error whose text is meant for people: no stack trace is shown for it. */
export class UserError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'UserError';
    this.diagnostics = diagnostics;
  }
}

/** Shorthand for a single message with an optional hint and place. */
export function userError(message: string, hint?: string, at?: Location): UserError {
  return new UserError([{ message, ...(hint === undefined ? {} : { hint }), ...(at === undefined ? {} : { at }) }]);
}
