import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import stage from '../../stages/download.ts';
import { runStage, type StageRun } from '../rig/run-stage.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';

const content = Uint8Array.from({ length: 300000 }, (_, i) => (i * 2654435761) >>> 11);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

describe('stage download', () => {
  const folders: string[] = [];

  /** Runs the stage with waits short enough for a test; `folder` continues an earlier run. */
  async function download(params: Record<string, unknown>, folder?: string): Promise<StageRun> {
    const run = await runStage(stage, {
      params: {
        download: { retryDelayMs: 1, idleTimeoutMs: 300, ...params },
        synthetic: { scale: 0.02, odours: 12, seed: 1 },
      },
      inputs: {},
      outputs: { raw: 'raw/' },
      ...(folder === undefined ? {} : { folder }),
    });
    folders.push(run.folder);
    return run;
  }

  async function temporaryFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'cc-snn-mirror-'));
    folders.push(folder);
    return folder;
  }

  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  describe('over http', () => {
    let server: FaultServer;
    beforeEach(async () => {
      server = await startFaultServer(content);
    });
    afterEach(() => server.close());

    const fetchFile = (change: Record<string, unknown> = {}, folder?: string) =>
      download({ sources: { data: { url: `${server.url}/data.bin`, sha256: sha256(content) } }, ...change }, folder);

    function assertWhole(run: StageRun): void {
      assert.equal(run.error, undefined);
      assert.deepEqual(Object.keys(run.files), ['raw/data.bin', 'raw/manifest.json']);
      assert.equal(sha256(run.files['raw/data.bin']!), sha256(content));
    }

    it('brings the file with its manifest, asking once', async () => {
      const run = await fetchFile();
      assertWhole(run);
      const manifest: unknown = JSON.parse(new TextDecoder().decode(run.files['raw/manifest.json']));
      assert.deepEqual(manifest, {
        files: [
          {
            ...{ name: 'data.bin', bytes: 300000, sha256: sha256(content), source: 'http', synthetic: false },
            ...{ about: '', licence: '', cite: '' },
          },
        ],
      });
      assert.equal(server.requests.length, 1);
    });

    it('resumes where a cut transfer stopped, and fetches no byte twice', async () => {
      server.faults = [{ cutAfter: 100000 }, { cutAfter: 50000 }];
      assertWhole(await fetchFile());
      assert.deepEqual(
        server.requests.map((request) => request.range),
        [undefined, 'bytes=100000-', 'bytes=150000-'],
      );
    });

    it('resumes in a later run what an earlier one left', async () => {
      server.faults = [{ cutAfter: 100000 }];
      const first = await fetchFile({ retries: 0 });
      assert.match(String(first.error), /run again: what has come so far is kept/);
      assert.deepEqual(first.files, {});
      assertWhole(await fetchFile({}, first.folder));
      assert.equal(server.requests[1]?.range, 'bytes=100000-');
    });

    it('gets past busy servers, stalls and wrong lengths', async () => {
      server.faults = [{ status: 503, retryAfter: 0 }, { status: 429 }, { stallAfter: 1000 }, { wrongLength: 300007 }];
      assertWhole(await fetchFile());
    });

    it('starts over when the server ignores Range', async () => {
      server.ignoreRange = true;
      server.faults = [{ cutAfter: 100000 }];
      assertWhole(await fetchFile());
      assert.deepEqual(
        server.requests.map((request) => request.status),
        [200, 200],
      );
    });

    for (const ignoreIfRange of [false, true]) {
      it(`never joins two versions of a file${ignoreIfRange ? ', even where the server ignores If-Range' : ''}`, async () => {
        server.content = content.map((x) => x ^ 1);
        server.faults = [{ cutAfter: 100000 }];
        const first = await fetchFile({ retries: 0 });
        server.content = content;
        server.etag = '"two"';
        server.ignoreIfRange = ignoreIfRange;
        assertWhole(await fetchFile({}, first.folder));
      });
    }

    it('fetches anew when joined parts have the wrong sum: the server said the file had not changed', async () => {
      server.content = content.map((x) => x ^ 1);
      server.faults = [{ cutAfter: 100000 }];
      const first = await fetchFile({ retries: 0 });
      server.content = content;
      const run = await fetchFile({}, first.folder);
      assertWhole(run);
      assert.ok(run.log.some((line) => line.includes('fetched again from its start')));
    });

    for (const etag of [undefined, 'W/"one"']) {
      it(`does not resume ${etag === undefined ? 'without a validator' : 'by a weak one, which other bytes may have too'}`, async () => {
        server.etag = etag;
        server.faults = [{ cutAfter: 100000 }];
        assertWhole(await fetchFile());
        assert.equal(server.requests[1]?.range, undefined);
      });
    }

    it('tries the next address where one has no such file', async () => {
      server.paths = ['/second/data.bin'];
      const url = [`${server.url}/first/data.bin`, `${server.url}/second/data.bin`];
      assertWhole(await fetchFile({ sources: { data: { url, sha256: sha256(content) } } }));
    });

    it('follows redirects', async () => {
      server.faults = [{ redirect: '/elsewhere' }];
      assertWhole(await fetchFile());
      assert.equal(server.requests[1]?.path, '/elsewhere');
    });

    it('names both sums and where each came from when they differ, and leaves no file', async () => {
      const wanted = '0'.repeat(64);
      const run = await fetchFile({ sources: { data: { url: `${server.url}/data.bin`, sha256: wanted } } });
      assert.deepEqual(run.files, {});
      const message = String(run.error);
      assert.match(message, /data\.bin: wrong checksum/);
      assert.ok(message.includes(`got  sha256 ${sha256(content)} (300000 bytes from ${server.url}/data.bin)`), message);
      assert.ok(message.includes(`want sha256 ${wanted} (download.sources.data)`), message);
    });

    it('takes any of several accepted sums, and refuses where none of them is met: sha256, md5, crc32c, blake3', async () => {
      const url = `${server.url}/data.bin`;
      assertWhole(await fetchFile({ sources: { data: { url, sha256: ['0'.repeat(64), sha256(content)] } } }));
      assertWhole(await fetchFile({ sources: { data: { url, md5: md5(content).toUpperCase() } } }));
      assertWhole(await fetchFile({ sources: { data: { url, crc32c: '03d6243e' } } }));
      assertWhole(
        await fetchFile({
          sources: { data: { url, blake3: 'bc9e6a85d6a5a0b4881c3243d3038e35f9935dd831c422b4e7e755cb428766e8' } },
        }),
      );
      assert.match(
        String((await fetchFile({ sources: { data: { url, crc32c: '00000000' } } })).error),
        /got {2}crc32c 03d6243e .*\n {2}want crc32c 00000000/,
      );
      const none = { url, sha256: ['0'.repeat(64), '1'.repeat(64)], md5: '2'.repeat(32) };
      const refused = await fetchFile({ sources: { data: none } });
      assert.match(
        String(refused.error),
        /wrong checksum\n {2}got {2}sha256 [^\n]*\n {2}want sha256 0{64}\n +or sha256 1{64}/,
      );
      assert.deepEqual(refused.files, {});
    });

    it('reports every file that failed, at once, and keeps those that came for the next run', async () => {
      server.paths = ['/a.bin'];
      const sources = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { url: `${server.url}/${name}.bin` }]));
      const first = await download({ sources });
      assert.match(String(first.error), /b\.bin: not found.*\n.*\n?.*c\.bin: not found/s);
      assert.deepEqual(first.files, {});
      server.paths = undefined;
      const second = await download({ sources }, first.folder);
      assert.deepEqual(Object.keys(second.files), ['raw/a.bin', 'raw/b.bin', 'raw/c.bin', 'raw/manifest.json']);
      assert.equal(server.requests.filter((request) => request.path === '/a.bin').length, 1);
    });

    it('looks into the folders of a mirror on a server', async () => {
      server.paths = ['/copy/door/data.bin'];
      const run = await fetchFile({
        mirror: `${server.url}/copy/`,
        sources: { data: { url: 'https://example.invalid/data.bin', sha256: sha256(content) } },
      });
      assertWhole(run);
      assert.match(new TextDecoder().decode(run.files['raw/manifest.json']), /"source": "mirror"/);
    });

    it('gives up after its attempts with the last reason, and at once on what will not pass', async () => {
      server.faults = [{ status: 500 }, { status: 500 }, { status: 500 }, { status: 403 }];
      assert.match(String((await fetchFile({ retries: 2 })).error), /500 Internal Server Error, after 3 attempts/);
      assert.match(String((await fetchFile({ retries: 2 })).error), /the server answered 403 Forbidden/);
      assert.equal(server.requests.length, 4);
    });

    it('says what to do when the server cannot be reached', async () => {
      await server.close();
      const { error } = await fetchFile({ retries: 1 });
      assert.match(String(error), /ECONNREFUSED\), after 2 attempts\n {2}offline\? set download\.mirror/);
      server = await startFaultServer(content);
    });
  });

  it('copies from a folder, its codex/ and door/, and from file: URLs', async () => {
    const mirror = await temporaryFolder();
    await mkdir(join(mirror, 'codex'));
    await mkdir(join(mirror, 'door'));
    await writeFile(join(mirror, 'codex', 'connections.csv.gz'), 'c');
    await writeFile(join(mirror, 'door', 'odor.RData'), 'o');
    const sources = {
      connections: { url: 'https://example.invalid/783/connections.csv.gz', sha256: sha256(Buffer.from('c')) },
      odor: { url: 'mirror:odor.RData' },
    };
    const run = await download({ mirror, sources });
    assert.equal(run.error, undefined);
    assert.deepEqual(Object.keys(run.files), ['raw/connections.csv.gz', 'raw/manifest.json', 'raw/odor.RData']);
    const url = pathToFileURL(join(mirror, 'door', 'odor.RData')).href;
    const byUrl = await download({ sources: { odor: { url } } });
    assert.equal(new TextDecoder().decode(byUrl.files['raw/odor.RData']), 'o');
    const missing = await download({ mirror, sources: { names: { url: 'https://example.invalid/names.csv.gz' } } });
    assert.match(
      String(missing.error),
      /names\.csv\.gz: not found; looked for .*codex\/names\.csv\.gz.*\n.*is download\.mirror right\?/,
    );
  });

  it('leaves out an optional file that is nowhere, takes it from its folder of the mirror, and refuses a wrong one', async () => {
    const mirror = await temporaryFolder();
    const sources = {
      must: { url: 'mirror:must.bin', sha256: sha256(content) },
      may: { url: 'mirror:recordings/kc/may.csv', sha256: sha256(Buffer.from('a,b\n')), optional: true },
    };
    await writeFile(join(mirror, 'must.bin'), content);
    const without = await download({ mirror, sources });
    assert.equal(without.error, undefined);
    assert.deepEqual(Object.keys(without.files), ['raw/manifest.json', 'raw/must.bin']);
    assert.ok(without.log.some((line) => line.includes('left out: may.csv')));
    assert.match(without.headlines![0]!.value, /^1 files, .*; 1 optional ones not found$/);
    const { may } = sources;
    assert.deepEqual(stage.sources!({ download: { mirror, sources: { may } } } as never), [
      join(mirror, 'recordings/kc/may.csv'),
      ...['', 'codex', 'door'].map((folder) => join(mirror, folder, 'may.csv')),
    ]);
    await mkdir(join(mirror, 'recordings', 'kc'), { recursive: true });
    await writeFile(join(mirror, 'recordings', 'kc', 'may.csv'), 'a,b\n');
    const whole = await download({ mirror, sources });
    assert.deepEqual(Object.keys(whole.files), ['raw/manifest.json', 'raw/may.csv', 'raw/must.bin']);
    await writeFile(join(mirror, 'recordings', 'kc', 'may.csv'), 'a,c\n');
    assert.match(String((await download({ mirror, sources })).error), /may\.csv: wrong checksum/);
    const alone = await download({ sources: { ...sources, must: { url: 'synthetic:odor.RData' } } });
    assert.deepEqual(Object.keys(alone.files), ['raw/manifest.json', 'raw/odor.RData']);
  });

  it('names the local files that no single sum fixes, as they were written, and no others', () => {
    const named = (download: object) => stage.sources!({ download } as never);
    const sum = sha256(content);
    const sources = {
      free: { url: 'https://example.invalid/a/free.csv.gz' },
      fixed: { url: 'https://example.invalid/fixed.csv.gz', sha256: sum },
      either: { url: 'mirror:either.csv.gz', sha256: [sum, sha256(Buffer.from('x'))] },
      list: { url: 'file:lists/root_ids_mine.txt' },
      home: { url: ['https://example.invalid/h.txt', 'file:~/h.txt', 'file:///srv/h.txt'] },
      made: { url: 'synthetic:connections.csv.gz' },
    };
    const places = (name: string) => ['', 'codex/', 'door/'].map((below) => `../data/${below}${name}`);
    assert.deepEqual(
      [...named({ mirror: '../data', sources })].sort(),
      ['free.csv.gz', 'either.csv.gz', 'root_ids_mine.txt', 'h.txt'].flatMap(places).sort(),
    );
    const { either: _, ...published } = sources;
    assert.deepEqual(named({ sources: published }), ['lists/root_ids_mine.txt', '~/h.txt', '/srv/h.txt']);
    assert.deepEqual(named({ mirror: 'http://localhost:1', sources }), []);
    assert.deepEqual(named({ mirror: 'ftp://x', sources: { a: { url: 'nonsense' } } }), []);
  });

  it('expands ~, and says of a mirror that is not there, or is not one, what is wrong with it', async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, 'data'));
    await writeFile(join(home, 'data', 'a.txt'), 'a');
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      const sources = { a: { url: 'mirror:a.txt' } };
      const there = await download({ mirror: '~/data', sources });
      assert.equal(new TextDecoder().decode(there.files['raw/a.txt']), 'a');
      const byUrl = await download({ sources: { a: { url: 'file:~/data/a.txt' } } });
      assert.equal(new TextDecoder().decode(byUrl.files['raw/a.txt']), 'a');
      const errorOf = async (mirror: string) => String((await download({ mirror, sources })).error);
      const gone = await errorOf('~/dta');
      assert.ok(gone.includes(`download.mirror: ${join(home, 'dta')} does not exist\n`), gone);
      assert.match(gone, /a relative path begins at the project folder, ~ is your home/);
      assert.match(await errorOf('no/such/folder'), /download\.mirror: \/.*no\/such\/folder does not exist/);
      assert.match(await errorOf('~/data/a.txt'), /a\.txt is not a folder/);
      assert.match(await errorOf('ftp://x/y'), /'ftp:\/\/x\/y' is neither a folder nor an http:, https: or file: URL/);
      assert.match(await errorOf('file://data/x'), /'file:\/\/data\/x' names a host\n.*file:\/\/\/home/);
    } finally {
      process.env['HOME'] = before;
    }
  });

  it('makes the synthetic data set: the same bytes each time, in Codex’s and DoOR’s formats', async () => {
    const names = ['connections.csv.gz', 'classification.csv.gz', 'response.matrix.RData'];
    const sources = Object.fromEntries(names.map((name) => [name, { url: `synthetic:${name}` }]));
    const [one, two] = [await download({ sources }), await download({ sources })];
    assert.equal(one.error, undefined);
    assert.deepEqual(one.files, two.files);
    const header = gunzipSync(one.files['raw/connections.csv.gz']!).toString('latin1').split('\n')[0];
    assert.equal(header, 'pre_root_id,post_root_id,neuropil,syn_count,nt_type');
    const wrong = await download({ sources: { x: { url: 'synthetic:connection.csv.gz' } } });
    assert.match(
      String(wrong.error),
      /no synthetic file 'connection\.csv\.gz'.*\n {2}did you mean 'connections\.csv\.gz'\?/,
    );
  });

  it('says everything that is wrong with the sources at once', async () => {
    const sources = {
      a: { url: 'ftp://x/y' },
      b: { url: 'file:/1/n' },
      c: { url: 'file:/2/n' },
      d: { url: 'mirror:m' },
    };
    const { error } = await download({ sources });
    assert.match(String(error), /sources\.a\.url: 'ftp:\/\/x\/y' is not an https:/);
    assert.match(String(error), /b and c both make n/);
    assert.match(String(error), /m is published nowhere, it must come from a mirror/);
  });

  it('stops when it is told to, leaving nothing', async () => {
    const server = await startFaultServer(content);
    server.faults = [{ stallAfter: 70000 }];
    const run = await runStage(stage, {
      params: { download: { sources: { data: { url: `${server.url}/data.bin` } } } },
      inputs: {},
      outputs: { raw: 'raw/' },
      onProgress: (_done, _unit, abort) => abort(),
    });
    folders.push(run.folder);
    await server.close();
    assert.equal((run.error as Error).name, 'AbortError');
    assert.deepEqual(run.files, {});
    assert.ok(existsSync(join(run.folder, 'scratch')));
    assert.deepEqual((await readdir(join(run.folder, 'scratch'))).sort(), ['data.bin.part', 'data.bin.part.json']);
  });
});
