/** One gzip file → its content, checked to the last byte and limited in size. Knows no folders. */
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type UserError, userError } from '../../src/base/located-error.ts';
import type { GunzipParams } from './params.ts';

/** One file to make. */
export interface Job {
  readonly from: string;
  /** Name of the packed file, for people. */
  readonly name: string;
  readonly to: string;
  readonly packed: boolean;
  readonly bytes: number;
}

/** The ratio is not judged before this many bytes: small files may pack very well. */
const RATIO_FROM_BYTES = 1 << 20;

/** Passes bytes on until they are too many. */
class Limit extends Transform {
  private readonly name: string;
  private readonly most: number;
  private readonly why: string;
  private total = 0;
  constructor(job: Job, { maxRatio, maxBytes }: GunzipParams) {
    super();
    this.name = job.name;
    const byRatio = Math.max(RATIO_FROM_BYTES, maxRatio * job.bytes);
    this.most = Math.min(maxBytes, byRatio);
    this.why = byRatio < maxBytes ? `gunzip.maxRatio ${maxRatio} × ${job.bytes} packed` : `gunzip.maxBytes ${maxBytes}`;
  }
  override _transform(chunk: Uint8Array, _encoding: BufferEncoding, done: TransformCallback): void {
    this.total += chunk.length;
    if (this.total <= this.most) done(null, chunk);
    else {
      const message = `${this.name}: unpacks to more than ${Math.floor(this.most)} bytes (${this.why})`;
      done(userError(message, 'a decompression bomb? Raise the limit if the file is what it should be'));
    }
  }
}

const damage: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the file ends early',
  Z_DATA_ERROR: 'the data are damaged',
  ERR_STREAM_PREMATURE_CLOSE: 'something follows the end of the gzip data',
};

function damaged(job: Job, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const words = damage[code ?? ''];
  if (words === undefined) return error;
  return userError(`${job.name}: ${words} (${message}, ${job.bytes} bytes packed)`, 'fetch it again');
}

function trailing(job: Job, read: number): UserError {
  return userError(`${job.name}: ${job.bytes - read} bytes follow the end of the gzip data`, 'fetch it again');
}

/** Streams one packed file; zlib checks CRC-32 and length of every member. */
export async function unpack(
  job: Job,
  params: GunzipParams,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const source = createReadStream(job.from, { highWaterMark: 1 << 18 });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  source.on('data', (chunk) => onBytes(chunk.length));
  try {
    await pipeline(source, gunzip, new Limit(job, params), createWriteStream(job.to), { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw damaged(job, error);
  }
  if (gunzip.bytesWritten !== job.bytes) throw trailing(job, gunzip.bytesWritten);
}
