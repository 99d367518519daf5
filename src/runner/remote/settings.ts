/**
 * Which remote a person uses, and whom he trusts: `--remote` on the command line, and `pipeline/config.yaml` in his own configuration folder
 * (XDG). Never the project's: a repository must not choose where results come from. Opens no remote.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { userError } from '../../base/located-error.ts';
import { didYouMean } from '../../base/suggest.ts';
import { parseDuration } from '../load/quantities.ts';
import { readTextIfPresent } from '../store/atomic-file.ts';

/** What the command line says of the remote. */
export interface RemoteChoice {
  /** `none`: no remote, whatever the configuration says. */
  readonly url?: string | undefined;
  /** Take from it, put nothing there. */
  readonly readOnly: boolean;
}

export interface RemoteSettings {
  readonly url: URL;
  readonly writes: boolean;
  /** How long an answer, or a piece of one, is waited for. */
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly signer: KeyObject | undefined;
  /** Where there are any, what nobody of them signed is refused. */
  readonly trusted: readonly KeyObject[];
}

type Fields = Readonly<Record<string, unknown>>;

const defaultTimeoutMs = 5000;
const schemes = ['file:', 'http:', 'https:', 's3:'];

/** `$XDG_CONFIG_HOME/pipeline/config.yaml`, else below ~/.config. */
export function configPath(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CONFIG_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.config'), 'pipeline', 'config.yaml');
}

/** undefined where no remote is chosen. Throws a UserError that names the file where the configuration is wrong. */
export async function readRemoteSettings(choice: RemoteChoice, root: string): Promise<RemoteSettings | undefined> {
  if (choice.url === 'none') return undefined;
  const file = configPath();
  const config = await readConfig(file);
  const remote = part(config, 'remote', file);
  checkNames(remote, ['url', 'write', 'timeout', 'headers'], 'remote', file);
  const typed = choice.url ?? remote['url'];
  if (typed === undefined) return undefined;
  const url = parseRemoteUrl(String(typed), choice.url === undefined ? dirname(file) : root);
  if (url === undefined) throw badUrl(String(typed), file);
  const keys = part(config, 'keys', file);
  checkNames(keys, ['sign', 'trust'], 'keys', file);
  return {
    url,
    writes: !choice.readOnly && flagOf(remote['write'], 'remote.write', file),
    timeoutMs: timeoutOf(remote['timeout'], file),
    // Headers are for the server that stands beside them.
    headers: choice.url === undefined || choice.url === remote['url'] ? headersOf(remote['headers'], file) : {},
    signer: signerOf(keys['sign'], file),
    trusted: trustedOf(keys['trust'], file),
  };
}

/** A URL, or the path of a folder; undefined where it is neither, or holds a password on a command line. */
export function parseRemoteUrl(text: string, base: string): URL | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && schemes.includes(url.protocol) ? url : undefined;
  }
  if (text === '') return undefined;
  const path = text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(base, text);
  const url = new URL('file:///');
  url.pathname = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  return url;
}

function badUrl(text: string, file: string): Error {
  return userError(
    `remote '${text}': expected a folder, or an address that begins with http://, https:// or s3://`,
    `it stands after --remote, or as remote: url in ${file}`,
  );
}

/** What a person has set for all projects; {} where nothing is. */
export async function readConfig(file: string): Promise<Fields> {
  const text = readTextIfPresent(file);
  if (text === undefined) return {};
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw userError((error as Error).message.split('\n')[0]!, undefined, { file });
  }
  const config = fieldsOf(value, 'the configuration', file);
  checkNames(config, ['remote', 'keys', 'executor', 'slurm'], '', file);
  return config;
}

function part(config: Fields, name: string, file: string): Fields {
  return fieldsOf(config[name], name, file);
}

function fieldsOf(value: unknown, what: string, file: string): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw userError(`${what}: expected a table`, undefined, { file });
  return value as Fields;
}

function checkNames(table: Fields, known: readonly string[], what: string, file: string): void {
  const unknown = Object.keys(table).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const full = what === '' ? unknown : `${what}.${unknown}`;
  throw userError(`${full}: no such setting`, didYouMean(unknown, known) ?? `there are: ${known.join(', ')}`, { file });
}

function flagOf(value: unknown, what: string, file: string): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'boolean') throw userError(`${what}: expected true or false`, undefined, { file });
  return value;
}

function timeoutOf(value: unknown, file: string): number {
  if (value === undefined) return defaultTimeoutMs;
  const ms = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined) throw userError('remote.timeout: expected a time such as 5s', undefined, { file });
  return ms;
}

/** `${NAME}` in a value is the environment variable, so that a file in a CI need not hold the password. */
function headersOf(value: unknown, file: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value, 'remote.headers', file)).map(([name, text]) => {
      if (typeof text !== 'string') throw userError(`remote.headers.${name}: expected a text`, undefined, { file });
      return [name.toLowerCase(), text.replace(/\$\{(\w+)\}/g, (_, variable: string) => process.env[variable] ?? '')];
    }),
  );
}

function signerOf(value: unknown, file: string): KeyObject | undefined {
  if (value === undefined) return undefined;
  const path = pathOf(value, 'keys.sign', file);
  return readKey(path, createPrivateKey, 'private', file);
}

/** Files, or folders of .pem files, of public keys. */
function trustedOf(value: unknown, file: string): KeyObject[] {
  if (value === undefined) return [];
  const paths = (Array.isArray(value) ? value : [value]).map((item) => pathOf(item, 'keys.trust', file));
  const keys = paths.flatMap(keyFiles).map((path) => readKey(path, createPublicKey, 'public', file));
  if (keys.length === 0)
    throw userError('keys.trust: there is no key', 'without keys.trust no signature is asked for', { file });
  return keys;
}

function keyFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith('.pem'))
      .map((name) => join(path, name));
  } catch {
    return [path];
  }
}

function pathOf(value: unknown, what: string, file: string): string {
  if (typeof value !== 'string' || value === '')
    throw userError(`${what}: expected the path of a key`, undefined, { file });
  return value.startsWith('~/') ? join(homedir(), value.slice(2)) : resolve(dirname(file), value);
}

function readKey(path: string, parse: (pem: string) => KeyObject, kind: string, file: string): KeyObject {
  const hint = 'docs/caches.md says how to make a pair with openssl';
  let key: KeyObject;
  try {
    key = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw userError(`${path}: expected an Ed25519 ${kind} key in PEM form (${(error as Error).message})`, hint, {
      file,
    });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw userError(`${path}: expected an Ed25519 key, got ${key.asymmetricKeyType}`, hint, { file });
  return key;
}
