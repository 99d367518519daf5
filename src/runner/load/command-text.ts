/** A command's text → plain pieces and `${…}`, each with the shell context it stands in. Runs nothing, knows no stage. */

/** Where in a shell text a placeholder stands; decides how its value is written. */
export type ShellContext =
  | 'bare'
  | 'double' /** inside "…" */
  | 'single' /** inside '…' */
  | 'ansi' /** inside $'…' */
  | 'heredoc' /** in the body of <<EOF */
  | 'literal' /** in the body of <<'EOF', where the shell expands nothing */
  | 'comment'
  | 'arithmetic' /** where the shell would evaluate a text: $((…)), ((…)), [[ … -eq … ]] */;

/** One `${…}`: `text` is what stands between the braces. */
export interface Placeholder {
  readonly text: string;
  readonly context: ShellContext;
}

export type CommandPiece = string | Placeholder;

interface Frame {
  readonly kind: 'bare' | 'double' | 'arithmetic';
  /** What ends it, for a bare frame: `)`, a backtick or, at the top, nothing. */
  readonly closer: string;
  depth: number;
}

interface HereDocument {
  readonly word: string;
  readonly quoted: boolean;
  readonly tabs: boolean;
}

interface Lexer {
  readonly source: string;
  readonly pieces: CommandPiece[];
  readonly frames: Frame[];
  readonly pending: HereDocument[];
  index: number;
  /** Up to here words are evaluated as arithmetic. */
  numericUntil: number;
}

/** Splits a command; `$${` gives a plain `${`. Linear in the text, but for here-documents. */
export function parseCommandText(source: string): readonly CommandPiece[] {
  const lexer: Lexer = {
    source,
    pieces: [],
    frames: [{ kind: 'bare', closer: '', depth: 0 }],
    pending: [],
    index: 0,
    numericUntil: 0,
  };
  while (lexer.index < source.length) {
    const frame = lexer.frames[lexer.frames.length - 1]!;
    if (takePlaceholder(lexer, frame.kind)) continue;
    if (frame.kind === 'arithmetic') stepArithmetic(lexer, frame);
    else if (frame.kind === 'double') stepDouble(lexer);
    else stepBare(lexer, frame);
  }
  return lexer.pieces;
}

/** Moves `length` characters to the output as they are. */
function copy(lexer: Lexer, length: number): void {
  append(lexer, lexer.source.slice(lexer.index, lexer.index + length));
  lexer.index += length;
}

function append(lexer: Lexer, text: string): void {
  const last = lexer.pieces.length - 1;
  const before = lexer.pieces[last];
  if (typeof before === 'string') lexer.pieces[last] = before + text;
  else lexer.pieces.push(text);
}

function takePlaceholder(lexer: Lexer, context: ShellContext): boolean {
  const { source, index } = lexer;
  if (source[index] !== '$') return false;
  if (source.startsWith('$${', index)) {
    append(lexer, '${');
    lexer.index += 3;
    return true;
  }
  if (source[index + 1] !== '{') return false;
  const end = source.indexOf('}', index);
  const stop = end < 0 ? source.length : end;
  lexer.pieces.push({
    text: source.slice(index + 2, stop),
    context: index < lexer.numericUntil ? 'arithmetic' : context,
  });
  lexer.index = stop + 1;
  return true;
}

/** Opens what both bare and double-quoted text may hold: `$((`, `$(` and backticks. */
function openSubstitution(lexer: Lexer): boolean {
  const { source, index, frames } = lexer;
  if (source.startsWith('$((', index)) {
    frames.push({ kind: 'arithmetic', closer: '))', depth: 0 });
    copy(lexer, 3);
  } else if (source.startsWith('$(', index)) {
    frames.push({ kind: 'bare', closer: ')', depth: 0 });
    copy(lexer, 2);
  } else if (source[index] === '`') {
    const open = frames.findLastIndex((frame) => frame.closer === '`');
    if (open >= 0) frames.length = open;
    else frames.push({ kind: 'bare', closer: '`', depth: 0 });
    copy(lexer, 1);
  } else return false;
  return true;
}

function stepArithmetic(lexer: Lexer, frame: Frame): void {
  const c = lexer.source[lexer.index]!;
  if (c === '(') frame.depth++;
  if (c === ')' && frame.depth > 0) frame.depth--;
  else if (lexer.source.startsWith('))', lexer.index)) {
    lexer.frames.pop();
    copy(lexer, 2);
    return;
  }
  if (!openSubstitution(lexer)) copy(lexer, 1);
}

function stepDouble(lexer: Lexer): void {
  const c = lexer.source[lexer.index]!;
  if (c === '\\') {
    copy(lexer, 2);
    return;
  }
  if (c === '"') {
    lexer.frames.pop();
    copy(lexer, 1);
    return;
  }
  if (!openSubstitution(lexer)) copy(lexer, 1);
}

function stepBare(lexer: Lexer, frame: Frame): void {
  const { source, index } = lexer;
  const c = source[index]!;
  const wordStart = index === 0 || /[\s;|&()]/.test(source[index - 1]!);
  if (c === '\\') copy(lexer, 2);
  else if (c === "'") takeQuoted(lexer, 1, 'single');
  else if (source.startsWith("$'", index)) takeQuoted(lexer, 2, 'ansi');
  else if (c === '"') {
    lexer.frames.push({ kind: 'double', closer: '"', depth: 0 });
    copy(lexer, 1);
  } else if (openSubstitution(lexer)) return;
  else if (c === '#' && wordStart) takeUntil(lexer, '\n', 'comment');
  else if (source.startsWith('<<', index)) takeHereDocumentStart(lexer);
  else if (c === '\n') takeNewline(lexer);
  else if (wordStart && source.startsWith('((', index)) {
    lexer.frames.push({ kind: 'arithmetic', closer: '))', depth: 0 });
    copy(lexer, 2);
  } else if (c === '(' || c === ')') takeParenthesis(lexer, frame, c);
  else {
    if (wordStart) noteNumeric(lexer);
    if (source.startsWith('$[', index)) noteUntil(lexer, ']');
    copy(lexer, 1);
  }
}

function takeParenthesis(lexer: Lexer, frame: Frame, c: string): void {
  if (c === '(') lexer.frames.push({ kind: 'bare', closer: ')', depth: 0 });
  else if (frame.closer === ')') lexer.frames.pop();
  copy(lexer, 1);
}

/**
 * Where the shell evaluates words as arithmetic, and so also code hidden in a text: `[[ a -eq b ]]`, `let`, integer
 * declarations, array subscripts.
 */
function noteNumeric(lexer: Lexer): void {
  const ahead = lexer.source.slice(lexer.index, lexer.index + 1000);
  if (/^\[\[\s/.test(ahead)) {
    const end = ahead.indexOf(']]');
    if (/\s-(eq|ne|lt|le|gt|ge|v)\s/.test(end < 0 ? ahead : ahead.slice(0, end))) noteUntil(lexer, ']]');
  } else if (/^(let|(declare|typeset|local|readonly|export)\s+-\w*i\w*)\s/.test(ahead)) noteUntil(lexer, '\n');
  else if (/^[A-Za-z_]\w*\[[^\n]*\]\+?=/.test(ahead)) noteUntil(lexer, ']');
}

function noteUntil(lexer: Lexer, stop: string): void {
  const end = lexer.source.indexOf(stop, lexer.index);
  lexer.numericUntil = Math.max(lexer.numericUntil, end < 0 ? lexer.source.length : end);
}

function takeQuoted(lexer: Lexer, opening: number, context: 'single' | 'ansi'): void {
  copy(lexer, opening);
  while (lexer.index < lexer.source.length) {
    if (takePlaceholder(lexer, context)) continue;
    const c = lexer.source[lexer.index]!;
    copy(lexer, c === '\\' && context === 'ansi' ? 2 : 1);
    if (c === "'") return;
  }
}

/** Up to, not with, `stop`. */
function takeUntil(lexer: Lexer, stop: string, context: ShellContext): void {
  while (lexer.index < lexer.source.length && lexer.source[lexer.index] !== stop) {
    if (context === 'heredoc' && lexer.source[lexer.index] === '\\') copy(lexer, 2);
    else if (!takePlaceholder(lexer, context)) copy(lexer, 1);
  }
}

function takeHereDocumentStart(lexer: Lexer): void {
  const match = lexer.source.startsWith('<<<', lexer.index)
    ? null
    : /^<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;|&()<>'"\\$`])+)/.exec(
        lexer.source.slice(lexer.index, lexer.index + 300),
      );
  if (match === null) {
    copy(lexer, lexer.source.startsWith('<<<', lexer.index) ? 3 : 2);
    return;
  }
  const raw = match[2]!;
  const word = raw.replace(/['"\\]/g, '');
  lexer.pending.push({ word, quoted: word !== raw, tabs: match[1] === '-' });
  copy(lexer, match[0].length);
}

function takeNewline(lexer: Lexer): void {
  copy(lexer, 1);
  for (const document of lexer.pending.splice(0)) {
    while (lexer.index < lexer.source.length) {
      const end = lexer.source.indexOf('\n', lexer.index);
      const line = lexer.source.slice(lexer.index, end < 0 ? undefined : end);
      takeUntil(lexer, '\n', document.quoted ? 'literal' : 'heredoc');
      if (lexer.index < lexer.source.length) copy(lexer, 1);
      if ((document.tabs ? line.replace(/^\t+/, '') : line) === document.word) break;
    }
  }
}
