/** What the machine may do to a run: read-only folders, files that never rest, a clock set back, huge inputs, links, odd names, little room. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliPath, TestProject } from '../rig/test-project.ts';

const twoStages = `
version: 1
params: { word: a }
stages:
  one: { command: '(cat \${inputs.i}; echo \${params.word}) > \${outputs.o}', params: [word], inputs: { i: data/in.txt }, outputs: { o: o.txt } }
  two: { command: 'cat \${inputs.i} > \${outputs.o}', inputs: { i: artifacts/one/o.txt }, outputs: { o: o.txt } }
`;

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', args).status === 0;
}

describe('read-only folders', () => {
  let project: TestProject;
  const mounted: string[] = [];
  beforeEach(() => {
    project = new TestProject(twoStages).write('data/in.txt', 'text\n');
    assert.equal(project.run().code, 0);
  });
  afterEach(() => {
    for (const folder of mounted.splice(0).reverse()) spawnSync('umount', [folder]);
    project.dispose();
  });

  /** Makes a folder of the project read-only, as it is or empty; skips the test where that is not permitted. */
  function readOnly(test: Mocha.Context, name: string, empty = false): void {
    const folder = project.path(name);
    mkdirSync(folder, { recursive: true });
    const bound = empty ? mount('-t', 'tmpfs', 'tmpfs', folder) : mount('--bind', folder, folder);
    if (bound) mounted.push(folder);
    if (bound && mount('-o', `remount,ro${empty ? '' : ',bind'}`, folder)) return;
    console.log('      skipped: mounting is not permitted here');
    test.skip();
  }

  /** Refused in words: exit 1, the folder and the reason named, no stack trace. */
  function assertRefused(args: readonly string[], expected: RegExp): void {
    const run = project.pipeline(...args);
    assert.equal(run.code, 1, `${args.join(' ')}: ${run.out}${run.err}`);
    assert.match(run.out + run.err, expected);
    assert.match(run.out + run.err, /the file system is read-only/);
    assert.doesNotMatch(run.out + run.err, /\n {4}at /, 'a stack trace');
  }

  it('a whole read-only checkout is judged as ever, and what must write says what it cannot', function () {
    readOnly(this, '.');
    for (let time = 0; time < 3; time++) assert.deepEqual(project.run().status, { one: 'cached', two: 'cached' });
    assert.equal(project.run('--frozen').code, 0);
    for (const command of ['status', 'audit', 'history', 'doctor'])
      assert.equal(project.pipeline(command).code, 0, command);
    assertRefused(['run', '--set', 'word=b'], /artifacts\/\.staging/);
    assertRefused(['clean'], /artifacts\/\.staging/);
    assertRefused(['gc', '--keep-days', '0', '--keep-runs', '0'], /cannot remove .*cache\//);
  });

  it('a read-only cache costs what it would have saved, and one sentence', function () {
    readOnly(this, 'cache', true);
    const run = project.run();
    assert.deepEqual(run.status, { one: 'cached', two: 'cached' }, run.out);
    assert.match(run.out, /result was not kept in the cache/);
    const other = project.run('--set', 'word=b');
    assert.deepEqual(other.status, { one: 'ran', two: 'ran' }, other.out + other.err);
    assert.equal(other.lines.filter(({ event }) => event === 'message').length, 1, other.out);
    assert.match(other.out, /result was not kept in the cache .*the file system is read-only/);
    assert.equal(project.read('artifacts/one/o.txt'), 'text\nb\n');
  });

  it('read-only artifacts are left as they are', function () {
    readOnly(this, 'artifacts');
    project.write('data/in.txt', 'other\n');
    assertRefused(['run'], /artifacts\/\.staging/);
    assert.equal(project.read('artifacts/one/o.txt'), 'text\na\n');
  });
});

describe('a PATH with folders that may not be entered', () => {
  it('holds up neither doctor, nor a stage whose tools are looked for on it', function () {
    const project = new TestProject(`
version: 1
stages:
  a: { command: 'bash --version > \${outputs.o}', tools: [bash], outputs: { o: o.txt } }
`).write('shut/bin/x', '');
    if (!project.asOrdinaryUser()) this.skip();
    chmodSync(project.path('shut'), 0o000);
    const path = [project.path('shut/bin'), project.path('pipeline.yaml'), process.env['PATH']];
    project.environment = { PATH: path.join(':') };
    const doctor = project.pipeline('doctor');
    assert.equal(doctor.code, 0, doctor.err);
    assert.match(doctor.out, /file locks: yes/);
    for (const status of ['ran', 'cached', 'cached']) {
      const run = project.run();
      assert.equal(run.code, 0, run.out + run.err);
      assert.equal(run.status['a'], status);
    }
    chmodSync(project.path('shut'), 0o755);
    project.dispose();
  });
});

describe('a file that never rests', () => {
  it('is no input: the run says which, and is got over when it rests', async () => {
    const project = new TestProject(twoStages).write('data/in.txt', 'x'.repeat(24 << 20));
    const path = project.path('data/in.txt');
    // Writes in place until it is ended: between any two looks at the file it changed.
    const script = `const fs = require('fs'); const fd = fs.openSync(${JSON.stringify(path)}, 'r+');
      for (let i = 0; ; i++) { fs.writeSync(fd, String(i % 10), 0); if (i === 0) console.log('begun'); }`;
    const writer = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    const run = await project.start('run', '--json').end;
    writer.kill('SIGKILL');
    await once(writer, 'close');
    assert.equal(run.code, 1, run.out);
    // The second where the writer was kept from running for as long as one reading took.
    assert.match(run.out, /data\/in\.txt (keeps changing while it is read|changed while it ran)/);
    assert.ok(!project.exists('artifacts/one') && !project.exists('cache/actions'));
    assert.deepEqual(project.run().status, { one: 'ran', two: 'ran' });
    assert.ok(readFileSync(path).equals(readFileSync(project.path('artifacts/one/o.txt')).subarray(0, 24 << 20)));
    project.dispose();
  });
});

describe('a clock that is set back by a year', () => {
  it('hides no edit, and makes nothing stale', () => {
    const project = new TestProject(twoStages).write('data/in.txt', 'text\n');
    project.run();
    const shift = `const now = Date.now; Date = class extends Date { constructor(...a) { super(...(a.length ? a : [Date.now()])); } };
      Date.now = () => now() - 31536e6;`;
    project.environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
    for (let time = 0; time < 3; time++) assert.deepEqual(project.run().status, { one: 'cached', two: 'cached' });
    for (const text of ['next\n', 'last\n']) {
      project.write('data/in.txt', text);
      assert.deepEqual(project.run().status, { one: 'ran', two: 'ran' });
      assert.equal(project.read('artifacts/two/o.txt'), `${text}a\n`);
    }
    assert.match(project.pipeline('gc', '--dry-run').out, /would free 0 B/, 'what seems to be of the future is kept');
    project.environment = {};
    project.write('data/in.txt', 'text\n');
    assert.deepEqual(project.run().status, { one: 'restored', two: 'restored' });
    assert.equal(project.pipeline('audit').code, 0);
    project.dispose();
  });
});

describe('2 GiB of inputs', () => {
  /** Bytes that `pipeline run` and its children read, by /proc. */
  function bytesRead(project: TestProject): number {
    const { stdout, status } = spawnSync(
      'bash',
      ['-c', '"$0" "$@" > /dev/null && grep rchar /proc/$$/io', process.execPath, cliPath, 'run'],
      { cwd: project.root, encoding: 'utf8', env: { PATH: process.env['PATH'] } },
    );
    assert.equal(status, 0);
    return Number(stdout.split(' ')[1]);
  }

  it('are read once: later runs read none of it, also the first after a touch elsewhere', function () {
    if (process.platform !== 'linux') this.skip();
    const project = new TestProject(twoStages.replace('cat ${inputs.i};', 'head -c 9 ${inputs.i};'));
    project.write('data/in.txt', '');
    truncateSync(project.path('data/in.txt'), 2 ** 31);
    const fd = openSync(project.path('data/in.txt'), 'r+');
    writeSync(fd, 'last', 2 ** 31 - 4);
    closeSync(fd);
    assert.ok(bytesRead(project) > 2 ** 31, 'the first run reads it all');
    project.write('note.txt', 'x');
    const second = bytesRead(project);
    const third = bytesRead(project);
    assert.ok(second < 2 ** 25 && third < 2 ** 25, `${second} and ${third} bytes`);
    project.dispose();
  });
});

describe('links', () => {
  const linkReader = `import * as fs from 'node:fs';
export default { about: 'x', params: { type: 'object' }, inputs: { d: { kind: 'folder', about: 'x' } }, outputs: { o: { kind: 'text', about: 'x' } },
  async run({ inputs, outputs, tmp }) { BODY } };
`;
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(
      'version: 1\nstages:\n  read: { module: stages/read.mjs, inputs: { d: data/ }, outputs: { o: o.txt } }\n',
    )
      .write('data/in.txt', 'in\n')
      .write('hidden/secret.txt', 'first\n')
      .write(
        'stages/read.mjs',
        linkReader.replace('BODY', "fs.writeFileSync(outputs.o, fs.readFileSync(inputs.d + '/link.txt'));"),
      );
  });
  afterEach(() => project.dispose());

  it('in an input folder are part of the input: what they lead to is in the key', () => {
    symlinkSync('../hidden/secret.txt', project.path('data/link.txt'));
    assert.equal(project.run().status['read'], 'ran');
    assert.equal(project.read('artifacts/read/o.txt'), 'first\n');
    project.write('hidden/secret.txt', 'other\n');
    assert.equal(project.run().status['read'], 'ran');
    assert.equal(project.read('artifacts/read/o.txt'), 'other\n');
  });

  it('that lead in a circle or nowhere are refused by name', () => {
    for (const [target, expected] of [
      ['.', /data\/link\.txt is a link that leads back to/],
      ['link.txt', /data\/link\.txt is a link that leads to itself/],
      ['gone', /data\/link\.txt is a link that leads nowhere/],
    ] as const) {
      symlinkSync(target, project.path('data/link.txt'));
      const run = project.run();
      assert.equal(run.code, 1);
      assert.match(run.out, expected);
      project.remove('data/link.txt');
    }
  });

  it('to folders in an input folder are listed and read like folders', () => {
    project.write('hidden/deep/one.txt', 'one');
    symlinkSync('../hidden', project.path('data/dir'));
    const body =
      "fs.writeFileSync(outputs.o, fs.readdirSync(inputs.d, { recursive: true }).sort() + fs.readFileSync(inputs.d + '/dir/deep/one.txt'));";
    project.write('stages/read.mjs', linkReader.replace('BODY', body));
    assert.equal(project.run().status['read'], 'ran');
    assert.equal(project.read('artifacts/read/o.txt'), 'dir,dir/deep,dir/deep/one.txt,dir/secret.txt,in.txtone');
  });

  it('cannot be made or used by a module stage to reach what it did not declare', () => {
    mkdirSync(project.path('hidden/deep'));
    symlinkSync('../hidden/deep', project.path('data/dir'));
    for (const body of [
      "fs.symlinkSync(inputs.d + '/../hidden/secret.txt', tmp + '/l'); fs.copyFileSync(tmp + '/l', outputs.o);",
      "fs.symlinkSync('../../../../hidden/secret.txt', tmp + '/l'); fs.copyFileSync(tmp + '/l', outputs.o);",
      "fs.linkSync(inputs.d + '/../hidden/secret.txt', tmp + '/l'); fs.copyFileSync(tmp + '/l', outputs.o);",
      "fs.copyFileSync(inputs.d + '/dir/../secret.txt', outputs.o);",
      "fs.copyFileSync(Buffer.from(inputs.d + '/dir/../secret.txt'), outputs.o);",
      "fs.copyFileSync(inputs.d + '/../hidden/secret.txt', outputs.o);",
    ]) {
      project.write('stages/read.mjs', linkReader.replace('BODY', body));
      const run = project.run();
      assert.equal(
        run.code,
        1,
        `${body}: ${project.exists('artifacts/read/o.txt') ? project.read('artifacts/read/o.txt') : ''}${run.out}`,
      );
      assert.ok(!project.exists('artifacts/read'), body);
    }
  });

  it('are refused as outputs', () => {
    project.write(
      'pipeline.yaml',
      "version: 1\nstages:\n  read: { command: 'ln -s /etc/hostname ${outputs.o}', outputs: { o: o.txt } }\n",
    );
    assert.match(project.run().out, /wrote o\.txt, which is a symbolic link/);
  });
});

describe('odd names', () => {
  const names = [
    "it's $(touch pwned).txt",
    'two  blanks".txt',
    'Fliege 🪰 é.txt',
    '-rf.txt',
    '`x`;&|.txt',
    '%41%2f.txt',
    'new\nline.txt',
  ];

  it('of files in folders and patterns come through whole, and never become shell code', () => {
    const project = new TestProject(`
version: 1
stages:
  all: { command: 'cat -- \${inputs.files} > \${outputs.o}; cp -r -- \${inputs.folder}/. \${outputs.d}', inputs: { files: 'data/*.txt', folder: data/ }, outputs: { o: o.txt, d: d/ } }
`);
    for (const name of names) project.write(`data/${name}`, `in ${name}\n`);
    const run = project.run();
    assert.deepEqual(run.status, { all: 'ran' }, run.out);
    for (const name of names) {
      assert.equal(project.read(`artifacts/all/d/${name}`), `in ${name}\n`);
      assert.ok(project.read('artifacts/all/o.txt').includes(`in ${name}\n`));
    }
    assert.ok(!project.exists('pwned'));
    project.remove('artifacts');
    assert.deepEqual(project.run().status, { all: 'restored' });
    for (const name of names) assert.equal(project.read(`artifacts/all/d/${name}`), `in ${name}\n`);
    assert.equal(project.pipeline('audit').code, 0);
    project.dispose();
  });
});

describe('a file system with reflinks', () => {
  it('shares blocks between artifacts and cache; an edit of an artifact does not reach the cache', async function () {
    this.timeout(60_000);
    const project = new TestProject(`
version: 1
stages:
  big: { command: 'head -c 60000000 /dev/urandom > \${outputs.o}', outputs: { o: o.bin } }
`);
    const image = project.write('image', '').path('image');
    truncateSync(image, 400 << 20);
    const disk = project.write('disk/x', '').path('disk');
    if (spawnSync('mkfs.xfs', ['-q', image]).status !== 0 || !mount('-o', 'loop', image, disk)) {
      console.log('      skipped: there is no mkfs.xfs here, or mounting is not permitted');
      project.dispose();
      this.skip();
    }
    const inside = new TestProject(project.read('pipeline.yaml'));
    try {
      spawnSync('cp', ['-r', `${inside.root}/.`, disk]);
      const used = (): number => {
        spawnSync('sync');
        return Number(spawnSync('df', ['--output=used', '-B1', disk], { encoding: 'utf8' }).stdout.split('\n')[1]);
      };
      const before = used();
      assert.match(inside.pipeline('doctor', '-C', disk).out, /reflinks: yes/);
      assert.equal(inside.pipeline('run', '-C', disk).code, 0);
      await sleep(100);
      assert.equal(statSync(`${disk}/artifacts/big/o.bin`).size, 60_000_000);
      assert.ok(used() - before < 90_000_000, `${used() - before} bytes for two copies of 60 MB`);
      spawnSync('bash', ['-c', `echo more >> ${disk}/artifacts/big/o.bin`]);
      assert.match(inside.pipeline('run', '-C', disk).out, /1 restored/);
      assert.equal(inside.pipeline('audit', '-C', disk).code, 0);
    } finally {
      spawnSync('umount', [disk]);
      inside.dispose();
      project.dispose();
    }
  });
});
