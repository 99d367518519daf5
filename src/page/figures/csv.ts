/** The CSV tables that evaluate writes → records. Fields may stand in double quotes. */

/** Rows by column name; throws RangeError where a row has another number of fields than the head. */
export function readCsv(text: string): Readonly<Record<string, string>>[] {
  const [head, ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map(fieldsOf);
  return rows.map((row, k) => {
    if (row.length !== head!.length)
      throw new RangeError(`csv: row ${k + 2} has ${row.length} fields, want ${head!.length}`);
    return Object.fromEntries(head!.map((name, c) => [name, row[c]!]));
  });
}

function fieldsOf(line: string): string[] {
  const fields = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) => match[1]!);
  if (!line.endsWith(',')) fields.pop();
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}
