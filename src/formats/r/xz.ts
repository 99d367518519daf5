/** The .xz container ⇄ bytes. Knows nothing of what the bytes are. Source: the .xz file format, tukaani.org/xz. */
import xzDecompress from 'xz-decompress';
import { concat } from '../../base/concat.ts';
import { crc32 } from '../crc.ts';
import { xzMagic, xzUnpackedSize } from './xz-index.ts';

/** One chunk of a stream that can be read as it comes. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller: ReadableStreamDefaultController<Uint8Array>): void {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

async function unpack(bytes: Uint8Array, into: Uint8Array): Promise<number> {
  let at = 0;
  for await (const chunk of new xzDecompress.XzReadableStream(streamOf(bytes))) {
    if (at + chunk.length <= into.length) into.set(chunk, at);
    at += chunk.length;
    if (at > into.length) break;
  }
  return at;
}

/**
 * The unpacked bytes. Throws RangeError on a damaged or truncated file, and when the index promises more than `mostBytes`.
 * Only single-stream files (what R and xz write); more streams or padding behind are refused.
 */
export async function decodeXz(bytes: Uint8Array, mostBytes: number = 1 << 30): Promise<Uint8Array> {
  const size = xzUnpackedSize(bytes);
  if (size > mostBytes) throw new RangeError(`xz: unpacks to ${size} bytes, the limit is ${mostBytes}`);
  const unpacked = new Uint8Array(size);
  let written: number;
  try {
    written = await unpack(bytes, unpacked);
  } catch (error) {
    throw new RangeError(`xz: damaged data (${(error as Error).message})`);
  }
  if (written !== size) throw new RangeError(`xz: unpacked ${written} bytes, the index promises ${size}`);
  return unpacked;
}

/** A growing list of bytes, padded to multiples of four as xz wants. */
class ByteList {
  private readonly parts: Uint8Array[] = [];
  length = 0;

  add(...parts: Uint8Array[]): this {
    for (const part of parts) {
      this.parts.push(part);
      this.length += part.length;
    }
    return this;
  }

  pad(): this {
    return this.add(new Uint8Array((4 - (this.length % 4)) % 4));
  }

  bytes(): Uint8Array {
    return concat(this.parts);
  }

  withCrc(): Uint8Array {
    return this.add(little32(crc32(this.bytes()))).bytes();
  }
}

function little32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function variableBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Uint8Array.from([...bytes, value]);
}

const LZMA2 = 0x21;
const CHECK_CRC32 = 1;
/** Dictionary of 64 KiB: the size of the largest stored chunk. */
const DICTIONARY = 8;
const MOST_CHUNK = 65536;

/** LZMA2 chunks that store the bytes as they are: control byte (1 resets the dictionary, 2 keeps it), length − 1, the bytes; 0 ends. */
function storedChunks(bytes: Uint8Array): Uint8Array {
  const list = new ByteList();
  for (let at = 0; at < bytes.length; at += MOST_CHUNK) {
    const chunk = bytes.subarray(at, at + MOST_CHUNK);
    const last = chunk.length - 1;
    list.add(Uint8Array.of(at === 0 ? 1 : 2, last >>> 8, last & 0xff), chunk);
  }
  return list.add(Uint8Array.of(0)).bytes();
}

/** A valid .xz file that stores the bytes without compressing them (one stream, one block, CRC-32). cost: two copies. */
export function encodeStoredXz(bytes: Uint8Array): Uint8Array {
  const flags = Uint8Array.of(0, CHECK_CRC32);
  const blockHeader = new ByteList().add(Uint8Array.of(2, 0, LZMA2, 1, DICTIONARY, 0, 0, 0)).withCrc();
  const block = new ByteList().add(blockHeader, storedChunks(bytes));
  const unpaddedSize = block.length + 4;
  block.pad().add(little32(crc32(bytes)));
  const index = new ByteList()
    .add(Uint8Array.of(0), variableBytes(1), variableBytes(unpaddedSize), variableBytes(bytes.length))
    .pad()
    .withCrc();
  const footer = new ByteList().add(little32(index.length / 4 - 1), flags).bytes();
  return new ByteList()
    .add(xzMagic, flags, little32(crc32(flags)))
    .add(block.bytes(), index)
    .add(little32(crc32(footer)), footer, Uint8Array.of(0x59, 0x5a))
    .bytes();
}
