/** Colour where it helps and is wanted. Escapes are written by hand: four codes need no library. */

export interface Ink {
  good(text: string): string;
  bad(text: string): string;
  doubt(text: string): string;
  faint(text: string): string;
}

const codes = { good: [32, 39], bad: [31, 39], doubt: [33, 39], faint: [2, 22] } as const;

const wrap =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
const plain = (text: string): string => text;

export const noInk: Ink = { good: plain, bad: plain, doubt: plain, faint: plain };
const colours: Ink = {
  good: wrap(...codes.good),
  bad: wrap(...codes.bad),
  doubt: wrap(...codes.doubt),
  faint: wrap(...codes.faint),
};

/** https://no-color.org: any value of NO_COLOR but the empty one means none; FORCE_COLOR outweighs a terminal's own silence, not NO_COLOR. */
export function inkFor(env: Readonly<Record<string, string | undefined>>): Ink {
  if ((env['NO_COLOR'] ?? '') !== '' || env['FORCE_COLOR'] === '0' || env['TERM'] === 'dumb') return noInk;
  return colours;
}
