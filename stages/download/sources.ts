/** download.sources → what to fetch, under which name, from which places, with which sums. Opens nothing. */
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText } from '../../src/base/compare-text.ts';
import { type Diagnostic, UserError } from '../../src/base/located-error.ts';
import type { DownloadParams, SourceParams } from './params.ts';

/** sha256 and md5 by node:crypto; what it lacks by hash-wasm: crc32c, which Google Cloud Storage publishes, and blake3. */
export const sumAlgorithms = ['sha256', 'md5', 'crc32c', 'blake3'] as const;
export type SumAlgorithm = (typeof sumAlgorithms)[number];

/** Where a file may lie: an address, or a path as it was written. */
export type Place = { readonly kind: 'http'; readonly url: string } | { readonly kind: 'file'; readonly path: string };

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
  /** Tried in turn until one has the file; none for synthetic. */
  readonly places: readonly Place[];
  /** Empty: any content is taken. */
  readonly sums: readonly AcceptedSum[];
  /** The run goes on without it where no place has it. */
  readonly optional: boolean;
}

/** Folders of a mirror that are looked into besides itself. */
const mirrorFolders = ['', 'codex/', 'door/'];

function sumsOf(source: SourceParams): AcceptedSum[] {
  return sumAlgorithms.flatMap((algorithm) =>
    [source[algorithm] ?? []].flat().map((digest) => ({ algorithm, digest: digest.toLowerCase() })),
  );
}

/** The path of a file: URL as it was written: `file:data/x.csv` and `file:~/x.csv` stay relative. Throws TypeError where it names a host. */
function writtenPath(url: string): string {
  return /^file:\//i.test(url) ? fileURLToPath(url) : decodeURIComponent(url.slice('file:'.length));
}

function placeOf(url: string): Place {
  return /^file:/i.test(url) ? { kind: 'file', path: writtenPath(url) } : { kind: 'http', url };
}

/** The mirror's folder as it was written; undefined where it is a server. */
export function mirrorFolder(mirror: string): string | undefined {
  if (/^https?:/i.test(mirror)) return undefined;
  return /^file:/i.test(mirror) ? writtenPath(mirror) : mirror;
}

function mirrorPlaces(mirror: string, name: string, below: readonly string[]): Place[] {
  const folder = mirrorFolder(mirror);
  if (folder !== undefined) return below.map((path) => ({ kind: 'file', path: join(folder, path, name) }));
  const base = mirror.replace(/\/$/, '');
  return below.map((path) => ({ kind: 'http', url: `${base}/${path}${encodeURIComponent(name)}` }));
}

/** `mirror:recordings/kc/flies.csv` → `recordings/kc/`; '' where the URL names no folder or is another's. */
function folderWithin(url: string): string {
  return /^mirror:((?:[\w-]+\/)+)[^/]+$/i.exec(url)?.[1] ?? '';
}

function placesOf(urls: readonly string[], name: string, mirror: string | null): Place[] {
  if (urls[0]!.startsWith('synthetic:')) return [];
  if (mirror === null) return urls.filter((url) => !/^mirror:/i.test(url)).map(placeOf);
  return mirrorPlaces(mirror, name, [...new Set([folderWithin(urls[0]!), ...mirrorFolders])]);
}

function nameOf(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/^[a-z]+:/i, '');
  return decodeURIComponent(basename(path));
}

const fileUrlHint = 'write file:data/x.csv for a file of the project, file:~/x.csv, or file:///home/me/x.csv';

/** `file://data/x.csv`, where data would be a computer. */
function namesHost(url: string): boolean {
  return /^file:\/\/(?!\/|localhost\/)/i.test(url);
}

/** What is wrong with the mirror as it was written. */
function wrongMirror(mirror: string | null): Diagnostic[] {
  if (mirror === null) return [];
  if (namesHost(mirror)) return [{ message: `download.mirror: '${mirror}' names a host`, hint: fileUrlHint }];
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(mirror)?.[1]?.toLowerCase();
  if (scheme === undefined || ['http', 'https', 'file'].includes(scheme)) return [];
  return [{ message: `download.mirror: '${mirror}' is neither a folder nor an http:, https: or file: URL` }];
}

/** One source as it will be fetched, or what is wrong with it. */
function sourceOf(key: string, params: SourceParams, mirror: string | null): Source | Diagnostic {
  const urls = [params.url].flat();
  const at = `download.sources.${key}.url`;
  const odd = urls.find((url) => !/^(https|http|file|synthetic|mirror):/i.test(url));
  if (odd !== undefined)
    return { message: `${at}: '${odd}' is not an https:, http:, file:, synthetic: or mirror: URL` };
  const hosted = urls.find(namesHost);
  if (hosted !== undefined) return { message: `${at}: '${hosted}' names a host`, hint: fileUrlHint };
  const scheme = urls[0]!.replace(/:.*$/s, '').toLowerCase();
  const name = nameOf(urls[0]!);
  if (name === '' || name === '.' || name === '..') return { message: `${at}: '${urls[0]}' ends in no file name` };
  const optional = params.optional ?? false;
  if (scheme === 'mirror' && mirror === null && !optional) {
    return {
      message: `${at}: ${name} is published nowhere, it must come from a mirror`,
      hint: 'set download.mirror to the folder or server that holds it (--set download.mirror=…)',
    };
  }
  const kind = scheme === 'synthetic' || mirror === null ? (scheme as Source['kind']) : 'mirror';
  return { key, name, kind, places: placesOf(urls, name, mirror), sums: sumsOf(params), optional };
}

/** Every source in the order of its file name; throws UserError with everything that is wrong. */
export function planSources(params: DownloadParams): Source[] {
  const { mirror } = params;
  const problems: Diagnostic[] = wrongMirror(mirror);
  if (problems.length > 0) throw new UserError(problems);
  const planned = Object.entries(params.sources).map(([key, source]) => sourceOf(key, source, mirror));
  problems.push(...planned.filter((item): item is Diagnostic => 'message' in item));
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

/**
 * Local files, as they were written, that no single sum fixes, or that may be absent: what comes of them depends on what they are now. Where the parameters are
 * wrong, what can be said of the rest.
 */
export function unfixedFiles({ mirror = null, sources }: DownloadParams): string[] {
  if (wrongMirror(mirror).length > 0) return [];
  return Object.entries(sources)
    .map(([key, source]) => sourceOf(key, source, mirror))
    .filter((item): item is Source => 'places' in item && (item.optional || item.sums.length !== 1))
    .flatMap(({ places }) => places.flatMap((place) => (place.kind === 'file' ? [place.path] : [])));
}

/** Absolute: `~` is the home folder, what is relative begins at the project's. */
export function openablePath(written: string): string {
  return written === '~' || written.startsWith('~/') ? join(homedir(), written.slice(1)) : resolve(written);
}

/** A place for people. */
export function shownPlace(place: Place): string {
  return place.kind === 'http' ? place.url : openablePath(place.path);
}
