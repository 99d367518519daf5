/** Files → a .zip archive that stores them: the same bytes on every machine. Source: PKWARE APPNOTE.TXT 6.3. Knows no file system. */
import { concat } from '../base/concat.ts';
import { crc32 } from './crc.ts';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 1 January 1980, the earliest that the format knows. */
const DATE = 0x21;
/** Names are UTF-8. */
const UTF8 = 0x0800;

/** Two- and four-byte numbers, little-endian, one after another. */
function numbers(fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return out;
}

/** An archive of the files, in their order; throws RangeError beyond 4 GB. cost: one copy. */
export function encodeStoredZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let at = 0;
  for (const [path, bytes] of Object.entries(files)) {
    const name = new TextEncoder().encode(path);
    const common = [
      [UTF8, 2],
      [0, 2],
      [0, 2],
      [DATE, 2],
      [crc32(bytes), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      [name.length, 2],
      [0, 2],
    ] as const;
    const local = numbers([[LOCAL, 4], [20, 2], ...common]);
    locals.push(local, name, bytes);
    centrals.push(numbers([[CENTRAL, 4], [20, 2], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]), name);
    at += local.length + name.length + bytes.length;
  }
  const directory = concat(centrals);
  if (at + directory.length >= 2 ** 32) throw new RangeError(`zip: ${at} bytes are more than the format holds`);
  const count = centrals.length / 2;
  const end = numbers([
    [END, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [directory.length, 4],
    [at, 4],
    [0, 2],
  ]);
  return concat([...locals, directory, end]);
}
