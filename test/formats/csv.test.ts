import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CsvRow, CsvScanner } from '../../src/formats/codex/csv.ts';
import { CsvTable, feedAll } from '../../src/formats/codex/csv-table.ts';

function textOf(row: CsvRow, f: number): string {
  const text = new TextDecoder().decode(row.bytes.subarray(row.start[f], row.end[f]));
  return row.escaped[f] === 1 ? text.replaceAll('""', '"') : text;
}

/** The rows of a text fed in chunks of the given size, each with its line number. */
function rowsOf(text: string, chunkSize = 1 << 20): { line: number; fields: string[] }[] {
  const rows: { line: number; fields: string[] }[] = [];
  const bytes = new TextEncoder().encode(text);
  const scanner = new CsvScanner('t.csv', (row) =>
    rows.push({ line: row.line, fields: Array.from({ length: row.count }, (_, f) => textOf(row, f)) }),
  );
  for (let at = 0; at < bytes.length; at += chunkSize) scanner.feed(bytes.subarray(at, at + chunkSize));
  scanner.end();
  return rows;
}

/** A field as RFC 4180 writes it: quoted where it must be, and where it need not be when asked. */
function written(field: string, quote: boolean): string {
  return quote || /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

describe('formats/csv', () => {
  it('reads any fields back, in chunks of any size, with LF or CRLF', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('', 'a,b', 'say "so"', 'two\nlines', '"', 'ü', '\r\n'));
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (rows, size, quote, crlf, last) => {
          const end = crlf ? '\r\n' : '\n';
          const lines = rows.map((fields) => fields.map((f) => written(f, quote)).join(','));
          const text = lines.join(end) + (last && rows.length > 0 ? end : '');
          assert.deepEqual(
            rowsOf(text, size).map((row) => row.fields),
            rows,
          );
        },
      ),
    );
  });

  it('counts lines through quoted line ends and blank lines, and skips a byte-order mark', () => {
    assert.deepEqual(rowsOf('\ufeffa,b\n\n"1\n2",3\r\n4,5', 1), [
      { line: 1, fields: ['a', 'b'] },
      { line: 3, fields: ['1\n2', '3'] },
      { line: 5, fields: ['4', '5'] },
    ]);
  });

  it('says where a quote is left open or followed by text', () => {
    assert.throws(() => rowsOf('a,b\n1,"2\n3,4\n'), /t\.csv:2 field 2: a quote is opened and never closed/);
    assert.throws(() => rowsOf('a,b\n"1"x,2\n'), /t\.csv:2 field 1: text after a closing quote/);
  });

  it('keeps memory flat: an endless row is refused after a megabyte', () => {
    assert.throws(() => rowsOf(`a,b\n"${'x'.repeat(3 << 20)}`, 1 << 16), /t\.csv:2 this row does not end/);
  });
});

describe('formats/csv-table', () => {
  function read(text: string, columns: readonly string[]): string[][] {
    const rows: string[][] = [];
    const table = new CsvTable('t.csv', columns, (row) => rows.push(columns.map((_, k) => row.text(k))));
    feedAll(table, [new TextEncoder().encode(text)]);
    return rows;
  }

  it('finds columns by name, wherever they stand; an optional one that is missing reads as empty', () => {
    assert.deepEqual(read('b,a,x\n1,2,3\n', ['a', 'b', 'c?']), [['2', '1', '']]);
  });

  it('names file, column and the likely spelling when a column is missing', () => {
    assert.throws(
      () => read('pre_rootid,n\n1,2\n', ['pre_root_id']),
      (error: Error) => {
        assert.match(error.message, /^t\.csv:1 no column 'pre_root_id', the header has: pre_rootid, n/);
        assert.match(error.message, /did you mean 'pre_rootid'\?/);
        return true;
      },
    );
  });

  it('keeps nothing of a chunk, whose memory the caller may use again', () => {
    const rows: string[] = [];
    const table = new CsvTable('t.csv', ['a', 'b'], (row) => rows.push(`${row.text(0)} ${row.text(1)}`));
    const chunk = Buffer.alloc(6);
    for (const text of ['a,b\nAC', 'H,2\nGA', 'BA,2\n\n', 'ACH,3\n']) {
      chunk.write(text, 'latin1');
      table.feed(chunk);
    }
    table.end();
    assert.deepEqual(rows, ['ACH 2', 'GABA 2', 'ACH 3']);
  });

  it('refuses ragged rows and an empty file', () => {
    assert.throws(() => read('a,b\n1,2\n1\n', ['a']), /t\.csv:3 1 fields, the header has 2/);
    assert.throws(() => read('', ['a']), /t\.csv the file is empty/);
  });
});
