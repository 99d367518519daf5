/** A CSV file with a header → rows read by column, whatever the columns' order. Knows no table by name. Errors name file, line and column. */
import { type UserError, userError } from '../../base/located-error.ts';
import { didYouMean } from '../../base/suggest.ts';
import { type ByteSink, type CsvRow, CsvScanner } from './csv.ts';
import { Interner } from './interner.ts';
import { type IdWords, parseRootId } from './root-id.ts';

const utf8 = new TextDecoder();

/** A column by its name in the header; a final `?` marks one that may be missing (its fields then read as empty). */
export type ColumnName = string;

/** Reads the fields of the current row; k counts the wanted columns, not the file's. Use it within the callback only. */
export class TableRow {
  private readonly file: string;
  private readonly names: readonly string[];
  private readonly interner: Interner = new Interner();
  private readonly row: CsvRow;
  /** Field number of each wanted column, −1 where it is missing. */
  private readonly at: Int32Array;

  constructor(file: string, names: readonly string[], places: readonly number[], row: CsvRow) {
    this.file = file;
    this.names = names;
    this.row = row;
    this.at = Int32Array.from(places);
  }

  get line(): number {
    return this.row.line;
  }

  /** The field as text, '' where it is empty; equal fields give the same string object. */
  text(k: number): string {
    const f = this.at[k]!;
    if (f < 0) return '';
    const { bytes, start, end, escaped } = this.row;
    if (escaped[f] === 0) return this.interner.text(bytes, start[f]!, end[f]!);
    return utf8.decode(bytes.subarray(start[f], end[f])).replaceAll('""', '"');
  }

  /** The field as a root id into `out`; allocates nothing. */
  id(k: number, out: IdWords): void {
    const f = this.at[k]!;
    if (!(f >= 0 && parseRootId(this.row.bytes, this.row.start[f]!, this.row.end[f]!, out))) {
      throw this.error(k, 'a root id (decimal digits below 2^63)');
    }
  }

  /** The field as a whole number 0 … 2^31 − 1; allocates nothing. */
  count(k: number): number {
    const f = this.at[k]!;
    const { bytes, start, end } = this.row;
    const [from, to] = f < 0 ? [0, 0] : [start[f]!, end[f]!];
    let value = 0;
    for (let i = from; i < to; i++) {
      const digit = bytes[i]! - 0x30;
      if (!(digit >= 0 && digit <= 9)) throw this.error(k, 'a whole number');
      value = value * 10 + digit;
    }
    if (from === to || value > 0x7fffffff) throw this.error(k, 'a whole number below 2^31');
    return value;
  }

  /** The field as a number; NaN where it is empty. */
  number(k: number): number {
    const text = this.text(k);
    const value = text === '' ? Number.NaN : Number(text);
    if (text !== '' && !Number.isFinite(value)) throw this.error(k, 'a number');
    return value;
  }

  /** An error at this row: column k holds something else than `wanted`. */
  error(k: number, wanted: string): UserError {
    const message = `column ${this.names[k]} is '${this.text(k).slice(0, 60)}', want ${wanted}`;
    return userError(message, undefined, { file: this.file, line: this.row.line });
  }
}

function headerNames(row: CsvRow): string[] {
  return Array.from({ length: row.count }, (_, f) => utf8.decode(row.bytes.subarray(row.start[f], row.end[f])).trim());
}

/** What a header that is not comma-separated probably is. */
function oddHeader(header: readonly string[]): { readonly message: string; readonly hint: string } | undefined {
  const text = header.join(',');
  if (text.includes('\u0000') || text.includes('\ufffd'))
    return { message: 'the file is not UTF-8 text', hint: 'UTF-16 or packed data? save it as UTF-8, unpacked' };
  if (/^\s*</.test(text)) return { message: 'the file begins like a web page', hint: 'fetch it again' };
  const other =
    header.length > 1
      ? undefined
      : [
          ['\t', 'tabs'],
          [';', 'semicolons'],
          ['|', 'bars'],
        ].find(([s]) => text.includes(s!));
  return other && { message: `its fields are separated by ${other[1]}`, hint: 'save it with commas between' };
}

function placeOf(file: string, header: readonly string[], column: ColumnName): number {
  const optional = column.endsWith('?');
  const name = optional ? column.slice(0, -1) : column;
  const at = header.indexOf(name);
  if (at >= 0 && header.includes(name, at + 1))
    throw userError(`column '${name}' is there twice`, 'which one counts? leave the other out', { file, line: 1 });
  if (at >= 0 || optional) return at;
  const odd = oddHeader(header);
  if (odd !== undefined) throw userError(`no column '${name}': ${odd.message}`, odd.hint, { file, line: 1 });
  const near = didYouMean(name, header);
  throw userError(
    `no column '${name}', the header has: ${header.join(', ')}`,
    near === undefined ? 'is this the right file?' : `${near} (it is in the header)`,
    { file, line: 1 },
  );
}

/**
 * Rows of a CSV table, pushed to `onRow`; `columns` are the wanted ones.
 * Throws UserError on a missing column, on a row with more or fewer fields than the header, and at the end of a file without a header.
 */
export class CsvTable implements ByteSink {
  private readonly file: string;
  private readonly columns: readonly ColumnName[];
  private readonly onRow: (row: TableRow) => void;
  private readonly scanner: CsvScanner;
  private width = 0;
  private table: TableRow | undefined;
  /** Rows so far, the header left out. */
  rows = 0;

  constructor(file: string, columns: readonly ColumnName[], onRow: (row: TableRow) => void) {
    this.file = file;
    this.columns = columns;
    this.onRow = onRow;
    this.scanner = new CsvScanner(file, (row) => this.take(row));
  }

  feed(chunk: Uint8Array): void {
    this.scanner.feed(chunk);
  }

  end(): void {
    this.scanner.end();
    if (this.table === undefined) throw userError('the file is empty', 'fetch it again', { file: this.file });
  }

  private take(row: CsvRow): void {
    if (this.table === undefined) {
      this.readHeader(row);
      return;
    }
    if (row.count !== this.width) {
      const message = `${row.count} fields, the header has ${this.width}`;
      throw userError(message, undefined, { file: this.file, line: row.line });
    }
    this.rows += 1;
    this.onRow(this.table);
  }

  private readHeader(row: CsvRow): void {
    const header = headerNames(row);
    if (header.some((name) => name.includes('\r') && !name.includes('\u0000')))
      throw userError('its lines end in CR alone', 'save it with LF line ends', { file: this.file, line: 1 });
    this.width = header.length;
    const places = this.columns.map((column) => placeOf(this.file, header, column));
    const names = this.columns.map((column) => column.replace(/\?$/, ''));
    this.table = new TableRow(this.file, names, places, row);
  }
}

/** Feeds every chunk, then ends. */
export function feedAll(sink: ByteSink, chunks: Iterable<Uint8Array>): void {
  for (const chunk of chunks) sink.feed(chunk);
  sink.end();
}
