/**
 * Chunks of CSV bytes → rows of byte ranges, with flat memory. Knows no column names, makes no strings, reads no files.
 * RFC 4180: fields in double quotes may hold commas, line ends and "" for "; lines end in LF or CRLF; blank lines are left out; a UTF-8
 * byte-order mark is skipped. Throws UserError with file and line. Pinned by test/formats/csv.test.ts.
 */
import { type UserError, userError } from '../../base/located-error.ts';

/** Takes the chunks of one file, then its end. */
export interface ByteSink {
  feed(chunk: Uint8Array): void;
  end(): void;
}

/** The fields of one row; reused for the next one, so use it at once. */
export interface CsvRow {
  /** Line on which the row starts, from 1. */
  line: number;
  /** Number of fields. */
  count: number;
  bytes: Uint8Array;
  /** Field f is bytes[start[f], end[f]), outer quotes left out. */
  start: Int32Array;
  end: Int32Array;
  /** 1 where the field holds "" for ". */
  escaped: Uint8Array;
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const MARK: readonly number[] = [0xef, 0xbb, 0xbf];
/** A row longer than this is taken for a quote that was never closed (free parameter). */
const MOST_ROW_BYTES = 1 << 20;

export class CsvScanner implements ByteSink {
  private readonly file: string;
  private readonly onRow: (row: CsvRow) => void;
  private readonly row: CsvRow;
  /** The beginning of a row whose end has not come yet. */
  private rest: Uint8Array = new Uint8Array(0);
  private line = 1;
  private begun = false;

  constructor(file: string, onRow: (row: CsvRow) => void) {
    this.file = file;
    this.onRow = onRow;
    const [start, end] = [new Int32Array(16), new Int32Array(16)];
    this.row = { line: 1, count: 0, bytes: this.rest, start, end, escaped: new Uint8Array(16) };
  }

  feed(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : joined(this.rest, chunk);
    if (!this.begun && bytes.length < MARK.length) {
      this.rest = new Uint8Array(bytes);
      return;
    }
    this.scan(bytes, false);
  }

  end(): void {
    this.scan(this.rest, true);
  }

  private scan(bytes: Uint8Array, final: boolean): void {
    let at = 0;
    if (!this.begun && MARK.every((b, i) => bytes[i] === b)) at = MARK.length;
    this.begun = true;
    this.row.bytes = bytes;
    while (at < bytes.length) {
      const next = this.scanRow(bytes, at, final);
      if (next < 0) break;
      if (!(this.row.count === 1 && this.row.start[0] === this.row.end[0] && bytes[at] !== QUOTE)) this.onRow(this.row);
      at = next;
    }
    if (bytes.length - at > MOST_ROW_BYTES) throw this.endless(bytes.subarray(at));
    this.rest = new Uint8Array(bytes.subarray(at));
  }

  /** Finds the fields of the row at `at`; returns where the next row starts, or −1 when the row's end is not there yet. */
  private scanRow(bytes: Uint8Array, at: number, final: boolean): number {
    const { row } = this;
    const length = bytes.length;
    row.count = 0;
    let lines = 1;
    let fieldStart = at;
    for (let i = at; i < length; i++) {
      const byte = bytes[i]!;
      if (byte > COMMA) continue;
      if (byte === COMMA) {
        this.push(fieldStart, i, 0);
        fieldStart = i + 1;
      } else if (byte === LF) {
        this.push(fieldStart, i > fieldStart && bytes[i - 1] === CR ? i - 1 : i, 0);
        return this.finish(i + 1, lines);
      } else if (byte === QUOTE && i === fieldStart) {
        const close = this.closingQuote(bytes, i + 1);
        if (close < 0) return final ? this.unclosed() : -1;
        const after = this.afterQuote(bytes, close + 1, final);
        if (after < 0) return -1;
        lines += newlines(bytes, i, close);
        if (after >= length) return this.finish(length, lines);
        if (bytes[after] === LF) return this.finish(after + 1, lines);
        fieldStart = after + 1;
        i = after;
      }
    }
    if (!final) return -1;
    this.push(fieldStart, length > fieldStart && bytes[length - 1] === CR ? length - 1 : length, 0);
    return this.finish(length, lines);
  }

  /** The place of the quote that closes the field from `from` on, which is pushed; or −1. */
  private closingQuote(bytes: Uint8Array, from: number): number {
    let escaped = 0;
    for (let i = from; i < bytes.length; i++) {
      if (bytes[i] !== QUOTE) continue;
      if (bytes[i + 1] === QUOTE) {
        escaped = 1;
        i++;
      } else {
        this.push(from, i, escaped);
        return i;
      }
    }
    return -1;
  }

  /** The place of the comma or LF after a closing quote; the end of the bytes at the end of the file; −1 to wait for more. */
  private afterQuote(bytes: Uint8Array, at: number, final: boolean): number {
    const next = bytes[at] === CR ? at + 1 : at;
    if (next >= bytes.length) return final ? bytes.length : -1;
    if (bytes[next] === LF || (bytes[at] === COMMA && next === at)) return next;
    throw this.error(
      `field ${this.row.count}: text after a closing quote`,
      'write a quote inside a field as two quotes',
    );
  }

  private push(start: number, end: number, escaped: number): void {
    const { row } = this;
    if (row.count === row.start.length) this.growRow();
    row.start[row.count] = start;
    row.end[row.count] = end;
    row.escaped[row.count++] = escaped;
  }

  private growRow(): void {
    const { row } = this;
    const { start, end, escaped } = row;
    row.start = new Int32Array(start.length * 2);
    row.end = new Int32Array(start.length * 2);
    row.escaped = new Uint8Array(start.length * 2);
    row.start.set(start);
    row.end.set(end);
    row.escaped.set(escaped);
  }

  private finish(next: number, lines: number): number {
    this.row.line = this.line;
    this.line += lines;
    return next;
  }

  /** Why a row has no end. */
  private endless(row: Uint8Array): UserError {
    const firstCr = row.indexOf(CR);
    const firstQuote = row.indexOf(QUOTE);
    if (firstCr >= 0 && (firstQuote < 0 || firstCr < firstQuote))
      return this.error('its lines end in CR alone', 'save it with LF line ends');
    return this.error('this row does not end: is a quote left open?');
  }

  private unclosed(): never {
    throw this.error(`field ${this.row.count + 1}: a quote is opened and never closed`);
  }

  private error(message: string, hint?: string): UserError {
    return userError(message, hint, { file: this.file, line: this.line });
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function newlines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (bytes[i] === LF) count++;
  return count;
}
