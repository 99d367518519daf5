/** Every parameter of a project's stages as a page of Markdown: key, what it takes, default, unit, one sentence. Reads no files. */
import { describeSchema } from '../../base/describe-schema.ts';
import { formsOf, type Schema } from '../../base/schema.ts';
import { foldKeys, type StageParams } from './params-schema.ts';

/** One section a top-level key, one row a parameter. */
export function paramsPage(stages: readonly StageParams[]): string {
  const sections = [...foldKeys(stages)].map(([key, { schema, stages: seenBy }]) => {
    const words = describeRow(schema);
    const about = typeof schema['description'] === 'string' ? `${upper(schema['description'])}. ` : '';
    const head = `## ${key}\n\n${about}Seen by ${seenBy.join(', ')}.`;
    const rows = rowsBelow(schema, key);
    if (rows.length === 0) return `${head}\n\n${table([[key, ...words]])}`;
    return `${head}\n\n${table(rows)}`;
  });
  return `${sections.join('\n\n')}\n`;
}

type Row = readonly string[];

function table(rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  return [line(['key', 'takes', 'default', 'unit', 'meaning']), '|---|---|---|---|---|', ...rows.map(line)].join('\n');
}

/** The rows of everything inside: keys, `*` for any key of a map, `[]` for the items of a list, the forms of a union. */
function rowsBelow(schema: Schema, key: string): readonly Row[] {
  const rows: Row[] = [];
  for (const [name, part] of Object.entries(recordAt(schema, 'properties') ?? {})) add(rows, `${key}.${name}`, part);
  const others = recordAt(schema, 'additionalProperties');
  if (others !== undefined && hasInside(others, schema)) add(rows, `${key}.*`, others);
  const items = recordAt(schema, 'items');
  if (items !== undefined) rows.push(...rowsBelow(items, `${key}[]`));
  for (const form of formsOf(schema)) rows.push(...rowsBelow(form, key));
  return rows;
}

/** Values of a map deserve a row where they say more than the map does. */
function hasInside(values: Schema, map: Schema): boolean {
  return values['description'] !== undefined || recordAt(map, 'properties') === undefined;
}

function add(rows: Row[], key: string, part: unknown): void {
  if (typeof part !== 'object' || part === null) return;
  const schema = part as Schema;
  rows.push([`\`${key}\``, ...describeRow(schema)], ...rowsBelow(schema, key));
}

function describeRow(schema: Schema): Row {
  const group = recordAt(schema, 'properties') !== undefined;
  const shown = 'default' in schema && !(group && isEmpty(schema['default']));
  return [
    escaped(group ? 'a group' : describeSchema(schema)),
    shown ? escaped(`\`${JSON.stringify(schema['default'])}\``) : '',
    escaped(String(schema['unit'] ?? '')),
    escaped(String(schema['description'] ?? '')),
  ];
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function recordAt(schema: Schema, keyword: string): Schema | undefined {
  const below = schema[keyword];
  return typeof below === 'object' && below !== null && !Array.isArray(below) ? (below as Schema) : undefined;
}
