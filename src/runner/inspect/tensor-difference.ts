/** Where two safetensors files first differ: the tensor and the element, or the field of their metadata. Reads the files, changes nothing. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Json } from '../model/plan.ts';
import { firstJsonDifference } from './json-difference.ts';

interface TensorHead {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

interface Head {
  readonly json: Readonly<Record<string, Json>>;
  /** Where the tensors' bytes begin. */
  readonly start: number;
}

/** Headers above this are not safetensors (the format's own limit). */
const maxHeader = 100_000_000;

type Reader = (bytes: Buffer) => number | bigint;

const readers: Readonly<Record<string, readonly [number, Reader]>> = {
  F64: [8, (bytes) => bytes.readDoubleLE()],
  F32: [4, (bytes) => bytes.readFloatLE()],
  I64: [8, (bytes) => bytes.readBigInt64LE()],
  U64: [8, (bytes) => bytes.readBigUInt64LE()],
  I32: [4, (bytes) => bytes.readInt32LE()],
  U32: [4, (bytes) => bytes.readUInt32LE()],
  I16: [2, (bytes) => bytes.readInt16LE()],
  U16: [2, (bytes) => bytes.readUInt16LE()],
  I8: [1, (bytes) => bytes.readInt8()],
  U8: [1, (bytes) => bytes.readUInt8()],
  BOOL: [1, (bytes) => bytes.readUInt8()],
};

/** `tensor gainNa[3] (0.5 → 0.25)`, or undefined where the files are not safetensors or the place cannot be told; `offset` is the first byte that differs. */
export function tensorDifference(a: string, b: string, offset: number): string | undefined {
  const before = readHead(a);
  const after = readHead(b);
  if (before === undefined || after === undefined) return undefined;
  const field = firstJsonDifference(before.json, after.json);
  if (field !== undefined) return `header ${field}`;
  const found = Object.entries(before.json).find(([name, value]) => {
    const [from, to] = name === '__metadata__' ? [0, 0] : (value as unknown as TensorHead).data_offsets;
    return offset >= before.start + from && offset < before.start + to;
  });
  return found === undefined
    ? undefined
    : elementAt(a, b, before.start, found[0], found[1] as unknown as TensorHead, offset);
}

function elementAt(a: string, b: string, start: number, name: string, tensor: TensorHead, offset: number): string {
  const [size, read] = readers[tensor.dtype] ?? [1, undefined];
  const first = start + tensor.data_offsets[0];
  const index = Math.floor((offset - first) / size);
  const place = `tensor ${name}[${indices(index, tensor.shape).join(', ')}]`;
  if (read === undefined) return place;
  const value = (path: string): string => String(read(readBytes(path, first + index * size, size)));
  return `${place} (${value(a)} → ${value(b)})`;
}

/** Row-major. */
function indices(index: number, shape: readonly number[]): number[] {
  const found: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    found.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return found;
}

function readHead(path: string): Head | undefined {
  try {
    const length = Number(readBytes(path, 0, 8).readBigUInt64LE());
    if (length > maxHeader) return undefined;
    const json = JSON.parse(readBytes(path, 8, length).toString()) as Record<string, Json>;
    return { json, start: 8 + length };
  } catch {
    return undefined;
  }
}

function readBytes(path: string, position: number, length: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    if (position + length > fstatSync(fd).size) throw new Error('too short');
    const bytes = Buffer.alloc(length);
    readSync(fd, bytes, 0, length, position);
    return bytes;
  } finally {
    closeSync(fd);
  }
}
