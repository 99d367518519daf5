/** An .RData file (R's save(), XDR) ⇄ named values: the container with its compression. Knows no data frames' meaning, no file system. */
import { gunzipSync } from 'node:zlib';
import { compareText } from '../../base/compare-text.ts';
import { RReader } from './r-reader.ts';
import { NA_INTEGER, type RAttributes, type RDataFrame, type RValue } from './r-value.ts';
import { RWriter } from './r-writer.ts';
import { decodeXz, encodeStoredXz } from './xz.ts';
import { isXz } from './xz-index.ts';

/** A file that unpacks to more is refused (free parameter). */
const MOST_BYTES = 1 << 28;

function gunzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    throw new RangeError(`RData: damaged gzip data (${(error as Error).message})`);
  }
}

async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (isXz(bytes)) return decodeXz(bytes, MOST_BYTES);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipped(bytes);
  if (bytes[0] === 0x42 && bytes[1] === 0x5a)
    throw new RangeError("RData: bzip2 is not read; save it with compress = 'xz'");
  return bytes;
}

/** The values of an .RData file (xz, gzip or no compression) by name; throws RangeError on anything else or on damage. */
export async function decodeRData(bytes: Uint8Array): Promise<Readonly<Record<string, RValue>>> {
  const plain = await unpacked(bytes);
  const magic = String.fromCharCode(...plain.subarray(0, 5));
  if (magic !== 'RDX2\n' && magic !== 'RDX3\n') {
    throw new RangeError(`RData: the content begins with ${JSON.stringify(magic)}, want RDX2 or RDX3 (binary save())`);
  }
  const list = new RReader(plain, 5).read();
  if (list.type !== 'pairlist') throw new RangeError(`RData: holds a value of type ${list.type}, want named values`);
  return Object.fromEntries(list.values.map(({ tag, value }) => [tag, value]));
}

/** The serialization of named values, not compressed; the same values give the same bytes. */
export function encodeRDataPlain(values: Readonly<Record<string, RValue>>, versions: RVersions = r302): Uint8Array {
  const writer = new RWriter().ascii('RDX2\nX\n').int(2).int(versions.writer).int(versions.reader);
  writer.pairlist(Object.entries(values).map(([tag, value]) => ({ tag, value })));
  return writer.finish();
}

/** An .RData file in an .xz container that stores without compressing. */
export function encodeRData(values: Readonly<Record<string, RValue>>): Uint8Array {
  return encodeStoredXz(encodeRDataPlain(values));
}

/** The R that wrote the file and the oldest that can read it, as 0x00MMmmpp. */
export interface RVersions {
  readonly writer: number;
  readonly reader: number;
}

const r302: RVersions = { writer: 0x030002, reader: 0x020300 };

/** A character vector. */
export function rStrings(values: readonly (string | null)[], attributes: RAttributes = {}): RValue {
  return { type: 'string', values, attributes };
}

/** A double vector; NaN becomes NA. */
export function rDoubles(values: ArrayLike<number>): RValue {
  const copy = Float64Array.from(values);
  const words = new Uint32Array(copy.buffer);
  copy.forEach((x, i) => {
    if (Number.isNaN(x)) words.set([1954, 0x7ff00000], 2 * i);
  });
  return { type: 'double', values: copy, attributes: {} };
}

/** A logical vector of NA, which is how R keeps a column that never got a value. */
export function rAllNa(length: number): RValue {
  return { type: 'logical', values: new Int32Array(length).fill(NA_INTEGER), attributes: {} };
}

/** A logical vector. */
export function rLogicals(values: readonly boolean[]): RValue {
  return { type: 'logical', values: Int32Array.from(values, Number), attributes: {} };
}

/** A factor with its levels in code-unit order; null is NA. */
export function rFactor(values: readonly (string | null)[]): RValue {
  const levels = [...new Set(values.filter((x) => x !== null))].sort(compareText);
  const codes = new Map(levels.map((level, i) => [level, i + 1]));
  return {
    type: 'integer',
    values: Int32Array.from(values, (x) => (x === null ? NA_INTEGER : codes.get(x)!)),
    attributes: { levels: rStrings(levels), class: rStrings(['factor']) },
  };
}

/** A data frame as an R value; row names that count 1 … n are kept in R's short form. */
export function rDataFrame(frame: RDataFrame): RValue {
  const counted = frame.rowNames.every((name, i) => name === String(i + 1));
  const short: RValue = { type: 'integer', values: Int32Array.of(NA_INTEGER, -frame.rowNames.length), attributes: {} };
  return {
    type: 'list',
    values: frame.columns,
    attributes: {
      names: rStrings(frame.columnNames),
      'row.names': counted ? short : rStrings(frame.rowNames),
      class: rStrings(['data.frame']),
    },
  };
}
