/** Sums of a file on disk, and whether they are the wanted ones. Knows no network. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type UserError, userError } from '../../src/base/located-error.ts';
import type { Source } from './sources.ts';

export interface FileSums {
  readonly bytes: number;
  readonly sha256: string;
  readonly md5: string;
}

/** Reads the file once. */
export async function sumsOfFile(path: string): Promise<FileSums> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    sha256.update(chunk as Uint8Array);
    md5.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  return { bytes, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** Whether one of the wanted sums is there, or none is wanted. */
export function isAccepted(source: Source, sums: FileSums): boolean {
  return source.sums.length === 0 || source.sums.some(({ algorithm, digest }) => sums[algorithm] === digest);
}

/** The error for a wrong sum: what came from where, what was wanted by whom. */
export function wrongSum(source: Source, sums: FileSums, from: string): UserError {
  const algorithms = [...new Set(source.sums.map((sum) => sum.algorithm))];
  const got = algorithms.map((algorithm) => `${algorithm} ${sums[algorithm]}`).join(', ');
  const want = source.sums.map(({ algorithm, digest }) => `${algorithm} ${digest}`).join('\n       or ');
  return userError(
    `${source.name}: wrong checksum\n  got  ${got} (${sums.bytes} bytes from ${from})\n  want ${want} (download.sources.${source.key})`,
    'the file changed at its source or was damaged on the way; if you trust it, add its sum to the list',
  );
}
