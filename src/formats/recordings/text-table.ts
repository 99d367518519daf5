/** A small CSV file with a header → its fields as texts. For tables of recordings, whose columns are named by odours. Knows no table by name. */
import { type UserError, userError } from '../../base/located-error.ts';
import { didYouMean } from '../../base/suggest.ts';
import { CsvScanner } from '../codex/csv.ts';

const utf8 = new TextDecoder();

export interface TextTable {
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table of such bytes. Throws UserError on an empty file and on a row with more or fewer fields than the header. cost: a string a field. */
export function readTextTable(file: string, bytes: Uint8Array): TextTable {
  const rows: string[][] = [];
  const scanner = new CsvScanner(file, ({ bytes: at, start, end, escaped, count, line }) => {
    const fields = Array.from({ length: count }, (_, f) => {
      const text = utf8.decode(at.subarray(start[f], end[f])).trim();
      return escaped[f] === 0 ? text : text.replaceAll('""', '"');
    });
    const width = rows[0]?.length ?? count;
    if (count !== width) throw userError(`${count} fields, the header has ${width}`, undefined, { file, line });
    rows.push(fields);
  });
  scanner.feed(bytes);
  scanner.end();
  const [header, ...body] = rows;
  if (header === undefined) throw userError('the file is empty', 'fetch it again', { file });
  return { file, header, rows: body };
}

/** Where the column stands; throws UserError that lists those there are. */
export function columnNamed({ file, header }: TextTable, name: string): number {
  const at = header.indexOf(name);
  if (at >= 0) return at;
  const near = didYouMean(name, header);
  throw userError(`no column '${name}', the header has: ${header.join(', ')}`, near ?? 'is this the right file?', {
    file,
    line: 1,
  });
}

/** What is wrong with a field: its row (from 0), its column and what was wanted. */
function wrongField(table: TextTable, row: number, column: number, wanted: string): UserError {
  const text = table.rows[row]![column]!.slice(0, 60);
  const message = `column ${table.header[column]} is '${text}', want ${wanted}`;
  return userError(message, undefined, { file: table.file, line: row + 2 });
}

/** A field as a number; NaN where it is empty or `na`. Throws UserError on other text. */
export function numberAt(table: TextTable, row: number, column: number): number {
  const text = table.rows[row]![column]!;
  if (text === '' || text === 'na' || text === 'NA') return Number.NaN;
  const value = Number(text);
  if (!Number.isFinite(value)) throw wrongField(table, row, column, 'a number');
  return value;
}

/** A field that is 0 or 1. Throws UserError on other text. */
export function flagAt(table: TextTable, row: number, column: number): 0 | 1 {
  const text = table.rows[row]![column]!;
  if (text !== '0' && text !== '1') throw wrongField(table, row, column, '0 or 1');
  return text === '1' ? 1 : 0;
}

/** Rows (their numbers) by the text of one column, in the order of their first row. */
export function rowsBy(table: TextTable, column: string): ReadonlyMap<string, readonly number[]> {
  const at = columnNamed(table, column);
  const groups = new Map<string, number[]>();
  table.rows.forEach((row, k) => {
    const group = groups.get(row[at]!);
    if (group === undefined) groups.set(row[at]!, [k]);
    else group.push(k);
  });
  return groups;
}
