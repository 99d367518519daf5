/** Cyclic redundancy checks of 32 bits, reflected, by polynomial. Pinned by the check values of "123456789" in test/formats. Knows no file format. */

/** CRC-32C's polynomial (Castagnoli): TFRecord files, Google Cloud Storage. */
export const castagnoli = 0x82f63b78;
/** CRC-32's (IEEE 802.3): gzip, xz, LevelDB logs. */
const ieee = 0xedb88320;

/** The check of bytes as an unsigned 32-bit number. cost: about 3 ns a byte. */
type Check = (bytes: Uint8Array) => number;

function crc(polynomial: number): Check {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  return (bytes) => {
    let sum = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) sum = (sum >>> 8) ^ table[(sum ^ bytes[i]!) & 0xff]!;
    return (sum ^ 0xffffffff) >>> 0;
  };
}

export const crc32: Check = crc(ieee);
export const crc32c: Check = crc(castagnoli);
