/** Failures, retries, timeouts, Ctrl-C, environment, matrix: how a run behaves while its stages do not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestProject } from '../rig/test-project.ts';

/** Processes whose command line holds a mark. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name) || name === String(process.pid)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return;
    await sleep(50);
  }
  assert.fail(`timed out waiting until ${what}`);
}

function moduleText(body: string, more = ''): string {
  return `import * as fs from 'node:fs';\nexport default { about: 'x', params: { type: 'object' }, inputs: {}, outputs: { out: { kind: 'text', about: 'x' } }, ${more}
  async run(context) { ${body} } };\n`;
}

describe('a run', () => {
  let project: TestProject;
  afterEach(() => project.dispose());

  it('leaves nothing of a failed stage, skips what needs it, and exits 1', () => {
    project = new TestProject(`
version: 1
stages:
  bad: { command: 'echo half > \${outputs.o}; exit 3', outputs: { o: o.txt } }
  after: { command: 'cp \${inputs.i} \${outputs.o}', inputs: { i: artifacts/bad/o.txt }, outputs: { o: o.txt } }
  other: { command: 'echo fine > \${outputs.o}', outputs: { o: o.txt } }
`);
    const run = project.run('--keep-going');
    assert.equal(run.code, 1);
    assert.deepEqual(run.status, { bad: 'failed', after: 'skipped', other: 'ran' });
    assert.match(run.lines.find((line) => line.stage === 'bad' && line.event === 'stage')!.error!, /status 3/);
    assert.ok(!project.exists('artifacts/bad') && !project.exists('artifacts/.staging'));
    assert.deepEqual(readdirSync(project.path('cache/actions')).length, 1);
    assert.equal(project.run('--keep-going').status['bad'], 'failed');
  });

  it('begins nothing after a failure unless told to keep going', () => {
    project = new TestProject(`
version: 1
stages:
  bad: { command: 'exit 1', outputs: { o: o.txt } }
  other: { command: 'echo fine > \${outputs.o}', outputs: { o: o.txt } }
`);
    assert.deepEqual(project.run('--jobs', '1').status, { bad: 'failed', other: 'skipped' });
  });

  it('tries again as often as it may, with an empty folder each time', () => {
    project = new TestProject(`
version: 1
stages:
  flaky: { module: stages/flaky.mjs, retries: 2, outputs: { out: out.txt } }
`).write(
      'stages/flaky.mjs',
      moduleText(`
  const left = fs.readdirSync(context.outputs.out.slice(0, -8)).length;
  const file = context.scratch + '/tries'; const tries = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) + 1 : 1;
  fs.writeFileSync(file, String(tries)); fs.writeFileSync(context.outputs.out, 'try ' + tries + ', ' + left + ' left');
  if (tries < 3) throw new Error('not yet');`),
    );
    const run = project.run();
    assert.equal(run.status['flaky'], 'ran');
    assert.equal(run.lines.filter((line) => line.event === 'retry').length, 2);
    assert.equal(project.read('artifacts/flaky/out.txt'), 'try 3, 0 left');
    assert.deepEqual(readdirSync(project.path('cache/scratch')), []);
  });

  it('ends a stage that takes too long, with all it started', async () => {
    const mark = `sleep 98${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  slow: { command: '${mark} & ${mark}', timeout: 1s, outputs: { o: o.txt } }
`);
    const run = project.run();
    assert.equal(run.status['slow'], 'failed');
    assert.match(JSON.stringify(run.lines), /took longer than its timeout of 1 s/);
    await until(() => processesWith(mark.replace(' ', '\0')).length === 0, 'no process is left');
  });

  it('stops on Ctrl-C: no child left, finished work kept, exit 130', async () => {
    const mark = `97${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  quick: { command: 'echo done > \${outputs.o}', outputs: { o: o.txt } }
  slow: { command: 'sleep ${mark}; cp \${inputs.i} \${outputs.o}', inputs: { i: artifacts/quick/o.txt }, outputs: { o: o.txt } }
`);
    const { child, end } = project.start('run', '--json');
    await until(() => processesWith(`sleep\0${mark}`).length > 0, 'the slow stage runs');
    child.kill('SIGINT');
    const run = await end;
    assert.equal(run.code, 130);
    assert.deepEqual(run.status, { quick: 'ran', slow: 'skipped' });
    await until(() => processesWith(`sleep\0${mark}`).length === 0, 'no process is left');
    assert.ok(!project.exists('artifacts/slow') && !project.exists('artifacts/.staging'));
    assert.match(project.pipeline('run', 'quick').out, /0 ran, 1 cached/);
  });

  it('can be stopped while it waits for another run, which goes on', async () => {
    project = new TestProject(`
version: 1
params: { word: a }
stages:
  slow: { command: 'sleep 2; echo \${params.word} > \${outputs.o}', params: [word], outputs: { o: o.txt } }
`);
    const first = project.start('run', '--json');
    await until(() => project.exists('artifacts/.staging/0.run'), 'the first run holds the checkout');
    const second = project.start('run', '--json', '--set', 'word=b');
    let said = '';
    second.child.stdout!.on('data', (text: string) => {
      said += text;
    });
    await until(() => said.includes('"waiting"'), 'the second run waits');
    assert.match(said, new RegExp(`process ${first.child.pid}`));
    second.child.kill('SIGINT');
    assert.equal((await second.end).code, 130);
    assert.deepEqual((await first.end).status, { slow: 'ran' });
  });

  it('gives a command PATH, HOME and what it declared, and keys on it', () => {
    project = new TestProject(`
version: 1
stages:
  env: { command: 'env | grep -vE "^(PWD|SHLVL|_)=" | sort > \${outputs.o}', env: [SHOWN], outputs: { o: o.txt } }
`);
    project.environment = { SHOWN: 'yes', HIDDEN: 'no' };
    assert.equal(project.run().status['env'], 'ran');
    assert.deepEqual(
      project
        .read('artifacts/env/o.txt')
        .split('\n')
        .map((line) => line.split('=')[0]),
      ['HOME', 'PATH', 'SHOWN', ''],
    );
    project.environment = { SHOWN: 'yes', HIDDEN: 'other' };
    assert.equal(project.run().status['env'], 'cached');
    project.environment = { SHOWN: 'no' };
    assert.equal(project.run().status['env'], 'ran');
  });

  it('runs a matrix instance by instance, joins them, and takes them all', () => {
    project = new TestProject(`
version: 1
params: { seed: 0 }
stages:
  draw: { command: 'echo \${params.seed} > \${outputs.o}', params: [seed], matrix: { seed: [1, 2, 3] }, outputs: { o: o.txt } }
  twice: { command: 'cat \${inputs.i} \${inputs.i} > \${outputs.o}', matrix: { seed: [1, 2, 3] }, inputs: { i: artifacts/draw/o.txt }, outputs: { o: o.txt } }
  all: { command: 'cat \${inputs.i} > \${outputs.o}', inputs: { i: 'artifacts/twice/*/o.txt' }, outputs: { o: o.txt } }
`);
    const run = project.run();
    assert.equal(run.lines.at(-1)?.['ran'], 7);
    assert.equal(project.read('artifacts/all/o.txt'), '1\n1\n2\n2\n3\n3\n');
    assert.equal(project.run().lines.at(-1)?.['cached'], 7);
    project.write('pipeline.yaml', project.read('pipeline.yaml').replaceAll('[1, 2, 3]', '[1, 2, 4]'));
    const changed = project.run();
    assert.deepEqual(
      Object.entries(changed.status)
        .filter(([, status]) => status === 'ran')
        .map(([id]) => id),
      ['draw@seed=4', 'twice@seed=4', 'all'],
    );
  });

  it('always runs a stage with cache: false, and stops early after it', () => {
    project = new TestProject(`
version: 1
stages:
  board: { command: 'echo same > \${outputs.o}', cache: false, outputs: { o: o.txt } }
  after: { command: 'cp \${inputs.i} \${outputs.o}', inputs: { i: artifacts/board/o.txt }, outputs: { o: o.txt } }
`);
    assert.deepEqual(project.run().status, { board: 'ran', after: 'ran' });
    assert.deepEqual(project.run().status, { board: 'ran', after: 'cached' });
  });

  it('refuses a module stage what it did not declare, and names path and line to add', () => {
    const cases: readonly [string, RegExp][] = [
      [
        `fs.readFileSync('data/secret.txt')`,
        /stage bad read data\/secret\.txt, which it does not declare\n.*stages\.bad\.inputs: \{ secret: data\/secret\.txt \}/,
      ],
      [`fs.writeFileSync('data/new.txt', 'x')`, /stage bad wrote to data\/new\.txt, which is not one of its outputs/],
      [
        `fs.writeFileSync(context.outputs.out, 'x'); fs.writeFileSync(context.outputs.out + '2', 'x')`,
        /stage bad wrote out\.txt2, which it does not declare/,
      ],
      [
        `(await import('node:child_process')).execSync('true')`,
        /may not start other programs\n.*permissions: \{ childProcess: true \}/,
      ],
      ['', /did not write its output out: out\.txt/],
      [
        `try { fs.readFileSync('data/secret.txt') } catch (e) { throw new Error('wrapped', { cause: e }) }`,
        /read data\/secret\.txt/,
      ],
    ];
    project = new TestProject(
      'version: 1\nstages:\n  bad: { module: stages/bad.mjs, outputs: { out: out.txt } }\n',
    ).write('data/secret.txt', 's');
    for (const [body, expected] of cases) {
      const run = project.write('stages/bad.mjs', moduleText(body)).run();
      assert.equal(run.code, 1, body);
      assert.match(run.lines.find((line) => line.event === 'stage')!.error!, expected, body);
    }
    assert.ok(!project.exists('data/new.txt') && !project.exists('artifacts/bad'));
  });

  it('reads what a parameter names where the module says so, and no network unless it says so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = (server.address() as AddressInfo).port;
    const connect = `await new Promise((done, fail) => net.connect(${port}, '127.0.0.1', done).on('error', fail)).then(() => 'online', () => 'offline')`;
    const body = `const net = await import('node:net'); const online = ${connect};
      fs.writeFileSync(context.outputs.out, online + fs.readFileSync(new URL(context.params.from.one.url), 'utf8')); process.exitCode = 0;`;
    const outside = new TestProject().write('mirror/file.txt', ' read');
    project = new TestProject(
      `version: 1\nparams: { from: { one: { url: 'file://${outside.path('mirror/file.txt')}' } } }\nstages:\n  get: { module: stages/get.mjs, params: [from], outputs: { out: out.txt } }\n`,
    );
    const sandboxed = project.pipeline('doctor').out.includes('bubblewrap: yes');
    for (const [network, expected] of [
      [true, 'online read'],
      [false, sandboxed ? 'offline read' : 'online read'],
    ] as const) {
      project.write(
        'stages/get.mjs',
        moduleText(body, `permissions: { network: ${network}, readsParams: ['from.*.url'] },`),
      );
      const run = await project.start('run', '--json').end;
      assert.equal(run.status['get'], 'ran', run.out);
      assert.equal(project.read('artifacts/get/out.txt'), expected);
    }
    server.close();
    outside.dispose();
  });

  it('shows a warning while it runs, at the end, in the log, and again when the result is only cached or restored', () => {
    project = new TestProject(
      'version: 1\nstages:\n  doubt: { module: stages/doubt.mjs, outputs: { out: out.txt } }\n',
    ).write(
      'stages/doubt.mjs',
      moduleText(
        "context.warn('3 of 4 rows are odd'); fs.writeFileSync(context.outputs.out, 'x'); return [{ label: 'rows', value: '4' }];",
      ),
    );
    const first = project.pipeline('run').out;
    assert.match(first, /^doubt: warning: 3 of 4 rows are odd$/m);
    const atEnd = /^doubt {2}rows {2}4\n\n! doubt: 3 of 4 rows are odd\n\n\d ran/m;
    assert.match(first, atEnd);
    assert.match(project.pipeline('log', 'doubt').out, /warning: 3 of 4 rows are odd/);
    const cached = /^doubt {2}rows {2}4\n\n! doubt: 3 of 4 rows are odd\n\n0 ran, 1 cached/m;
    // The second leaves the record of a run with nothing to do, from which the third is told.
    for (let i = 0; i < 2; i++) assert.match(project.pipeline('run').out, cached);
    project.remove('artifacts');
    assert.match(project.pipeline('run').out, /! doubt: 3 of 4 rows are odd\n\n0 ran, 0 cached, 1 restored/);
    const forced = project.run('--force');
    const told = forced.lines.filter((line) => line.event === 'warning');
    assert.deepEqual(told, [{ event: 'warning', stage: 'doubt', text: '3 of 4 rows are odd' }]);
    const { headlines } = forced.lines.find((line) => line.event === 'stage')!;
    assert.deepEqual(headlines, [
      { label: 'rows', value: '4' },
      { label: 'warning', value: '3 of 4 rows are odd', warning: true },
    ]);
  });

  it('refuses a sandboxed command what it did not declare', function () {
    project = new TestProject(`
version: 1
stages:
  read: { command: 'cat data/secret.txt > \${outputs.o}', outputs: { o: o.txt } }
  write: { command: 'echo x > data/new.txt; echo y > \${outputs.o}', outputs: { o: o.txt } }
  net: { command: 'echo > /dev/tcp/127.0.0.1/9', outputs: { o: o.txt } }
`).write('data/secret.txt', 's');
    if (!project.pipeline('doctor').out.includes('bubblewrap: yes')) {
      console.log('      skipped: bubblewrap is not here');
      this.skip();
    }
    const run = project.run('--keep-going');
    const error = (stage: string): string =>
      run.lines.find((line) => line.stage === stage && line.event === 'stage')!.error!;
    assert.match(error('read'), /stage read read data\/secret\.txt, which it does not declare\n.*stages\.read\.inputs/);
    assert.match(error('write'), /stage write (wrote to|read) data/);
    assert.ok(!project.exists('data/new.txt'));
    assert.equal(run.status['net'], 'failed');
  });

  it('names what a sandboxed program looked for in vain, whatever it is written in, and lets it read what it declares', function () {
    const outside = new TestProject().write('far.txt', 'far');
    const stage = (program: string, more = ''): string =>
      `version: 1\nstages:\n  get: { command: ${JSON.stringify(`${program} > \${outputs.o}`)}, ${more} outputs: { o: o.txt } }\n`;
    project = new TestProject()
      .write('data/my table.csv', 's')
      .write('data/s.txt', 's')
      .write('pipeline.yaml', stage('true'));
    if (!project.pipeline('doctor').out.includes('bubblewrap: yes')) {
      console.log('      skipped: bubblewrap is not here');
      this.skip();
    }
    const wanted =
      /stage get read data\/s\.txt, which it does not declare\\n.*pipeline\.yaml: stages\.get\.inputs: \{ s: data\/s\.txt \}/;
    for (const [program, expected] of [
      ['cat ./data/s.txt', wanted],
      [`node -p "require('fs').readFileSync('data/s.txt', 'utf8')"`, wanted],
      [`python3 -c "print(open('data/s.txt').read())"`, wanted],
      [`cat '${project.path('data/s.txt')}'`, wanted],
      ["cat 'data/my table.csv'", /read data\/my table\.csv, which it does not declare/],
      [`cat ${outside.path('far.txt')}`, /read [^ ]*far\.txt, which is outside the project/],
    ] as const) {
      const run = project.write('pipeline.yaml', stage(program)).run();
      assert.equal(run.code, 1, program);
      assert.match(run.out, expected, program);
    }
    assert.equal(project.write('pipeline.yaml', stage('cat data/s.txt', 'inputs: { s: data/s.txt },')).run().code, 0);
    symlinkSync(outside.path('far.txt'), project.path('data/far.txt'));
    assert.equal(
      project.write('pipeline.yaml', stage('cat data/far.txt', 'inputs: { far: data/far.txt },')).run().code,
      0,
    );
    assert.equal(project.read('artifacts/get/o.txt'), 'far');
    outside.dispose();
  });

  it('runs commands where there is no sandbox, with outputs still published whole', () => {
    project = new TestProject(`
version: 1
params: { quoted: "a 'b' $(touch pwned) \`c\`" }
stages:
  plain: { command: 'echo "x" \${params.quoted} > \${outputs.o}; cat \${inputs.i} > \${outputs.d}/i', params: [quoted], inputs: { i: 'data/odd name.txt' }, outputs: { o: o.txt, d: d/ } }
`).write('data/odd name.txt', 'i');
    for (const name of ['bash', 'cat', 'flock', 'env']) {
      const found = (process.env['PATH'] ?? '')
        .split(':')
        .map((folder) => join(folder, name))
        .find((path) => existsSync(path))!;
      mkdirSync(project.path('bin'), { recursive: true });
      symlinkSync(found, project.path(`bin/${name}`));
    }
    project.environment = { PATH: project.path('bin') };
    assert.match(project.pipeline('doctor').out, /bubblewrap: no/);
    const run = project.run();
    assert.deepEqual(run.status, { plain: 'ran' }, run.out);
    assert.equal(project.read('artifacts/plain/o.txt'), "x a 'b' $(touch pwned) `c`\n");
    assert.equal(project.read('artifacts/plain/d/i'), 'i');
    assert.ok(!project.exists('pwned'));
  });

  it('gives a slot to one stage at a time, whatever the number of jobs', () => {
    const yaml = (resources: string): string =>
      `version: 1\nstages:\n${[1, 2, 3, 4]
        .map(
          (i) => `  s${i}: { command: 'sleep 0.3; echo ${i} > \${outputs.o}', ${resources} outputs: { o: o.txt } }\n`,
        )
        .join('')}`;
    const events = (text: string): string[] => {
      project.write('pipeline.yaml', text);
      const run = project.run('--jobs', '4', '--force');
      return run.lines.filter(({ event }) => event === 'start' || event === 'stage').map(({ event }) => event);
    };
    project = new TestProject();
    const inTurn = ['start', 'stage'];
    assert.deepEqual(events(yaml('resources: { slots: { board: 1 } },')), [inTurn, inTurn, inTurn, inTurn].flat());
    assert.notDeepEqual(events(yaml('')), [inTurn, inTurn, inTurn, inTurn].flat(), 'without it they overlap');
  });

  it('with --watch runs again at each change, outlives a broken file, and ends on Ctrl-C', async () => {
    project = new TestProject(`
version: 1
stages:
  copy: { command: 'cat \${inputs.i} > \${outputs.o}', inputs: { i: data/in.txt }, outputs: { o: o.txt } }
`).write('data/in.txt', 'one\n');
    const yaml = project.read('pipeline.yaml');
    const { child, end } = project.start('run', '--watch');
    const holds = (text: string) => (): boolean =>
      project.exists('artifacts/copy/o.txt') && project.read('artifacts/copy/o.txt') === text;
    let said = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: string) => {
        said += text;
      });
    await until(holds('one\n'), 'the first run is done');
    // also where the change falls between the run and the watch
    project.write('data/in.txt', 'two\n');
    await until(holds('two\n'), 'the change is followed');
    project.write('pipeline.yaml', `${yaml}  broken\n`);
    await until(() => said.includes('pipeline.yaml:'), 'the broken file is told');
    await sleep(300);
    project.write('pipeline.yaml', yaml);
    project.write('data/in.txt', 'three\n');
    await until(holds('three\n'), 'it is got over');
    child.kill('SIGINT');
    assert.equal((await end).code, 130);
    assert.equal(project.run().status['copy'], 'cached');
  });

  it('does not keep a result whose input changed while it ran', async () => {
    project = new TestProject(`
version: 1
stages:
  slow: { command: 'cat \${inputs.i} > \${outputs.o}; sleep 1', inputs: { i: data/in.txt }, outputs: { o: o.txt } }
`).write('data/in.txt', 'old\n');
    const { end, child } = project.start('run', '--json');
    let said = '';
    child.stdout!.on('data', (text: string) => {
      said += text;
    });
    await until(() => said.includes('"start"'), 'the stage runs');
    await sleep(400);
    project.write('data/in.txt', 'new\n');
    const run = await end;
    assert.match(JSON.stringify(run.lines), /data\/in\.txt changed while it ran/);
    assert.equal(run.status['slow'], 'ran');
    assert.equal(project.read('artifacts/slow/o.txt'), 'new\n');
    assert.equal(project.run().status['slow'], 'cached');
    project.write('data/in.txt', 'old\n');
    assert.equal(project.run('--dry-run').status['slow'], 'would-run');
  });
});
