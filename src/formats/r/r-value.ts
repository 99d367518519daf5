/** R's values as plain data, and the two views of them that tables need: attributes and data frames. Knows no bytes. */

/** Attributes in their order, e.g. names, class, row.names, levels. */
export type RAttributes = Readonly<Record<string, RValue>>;

interface Attributed {
  readonly attributes: RAttributes;
}

/** NA of logical and integer vectors. */
export const NA_INTEGER = -2147483648;

export type RValue =
  | { readonly type: 'null' }
  | { readonly type: 'symbol'; readonly name: string }
  | ({ readonly type: 'logical' | 'integer'; readonly values: Int32Array } & Attributed)
  /** NA is the NaN whose low word is 1954; its bits are kept. */
  | ({ readonly type: 'double'; readonly values: Float64Array } & Attributed)
  /** Real and imaginary parts in turn. */
  | ({ readonly type: 'complex'; readonly values: Float64Array } & Attributed)
  | ({ readonly type: 'raw'; readonly values: Uint8Array } & Attributed)
  /** NA is null. */
  | ({ readonly type: 'string'; readonly values: readonly (string | null)[] } & Attributed)
  | ({ readonly type: 'list'; readonly values: readonly RValue[] } & Attributed)
  | ({
      readonly type: 'pairlist';
      readonly values: readonly { readonly tag: string; readonly value: RValue }[];
    } & Attributed);

/** Any vector, as far as its attributes go. */
function attributesOf(value: RValue): RAttributes {
  return 'attributes' in value ? value.attributes : {};
}

/** The strings of a character attribute; [] where there is none. */
function stringAttribute(value: RValue, name: string): readonly (string | null)[] {
  const found = attributesOf(value)[name];
  return found?.type === 'string' ? found.values : [];
}

/** Whether the class attribute holds the name. */
function inherits(value: RValue, name: string): boolean {
  return stringAttribute(value, 'class').includes(name);
}

/** NA_real_: a NaN like others for arithmetic, but not for R. */
export function isNaReal(values: Float64Array, i: number): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset + 8 * i, 2);
  return Number.isNaN(values[i]) && words[0] === 1954;
}

/** A data.frame: columns of one length, each row with a name. */
export interface RDataFrame {
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  readonly columns: readonly RValue[];
}

function lengthOf(value: RValue): number {
  return 'values' in value ? value.values.length : 0;
}

/** R keeps row names 1 … n as c(NA, −n) or c(NA, n). */
function rowNamesOf(names: RValue | undefined, rows: number): string[] {
  if (names?.type === 'string') return names.values.map((name) => name ?? 'NA');
  const numbered = names?.type === 'integer' && names.values[0] !== NA_INTEGER ? [...names.values] : undefined;
  return (numbered ?? Array.from({ length: rows }, (_, i) => i + 1)).map(String);
}

/** The data frame that a value is; throws RangeError that says what it is instead. */
export function dataFrameOf(value: RValue, name: string): RDataFrame {
  if (value.type !== 'list' || !inherits(value, 'data.frame')) {
    throw new RangeError(`${name}: want a data.frame, got a value of type ${value.type}`);
  }
  const columnNames = stringAttribute(value, 'names').map((column) => column ?? 'NA');
  const rows = value.values.length === 0 ? 0 : lengthOf(value.values[0]!);
  const rowNames = rowNamesOf(value.attributes['row.names'], rows);
  value.values.forEach((column, k) => {
    if (lengthOf(column) !== rowNames.length) {
      throw new RangeError(`${name}: column ${columnNames[k]} has ${lengthOf(column)} values, want ${rowNames.length}`);
    }
  });
  return { rowNames, columnNames, columns: value.values };
}

function columnOf(frame: RDataFrame, column: string): RValue {
  const at = frame.columnNames.indexOf(column);
  if (at >= 0) return frame.columns[at]!;
  throw new RangeError(`data frame: no column '${column}', there are: ${frame.columnNames.join(', ')}`);
}

/** A column as texts, factors by their levels; null is NA. Throws RangeError on a missing column. */
export function columnTexts(frame: RDataFrame, column: string): (string | null)[] {
  const value = columnOf(frame, column);
  const levels = stringAttribute(value, 'levels');
  if (value.type === 'string') return [...value.values];
  if (value.type === 'integer' && inherits(value, 'factor')) {
    return Array.from(value.values, (code) => (code === NA_INTEGER ? null : (levels[code - 1] ?? null)));
  }
  if (value.type === 'logical') {
    return Array.from(value.values, (x) => (x === NA_INTEGER ? null : x === 0 ? 'FALSE' : 'TRUE'));
  }
  return Array.from(columnNumbers(frame, column), (x) => (Number.isNaN(x) ? null : String(x)));
}

/** A column as numbers, NA as NaN; a logical column counts TRUE as 1. Throws RangeError on text and on factors. */
export function columnNumbers(frame: RDataFrame, column: string): Float64Array {
  const value = columnOf(frame, column);
  if (value.type === 'double') return Float64Array.from(value.values);
  if ((value.type === 'integer' || value.type === 'logical') && !inherits(value, 'factor')) {
    return Float64Array.from(value.values, (x) => (x === NA_INTEGER ? Number.NaN : x));
  }
  throw new RangeError(
    `data frame: column '${column}' holds no numbers (${inherits(value, 'factor') ? 'factor' : value.type})`,
  );
}
