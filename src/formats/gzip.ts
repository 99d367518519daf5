/** Bytes → a gzip file that stores them without compressing: the same bytes on every machine and zlib. Source: RFC 1951, RFC 1952. */
import { crc32 } from './crc.ts';

/** Deflate, no flags, no time, no extra flags, unknown system. */
const HEADER: readonly number[] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/** Bytes of a stored block at most. */
const MOST_BLOCK = 65535;

/** A valid .gz file of one member in stored blocks. cost: one copy. */
export function encodeStoredGzip(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / MOST_BLOCK));
  const out = new Uint8Array(HEADER.length + 5 * blocks + bytes.length + 8);
  const view = new DataView(out.buffer);
  out.set(HEADER);
  let at = HEADER.length;
  for (let block = 0; block < blocks; block++) {
    const data = bytes.subarray(block * MOST_BLOCK, (block + 1) * MOST_BLOCK);
    out[at] = block === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, data.length, true);
    view.setUint16(at + 3, ~data.length & 0xffff, true);
    out.set(data, at + 5);
    at += 5 + data.length;
  }
  view.setUint32(at, crc32(bytes), true);
  view.setUint32(at + 4, bytes.length % 2 ** 32, true);
  return out;
}
