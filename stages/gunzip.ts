/** gunzip: raw files → the same without .gz, each checked to its last byte, with a limit on what it may unpack to. */
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type UserError, userError } from '../src/base/located-error.ts';
import { defineStage, type Headline, type JsonSchema, type StageContext, type StageDefinition } from '../src/stage.ts';

interface GunzipParams {
  /** Unpacked bytes for each packed one, at most. */
  readonly maxRatio?: number;
  /** Unpacked bytes of one file, at most. */
  readonly maxBytes?: number;
}

interface Params {
  readonly gunzip?: GunzipParams;
}

const paramsSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    gunzip: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxRatio: {
          type: 'number',
          minimum: 1,
          default: 200,
          description: 'unpacked bytes for each packed one, at most',
        },
        maxBytes: {
          type: 'number',
          minimum: 1,
          default: 8589934592,
          description: 'unpacked bytes of one file, at most',
        },
      },
    },
  },
};

const stage: StageDefinition<Params> = defineStage<Params>({
  about:
    'Raw files → the same files unpacked; what is not packed is copied. The manifest of the packed files stays behind.',
  params: paramsSchema,
  inputs: { raw: { kind: 'folder', about: 'Files, packed with gzip or not.' } },
  outputs: { tables: { kind: 'folder', about: 'The files under their names without .gz.' } },
  run,
});
export default stage;

const MANIFEST = 'manifest.json';
/** The ratio is not judged before this many bytes: small files may pack very well. */
const RATIO_FROM_BYTES = 1 << 20;

/** One file to make. */
interface Job {
  readonly from: string;
  /** Name of the packed file, for people. */
  readonly name: string;
  readonly to: string;
  readonly packed: boolean;
  readonly bytes: number;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The content decides, not the name: NAME.gz that is not packed is an error, a packed file without .gz is unpacked under its name. */
async function planJobs(raw: string, tables: string): Promise<Job[]> {
  const names = (await readdir(raw)).filter((name) => name !== MANIFEST).sort();
  const jobs: Job[] = [];
  const taken = new Map<string, string>();
  for (const name of names) {
    const from = join(raw, name);
    const found = await stat(from);
    if (!found.isFile()) throw userError(`${name}: not a file`, 'the raw folder holds plain files only');
    const packed = await isGzip(from);
    if (!packed && name.endsWith('.gz')) throw userError(`${name}: not gzip, whatever its name says`, 'fetch it again');
    const target = packed ? name.replace(/\.gz$/, '') : name;
    const other = taken.get(target);
    if (other !== undefined) throw userError(`${other} and ${name} both unpack to ${target}`, 'leave one of them out');
    taken.set(target, name);
    jobs.push({ from, name, to: join(tables, target), packed, bytes: found.size });
  }
  return jobs;
}

/** Passes bytes on until they are too many. */
class Limit extends Transform {
  private readonly name: string;
  private readonly most: number;
  private readonly why: string;
  private total = 0;
  constructor(job: Job, { maxRatio = 200, maxBytes = 8589934592 }: GunzipParams) {
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
async function unpack(
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

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const jobs = await planJobs(context.inputs['raw']!, context.outputs['tables']!);
  const total = jobs.reduce((sum, job) => sum + job.bytes, 0);
  let read = 0;
  let unpacked = 0;
  const onBytes = (bytes: number) => {
    read += bytes;
    context.progress(read, total, 'B');
  };
  for (const job of jobs) {
    context.signal.throwIfAborted();
    if (job.packed) await unpack(job, context.params.gunzip ?? {}, context.signal, onBytes);
    else {
      await copyFile(job.from, job.to);
      onBytes(job.bytes);
    }
    unpacked += (await stat(job.to)).size;
  }
  const packed = jobs.filter((job) => job.packed).length;
  const value = `${packed} files unpacked, ${jobs.length - packed} copied, ${(unpacked / 1e6).toFixed(1)} MB`;
  return [{ label: 'tables', value }];
}
