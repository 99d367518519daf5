/** A remote's address → what keeps its bytes. Asks nothing of it yet. */
import { fileURLToPath } from 'node:url';
import { userError } from '../../base/located-error.ts';
import type { RemoteStore } from './remote-store.ts';
import type { RemoteSettings } from './settings.ts';

/** Throws a UserError where an S3 bucket is named and no key for it. The code of each kind is loaded where it is used. */
export async function openStore({ url, headers }: RemoteSettings): Promise<RemoteStore> {
  if (url.protocol === 'file:') {
    const { FolderStore } = await import('./folder-store.ts');
    return new FolderStore(fileURLToPath(url).replace(/(?<=.)\/+$/, ''));
  }
  if (url.protocol === 's3:') return openS3(url);
  const { HttpStore } = await import('./http-store.ts');
  const own = { ...passwordOf(url), ...bearerOf(process.env), ...headers };
  const plain = withoutPassword(url);
  return new HttpStore(plain, plain.href, async (question) => ({ ...own, ...question.headers }));
}

async function openS3(url: URL): Promise<RemoteStore> {
  const { env } = process;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw userError(`remote ${url.href}: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set`);
  const endpoint = url.searchParams.get('endpoint') ?? env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined && !URL.canParse(endpoint))
    throw userError(`remote ${url.href}: '${endpoint}' is no address`);
  const region = url.searchParams.get('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const { s3Store } = await import('./s3-store.ts');
  const access = { accessKeyId, secretAccessKey, region };
  return s3Store(withoutQuery(url), {
    ...access,
    ...(token === undefined ? {} : { sessionToken: token }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}

function withoutQuery(url: URL): URL {
  const plain = new URL(url);
  plain.search = '';
  return plain;
}

function passwordOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** For a CI, where writing a configuration is a nuisance. */
function bearerOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const token = env['PIPELINE_REMOTE_TOKEN'];
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}

function withoutPassword(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}
