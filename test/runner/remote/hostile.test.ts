/** A hostile remote: whatever it answers, no wrong result and no wrong byte gets in, nothing is written elsewhere, and it costs little. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../src/base/digest.ts';
import { encodeActionResult } from '../../../src/runner/remote/action-result.ts';
import { HttpStore } from '../../../src/runner/remote/http-store.ts';
import { RemoteCache } from '../../../src/runner/remote/remote-cache.ts';
import { seal } from '../../../src/runner/remote/signature.ts';
import type { ActionRecord } from '../../../src/runner/store/actions.ts';
import { CacheServer } from '../../rig/cache-server.ts';
import { emptyCache, storedResult, type TestCache } from '../../rig/remote-record.ts';

const { privateKey: signer, publicKey } = generateKeyPairSync('ed25519');
const trusted = [publicKey];
const stranger = generateKeyPairSync('ed25519').privateKey;

/** One answer of the server; `other` is what it keeps under another path. */
type Answer = (response: ServerResponse, bytes: Buffer, other: Buffer) => void;

const answers: Readonly<Record<string, Answer>> = {
  honest: (response, bytes) => void response.end(bytes),
  nothing: (response) => void response.writeHead(404).end(),
  empty: (response) => void response.end(),
  other: (response, _, other) => void response.end(other),
  flipped: (response, bytes) => {
    const wrong = Buffer.from(bytes);
    const at = wrong.length >> 1;
    wrong[at] = (wrong[at] ?? 0) ^ 1;
    response.end(wrong);
  },
  cut: (response, bytes) => void response.end(bytes.subarray(0, bytes.length >> 1)),
  'cut short of what it announced': (response, bytes) => {
    response.writeHead(200, { 'content-length': bytes.length + 9 });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  },
  longer: (response, bytes) => void response.end(Buffer.concat([bytes, Buffer.from('more')])),
  endless: (response) => {
    const more = (): void => {
      while (response.writable && response.write(Buffer.alloc(1 << 16)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  'a part that was not asked for': (response, bytes) => {
    response.writeHead(206, { 'content-range': `bytes 5-${bytes.length}/${bytes.length}` }).end(bytes.subarray(5));
  },
  redirect: (response) => void response.writeHead(302, { location: `/again/${Math.random()}` }).end(),
  'redirect to a file': (response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  refusal: (response) => void response.writeHead(403).end('no'),
  trouble: (response) => void response.writeHead(500).end(),
  silence: () => undefined,
  'half an answer': (response) => void response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le'),
  'no http': (response) => void response.socket?.end('\0\0\0'),
};
const names = Object.keys(answers);

describe('a hostile remote', () => {
  let server: CacheServer;
  let maker: TestCache;
  let results: readonly ActionRecord[];
  const caches: TestCache[] = [];

  function remoteFor(cache: TestCache, keys: typeof trusted = trusted): { remote: RemoteCache; told: string[] } {
    const told: string[] = [];
    const url = new URL(server.url);
    const store = new HttpStore(url, url.href, async ({ headers }) => headers);
    const settings = { writes: true, timeoutMs: 400, signer, trusted: keys };
    return { remote: new RemoteCache(store, settings, cache, (text) => told.push(text)), told };
  }

  function fresh(): TestCache {
    const cache = emptyCache();
    caches.push(cache);
    return cache;
  }

  before(async () => {
    server = await CacheServer.start();
    maker = emptyCache();
    const large = Buffer.alloc(300_000, 'large');
    results = [
      await storedResult(maker, 'a', [Buffer.from('1'), Buffer.alloc(0), large]),
      await storedResult(maker, 'b', [Buffer.from('2')]),
    ];
    const { remote, told } = remoteFor(maker);
    for (const result of results) remote.offer(result);
    assert.deepEqual([await remote.drain(), told], [0, []]);
    remote.close();
  });
  afterEach(() => {
    for (const { root } of caches.splice(0)) rmSync(root, { recursive: true, force: true });
  });
  after(async () => {
    await server.close();
    rmSync(maker.root, { recursive: true, force: true });
  });

  it('gets in no wrong result and no wrong byte, whatever it answers to each request', async () => {
    let believed = 0;
    let refused = 0;
    const runs = process.env['CC_SNN_LONG'] === '1' ? 2000 : 40;
    const paths = [...server.content.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant('honest'), fc.constantFrom(...names)), { minLength: 1, maxLength: 6 }),
        fc.nat(paths.length - 1),
        async (script, otherAt) => {
          let turn = 0;
          server.asked.length = 0;
          server.misbehave = ({ method }, response, bytes) => {
            const name = script[Math.min(turn++, script.length - 1)]!;
            // what stays silent or endless once must not be met again and again in one test
            if (method !== 'GET') return false;
            answers[name]!(response, bytes ?? Buffer.from('{}'), server.content.get(paths[otherAt]!)!);
            return true;
          };
          const cache = fresh();
          const { remote } = remoteFor(cache);
          const honest = results[0]!;
          const record = await remote.lookup(honest.key);
          if (record === undefined) refused++;
          else {
            believed++;
            assert.deepEqual(record, { ...honest, remote: true });
            await remote.fetch(Object.values(record.outputs).flatMap((tree) => tree.files));
          }
          remote.close();
          for (const path of filesOf(join(cache.cacheDir, 'objects')))
            assert.equal(digestOf(readFileSync(path)), path.slice(-64), script.join(', '));
          assert.deepEqual(
            readdirSync(cache.root).filter((name) => !['cache', 'source'].includes(name)),
            [],
          );
          assert.deepEqual(filesOf(join(cache.cacheDir, 'incoming')), []);
          assert.ok(server.asked.length < 40, `${server.asked.length} requests`);
        },
      ),
      { numRuns: runs },
    );
    assert.ok(believed > 0 && refused > runs / 10, `${believed} believed, ${refused} refused`);
  });

  it('is asked four times where each answer is a redirect', async () => {
    server.asked.length = 0;
    server.misbehave = (_, response) => {
      answers['redirect']!(response, Buffer.from(''), Buffer.from(''));
      return true;
    };
    const { remote, told } = remoteFor(fresh());
    assert.equal(await remote.lookup(results[0]!.key), undefined);
    assert.equal(await remote.lookup(results[1]!.key), undefined);
    assert.equal(server.asked.length, 4);
    assert.match(told.join('\n'), /more than 3 redirects; it is not asked again/);
  });

  it('learns no password by a redirect to another host', async () => {
    const elsewhere = await CacheServer.start();
    const seen: (string | undefined)[] = [];
    server.misbehave = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: elsewhere.url }).end();
      return true;
    };
    elsewhere.misbehave = (request) => {
      seen.push(request.headers.authorization);
      return false;
    };
    const store = new HttpStore(new URL(server.url), 'x', async ({ headers }) => ({
      ...headers,
      authorization: 'secret',
    }));
    await store.read({ space: 'ac', digest: results[0]!.key }, 0, new AbortController().signal);
    assert.deepEqual(seen, ['secret', undefined]);
    store.close();
    await elsewhere.close();
  });

  it('gets in no result that a stranger signed for another key, and none that nobody signed', async () => {
    const [a, b] = results as [ActionRecord, ActionRecord];
    const text = JSON.stringify({ ...a, outputs: b.outputs });
    const plain = JSON.stringify(a);
    const forged: readonly Uint8Array[] = [
      seal(a.key, text, stranger),
      seal(a.key, text, undefined),
      seal(b.key, plain, signer),
      seal(a.key, JSON.stringify(b), signer),
      Buffer.from(
        Buffer.from(seal(a.key, plain, signer))
          .toString()
          .replace('9 %', '99 %'),
      ),
      Buffer.from('{"record":{}}'),
      Buffer.from('null'),
    ];
    for (const [i, sealed] of forged.entries()) {
      server.misbehave = (_, response) => {
        response.end(encodeActionResult(sealed, []));
        return true;
      };
      const { remote, told } = remoteFor(fresh());
      assert.equal(await remote.lookup(a.key), undefined, `forgery ${i}`);
      assert.match(told.join('\n'), /is not used/, `forgery ${i}`);
      remote.close();
    }
  });
});

function filesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
