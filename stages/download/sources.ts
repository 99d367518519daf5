/** download.sources → what to fetch, under which name, from which places, with which sums. Opens nothing. */
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compareText } from '../../src/base/compare-text.ts';
import { type Diagnostic, UserError } from '../../src/base/located-error.ts';

/** sha256 and md5 by node:crypto; what it lacks by hash-wasm: crc32c, which Google Cloud Storage publishes, and blake3. */
export const sumAlgorithms = ['sha256', 'md5', 'crc32c', 'blake3'] as const;
export type SumAlgorithm = (typeof sumAlgorithms)[number];

/** Hex digests of which one must be right. */
type Sums = string | readonly string[];

export interface SourceParams {
  /** https:, http:, file:, synthetic:NAME, or mirror:NAME (only from the mirror); of several the next is tried where one has no such file. */
  readonly url: string | readonly string[];
  readonly sha256?: Sums;
  readonly md5?: Sums;
  readonly crc32c?: Sums;
  readonly blake3?: Sums;
}

export interface DownloadParams {
  readonly mirror?: string | null;
  readonly sources: Readonly<Record<string, SourceParams>>;
  readonly parallel?: number;
  readonly retries?: number;
  readonly retryDelayMs?: number;
  readonly idleTimeoutMs?: number;
}

/** A digest that a file may have. */
export interface AcceptedSum {
  readonly algorithm: SumAlgorithm;
  readonly digest: string;
}

export interface Source {
  /** Its name in download.sources. */
  readonly key: string;
  /** File name in raw/. */
  readonly name: string;
  readonly kind: 'https' | 'http' | 'file' | 'synthetic' | 'mirror';
  /** URLs (http, https, file) that are tried in turn until one has the file; none for synthetic. */
  readonly places: readonly string[];
  /** Empty: any content is taken. */
  readonly sums: readonly AcceptedSum[];
}

/** Folders of a mirror that are looked into besides itself. */
const mirrorFolders = ['', 'codex/', 'door/'];

function sumsOf(source: SourceParams): AcceptedSum[] {
  return sumAlgorithms.flatMap((algorithm) =>
    [source[algorithm] ?? []].flat().map((digest) => ({ algorithm, digest: digest.toLowerCase() })),
  );
}

function mirrorPlaces(mirror: string, name: string): string[] {
  const isUrl = /^(https?|file):/i.test(mirror);
  const base = isUrl ? mirror : pathToFileURL(resolve(mirror)).href;
  return mirrorFolders.map((folder) => `${base.replace(/\/$/, '')}/${folder}${encodeURIComponent(name)}`);
}

function placesOf(urls: readonly string[], name: string, mirror: string | null): string[] {
  if (urls[0]!.startsWith('synthetic:')) return [];
  if (mirror !== null) return mirrorPlaces(mirror, name);
  const here = pathToFileURL(join(resolve('.'), '/'));
  return urls.map((url) => (url.startsWith('file:') ? new URL(url, here).href : url));
}

function nameOf(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/^[a-z]+:/i, '');
  return decodeURIComponent(basename(path));
}

/** One source as it will be fetched, or what is wrong with it. */
function sourceOf(key: string, params: SourceParams, mirror: string | null): Source | Diagnostic {
  const urls = [params.url].flat();
  const at = `download.sources.${key}.url`;
  const odd = urls.find((url) => !/^(https|http|file|synthetic|mirror):/i.test(url));
  if (odd !== undefined) return { message: `${at}: '${odd}' is no https:, http:, file:, synthetic: or mirror: URL` };
  const scheme = urls[0]!.replace(/:.*$/s, '').toLowerCase();
  const name = nameOf(urls[0]!);
  if (name === '' || name === '.' || name === '..') return { message: `${at}: '${urls[0]}' ends in no file name` };
  if (scheme === 'mirror' && mirror === null) {
    return {
      message: `${at}: ${name} is published nowhere, it must come from a mirror`,
      hint: 'set download.mirror to the folder or server that holds it (--set download.mirror=…)',
    };
  }
  const kind = scheme === 'synthetic' || mirror === null ? (scheme as Source['kind']) : 'mirror';
  return { key, name, kind, places: placesOf(urls, name, mirror), sums: sumsOf(params) };
}

/** Every source in the order of its file name; throws UserError with everything that is wrong. */
export function planSources(params: DownloadParams): Source[] {
  const planned = Object.entries(params.sources).map(([key, source]) => sourceOf(key, source, params.mirror ?? null));
  const problems: Diagnostic[] = planned.filter((item): item is Diagnostic => 'message' in item);
  const sources = planned.filter((item): item is Source => 'name' in item);
  const byName = new Map<string, string>();
  for (const { name, key } of sources) {
    const other = byName.get(name);
    if (other !== undefined) problems.push({ message: `download.sources: ${other} and ${key} both make ${name}` });
    byName.set(name, key);
  }
  if (planned.length === 0) {
    problems.push({ message: 'download.sources names nothing', hint: 'name at least one source, or choose a profile' });
  }
  if (problems.length > 0) throw new UserError(problems);
  return sources.sort((a, b) => compareText(a.name, b.name));
}

/** The path of a file: URL, for people and for fs. */
export function pathOfPlace(place: string): string {
  return place.startsWith('file:') ? fileURLToPath(place) : place;
}
