/** A local http server that serves one file and can be told to misbehave, once per request. For tests. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request gets instead of the file. */
type Fault =
  /** The connection breaks after so many bytes of the body. */
  | { readonly cutAfter: number }
  /** Nothing comes after so many bytes. */
  | { readonly stallAfter: number }
  | { readonly status: number; readonly retryAfter?: number }
  /** Announces another length than it sends. */
  | { readonly wrongLength: number }
  | { readonly redirect: string };

export interface FaultServer {
  readonly url: string;
  /** Requests so far: path and Range header. */
  readonly requests: { readonly path: string; readonly range: string | undefined; readonly status: number }[];
  /** The next requests get these, one each; then the file. */
  faults: Fault[];
  content: Uint8Array;
  etag: string | undefined;
  /** Answers 200 with the whole file whatever Range says. */
  ignoreRange: boolean;
  /** Answers 206 although If-Range does not match. */
  ignoreIfRange: boolean;
  /** Paths that exist; undefined: every one. */
  paths: readonly string[] | undefined;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Record<string, string>;
}

function answerOf(server: FaultServer, request: IncomingMessage): Answer {
  const tag: Record<string, string> = server.etag === undefined ? {} : { etag: server.etag };
  const { range, 'if-range': ifRange } = request.headers;
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? Number.NaN);
  const matches = ifRange === undefined || ifRange === server.etag || server.ignoreIfRange;
  if (Number.isNaN(start) || server.ignoreRange || !matches) return { status: 200, body: server.content, headers: tag };
  const total = server.content.length;
  if (start >= total) return { status: 416, body: new Uint8Array(0), headers: { 'content-range': `bytes */${total}` } };
  const headers = { ...tag, 'content-range': `bytes ${start}-${total - 1}/${total}` };
  return { status: 206, body: server.content.subarray(start), headers };
}

function send(response: ServerResponse, { status, body, headers }: Answer, fault: Fault | undefined): void {
  const length = fault !== undefined && 'wrongLength' in fault ? fault.wrongLength : body.length;
  response.writeHead(status, { ...headers, 'content-length': length });
  if (fault !== undefined && 'cutAfter' in fault) {
    response.write(body.subarray(0, fault.cutAfter), () => setTimeout(() => response.destroy(), 100));
  } else if (fault !== undefined && 'stallAfter' in fault) response.write(body.subarray(0, fault.stallAfter));
  else if (length < body.length) response.end(body.subarray(0, length));
  else response.end(body);
}

function handle(server: FaultServer, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  const note = (status: number) => server.requests.push({ path, range: request.headers.range, status });
  if (server.paths !== undefined && !server.paths.includes(path)) {
    note(404);
    response.writeHead(404).end('no such file');
    return;
  }
  const fault = server.faults.shift();
  if (fault !== undefined && 'status' in fault) {
    note(fault.status);
    if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
    response.writeHead(fault.status);
    response.end('not now');
  } else if (fault !== undefined && 'redirect' in fault) {
    note(302);
    response.writeHead(302, { location: fault.redirect }).end();
  } else {
    const answer = answerOf(server, request);
    note(answer.status);
    send(response, answer, fault);
  }
}

/** Starts on a free port. */
export async function startFaultServer(content: Uint8Array): Promise<FaultServer> {
  const http: Server = createServer((request, response) => handle(server, request, response));
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  const server: FaultServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    faults: [],
    content,
    etag: '"one"',
    ignoreRange: false,
    ignoreIfRange: false,
    paths: undefined,
    close: () =>
      new Promise((closed) => {
        http.closeAllConnections();
        http.close(() => closed());
      }),
  };
  return server;
}
