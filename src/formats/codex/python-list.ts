/** A Python list of strings, as printed by repr(), → strings. Knows no tables. */

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function unescapeAt(text: string, at: number): { readonly character: string; readonly next: number } {
  const kind = text[at]!;
  const length = codeLengths[kind];
  if (length === undefined) return { character: escapes[kind] ?? kind, next: at + 1 };
  const code = Number.parseInt(text.slice(at + 1, at + 1 + length), 16);
  return { character: String.fromCodePoint(code), next: at + 1 + length };
}

/** The string whose opening quote is at `at`. */
function stringAt(text: string, at: number): { readonly value: string; readonly next: number } {
  const quote = text[at];
  let value = '';
  let i = at + 1;
  while (i < text.length && text[i] !== quote) {
    if (text[i] === '\\') {
      const { character, next } = unescapeAt(text, i + 1);
      value += character;
      i = next;
    } else value += text[i++];
  }
  if (i >= text.length) throw new RangeError(`Python list: the string at ${at} has no end: ${text.slice(0, 80)}`);
  return { value, next: i + 1 };
}

/** The strings of `['a', "b's"]`; throws RangeError on anything else. */
export function parsePythonStringList(text: string): string[] {
  const items: string[] = [];
  const inside = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inside === undefined) throw new RangeError(`Python list: want [ … ], got: ${text.slice(0, 80)}`);
  let at = 0;
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(inside);
    if (found !== null) at += found[0].length;
    return found !== null;
  };
  skip(/\s*/y);
  while (at < inside.length) {
    if (inside[at] !== "'" && inside[at] !== '"')
      throw new RangeError(`Python list: no string at ${at}: ${text.slice(0, 80)}`);
    const { value, next } = stringAt(inside, at);
    items.push(value);
    at = next;
    if (!skip(/\s*,\s*/y) && skip(/\s*/y) && at < inside.length) {
      throw new RangeError(`Python list: no comma at ${at}: ${text.slice(0, 80)}`);
    }
  }
  return items;
}
