/** download: sources by URL → raw files, each whole and with the right sum, or none. */
import { copyFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { type Diagnostic, UserError, userError } from '../src/base/located-error.ts';
import { defineStage, type Headline, type JsonSchema, type StageContext, type StageDefinition } from '../src/stage.ts';
import { type FileSums, isAccepted, sumsOfFile, wrongSum } from './download/checksums.ts';
import { fetchHttp } from './download/fetch-http.ts';
import { type DownloadParams, pathOfPlace, planSources, type Source } from './download/sources.ts';
import { type SyntheticParams, syntheticFiles } from './download/synthetic-files.ts';

interface Params {
  readonly download: DownloadParams;
  readonly synthetic?: SyntheticParams;
  readonly seed?: number;
}

const sums: JsonSchema = {
  oneOf: [
    { type: 'string', pattern: '^[0-9a-fA-F]{32,64}$' },
    { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[0-9a-fA-F]{32,64}$' } },
  ],
};

const paramsSchema: JsonSchema = {
  type: 'object',
  required: ['download'],
  additionalProperties: false,
  properties: {
    seed: { type: 'integer', minimum: 0, maximum: 4294967295 },
    synthetic: {
      type: 'object',
      additionalProperties: false,
      required: ['scale', 'odours'],
      properties: {
        scale: { type: 'number', minimum: 0.02, maximum: 4, description: 'size relative to FlyWire v783' },
        odours: { type: 'integer', minimum: 2, maximum: 10000, description: 'odours that become classes' },
      },
    },
    download: {
      type: 'object',
      additionalProperties: false,
      required: ['sources'],
      properties: {
        mirror: {
          type: ['string', 'null'],
          description:
            'a folder, file: or http(s) URL that holds the same file names, also in codex/ and door/ below it',
        },
        sources: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            additionalProperties: false,
            required: ['url'],
            properties: {
              url: {
                oneOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
                description: 'https:, http:, file:, synthetic:NAME or mirror:NAME; several are tried in turn',
              },
              sha256: sums,
              md5: sums,
            },
          },
        },
        parallel: { type: 'integer', minimum: 1, maximum: 16, default: 4 },
        retries: { type: 'integer', minimum: 0, maximum: 20, default: 5 },
        retryDelayMs: { type: 'number', minimum: 0, default: 500, description: 'first wait; doubles each time' },
        idleTimeoutMs: { type: 'number', exclusiveMinimum: 0, default: 30000 },
      },
    },
  },
};

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Sources by URL → raw files, resumed, retried and checked by their sums, with a manifest.',
  params: paramsSchema,
  inputs: {},
  outputs: {
    raw: { kind: 'folder', about: 'The files under their names, and manifest.json: bytes, sha256 and source of each.' },
  },
  permissions: { network: true, readsParams: ['download.mirror', 'download.sources.*.url'] },
  run,
});
export default stage;

/** What all transfers of one run share. */
interface Transfer {
  readonly context: StageContext<Params>;
  readonly synthetic: (name: string) => Uint8Array;
  readonly progress: Progress;
}

/** Bytes of all files together; totals are known as servers tell them. */
class Progress {
  private readonly context: StageContext<Params>;
  private readonly files: Map<string, { done: number; total: number }> = new Map();
  private readonly count: number;
  private finished = 0;
  constructor(context: StageContext<Params>, count: number) {
    this.context = context;
    this.count = count;
  }
  set(name: string, done: number, total: number | undefined): void {
    this.files.set(name, { done, total: Math.max(done, total ?? 0) });
    this.show();
  }
  finish(name: string, bytes: number): void {
    this.finished += 1;
    this.set(name, bytes, bytes);
  }
  private show(): void {
    let [done, total] = [0, 0];
    for (const file of this.files.values()) {
      done += file.done;
      total += file.total;
    }
    this.context.progress(done, total, 'B', { files: `${this.finished}/${this.count}` });
  }
}

/** Brings the file into `partial` from the first place that has it; gives the place and whether an earlier attempt was resumed. */
async function bring(source: Source, partial: string, transfer: Transfer): Promise<{ from: string; resumed: boolean }> {
  const { context, synthetic, progress } = transfer;
  if (source.kind === 'synthetic') {
    await writeFile(partial, synthetic(source.name));
    return { from: `synthetic:${source.name}`, resumed: false };
  }
  const { retries = 5, retryDelayMs = 500, idleTimeoutMs = 30000 } = context.params.download;
  for (const place of source.places) {
    if (place.startsWith('file:')) {
      if (await copyIfThere(pathOfPlace(place), partial)) return { from: pathOfPlace(place), resumed: false };
      continue;
    }
    const { signal, log } = context;
    const onBytes = (done: number, total: number | undefined) => progress.set(source.name, done, total);
    const fetched = await fetchHttp({
      url: place,
      partial,
      retries,
      retryDelayMs,
      idleTimeoutMs,
      signal,
      log,
      onBytes,
    });
    if (fetched.found) return { from: place, resumed: fetched.resumed };
  }
  throw notFound(source);
}

async function copyIfThere(path: string, to: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found?.isFile() !== true) return false;
  await copyFile(path, to);
  return true;
}

function notFound(source: Source): UserError {
  return userError(
    `${source.name}: not found; looked for ${source.places.map(pathOfPlace).join(', ')}`,
    source.kind === 'mirror'
      ? 'is download.mirror right? Without it the file is fetched from its own address'
      : `check download.sources.${source.key}.url`,
  );
}

async function removePartial(partial: string): Promise<void> {
  await rm(partial, { force: true });
  await rm(`${partial}.json`, { force: true });
}

/** One file, verified, kept in the scratch folder as `NAME.done` until all are there. */
async function obtain(source: Source, transfer: Transfer): Promise<FileSums> {
  const { scratch } = transfer.context;
  const partial = join(scratch, `${source.name}.part`);
  const done = join(scratch, `${source.name}.done`);
  const earlier = await sumsOfFile(done).catch(() => undefined);
  if (earlier !== undefined && isAccepted(source, earlier)) return earlier;
  for (let again = false; ; again = true) {
    const { from, resumed } = await bring(source, partial, transfer);
    const found = await sumsOfFile(partial);
    if (isAccepted(source, found)) {
      await rename(partial, done);
      await removePartial(partial);
      return found;
    }
    await removePartial(partial);
    // Parts of two versions of a file may have been joined: once more from its start.
    if (!resumed || again) throw wrongSum(source, found, from);
    transfer.context.log(`${source.name}: wrong checksum after it was resumed; fetched again from its start`);
  }
}

/** What went wrong with each file, in one error. */
function together(failures: readonly unknown[]): unknown {
  const known = failures.filter((error) => error instanceof UserError);
  if (known.length < failures.length || known.length === 0)
    return failures.find((error) => !(error instanceof UserError));
  return new UserError(known.flatMap((error): readonly Diagnostic[] => error.diagnostics));
}

async function publish(
  sources: readonly Source[],
  found: ReadonlyMap<string, FileSums>,
  context: StageContext<Params>,
): Promise<void> {
  const raw = context.outputs['raw']!;
  for (const { name } of sources) {
    const done = join(context.scratch, `${name}.done`);
    await rename(done, join(raw, name)).catch(async () => {
      // The scratch folder may lie on another disk.
      await copyFile(done, join(raw, name));
      await rm(done);
    });
  }
  const files = sources.map(({ name, kind }) => ({
    name,
    bytes: found.get(name)!.bytes,
    sha256: found.get(name)!.sha256,
    source: kind,
  }));
  await writeFile(join(raw, 'manifest.json'), `${JSON.stringify({ files }, null, 2)}\n`);
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { download, synthetic, seed } = context.params;
  const sources = planSources(download);
  const progress = new Progress(context, sources.length);
  const transfer: Transfer = { context, synthetic: syntheticFiles(synthetic, seed ?? 1), progress };
  const queue = new PQueue({ concurrency: download.parallel ?? 4 });
  const found = new Map<string, FileSums>();
  const failed = new Map<Source, unknown>();
  const one = async (source: Source) => {
    try {
      context.signal.throwIfAborted();
      const sums = await obtain(source, transfer);
      found.set(source.name, sums);
      progress.finish(source.name, sums.bytes);
    } catch (error) {
      failed.set(source, error);
    }
  };
  await queue.addAll(sources.map((source) => () => one(source)));
  context.signal.throwIfAborted();
  if (failed.size > 0) throw together(sources.flatMap((source) => (failed.has(source) ? [failed.get(source)] : [])));
  await publish(sources, found, context);
  const bytes = [...found.values()].reduce((sum, file) => sum + file.bytes, 0);
  const kinds = [...new Set(sources.map((source) => source.kind))].join(', ');
  return [{ label: 'raw data', value: `${sources.length} files, ${(bytes / 1e6).toFixed(1)} MB (${kinds})` }];
}
