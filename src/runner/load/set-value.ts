/** The text after the `=` of --set → data, or why it holds none. Knows YAML, not what parameters there are. */
import { Lexer } from 'yaml';
import type { Json } from '../model/plan.ts';
import { parseLocatedYaml } from './located-yaml.ts';

/** What a value of --set turned out to be. */
export type SetValue =
  | { readonly kind: 'value'; readonly value: Json }
  /** Nothing, or blanks alone. */
  | { readonly kind: 'empty' }
  /** One word that reads as a number but cannot be held as one, such as `12e45678` or `.nan`. */
  | { readonly kind: 'no-number'; readonly text: string; readonly message: string }
  /** Something that would be lost or changed on the way. */
  | { readonly kind: 'refused'; readonly message: string };

/** How --set values are read; handed in, so that a plan from the cache loads no YAML. */
export type ParseSetValue = (text: string) => SetValue;

const maxCharacters = 1_000_000;

/** A YAML value that is data from its first character to its last: no comment, alias, anchor, directive or document mark. */
export function parseSetValue(text: string): SetValue {
  if (text.length > maxCharacters) return { kind: 'refused', message: `it is longer than ${maxCharacters} characters` };
  if (text.trim() === '') return { kind: 'empty' };
  const parsed = parseLocatedYaml(text, '--set');
  if (!parsed.ok) return { kind: 'refused', message: `the value is not YAML: ${parsed.error[0]!.message}` };
  const tokens = [...new Lexer().lex(text)];
  const lost = lostToken(tokens);
  if (lost !== undefined) return { kind: 'refused', message: lost };
  const fault = parsed.value.faults[0];
  if (fault === undefined) return { kind: 'value', value: parsed.value.value };
  const plain = plainScalar(tokens);
  return plain === undefined
    ? { kind: 'refused', message: fault.message }
    : { kind: 'no-number', text: plain, message: fault.message };
}

/** What the lexer writes before the text of a scalar without quotes. */
const scalarMark = '\u001f';
const documentMark = '\u0002';

const lostThings: readonly (readonly [beginning: RegExp, what: string])[] = [
  [/^#/, 'is a YAML comment, which would be lost'],
  [/^\*/, 'is a YAML alias, which stands for nothing here'],
  [/^&/, 'is a YAML anchor, which would be lost'],
  [/^!(?!!)/, 'is a YAML tag, which would be lost'],
  [/^(?:---|\.\.\.)$/, 'is a YAML document mark, which would be lost'],
  [/^%/, 'is a YAML directive, which would be lost'],
];

/** The first part of the text that YAML reads and that is not data. */
function lostToken(tokens: readonly string[]): string | undefined {
  for (const [i, token] of tokens.entries()) {
    if (tokens[i - 1] === scalarMark) continue;
    const found = lostThings.find(([beginning]) => beginning.test(token));
    if (found !== undefined) return `'${token}' ${found[1]}`;
  }
  return undefined;
}

/** The text where it is one scalar without quotes and nothing else. */
function plainScalar(tokens: readonly string[]): string | undefined {
  const words = tokens.filter((token) => token !== documentMark && token.trim() !== '');
  return words.length === 2 && words[0] === scalarMark ? words[1] : undefined;
}
