/** What has come of a file so far, kept over interruptions: NAME.part and the note NAME.part.json beside it. Knows no network. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';

/** What is known of a partial file. `validator` is a strong ETag or a date; without one the file cannot be resumed. */
interface PartialNote {
  readonly url: string;
  readonly validator: string | null;
}

/** A strong ETag, or the date; null where the server gives neither. */
export function validatorOf(headers: Headers): string | null {
  const etag = headers.get('etag');
  return etag !== null && !etag.startsWith('W/') ? etag : headers.get('last-modified');
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

/** How many bytes may be kept, and the validator that they belong to; everything else is deleted. */
export async function resumePoint(partial: string, url: string): Promise<{ offset: number; validator: string | null }> {
  const offset = await sizeOf(partial);
  const note = await readFile(`${partial}.json`, 'utf8').then(
    (text) => JSON.parse(text) as PartialNote,
    () => undefined,
  );
  if (offset > 0 && note?.url === url && note.validator !== null) return { offset, validator: note.validator };
  await forget(partial);
  return { offset: 0, validator: null };
}

/** Deletes the file and its note. */
export async function forget(partial: string): Promise<void> {
  await rm(partial, { force: true });
  await rm(`${partial}.json`, { force: true });
}

/** Says whose beginning the file is about to hold. */
export async function noteSource(partial: string, note: PartialNote): Promise<void> {
  await writeFile(`${partial}.json`, JSON.stringify(note));
}
