/** Sums of a file on disk, and whether they are the wanted ones. Knows no network. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type UserError, userError } from '../../src/base/located-error.ts';
import { castagnoli } from '../../src/formats/crc.ts';
import type { Source, SumAlgorithm } from './sources.ts';

export interface FileSums {
  readonly bytes: number;
  readonly sha256: string;
  /** The sums that were asked for. */
  readonly others: Readonly<Partial<Record<SumAlgorithm, string>>>;
}

interface Hasher {
  update(chunk: Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

async function hasherFor(algorithm: SumAlgorithm): Promise<Hasher> {
  if (algorithm === 'sha256' || algorithm === 'md5') return createHash(algorithm);
  const { createBLAKE3, createCRC32 } = await import('hash-wasm');
  return algorithm === 'blake3' ? createBLAKE3() : createCRC32(castagnoli);
}

/** Reads the file once, for sha256 and for what the source asks. */
export async function sumsOfFile(path: string, source: Source): Promise<FileSums> {
  const wanted = [...new Set(source.sums.map((sum) => sum.algorithm))].filter((algorithm) => algorithm !== 'sha256');
  const sha256 = createHash('sha256');
  const others = await Promise.all(wanted.map(hasherFor));
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    for (const hasher of [sha256, ...others]) hasher.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  const digests = wanted.map((algorithm, i) => [algorithm, others[i]!.digest('hex')] as const);
  return { bytes, sha256: sha256.digest('hex'), others: Object.fromEntries(digests) };
}

function sumOf(sums: FileSums, algorithm: SumAlgorithm): string | undefined {
  return algorithm === 'sha256' ? sums.sha256 : sums.others[algorithm];
}

/** Whether one of the wanted sums is there, or none is wanted. */
export function isAccepted(source: Source, sums: FileSums): boolean {
  return source.sums.length === 0 || source.sums.some(({ algorithm, digest }) => sumOf(sums, algorithm) === digest);
}

/** The error for a wrong sum: what came from where, what was wanted by whom. */
export function wrongSum(source: Source, sums: FileSums, from: string): UserError {
  const algorithms = [...new Set(source.sums.map((sum) => sum.algorithm))];
  const got = algorithms.map((algorithm) => `${algorithm} ${sumOf(sums, algorithm)}`).join(', ');
  const want = source.sums.map(({ algorithm, digest }) => `${algorithm} ${digest}`).join('\n       or ');
  return userError(
    `${source.name}: wrong checksum\n  got  ${got} (${sums.bytes} bytes from ${from})\n  want ${want} (download.sources.${source.key})`,
    'the file changed at its source or was damaged on the way; if you trust it, add its sum to the list',
  );
}
