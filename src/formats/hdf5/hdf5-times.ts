/**
 * Sets the times in the object headers of an HDF5 file to 0, so that the same content is the same bytes. Knows no datasets.
 * Version 2 headers: "OHDR", version, flags, [4 times, flag 0x20], [2 limits, flag 0x10], size of chunk 0, messages, lookup3 checksum.
 * Source: HDF5 File Format Specification 3.0 §IV.A.1.b; Jenkins lookup3 (public domain). Pinned by test/spinnaker/nir-network.test.ts.
 */

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Jenkins' lookup3 `hashlittle` of a range, start value 0. */
function lookup3(bytes: DataView, begin: number, length: number): number {
  let a = (0xdeadbeef + length) | 0;
  let b = a;
  let c = a;
  const word = (at: number, left: number): number => {
    let value = 0;
    for (let i = 0; i < Math.min(4, left); i++) value |= bytes.getUint8(at + i) << (8 * i);
    return value;
  };
  let at = begin;
  let left = length;
  for (; left > 12; left -= 12, at += 12) {
    a = (a + word(at, 4)) | 0;
    b = (b + word(at + 4, 4)) | 0;
    c = (c + word(at + 8, 4)) | 0;
    a = ((a - c) | 0) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (left === 0) return c;
  a = (a + word(at, left)) | 0;
  b = (b + word(at + 4, left - 4)) | 0;
  c = (c + word(at + 8, left - 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  return ((c ^ b) - rotate(b, 24)) | 0;
}

/** Where the checksum of the header at `at` lies, or −1 where no such header is. */
function checksumAt(view: DataView, at: number, flags: number): number {
  const sizeBytes = 1 << (flags & 3);
  const sizeAt = at + 6 + 16 + ((flags & 0x10) === 0 ? 0 : 4);
  if (sizeBytes > 4 || sizeAt + sizeBytes > view.byteLength) return -1;
  let size = 0;
  for (let i = 0; i < sizeBytes; i++) size += view.getUint8(sizeAt + i) * 2 ** (8 * i);
  const end = sizeAt + sizeBytes + size;
  return end + 4 <= view.byteLength ? end : -1;
}

/** Clears access, modification, change and birth times in place. Only bytes under a checksum that matched are touched. */
export function clearObjectTimes(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 32 <= bytes.length; at++) {
    if (bytes[at] !== 0x4f || view.getUint32(at, false) !== 0x4f484452 || bytes[at + 4] !== 2) continue;
    const flags = bytes[at + 5]!;
    const end = (flags & 0x20) === 0 ? -1 : checksumAt(view, at, flags);
    if (end < 0 || view.getInt32(end, true) !== lookup3(view, at, end - at)) continue;
    bytes.fill(0, at + 6, at + 22);
    view.setInt32(end, lookup3(view, at, end - at), true);
  }
}
