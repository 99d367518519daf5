/** A fresh clone and a remote, nothing else: no data, no Python, an empty cache. And the workflow files of docs/caches.md, run as shell. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { CacheServer } from '../rig/cache-server.ts';
import { cliPath, type Finished, TestProject } from '../rig/test-project.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/caches.md', import.meta.url)), 'utf8');

const pipeline = `
version: 1
params: { mirror: MIRROR }
stages:
  raw: { module: raw.mjs, params: [mirror], outputs: { o: o.txt } }
  fit: { command: 'sh3 \${inputs.i} \${inputs.t} > \${outputs.o}', tools: [sh3], sandbox: false, inputs: { i: artifacts/raw/o.txt, t: data/table.txt }, outputs: { o: o.txt } }
`;
const module = `import * as fs from 'node:fs';
export default { about: 'x', params: { type: 'object' }, inputs: {}, outputs: { o: { kind: 'text', about: 'x' } },
  permissions: { readsParams: ['mirror'] },
  sources: (params) => [params.mirror + '/raw.txt'],
  async run(context) { fs.writeFileSync(context.outputs.o, fs.readFileSync(context.params.mirror + '/raw.txt', 'utf8')); } };
`;

describe('a clone with an empty cache, and a remote', () => {
  let server: CacheServer;
  let maker: TestProject;
  let clone: TestProject;

  /** The maker has data, a mirror and a program; the clone what git would carry. */
  beforeEach(async () => {
    server = await CacheServer.start();
    maker = new TestProject();
    maker.write('pipeline.yaml', pipeline.replace('MIRROR', maker.path('mirror'))).write('raw.mjs', module);
    maker.write('mirror/raw.txt', 'raw\n').write('data/table.txt', 'table\n');
    maker.withoutSandbox('cat', 'sh');
    maker.write('bin/sh3', '#!/bin/sh\n[ "$1" = --version ] && echo "sh3 3.1" || cat "$@"\n');
    chmodSync(maker.path('bin/sh3'), 0o755);
    const made = await maker.start('run', '--json', '--remote', server.url).end;
    assert.deepEqual([made.code, made.status], [0, { raw: 'ran', fit: 'ran' }], made.out + made.err);
    clone = new TestProject().withoutSandbox();
    for (const name of ['pipeline.yaml', 'raw.mjs', 'pipeline.lock']) cpSync(maker.path(name), clone.path(name));
    rmSync(maker.path('mirror'), { recursive: true });
  });
  afterEach(async () => {
    await server.close();
    maker.dispose();
    clone.dispose();
  });

  const frozen = (...more: readonly string[]): Promise<Finished> =>
    clone.start('run', '--json', '--frozen', '--remote', server.url, ...more).end;

  it('restores everything and runs nothing, without data, mirror and program', async () => {
    const run = await frozen();
    assert.deepEqual([run.code, run.status], [0, { raw: 'restored', fit: 'restored' }], run.out + run.err);
    assert.equal(clone.read('artifacts/fit/o.txt'), 'raw\ntable\n');
    const told = run.lines.filter(({ event }) => event === 'message').map(({ text }) => String(text));
    assert.match(told.join('\n'), /not here: .*raw\.txt, data\/table\.txt, sh3; compared by pipeline\.lock alone/);
    assert.ok(!clone.exists('data') && !clone.exists('bin/sh3'));
  });

  it('fetches what was asked for alone', async () => {
    const run = await frozen('fit');
    assert.deepEqual([run.code, run.status], [0, { raw: 'remote', fit: 'restored' }], run.out);
    assert.ok(!clone.exists('artifacts/raw'));
  });

  it('ends with 3 where the remote lacks a result, or has another than the lock says', async () => {
    const before = new Map(server.content);
    for (const path of before.keys()) if (path.startsWith('/ac/')) server.content.delete(path);
    assert.equal((await frozen()).code, 3);
    clone.write('pipeline.lock', clone.read('pipeline.lock').replace(/("o": ")[0-9a-f]{64}/, `$1${'0'.repeat(64)}`));
    for (const [path, bytes] of before) server.content.set(path, bytes);
    const other = await frozen();
    assert.equal(other.code, 3, other.out);
    assert.ok(!clone.exists('artifacts/fit/o.txt'));
  });

  it('ends with 3 where a parameter is not that of the lock', async () => {
    clone.write('pipeline.yaml', clone.read('pipeline.yaml').replace('/mirror }', '/mirrors }'));
    const run = await frozen();
    assert.equal(run.code, 3, run.out + run.err);
  });

  describe('by the workflow files of docs/caches.md', () => {
    const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text!) as Workflow);
    const github = blocks.find((block) => block.jobs !== undefined)!;
    const gitlab = blocks.find((block) => block.reproduce !== undefined)!;

    /** As a CI would: each line by a shell, in the clone, and the first that fails ends it. `npm ci` is not what is tested. */
    function shell(lines: readonly string[]): Promise<{ code: number | null; text: string }> {
      clone.write('bin/npm', '#!/bin/bash\n[ "$*" = ci ]\n');
      clone.write('bin/npx', `#!/bin/bash\n[ "$1" = pipeline ] && shift && exec ${process.execPath} ${cliPath} "$@"\n`);
      const made = `chmod +x bin/npm bin/npx\n${lines.join('\n')}`.replaceAll(
        'https://cache.lab.example/fly',
        server.url,
      );
      symlinkSync('/bin/chmod', clone.path('bin/chmod'));
      const env = { PATH: clone.path('bin'), HOME: clone.root, CI: 'true', LAB_CACHE: server.url };
      const child = spawn('/bin/bash', ['-euo', 'pipefail', '-c', made], { cwd: clone.root, env });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part));
      return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
    }

    it('GitHub Actions', async () => {
      const steps = github.jobs!.reproduce.steps.flatMap(({ run }) => run ?? []);
      const { code, text } = await shell(steps);
      assert.equal(code, 0, text);
      assert.match(text, /0 ran, 0 cached, 2 restored/);
      assert.equal(server.count('PUT'), 4);
    });

    it('GitLab', async () => {
      const { code, text } = await shell([...gitlab.default!.before_script, ...gitlab.reproduce!.script]);
      assert.equal(code, 0, text);
      assert.match(text, /0 ran, 0 cached, 2 restored/);
      assert.equal(gitlab.fill!.script.length, 1);
    });
  });
});

describe('the commands of docs/caches.md', () => {
  it('share results between two checkouts, and make a pair of keys that signs and is trusted', function () {
    if (spawnSync('openssl', ['version']).status !== 0) this.skip();
    const project = new TestProject(`version: 1
stages:
  a: { command: 'echo hi > \${outputs.o}', outputs: { o: o.txt } }
`);
    project.write('bin/npm', '#!/bin/sh\n[ "$*" = ci ]\n').write('.gitignore', 'artifacts\ncache\nbin\nplaces\nhome\n');
    project.write('bin/npx', `#!/bin/sh\n[ "$1" = pipeline ] && shift && exec ${process.execPath} ${cliPath} "$@"\n`);
    const [share, keys] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!) as [string, string];
    const text = [
      'chmod +x bin/npm bin/npx; git init -q; git add -A; git -c user.name=x -c user.email=x@x commit -qm x',
      share.replaceAll('/tmp/', `${project.path('places')}/`),
      keys,
      `printf 'keys: { sign: sign.pem, trust: [trusted/] }\\n' > ~/.config/pipeline/config.yaml`,
      `npx pipeline run --force --remote ${project.path('places')}/fly-cache; rm -rf artifacts cache`,
      `npx pipeline run --remote ${project.path('places')}/fly-cache`,
    ].join('\n');
    const env = { PATH: `${project.path('bin')}:${process.env['PATH']}`, HOME: project.path('home'), CI: 'true' };
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', text], {
      ...{ cwd: project.root, env, encoding: 'utf8' },
    });
    assert.equal(status, 0, stdout + stderr);
    const counts = [...stdout.matchAll(/^(\d) ran, \d cached, (\d) restored/gm)].map(([, ran, restored]) => [
      ran,
      restored,
    ]);
    assert.deepEqual(
      counts,
      [
        ['1', '0'],
        ['0', '1'],
        ['1', '0'],
        ['0', '1'],
      ],
      stdout,
    );
    assert.doesNotMatch(stdout + stderr, /not used|not asked again/);
    project.dispose();
  });
});

interface Workflow {
  readonly jobs?: { readonly reproduce: { readonly steps: readonly { readonly run?: string }[] } };
  readonly default?: { readonly before_script: readonly string[] };
  readonly fill?: { readonly script: readonly string[] };
  readonly reproduce?: { readonly script: readonly string[] };
}
