/** The frame of an .xz file: what its footer and index say of its size. Decompresses nothing. Source: the .xz file format, tukaani.org/xz. */
import { crc32 } from '../crc.ts';

export const xzMagic: Uint8Array = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);

/** Whether bytes begin as an .xz file does. */
export function isXz(bytes: Uint8Array): boolean {
  return xzMagic.every((byte, i) => bytes[i] === byte);
}

/** A number in 7-bit groups, least first. */
function variableNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  throw new RangeError('xz: damaged index');
}

function sumOfBlockSizes(index: Uint8Array): number {
  let { value: records, next: at } = variableNumber(index, 1);
  let sum = 0;
  for (; records > 0; records--) {
    const unpadded = variableNumber(index, at);
    const size = variableNumber(index, unpadded.next);
    sum += size.value;
    at = size.next;
  }
  return sum;
}

/**
 * Unpacked bytes that a file of one stream promises. Throws RangeError unless header, index and footer are whole (so a file that is cut
 * off is noticed before it is unpacked).
 */
export function xzUnpackedSize(bytes: Uint8Array): number {
  if (!isXz(bytes)) throw new RangeError('xz: these bytes are not an .xz file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const footer = bytes.length - 12;
  const cut = `xz: the file ends early or is damaged (${bytes.length} bytes, no valid footer)`;
  if (footer < 12 || bytes[footer + 10] !== 0x59 || bytes[footer + 11] !== 0x5a) throw new RangeError(cut);
  if (view.getUint32(footer, true) !== crc32(bytes.subarray(footer + 4, footer + 10))) throw new RangeError(cut);
  const start = footer - 4 * (view.getUint32(footer + 4, true) + 1);
  if (start < 12 || bytes[start] !== 0) throw new RangeError('xz: damaged index');
  const index = bytes.subarray(start, footer - 4);
  if (view.getUint32(footer - 4, true) !== crc32(index)) throw new RangeError('xz: damaged index');
  return sumOfBlockSizes(index);
}
