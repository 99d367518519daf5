/** Named arrays ⇄ few bytes, for a page that carries them. Bit-exact and the same on every machine. Knows no networks. */
import { deflateSync, inflateSync } from 'fflate';
import { concat } from '../../base/concat.ts';

/** What can be packed. */
export type PackedArray = Uint8Array | Int32Array | Float32Array;

const kinds = { u8: Uint8Array, i32: Int32Array, f32: Float32Array } as const;
type Kind = keyof typeof kinds;

/** Of one array: its kind, its length, and how its values were turned into bytes. */
interface Entry {
  readonly name: string;
  readonly kind: Kind;
  readonly length: number;
  /** `plain`: as they are; `delta`: each word less the one before; `table`: numbers into the words that occur. */
  readonly code: 'plain' | 'delta' | 'table';
  /** Words in the table. */
  readonly words?: number;
}

/** Words that a table holds at most: its numbers then take two bytes. */
const MOST_WORDS = 65536;

/**
 * A header and one deflated stream: 4-byte words as four planes (all first bytes, then all second ones …), which deflate halves better.
 * Integers that rise as differences, numbers of few values as places in a table of them. cost: 1 s for 10 MB. Pinned by test/page/pack.test.ts.
 */
export function pack(arrays: Readonly<Record<string, PackedArray>>): Uint8Array {
  const parts = Object.entries(arrays).map(([name, values]) => encoded(name, values));
  const header = new TextEncoder().encode(JSON.stringify(parts.map(({ entry }) => entry)));
  const size = new Uint8Array(new Uint32Array([header.length]).buffer);
  return concat([size, header, deflateSync(concat(parts.map(({ bytes }) => bytes)), { level: 6 })]);
}

/** The arrays of `pack`, bit for bit. Throws RangeError where the bytes end too early. */
export function unpack(bytes: Uint8Array): Record<string, PackedArray> {
  const size = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const entries = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size))) as readonly Entry[];
  const body = inflateSync(bytes.subarray(4 + size));
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > body.length) throw new RangeError(`unpack: ${body.length} bytes, want ${at + count}`);
    at += count;
    return body.subarray(at - count, at);
  };
  return Object.fromEntries(entries.map((entry) => [entry.name, decoded(entry, take)]));
}

function kindOf(values: PackedArray): Kind {
  if (values instanceof Uint8Array) return 'u8';
  return values instanceof Int32Array ? 'i32' : 'f32';
}

function encoded(name: string, values: PackedArray): { readonly entry: Entry; readonly bytes: Uint8Array } {
  const kind = kindOf(values);
  const { length } = values;
  if (values instanceof Uint8Array) return { entry: { name, kind, length, code: 'plain' }, bytes: values };
  const words = new Uint32Array(values.buffer, values.byteOffset, length);
  if (kind === 'i32') {
    const code = mostlyRises(values) ? 'delta' : 'plain';
    return { entry: { name, kind, length, code }, bytes: planes(code === 'delta' ? differences(words) : words, 4) };
  }
  const table = [...new Set(words)].sort((a, b) => a - b);
  if (table.length > MOST_WORDS || 2 * table.length > length)
    return { entry: { name, kind, length, code: 'plain' }, bytes: planes(words, 4) };
  const places = new Map(table.map((word, k) => [word, k]));
  const numbers = Uint32Array.from(words, (word) => places.get(word)!);
  const bytes = concat([planes(Uint32Array.from(table), 4), planes(numbers, widthOf(table.length))]);
  return { entry: { name, kind, length, code: 'table', words: table.length }, bytes };
}

function decoded(entry: Entry, take: (count: number) => Uint8Array): PackedArray {
  const { kind, length, code, words = 0 } = entry;
  if (kind === 'u8') return take(length).slice();
  if (code === 'table') {
    const table = joined(take(4 * words), 4);
    const numbers = joined(take(length * widthOf(words)), widthOf(words));
    return ofKind(
      kind,
      numbers.map((k) => table[k]!),
    );
  }
  const found = joined(take(4 * length), 4);
  if (code === 'delta') for (let k = 1; k < length; k++) found[k]! += found[k - 1]!;
  return ofKind(kind, found);
}

function ofKind(kind: Exclude<Kind, 'u8'>, words: Uint32Array): PackedArray {
  return new kinds[kind](words.buffer as ArrayBuffer, words.byteOffset, words.length);
}

function widthOf(words: number): 1 | 2 {
  return words <= 256 ? 1 : 2;
}

/** Whether three of four values are no less than the one before. */
function mostlyRises(values: ArrayLike<number>): boolean {
  let rises = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! >= values[k - 1]!) rises++;
  return rises >= 0.75 * (values.length - 1);
}

/** Each word less the one before, modulo 2^32. */
function differences(words: Uint32Array): Uint32Array {
  return words.map((word, k) => word - (k === 0 ? 0 : words[k - 1]!));
}

/** The least byte of every word, then the next one of every word, `width` of them. */
function planes(words: Uint32Array, width: number): Uint8Array {
  const out = new Uint8Array(width * words.length);
  for (let b = 0; b < width; b++)
    for (let k = 0; k < words.length; k++) out[b * words.length + k] = words[k]! >>> (8 * b);
  return out;
}

function joined(bytes: Uint8Array, width: number): Uint32Array {
  const length = bytes.length / width;
  const words = new Uint32Array(length);
  for (let b = 0; b < width; b++) for (let k = 0; k < length; k++) words[k]! |= bytes[b * length + k]! << (8 * b);
  return words;
}
