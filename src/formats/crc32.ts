/** CRC-32 (IEEE 802.3, as in gzip and xz) of bytes. Pinned by test/formats/xz.test.ts (the check value of "123456789"). */

/** 256 remainders of the reflected polynomial 0xedb88320. */
function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}

const table: Uint32Array = makeTable();

/** An unsigned 32-bit number. cost: about 3 ns a byte. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}
