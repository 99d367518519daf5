/** One source → one verified file in the scratch folder, by whichever way its place asks for. Knows no other source. */
import { copyFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type UserError, userError } from '../../src/base/located-error.ts';
import type { StageContext } from '../../src/stage.ts';
import { type FileSums, isAccepted, sumsOfFile, wrongSum } from './checksums.ts';
import { fetchHttp } from './fetch-http.ts';
import type { Params } from './params.ts';
import { forget } from './partial-file.ts';
import type { Progress } from './progress.ts';
import { openablePath, type Source, shownPlace } from './sources.ts';

/** What all transfers of one run share. */
export interface Transfer {
  readonly context: StageContext<Params>;
  readonly synthetic: (name: string) => Uint8Array;
  readonly progress: Progress;
}

/**
 * Brings the file into `partial` from the first place that has it; gives the place and whether an earlier attempt was resumed; undefined
 * where none has it and it is optional.
 */
async function bring(
  source: Source,
  partial: string,
  transfer: Transfer,
): Promise<{ readonly from: string; readonly resumed: boolean } | undefined> {
  const { context, synthetic, progress } = transfer;
  if (source.kind === 'synthetic') {
    await writeFile(partial, synthetic(source.name));
    return { from: `synthetic:${source.name}`, resumed: false };
  }
  const { retries = 5, retryDelayMs = 500, idleTimeoutMs = 30000 } = context.params.download;
  for (const place of source.places) {
    if (place.kind === 'file') {
      if (await copyIfThere(openablePath(place.path), partial)) return { from: shownPlace(place), resumed: false };
      continue;
    }
    const { signal, log } = context;
    const onBytes = (done: number, total: number | undefined) => progress.set(source.name, done, total);
    const fetched = await fetchHttp({
      url: place.url,
      partial,
      retries,
      retryDelayMs,
      idleTimeoutMs,
      signal,
      log,
      onBytes,
    });
    if (fetched.found) return { from: place.url, resumed: fetched.resumed };
  }
  if (source.optional) return undefined;
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
    `${source.name}: not found; looked for ${source.places.map(shownPlace).join(', ')}`,
    source.kind === 'mirror'
      ? 'is download.mirror right? Without it the file is fetched from its own address'
      : `check download.sources.${source.key}.url`,
  );
}

/** Where a verified file waits until all are there. */
export function donePath(scratch: string, source: Source): string {
  return join(scratch, `${source.name}.done`);
}

/** One file, verified, kept in the scratch folder as `NAME.done` until all are there; undefined for an optional one that is nowhere. */
export async function obtain(source: Source, transfer: Transfer): Promise<FileSums | undefined> {
  const { scratch } = transfer.context;
  const partial = join(scratch, `${source.name}.part`);
  const done = donePath(scratch, source);
  const earlier = await sumsOfFile(done, source).catch(() => undefined);
  if (earlier !== undefined && isAccepted(source, earlier)) return earlier;
  for (let again = false; ; again = true) {
    const brought = await bring(source, partial, transfer);
    if (brought === undefined) return undefined;
    const { from, resumed } = brought;
    const found = await sumsOfFile(partial, source);
    if (isAccepted(source, found)) {
      await rename(partial, done);
      await forget(partial);
      return found;
    }
    await forget(partial);
    // Parts of two versions of a file may have been joined: once more from its start.
    if (!resumed || again) throw wrongSum(source, found, from);
    transfer.context.log(`${source.name}: wrong checksum after it was resumed; fetched again from its start`);
  }
}
