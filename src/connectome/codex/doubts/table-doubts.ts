/** What is doubtful in the cells' tables by themselves: words, spellings, rounded ids, duplicate ids. Knows no edges. */
import type { CodexCells } from '../codex-cells.ts';
import type { Doubt } from './doubt.ts';
import { unknownIdDoubts } from './unknown-ids.ts';
import type { ReadWord, WordReader } from './word-reader.ts';

interface Words {
  readonly file: string;
  readonly reader: WordReader;
  /** Words that are known though the reader does not list them. */
  readonly known?: readonly string[];
  /** Whether an unknown word may change the network. */
  readonly matters: boolean;
}

function shown(file: string, words: readonly ReadWord[]): string {
  const listed = words.slice(0, 3).map((word) => `'${word.written}'`);
  return `${listed.join(', ')}${words.length > 3 ? ', …' : ''} (first ${file}:${words[0]!.line})`;
}

/** How a column's words were read, and those that nobody knows. */
export function wordDoubts({ file, reader, known = [], matters }: Words): Doubt[] {
  const doubts: Doubt[] = [];
  const of = (why: ReadWord['why']): ReadWord[] =>
    [...reader.words.values()].filter((word) => word.why === why && !(why === 'unknown' && known.includes(word.as)));
  const rowsOf = (words: readonly ReadWord[]): number => words.reduce((sum, { rows }) => sum + rows, 0);
  const add = (words: readonly ReadWord[], refuses: boolean, what: string, cure: string): void => {
    if (words.length === 0) return;
    const count = rowsOf(words);
    const message = `${file}: column ${reader.column} has ${what} in ${count} rows: ${shown(file, words)}`;
    doubts.push({ kind: 'unknownWords', refuses, count, message, cure });
  };
  add(of('blanks'), false, 'blanks around names', 'they were taken off');
  add(of('empty'), false, 'words for nothing', 'they were read as empty fields');
  const spelt = of('spelling');
  const readAs = [...new Set(spelt.map(({ as }) => as))].join(', ');
  add(spelt, false, 'other spellings', `they were read as ${readAs}`);
  const words = reader.column === 'side' ? 'left, right, center' : 'ACH, GABA, GLUT, DA, SER, OCT';
  add(of('unknown'), matters, 'unknown words', `correct them; known are ${words} and the empty field`);
  return doubts;
}

/** The doubts about classification, cell types and neurons. `signs`: transmitters that the rules know besides. */
export function tableDoubts(codex: CodexCells, signs: readonly string[]): Doubt[] {
  const { tables } = codex;
  const ids = codex.cells.map(({ rootId }) => rootId);
  const classified = ids.filter((_, i) => tables.classification.has(i));
  return [
    ...Object.values(tables).flatMap((table): Doubt[] => [
      ...Object.values(table.words).flatMap((reader) =>
        wordDoubts({ file: table.file, reader, known: reader.column === 'nt_type' ? signs : [], matters: true }),
      ),
      ...roundedDoubts(table.file, 'root_id', table.digits.allRounded),
      ...duplicateDoubts(table.file, table.duplicates),
    ]),
    ...[tables.cellTypes, tables.neurons].flatMap((table) => {
      const lacking = table.unknown(tables.classification);
      return unknownIdDoubts(
        {
          file: table.file,
          lacking: tables.classification.file,
          rows: lacking.length,
          of: table.rows,
          ids: lacking.map(({ cell }) => ids[cell]!),
          line: lacking[0]?.line ?? 0,
        },
        classified,
      );
    }),
  ];
}

/** A column whose ids all end in zeros. */
export function roundedDoubts(file: string, column: string, rounded: boolean): Doubt[] {
  if (!rounded) return [];
  return [
    {
      kind: 'roundedIds',
      refuses: true,
      count: 0,
      message: `${file}: all ids of column ${column} end in zeros: they went through a floating-point number`,
      cure: 'write the table anew with ids as text or 64-bit integers (pandas: dtype=str; never Excel, JavaScript numbers or float64)',
    },
  ];
}

function duplicateDoubts(file: string, duplicates: { equal: number; other: number; line: number }): Doubt[] {
  const { equal, other, line } = duplicates;
  if (equal + other === 0) return [];
  return [
    {
      kind: 'duplicates',
      refuses: other > 0,
      count: equal + other,
      message: `${file}: ${equal + other} ids are there more than once, ${other} of them with other fields (first ${file}:${line})`,
      cure: other > 0 ? 'keep one row an id' : 'the rows are equal, so nothing changes by it',
    },
  ];
}
