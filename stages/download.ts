/** download: sources by URL → raw files, each whole and with the right sum, or none. */
import { copyFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { type Diagnostic, UserError, userError } from '../src/base/located-error.ts';
import { defineStage, type Headline, type StageContext, type StageDefinition } from '../src/stage.ts';
import type { FileSums } from './download/checksums.ts';
import { donePath, obtain, type Transfer } from './download/obtain.ts';
import { type Params, paramsSchema } from './download/params.ts';
import { Progress } from './download/progress.ts';
import { mirrorFolder, openablePath, planSources, type Source, unfixedFiles } from './download/sources.ts';
import { syntheticFiles } from './download/synthetic-files.ts';

const stage: StageDefinition<Params> = defineStage<Params>({
  about: 'Sources by URL → raw files, resumed, retried and checked by their sums, with a manifest.',
  params: paramsSchema,
  inputs: {},
  outputs: {
    raw: {
      kind: 'folder',
      about: 'The files under their names, and manifest.json: bytes, sha256, source, licence and citation of each.',
    },
  },
  permissions: { network: true, readsParams: ['download.mirror', 'download.sources.*.url'] },
  // A file with a sum is the same or refused; any other is what it is now.
  sources: ({ download }) => unfixedFiles(download),
  run,
});
export default stage;

/** What went wrong with each file, in one error. */
function together(failures: readonly unknown[]): unknown {
  const known = failures.filter((error) => error instanceof UserError);
  if (known.length < failures.length || known.length === 0)
    return failures.find((error) => !(error instanceof UserError));
  const all = known.flatMap((error): readonly Diagnostic[] => error.diagnostics);
  // Advice that several share is given once, with the last of them.
  const isLast = (at: number) => !all.slice(at + 1).some((later) => later.hint === all[at]!.hint);
  return new UserError(all.map(({ hint, ...rest }, k) => (hint !== undefined && isLast(k) ? { ...rest, hint } : rest)));
}

async function publish(
  sources: readonly Source[],
  found: ReadonlyMap<string, FileSums>,
  context: StageContext<Params>,
): Promise<void> {
  const raw = context.outputs['raw']!;
  for (const source of sources) {
    const done = donePath(context.scratch, source);
    await rename(done, join(raw, source.name)).catch(async () => {
      // The scratch folder may lie on another disk.
      await copyFile(done, join(raw, source.name));
      await rm(done);
    });
  }
  const declared = context.params.download.sources;
  const files = sources.map(({ key, name, kind }) => ({
    name,
    bytes: found.get(name)!.bytes,
    sha256: found.get(name)!.sha256,
    source: kind,
    synthetic: kind === 'synthetic',
    about: declared[key]!.about ?? '',
    licence: declared[key]!.licence ?? '',
    cite: declared[key]!.cite ?? '',
  }));
  await writeFile(join(raw, 'manifest.json'), `${JSON.stringify({ files }, null, 2)}\n`);
}

/** Says that the mirror is not there before every file of it is missed. */
async function checkMirror(mirror: string | null): Promise<void> {
  const written = mirror === null ? undefined : mirrorFolder(mirror);
  if (written === undefined) return;
  const path = openablePath(written);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found?.isDirectory() === true) return;
  throw userError(
    `download.mirror: ${path} ${found === undefined ? 'does not exist' : 'is not a folder'}`,
    'name the folder that holds the files (a relative path begins at the project folder, ~ is your home), or a server: http://…',
  );
}

async function run(context: StageContext<Params>): Promise<readonly Headline[]> {
  const { download, synthetic } = context.params;
  const sources = planSources(download);
  await checkMirror(download.mirror ?? null);
  const progress = new Progress(context, sources.length);
  const transfer: Transfer = { context, synthetic: syntheticFiles(synthetic, synthetic.seed), progress };
  const queue = new PQueue({ concurrency: download.parallel });
  const found = new Map<string, FileSums>();
  const failed = new Map<Source, unknown>();
  const one = async (source: Source) => {
    try {
      context.signal.throwIfAborted();
      const sums = await obtain(source, transfer);
      if (sums !== undefined) found.set(source.name, sums);
      progress.finish(source.name, sums?.bytes ?? 0);
    } catch (error) {
      failed.set(source, error);
    }
  };
  await queue.addAll(sources.map((source) => () => one(source)));
  context.signal.throwIfAborted();
  if (failed.size > 0) throw together(sources.flatMap((source) => (failed.has(source) ? [failed.get(source)] : [])));
  const obtained = sources.filter(({ name }) => found.has(name));
  const absent = sources.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  if (absent.length > 0) context.log(`optional and not found, left out: ${absent.join(', ')}`);
  await publish(obtained, found, context);
  const bytes = [...found.values()].reduce((sum, file) => sum + file.bytes, 0);
  const kinds = [...new Set(obtained.map((source) => source.kind))].join(', ');
  const without = absent.length === 0 ? '' : `; ${absent.length} optional ones not found`;
  const value = `${obtained.length} files, ${(bytes / 1e6).toFixed(1)} MB (${kinds})${without}`;
  return [{ label: 'raw data', value }];
}
