/** Bazel's HTTP cache in a few lines, which notes what it is asked and can be told to misbehave. For tests. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request in its own way; false: as an honest server would. */
type Misbehaviour = (request: IncomingMessage, response: ServerResponse, bytes: Buffer | undefined) => boolean;

export class CacheServer {
  /** Path (`/ac/…`, `/cas/…`) → bytes. */
  readonly content: Map<string, Buffer> = new Map();
  /** `GET /cas/…`, in the order they came. */
  readonly asked: string[] = [];
  misbehave: Misbehaviour = () => false;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<CacheServer> {
    const one = new CacheServer();
    await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve));
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Requests that begin so, e.g. `GET /cas/`. */
  count(start: string): number {
    return this.asked.filter((line) => line.startsWith(start)).length;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    this.asked.push(`${method} ${url}`);
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const bytes = this.content.get(url);
    if (this.misbehave(request, response, bytes)) return;
    if (method === 'PUT') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      this.content.set(url, Buffer.concat(parts));
      response.writeHead(201).end();
    } else if (bytes === undefined) response.writeHead(404).end();
    else sendFrom(request, response, bytes);
  }
}

function sendFrom(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const part = bytes.subarray(start);
  const range = start === 0 ? {} : { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start === 0 ? 200 : 206, { 'content-length': part.length, ...range });
  response.end(request.method === 'HEAD' ? undefined : part);
}
