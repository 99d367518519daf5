/**
 * One file over http(s) into a partial file that survives interruptions: resumes by Range and If-Range, retries what may pass, waits a fixed
 * schedule. Knows no checksums and no names of sources.
 */
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type UserError, userError } from '../../src/base/located-error.ts';
import { IdleTimer, Passing } from './idle-timer.ts';
import { forget, noteSource, resumePoint, validatorOf } from './partial-file.ts';

export interface FetchOptions {
  readonly url: string;
  /** The partial file; beside it `.json` keeps what is known of it. */
  readonly partial: string;
  readonly retries: number;
  /** First wait; each later one is twice as long, 30 s at most. No jitter, so that a run is predictable. */
  readonly retryDelayMs: number;
  /** Longest time without a byte. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly onBytes: (done: number, total: number | undefined) => void;
  readonly log: (message: string) => void;
}

export interface Fetched {
  /** False when the server has no such file (404, 410). */
  readonly found: boolean;
  /** Whether parts of different attempts were put together. */
  readonly resumed: boolean;
}

const MOST_WAIT_MS = 30000;

/** `bytes 100-199/200` → 100 and 200. */
function contentRange(headers: Headers): { readonly start: number; readonly total: number } | undefined {
  const found = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '');
  return found === null ? undefined : { start: Number(found[1]), total: Number(found[2]) };
}

/** Where the body goes, and how long the whole file is if the server says so. */
interface Place {
  readonly offset: number;
  readonly total: number | undefined;
}

async function placeOfBody(
  response: Response,
  resume: { offset: number; validator: string | null },
  options: FetchOptions,
): Promise<Place> {
  if (response.status === 206) {
    const range = contentRange(response.headers);
    const validator = validatorOf(response.headers);
    const same = validator === null || validator === resume.validator;
    if (range?.start === resume.offset && same) return { offset: range.start, total: range.total };
    await forget(options.partial);
    throw new Passing(same ? 'the server sent another part than asked for' : 'the file changed at its source');
  }
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  const length = response.headers.get('content-length');
  return { offset: 0, total: length === null || encoding !== 'identity' ? undefined : Number(length) };
}

async function writeBody(response: Response, place: Place, timer: IdleTimer, options: FetchOptions): Promise<void> {
  const file = await open(options.partial, place.offset === 0 ? 'w' : 'a');
  let done = place.offset;
  try {
    // Emptied first, noted second: killed in between, the next run finds nothing that it could wrongly go on with.
    const note = { url: options.url, validator: validatorOf(response.headers) };
    if (place.offset === 0) await noteSource(options.partial, note);
    for await (const chunk of response.body ?? []) {
      timer.touch();
      await file.write(chunk as Uint8Array);
      done += (chunk as Uint8Array).length;
      options.onBytes(done, place.total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (place.total !== undefined && done > place.total) {
    await forget(options.partial);
    throw new Passing(`${done} bytes came, ${place.total} were announced`);
  }
  if (place.total !== undefined && done < place.total)
    throw new Passing(`cut off after ${done} of ${place.total} bytes`);
}

function retryAfterMs(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(MOST_WAIT_MS, 1000 * seconds) : undefined;
}

/** What an answer without the file means. */
async function withoutBody(
  { status, statusText, headers }: Response,
  { partial, url }: FetchOptions,
): Promise<Fetched> {
  if (status === 404 || status === 410) return { found: false, resumed: false };
  if (status === 416) {
    await forget(partial);
    throw new Passing('the server refused to go on where the last attempt stopped');
  }
  const words = `the server answered ${status} ${statusText}`;
  if (status === 408 || status === 429 || status >= 500) throw new Passing(words, retryAfterMs(headers));
  throw userError(`${url}: ${words}`);
}

/** One request; throws Passing on what another may get past. */
async function attempt(options: FetchOptions): Promise<Fetched> {
  const resume = await resumePoint(options.partial, options.url);
  const timer = new IdleTimer(options.idleTimeoutMs);
  const range = resume.offset > 0 ? { range: `bytes=${resume.offset}-`, 'if-range': resume.validator! } : {};
  try {
    const response = await fetch(options.url, {
      headers: { 'accept-encoding': 'identity', ...range },
      signal: AbortSignal.any([options.signal, timer.signal]),
    });
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      return await withoutBody(response, options);
    }
    const place = await placeOfBody(response, resume, options);
    await writeBody(response, place, timer, options);
    return { found: true, resumed: place.offset > 0 };
  } catch (error) {
    throw timer.signal.aborted ? timer.signal.reason : error;
  } finally {
    timer.stop();
  }
}

/** The system's code of a failed connection, e.g. ENOTFOUND, wherever fetch put it. */
function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/** What may pass: what this file says so, and whatever fetch throws of connections. Errors of the disk do not. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof Passing || (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message))
  );
}

function wordsOf(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === undefined || error instanceof Passing ? message : `${message} (${code})`;
}

const unreachable = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function gaveUp({ url, retries }: FetchOptions, error: unknown): UserError {
  const offline = unreachable.includes(codeOf(error) ?? '');
  return userError(
    `${url}: ${wordsOf(error)}, after ${retries + 1} attempts`,
    offline
      ? 'offline? set download.mirror to a folder or server that holds the files, or run the default profile, which needs no network'
      : 'run again: what has come so far is kept, and the rest is fetched',
  );
}

/** Fetches the file into `partial`. Throws UserError when attempts run out, and whatever `signal` was aborted with. */
export async function fetchHttp(options: FetchOptions): Promise<Fetched> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      if (failures === options.retries) throw gaveUp(options, error);
      const backOff = Math.min(MOST_WAIT_MS, options.retryDelayMs * 2 ** failures);
      const waitMs = (error instanceof Passing ? error.waitMs : undefined) ?? backOff;
      options.log(
        `${options.url}: ${wordsOf(error)}; attempt ${failures + 2} of ${options.retries + 1} in ${waitMs / 1000} s`,
      );
      await sleep(waitMs, undefined, { signal: options.signal });
    }
  }
}
