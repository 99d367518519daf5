/** Bazel's HTTP cache as a remote: GET, HEAD and PUT of /ac/KEY and /cas/SHA256. nginx with WebDAV and bazel-remote speak it. */
import { type HttpAnswer, HttpConnections, type HttpQuestion } from './http-exchange.ts';
import { type RemoteBody, type RemotePath, RemoteRefusal, type RemoteStore, type Sent } from './remote-store.ts';

/** The headers of one request; asynchronous, because a signature may be computed. */
export type Headers = (
  question: Pick<HttpQuestion, 'method' | 'url' | 'headers'>,
) => Promise<Readonly<Record<string, string>>>;

export class HttpStore implements RemoteStore {
  readonly name: string;
  private readonly base: URL;
  private readonly headersOf: Headers;
  private readonly connections = new HttpConnections();

  /** `headersOf` completes the headers of each request, with a password or a signature. */
  constructor(base: URL, name: string, headersOf: Headers) {
    this.base = base;
    this.name = name;
    this.headersOf = headersOf;
  }

  async read(path: RemotePath, offset: number, signal: AbortSignal): Promise<RemoteBody | undefined> {
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const answer = await this.ask({
      method: 'GET',
      url: this.url(path),
      headers: { ...headers, accept: '*/*' },
      signal,
    });
    if (answer.status === 200) return { offset: 0, bytes: answer.body };
    if (answer.status === 206 && startOf(answer) === offset) return { offset, bytes: answer.body };
    answer.body.destroy();
    if (answer.status === 404 || answer.status === 410) return undefined;
    // A part that was kept is as long as the whole, or longer: begin anew.
    if (offset > 0 && [206, 416].includes(answer.status)) return this.read(path, 0, signal);
    throw refusal(answer, 'GET');
  }

  async has(path: RemotePath, signal: AbortSignal): Promise<boolean> {
    const answer = await this.ask({ method: 'HEAD', url: this.url(path), headers: {}, signal });
    answer.body.destroy();
    if (answer.status === 200 || answer.status === 204) return true;
    if (answer.status === 404 || answer.status === 410) return false;
    throw refusal(answer, 'HEAD');
  }

  async write(path: RemotePath, sent: Sent, signal: AbortSignal, alive: () => void): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await this.ask({ method: 'PUT', url: this.url(path), headers, sent, signal, alive });
    answer.body.resume();
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, 'PUT');
  }

  close(): void {
    this.connections.close();
  }

  private async ask(question: HttpQuestion): Promise<HttpAnswer> {
    return this.connections.ask({ ...question, headers: await this.headersOf(question) });
  }

  private url({ space, digest }: RemotePath): URL {
    const url = new URL(this.base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${space}/${digest}`;
    return url;
  }
}

function startOf({ headers }: HttpAnswer): number {
  const range = /^bytes (\d+)-/.exec(headers['content-range'] ?? '');
  return range === null ? -1 : Number(range[1]);
}

/** 5xx, 408 and 429 may pass; the rest is meant. */
function refusal({ status }: HttpAnswer, method: string): Error {
  const text = `${method} was answered with ${status}`;
  const passes = status >= 500 || status === 408 || status === 429;
  return passes ? new Error(text) : new RemoteRefusal(`${text}${meaning(status)}`);
}

function meaning(status: number): string {
  if (status === 401 || status === 403) return ' (no right: look at the password, keys or headers)';
  return status === 405 ? ' (the server takes no PUT)' : '';
}
