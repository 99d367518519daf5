/** Remotes: what is looked up, fetched and put there; what is refused; what a dead one costs. The real binary, an own small server. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CacheServer } from '../rig/cache-server.ts';
import { type Finished, TestProject } from '../rig/test-project.ts';

/** A chain; each stage notes that it ran. */
const chain = `
version: 1
params: { word: z }
stages:
  a: { command: 'echo a >> \${outputs.o}; cat \${inputs.i} >> \${outputs.o}', inputs: { i: data/in.txt }, outputs: { o: o.txt } }
  b: { command: 'cat \${inputs.i} > \${outputs.o}; echo b >> \${outputs.o}', inputs: { i: artifacts/a/o.txt }, outputs: { o: o.txt } }
  c: { command: 'mkdir -p \${outputs.d}/x; cat \${inputs.i} > \${outputs.d}/x/f; echo \${params.word} >> \${outputs.d}/x/f', params: [word], inputs: { i: artifacts/b/o.txt }, outputs: { d: d/ } }
`;
const none = { a: 'ran', b: 'ran', c: 'ran' };
const madeText = 'a\nin\nb\nz\n';

describe('a remote', () => {
  let server: CacheServer;
  const projects: TestProject[] = [];

  /** A checkout with nothing in its cache. */
  function checkout(pipeline = chain): TestProject {
    const project = new TestProject(pipeline).write('data/in.txt', 'in\n');
    project.environment = { XDG_CONFIG_HOME: project.path('config') };
    projects.push(project);
    return project;
  }

  function run(project: TestProject, ...args: readonly string[]): Promise<Finished> {
    return project.start('run', '--json', ...args).end;
  }

  function messages(finished: Finished): string[] {
    return finished.lines.filter(({ event }) => event === 'message').map(({ text }) => String(text));
  }

  function configure(project: TestProject, text: string): void {
    project.write('config/pipeline/config.yaml', text);
  }

  beforeEach(async () => {
    server = await CacheServer.start();
  });
  afterEach(async () => {
    await server.close();
    for (const project of projects.splice(0)) project.dispose();
  });

  it('in a folder gives another checkout everything, and leaves no half file', async () => {
    const folder = checkout().path('shared');
    mkdirSync(folder);
    assert.deepEqual((await run(checkout(), '--remote', folder)).status, none);
    const other = checkout();
    const restored = await run(other, '--remote', folder);
    assert.deepEqual(restored.status, { a: 'restored', b: 'restored', c: 'restored' }, restored.out);
    assert.equal(other.read('artifacts/c/d/x/f'), madeText);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    assert.ok(names.length > 6 && !names.some((name) => name.includes('.tmp')), names.join(' '));
    assert.deepEqual((await run(other, '--remote', folder)).status, { a: 'cached', b: 'cached', c: 'cached' });
  });

  it('that is a folder which is not there is told of once, and not made', async () => {
    const project = checkout();
    const ran = await run(project, '--remote', project.path('nowhere'));
    assert.deepEqual([ran.code, ran.status], [0, none]);
    assert.match(messages(ran).join('\n'), /nowhere is not a folder.*not asked again/);
    assert.ok(!project.exists('nowhere'));
  });

  it('is asked for the bytes of what was asked for, and of nothing before it', async () => {
    await run(checkout(), '--remote', server.url);
    assert.equal(server.count('PUT /ac/'), 3);
    server.asked.length = 0;
    const other = checkout();
    const target = await run(other, 'c', '--remote', server.url);
    assert.deepEqual(target.status, { a: 'remote', b: 'remote', c: 'restored' }, target.out);
    assert.deepEqual([server.count('GET /ac/'), server.count('GET /cas/'), server.count('PUT')], [3, 1, 0]);
    assert.ok(other.exists('artifacts/c/d/x/f') && !other.exists('artifacts/b'));
    const status = await other.start('status', '--json').end;
    assert.deepEqual(status.status, { a: 'remote', b: 'remote', c: 'cached' }, status.out);
    // c must run: b is fetched, a is not
    const changed = await run(other, 'c', '--remote', server.url, '--set', 'word=y');
    assert.deepEqual(changed.status, { a: 'remote', b: 'restored', c: 'ran' }, changed.out);
    assert.deepEqual([server.count('GET /cas/'), other.exists('artifacts/a')], [2, false]);
    assert.equal(other.read('artifacts/c/d/x/f'), 'a\nin\nb\ny\n');
    const whole = await run(other, '--remote', server.url);
    assert.deepEqual(whole.status, { a: 'restored', b: 'cached', c: 'restored' }, whole.out);
  });

  it('far away is asked for many results at once, at the beginning and when a stage ends', async () => {
    const axis = `[${Array.from({ length: 12 }, (_, i) => i).join(', ')}]`;
    const fan = `
version: 1
params: { n: 0 }
stages:
  root: { command: 'echo r > \${outputs.o}', outputs: { o: o.txt } }
  leaf: { command: 'echo \${params.n} > \${outputs.o}', params: [n], matrix: { n: ${axis} }, inputs: { i: artifacts/root/o.txt }, outputs: { o: o.txt } }
`;
    await run(checkout(fan), '--remote', server.url);
    let [now, most] = [0, 0];
    server.misbehave = ({ method, url = '' }, response, bytes) => {
      if (method !== 'GET' || !url.startsWith('/ac/')) return false;
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end(bytes);
      }, 100);
      return true;
    };
    for (const targets of [['leaf'], []]) {
      most = 0;
      const restored = await run(checkout(fan), ...targets, '--remote', server.url);
      const { restored: count, ran } = restored.lines.at(-1)!;
      assert.deepEqual([count, ran], [targets.length > 0 ? 12 : 13, 0], restored.out);
      assert.ok(most >= 8, `${most} at once`);
    }
  });

  it('does not keep a run with nothing to do from ending at once', async () => {
    const project = checkout();
    await run(project, '--remote', server.url);
    server.asked.length = 0;
    assert.deepEqual((await run(project, '--remote', server.url)).status, { a: 'cached', b: 'cached', c: 'cached' });
    assert.deepEqual(server.asked, []);
  });

  it('that lost the bytes of a need makes the run make them again, whatever they are', async () => {
    const moody = chain.replace('echo a >>', 'date +%N >>');
    await run(checkout(moody), '--remote', server.url);
    for (const path of [...server.content.keys()]) if (path.startsWith('/cas/')) server.content.delete(path);
    const other = checkout(moody);
    const ran = await run(other, 'c', '--remote', server.url, '--set', 'word=y');
    assert.equal(ran.code, 0, ran.out);
    const text = other.read('artifacts/c/d/x/f');
    assert.equal(text, `${other.read('artifacts/b/o.txt')}y\n`);
    assert.equal(other.read('artifacts/b/o.txt'), `${other.read('artifacts/a/o.txt')}b\n`);
    assert.deepEqual((await run(other, 'c', '--set', 'word=y')).status, { a: 'cached', b: 'cached', c: 'cached' });
  });

  it('with other bytes than a name says costs a run of the stage, and gets the right ones back', async () => {
    await run(checkout(), '--remote', server.url);
    for (const [path, bytes] of server.content)
      if (path.startsWith('/cas/')) server.content.set(path, Buffer.alloc(bytes.length, 'x'));
    const other = checkout();
    const ran = await run(other, '--remote', server.url);
    assert.deepEqual([ran.code, ran.status], [0, none], ran.out);
    assert.equal(other.read('artifacts/c/d/x/f'), madeText);
    assert.match(messages(ran).join('\n'), /holds other bytes than its name says/);
    const third = await run(checkout(), '--remote', server.url);
    assert.deepEqual(third.status, { a: 'restored', b: 'restored', c: 'restored' }, third.out);
  });

  it('that breaks off in the middle of an object is asked for the rest', async () => {
    const big = chain.replace('echo b >> ${outputs.o}', 'head -c 3000000 /dev/zero >> ${outputs.o}');
    await run(checkout(big), '--remote', server.url);
    let ranges: (string | undefined)[] = [];
    server.misbehave = (request, response, bytes) => {
      if (bytes === undefined || bytes.length < 3_000_000 || request.method !== 'GET') return false;
      ranges.push(request.headers.range);
      if (request.headers.range !== undefined) return false;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 2_000_000), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
    const other = checkout(big);
    assert.deepEqual((await run(other, 'b', '--remote', server.url)).status, { a: 'remote', b: 'restored' });
    assert.equal(ranges.length, 2);
    assert.match(ranges[1]!, /^bytes=[1-9]\d+-$/);
    ranges = [];
  });

  it('that is dead, or does not answer, costs one timeout and fails nothing', async () => {
    const project = checkout();
    const { url } = server;
    await server.close();
    const ran = await run(project, '--remote', url);
    assert.deepEqual([ran.code, ran.status], [0, none]);
    assert.match(messages(ran)[0]!, /ECONNREFUSED.*not asked again/);
    assert.match(messages(ran).at(-1)!, /3 results are not there yet; pipeline push/);
    server = await CacheServer.start();
    server.misbehave = () => true;
    const other = checkout();
    configure(other, `remote: { url: '${server.url}', timeout: 300ms }`);
    const waited = await run(other);
    assert.deepEqual([waited.code, waited.status], [0, none]);
    assert.match(messages(waited)[0]!, /no answer within 0\.3 s/);
    assert.equal(server.asked.length, 1);
  });

  it('of the configuration is used, only read where it says so, and left out by --remote none', async () => {
    const project = checkout();
    configure(project, `remote: { url: '${server.url}', write: false, headers: { X-Lab: 'k-\${WORD}' } }`);
    project.environment['WORD'] = 'secret';
    const seen = new Set<unknown>();
    server.misbehave = (request) => {
      seen.add(request.headers['x-lab']);
      return false;
    };
    await run(project);
    assert.deepEqual([server.count('GET /ac/'), server.count('PUT')], [3, 0]);
    assert.deepEqual([...seen], ['k-secret']);
    server.asked.length = 0;
    await run(project, '--force', '--remote', 'none');
    assert.deepEqual(server.asked, []);
  });

  it('is filled by push, and pulled from without running', async () => {
    const project = checkout();
    await run(project);
    const pushed = await project.start('push', '--remote', server.url, '--json').end;
    assert.equal(pushed.code, 0, pushed.out + pushed.err);
    assert.equal(pushed.lines.at(-1)!['pushed'], 3);
    const again = await project.start('push', '--remote', server.url, '--json').end;
    assert.equal(again.lines.at(-1)!['bytes'], 0);
    const other = checkout();
    const pulled = await other.start('pull', 'b', '--remote', server.url, '--json').end;
    assert.deepEqual([pulled.code, pulled.status], [0, { a: 'remote', b: 'restored' }], pulled.out);
    other.write('data/in.txt', 'other\n');
    const nothing = await other.start('pull', '--remote', server.url, '--json').end;
    assert.deepEqual([nothing.code, nothing.status], [1, { a: 'skipped', b: 'skipped', c: 'skipped' }], nothing.out);
    assert.equal((await other.start('push').end).code, 2);
  });

  describe('with signed results', () => {
    function keys(folder: string): void {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'sign.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
      writeFileSync(join(folder, 'trust.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    }

    it('takes those of a trusted key, and refuses unsigned, foreign, changed and swapped ones', async () => {
      const maker = checkout();
      keys(maker.path('lab'));
      keys(maker.path('stranger'));
      configure(maker, `keys: { sign: ${maker.path('lab/sign.pem')} }`);
      await run(maker, '--remote', server.url);
      const trusting = (): TestProject => {
        const project = checkout();
        configure(project, `keys: { trust: [${maker.path('lab/trust.pem')}] }`);
        return project;
      };
      const taken = await run(trusting(), '--remote', server.url);
      assert.deepEqual(taken.status, { a: 'restored', b: 'restored', c: 'restored' }, taken.out);

      const records = [...server.content].filter(([path]) => path.startsWith('/ac/'));
      const [first, second] = records;
      server.content.set(first![0], second![1]);
      server.content.set(second![0], first![1]);
      const swapped = await run(trusting(), '--remote', server.url, '--read-only');
      assert.match(messages(swapped).join('\n'), /its signature does not hold/);
      assert.deepEqual(swapped.status, { a: 'ran', b: 'ran', c: 'restored' }, swapped.out);

      for (const [path, bytes] of records)
        server.content.set(
          path,
          Buffer.from(bytes.toString('latin1').replace('\\"executable\\":false', '\\"executable\\":true '), 'latin1'),
        );
      assert.deepEqual((await run(trusting(), '--remote', server.url, '--read-only')).status, none);

      configure(maker, `keys: { sign: ${maker.path('stranger/sign.pem')} }`);
      await run(maker, '--force', '--remote', server.url);
      const foreign = await run(trusting(), '--remote', server.url, '--read-only');
      assert.match(messages(foreign).join('\n'), /signed by a key that is not trusted here/);
      assert.deepEqual(foreign.status, none);

      configure(maker, '');
      await run(maker, '--force', '--remote', server.url);
      const unsigned = await run(trusting(), '--remote', server.url, '--read-only');
      assert.match(messages(unsigned).join('\n'), /it is not signed/);
      assert.deepEqual(unsigned.status, none);
    });
  });

  it('is told apart from nonsense before anything runs', async () => {
    const project = checkout();
    for (const url of ['ftp://x/y', 'http://', '']) {
      const refused = await run(project, '--remote', url);
      assert.equal(refused.code, 2, `${url}: ${refused.out}${refused.err}`);
    }
    configure(project, 'remote: { urll: x }');
    const misspelt = await run(project);
    assert.equal(misspelt.code, 2);
    assert.match(misspelt.err, /config\.yaml.*remote\.urll: no such setting[\s\S]*url/);
    rmSync(project.path('config'), { recursive: true });
    assert.ok(!readFileSync(project.path('pipeline.yaml'), 'utf8').includes('remote'));
  });
});
