/**
 * The words of one column as they are meant: blanks around them taken off, `nan` and its like for an empty field, other spellings of known
 * words; every such reading is counted. Knows no table.
 */

export interface ReadWord {
  /** As the table has it. */
  readonly written: string;
  readonly as: string;
  readonly why: 'plain' | 'blanks' | 'empty' | 'spelling' | 'unknown';
  rows: number;
  /** First line. */
  readonly line: number;
}

/** What programs write for a field that has nothing. */
const emptyWords = new Set(['nan', 'na', 'n/a', '#n/a', '<na>', 'null', 'none', 'nil', 'undefined', '-', '?']);

/** Without case, blanks, _ and -: what two spellings of one name have in common. */
export function foldWord(text: string): string {
  return text.toLowerCase().replace(/[\s_\u200b-]+/g, '');
}

/** White space as trim() knows it, and the invisible characters that it does not. */
function withoutBlanks(text: string): string {
  return text.replace(/^[\s\u200b\u2060]+|[\s\u200b\u2060]+$/g, '');
}

export class WordReader {
  readonly column: string;
  /** By what is written. */
  readonly words: Map<string, ReadWord> = new Map();
  private readonly spellings: ReadonlyMap<string, string> | undefined;

  /** `spellings`: folded word → the word; where given, any other word is unknown. */
  constructor(column: string, spellings?: Readonly<Record<string, string>>) {
    this.column = column;
    this.spellings = spellings === undefined ? undefined : new Map(Object.entries(spellings));
  }

  /** The word as it is meant. */
  read(written: string, line: number): string {
    let word = this.words.get(written);
    if (word === undefined) {
      word = { written, rows: 0, line, ...this.meaning(written) };
      this.words.set(written, word);
    }
    word.rows += 1;
    return word.as;
  }

  private meaning(written: string): Pick<ReadWord, 'as' | 'why'> {
    if (written === '') return { as: '', why: 'plain' };
    const bare = withoutBlanks(written);
    if (bare === '' || emptyWords.has(bare.toLowerCase())) return { as: '', why: 'empty' };
    if (this.spellings === undefined) return { as: bare, why: bare === written ? 'plain' : 'blanks' };
    const known = this.spellings.get(foldWord(bare));
    if (known === undefined) return { as: bare, why: 'unknown' };
    return { as: known, why: known === written ? 'plain' : 'spelling' };
  }
}

/** Spellings of the transmitters, folded. */
export const transmitterSpellings: Readonly<Record<string, string>> = {
  ach: 'ACH',
  acetylcholine: 'ACH',
  gaba: 'GABA',
  glut: 'GLUT',
  glu: 'GLUT',
  glutamate: 'GLUT',
  da: 'DA',
  dopamine: 'DA',
  ser: 'SER',
  serotonin: 'SER',
  '5ht': 'SER',
  oct: 'OCT',
  octopamine: 'OCT',
};

/** Spellings of the sides, folded. */
export const sideSpellings: Readonly<Record<string, string>> = {
  left: 'left',
  l: 'left',
  right: 'right',
  r: 'right',
  center: 'center',
  centre: 'center',
  c: 'center',
  midline: 'center',
  middle: 'center',
  m: 'center',
};
