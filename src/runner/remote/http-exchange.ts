/** One HTTP request and its answer: few redirects, none to a weaker place, no password to another host. Knows no cache. */
import { createReadStream } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { RemoteRefusal, type Sent } from './remote-store.ts';

export interface HttpQuestion {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly sent?: Sent;
  readonly signal: AbortSignal;
  /** Called for each piece of `sent` that went off. */
  readonly alive?: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
}

/** More than a real cache needs. */
const maxRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Connections that are kept for the next question. */
export class HttpConnections {
  private readonly plain = new HttpAgent({ keepAlive: true, maxSockets: 32 });
  private readonly secure = new HttpsAgent({ keepAlive: true, maxSockets: 32 });

  /** Follows redirects of GET and HEAD. The caller reads the body to its end, or destroys it. */
  async ask(question: HttpQuestion): Promise<HttpAnswer> {
    let { url, headers } = question;
    for (let hops = 0; ; hops++) {
      const answer = await this.askOnce({ ...question, url, headers });
      const { location } = answer.headers;
      if (!redirects.has(answer.status) || location === undefined || question.method === 'PUT') return answer;
      answer.body.destroy();
      if (hops === maxRedirects) throw new RemoteRefusal(`more than ${maxRedirects} redirects`);
      const next = nextPlace(url, location);
      if (next.origin !== url.origin) headers = withoutSecrets(headers);
      url = next;
    }
  }

  close(): void {
    this.plain.destroy();
    this.secure.destroy();
  }

  private askOnce({ method, url, headers, sent, signal, alive }: HttpQuestion): Promise<HttpAnswer> {
    const isSecure = url.protocol === 'https:';
    const length =
      sent === undefined ? {} : { 'content-length': String('file' in sent ? sent.size : sent.bytes.length) };
    const options: RequestOptions = {
      method,
      headers: { ...headers, ...length },
      agent: isSecure ? this.secure : this.plain,
      signal,
      maxHeaderSize: 1 << 15,
    };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)(url, options, (body) => {
        resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
      });
      request.on('error', reject);
      if (sent === undefined) request.end();
      else if ('bytes' in sent) request.end(sent.bytes);
      else pipeline(createReadStream(sent.file), told(alive), request).catch(reject);
    });
  }
}

/** Passes the pieces on, and says of each that it was taken. */
function told(alive: (() => void) | undefined): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (source) {
    for await (const piece of source) {
      yield piece;
      alive?.();
    }
  };
}

function nextPlace(from: URL, location: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || !['http:', 'https:'].includes(next.protocol))
    throw new RemoteRefusal('a redirect to what is no http address');
  if (from.protocol === 'https:' && next.protocol !== 'https:')
    throw new RemoteRefusal('a redirect from https to http');
  return next;
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => ['accept', 'range'].includes(name.toLowerCase())),
  );
}
