/**
 * The safetensors container: named typed arrays and text metadata ⇄ bytes. Every array artifact of this project is one.
 * Layout: u64 header length, JSON header {name: {dtype, shape, data_offsets}, __metadata__}, data. Knows no neuroscience, no files.
 * Deterministic: arrays by element size, largest first, then by name in code-unit order, so that all are aligned without holes (which the
 * format forbids); header padded with spaces to 8 bytes. Source: github.com/huggingface/safetensors (format).
 */
import { canonicalJson } from '../base/canonical-json.ts';
import { compareText } from '../base/compare-text.ts';

/** The arrays that a tensor file holds. */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** One array with its shape; the last index runs fastest. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What one safetensors file holds. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Text by name; structured metadata is canonical JSON in one text. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface ArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): TensorData;
}

const types: Readonly<Record<string, ArrayType>> = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
};

function dtypeOf(data: TensorData): string {
  for (const [name, type] of Object.entries(types)) if (data.constructor === type) return name;
  throw new RangeError(`safetensors: ${data.constructor.name} has no dtype`);
}

/** A one-dimensional tensor, or one of the given shape. */
export function tensor(data: TensorData, shape: readonly number[] = [data.length]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== data.length) throw new RangeError(`tensor: ${data.length} elements do not fill [${shape.join(', ')}]`);
  return { shape, data };
}

/** Bytes of a tensor file. cost: one copy. */
export function encodeSafetensors(file: TensorFile): Uint8Array {
  const elementSize = (name: string): number => file.tensors[name]!.data.BYTES_PER_ELEMENT;
  const names = Object.keys(file.tensors).sort((a, b) => elementSize(b) - elementSize(a) || compareText(a, b));
  const header: Record<string, unknown> = { __metadata__: file.metadata };
  let end = 0;
  const places = names.map((name) => {
    const { data, shape } = file.tensors[name]!;
    const begin = end;
    end = begin + data.byteLength;
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [begin, end] };
    return begin;
  });
  const text = new TextEncoder().encode(canonicalJson(header));
  const headerSize = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerSize + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerSize), true);
  bytes.fill(0x20, 8, 8 + headerSize);
  bytes.set(text, 8);
  names.forEach((name, i) => {
    const { data } = file.tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerSize + places[i]!);
  });
  return bytes;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function readTensor(name: string, entry: HeaderEntry, bytes: Uint8Array, base: number): Tensor {
  const type = types[entry.dtype];
  if (type === undefined) throw new RangeError(`safetensors: tensor '${name}' has unknown dtype ${entry.dtype}`);
  const [begin, end] = entry.data_offsets;
  const size = entry.shape.reduce((a, b) => a * b, 1);
  if (!(begin >= 0 && base + end <= bytes.length && end - begin === size * type.BYTES_PER_ELEMENT)) {
    throw new RangeError(
      `safetensors: tensor '${name}' lies outside the file or does not fill [${entry.shape.join(', ')}]`,
    );
  }
  const copy = new Uint8Array(end - begin); // Buffer.slice would share its pool
  copy.set(bytes.subarray(base + begin, base + end));
  return { shape: entry.shape, data: new type(copy.buffer, 0, size) };
}

/** The tensors of a file; throws RangeError with the tensor's name on damage. cost: one copy. */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  if (bytes.length < 8) throw new RangeError(`safetensors: ${bytes.length} bytes are not a header`);
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (!(size <= bytes.length - 8))
    throw new RangeError(`safetensors: header of ${size} bytes in a file of ${bytes.length}`);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))) as Record<string, unknown>;
  const tensors: Record<string, Tensor> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors[name] = readTensor(name, entry as HeaderEntry, bytes, 8 + size);
  }
  return { tensors, metadata: (header['__metadata__'] ?? {}) as Record<string, string> };
}

/** The array of one tensor as the wanted type; throws RangeError that names what is there instead. */
export function tensorData<T extends TensorData>(
  file: TensorFile,
  name: string,
  type: { new (length: number): T; readonly name: string },
): T {
  const found = file.tensors[name];
  if (found === undefined) {
    throw new RangeError(`safetensors: no tensor '${name}', there are: ${Object.keys(file.tensors).join(', ')}`);
  }
  if (!(found.data instanceof type)) {
    throw new RangeError(`safetensors: tensor '${name}' is a ${found.data.constructor.name}, want ${type.name}`);
  }
  return found.data;
}
