/** SHA-256 of a file's bytes, read in pieces. Knows no cache. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Digest } from '../../base/digest.ts';

const pieceBytes = 1 << 20;
/** Files above this are hashed without holding up other work. */
const largeBytes = 8 << 20;

/** Blocks until the whole file is read; flat memory. */
export function hashFileSync(path: string): Digest {
  const fd = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(1, Number(fstatSync(fd).size))));
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) return hash.digest('hex') as Digest;
      hash.update(length === buffer.length ? buffer : buffer.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}

/** As hashFileSync, but lets other work go on while a large file is read. */
export async function hashFile(path: string, size: number): Promise<Digest> {
  if (size <= largeBytes) return hashFileSync(path);
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) hash.update(piece as Buffer);
  return hash.digest('hex') as Digest;
}
