/** gunzip: raw files → the same without .gz, each checked to its last byte, with a limit on what it may unpack to. */
import { copyFile, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../src/base/located-error.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type Params, paramsSchema } from './gunzip/params.ts';
import { type Job, unpack } from './gunzip/unpack.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about:
    'Raw files → the same files unpacked; what is not packed is copied. The manifest of the fetched files goes along.',
  params: paramsSchema,
  inputs: { raw: { kind: 'folder', about: 'Files, packed with gzip or not.' } },
  outputs: { tables: { kind: 'folder', about: 'The files under their names without .gz.' } },
  run,
});
export default stage;

const MANIFEST = 'manifest.json';
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
    if (job.packed) await unpack(job, context.params.gunzip, context.signal, onBytes);
    else {
      await copyFile(job.from, job.to);
      onBytes(job.bytes);
    }
    unpacked += (await stat(job.to)).size;
  }
  await copyFile(join(context.inputs['raw']!, MANIFEST), join(context.outputs['tables']!, MANIFEST)).catch(() =>
    context.log('no manifest.json beside the raw files: what is made of them will not name its data'),
  );
  const packed = jobs.filter((job) => job.packed).length;
  const value = `${packed} files unpacked, ${jobs.length - packed} copied, ${(unpacked / 1e6).toFixed(1)} MB`;
  return [{ label: 'tables', value }];
}
