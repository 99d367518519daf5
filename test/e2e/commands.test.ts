/** The commands beside run, on the real binary: what they print and how they exit. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, TestProject } from '../rig/test-project.ts';

const pipeline = `
version: 1
params: { word: w, unused: 1 }
stages:
  first:
    command: "cat \${inputs.text} > \${outputs.copy}; echo said by first"
    inputs: { text: data/in.txt }
    outputs: { copy: copy.txt }
  second:
    command: "echo '{\\"score\\": 3, \\"word\\": \\"'\${params.word}'\\"}' > \${outputs.report}; cat \${inputs.copy} >> /dev/null"
    params: [word]
    inputs: { copy: artifacts/first/copy.txt }
    outputs: { report: report.json }
    metrics: [report.json]
`;

function lines(run: Finished): Record<string, unknown>[] {
  return run.out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('commands', () => {
  let project: TestProject;
  before(() => {
    project = new TestProject(pipeline).write('data/in.txt', 'text\n');
    assert.equal(project.run().code, 0);
  });
  after(() => project.dispose());

  it('status and why say what changed, old → new', () => {
    assert.match(project.pipeline('status').out, /first +up to date\nsecond +up to date/);
    assert.match(project.pipeline('status', '--set', 'word=v').out, /second +would run +param word: "w" → "v"/);
    const why = lines(project.pipeline('why', 'second', '--set', 'word=v', '--json'))[0]!;
    assert.equal(why['status'], 'would-run');
    assert.deepEqual(why['changes'], [{ kind: 'param', name: 'word', before: '"w"', after: '"v"' }]);
    const told = project.pipeline('why', 'second', '--set', 'word=v').out;
    assert.match(told, /param word +"w" +→ +"v"\n {2}the result in place was made with word "w"; run would use "v"\n/);
    assert.match(project.pipeline('why', 'secnod').err, /did you mean 'second'/);
  });

  it('a dry run does nothing', () => {
    const dry = project.run('--dry-run', '--set', 'word=v');
    assert.deepEqual(dry.status, { first: 'cached', second: 'would-run' });
    assert.equal(dry.lines.at(-1)?.['ran'], 0);
    assert.match(project.read('artifacts/second/report.json'), /"w"/);
    assert.match(
      project.pipeline('run', '-n', '--set', 'word=v').out,
      /second +would run[\s\S]*0 would restore.*1 would run/,
    );
  });

  it('a dry run and status say of what the cache holds that they would restore it', () => {
    const report = project.read('artifacts/second/report.json');
    project.remove('artifacts/second');
    const dry = project.pipeline('run', '--dry-run').out;
    assert.match(dry, /^second: would restore\n/);
    assert.match(dry, /\nsecond +would restore/);
    assert.match(dry, /0 ran, 1 cached, 1 would restore, 0 failed/);
    assert.match(project.pipeline('status').out, /second +would restore/);
    assert.equal(project.run('--dry-run').status['second'], 'restored');
    assert.match(project.pipeline('run').out, /1 restored, 0 failed/);
    assert.equal(project.read('artifacts/second/report.json'), report);
  });

  it('params, metrics, log, graph, history and diff show what they are for', () => {
    assert.match(project.pipeline('params').out, /word +"w" +second\nunused +1/);
    assert.match(project.pipeline('metrics').out, /second +score +3\nsecond +word +w/);
    assert.equal(project.pipeline('log', 'first').out, 'said by first\n');
    assert.match(project.pipeline('graph').out, /flowchart TD[\s\S]*s0 --> s1/);
    project.run('--set', 'word=v');
    project.run();
    const history = lines(project.pipeline('history', '--json'));
    assert.deepEqual(
      history.map((entry) => (entry['summary'] as { ran: number }).ran),
      [0, 1, 0, 2],
    );
    assert.match(project.pipeline('diff', 'last~2', 'last~1').out, /param word +"w" +→ +"v"\nsecond output report/);
    assert.equal(project.pipeline('diff', 'last', 'last').out, 'no difference\n');
    assert.equal(project.pipeline('diff', 'last', 'nowhere').code, 2);
  });

  it('audit reads everything, names what is wrong, and exits 3', () => {
    const clean = project.pipeline('audit');
    assert.equal(clean.code, 0, clean.out);
    assert.match(clean.out, /^2 artifacts, \d objects and \d records read in full: all as they were made$/m);
    project.write('data/in.txt', 'newer\n');
    assert.match(
      project.pipeline('audit').out,
      /^stale +artifact +artifacts\/first\/copy\.txt +input text changed[^\n]*\nstale +artifact +artifacts\/second/,
    );
    project.write('data/in.txt', 'text\n');
    project.remove('artifacts/second/report.json');
    const gone = project.pipeline('audit');
    assert.equal(gone.code, 3);
    assert.match(gone.out, /^missing +artifact +artifacts\/second\/report\.json +stage second makes it\n\n.*1 wrong$/m);
    assert.equal(project.run().status['second'], 'restored');
    project.write('artifacts/first/copy.txt', 'TEXT\n');
    project.write('artifacts/first/stray.txt', 'x');
    const objects = readdirSync(project.path('cache/objects'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.length > 60,
    );
    chmodSync(project.path(`cache/objects/${objects[0]}`), 0o644);
    writeFileSync(project.path(`cache/objects/${objects[0]}`), 'damaged');
    const audit = project.pipeline('audit', '--json');
    assert.equal(audit.code, 3);
    const wrong = lines(audit)
      .filter((row) => row['state'] !== undefined && row['state'] !== 'ok')
      .map((row) => `${row['state']} ${row['what']} ${String(row['name']).slice(0, 60)}`);
    assert.ok(wrong.includes('tampered artifact artifacts/first/copy.txt'), wrong.join('\n'));
    assert.ok(wrong.includes('stale artifact artifacts/second/report.json'), wrong.join('\n'));
    assert.ok(wrong.includes('orphaned artifact artifacts/first/stray.txt'), wrong.join('\n'));
    assert.ok(
      wrong.some((row) => row.startsWith('tampered object')),
      wrong.join('\n'),
    );
    const sources = lines(audit).find((row) => row['name'] === 'artifacts/second/report.json')!['sources'];
    assert.deepEqual(sources, ['data/in.txt']);
    project.remove('artifacts');
    project.remove('cache');
    assert.equal(project.run().code, 0);
    assert.equal(project.pipeline('audit').code, 0);
  });

  it('a rebuild that gives other bytes names the file and the field', () => {
    assert.match(project.pipeline('audit', '--rebuild').out, /first +same\nsecond +same/);
    const other = new TestProject(`
version: 1
stages:
  steady: { command: 'echo 1 > \${outputs.o}', outputs: { o: o.txt } }
  unsteady: { command: 'echo "{ \\"same\\": 1, \\"when\\": \\"$(date +%s%N)\\" }" > \${outputs.o}', outputs: { o: o.json } }
`);
    other.run();
    const rebuilt = other.pipeline('audit', '--rebuild', 'unsteady');
    assert.equal(rebuilt.code, 3);
    assert.match(
      rebuilt.out,
      /unsteady +different +artifacts\/unsteady\/o\.json: field when \("\d+" → "\d+"\) differs \(byte \d+\)/,
    );
    assert.deepEqual(Object.values(other.run().status), ['cached', 'cached']);
    other.dispose();
  });

  it('gc keeps what the last runs made, and frees just the bytes it says', () => {
    const own = new TestProject(`
version: 1
params: { n: 0 }
stages:
  make: { command: 'head -c $((100000 + 1000 * \${params.n})) /dev/zero > \${outputs.o}', params: [n], outputs: { o: o.bin } }
`);
    const cacheBytes = (): number =>
      readdirSync(own.path('cache'), { recursive: true, encoding: 'utf8' })
        .map((name) => lstatSync(own.path(`cache/${name}`)))
        .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    for (const n of [1, 2, 3, 4]) own.run('--set', `n=${n}`);
    const old = (keepRuns: number, ...more: readonly string[]): Record<string, unknown>[] =>
      lines(own.pipeline('gc', '--keep-days', '0', '--keep-runs', String(keepRuns), '--json', ...more));
    const objects = (items: readonly Record<string, unknown>[]): unknown[] =>
      items.filter((item) => item['kind'] === 'object').map((item) => item['bytes']);
    assert.deepEqual(objects(old(4, '--dry-run')), []);
    assert.deepEqual(objects(old(2, '--dry-run')).sort(), [101_000, 102_000]);
    const before = cacheBytes();
    const freed = old(2).at(-1)!['bytes'];
    assert.equal(before - cacheBytes(), freed);
    assert.deepEqual(own.run('--set', 'n=3').status, { make: 'restored' });
    assert.deepEqual(own.run('--set', 'n=1').status, { make: 'ran' });
    own.dispose();
  });

  it('gc keeps what is in use and says what it frees', () => {
    project.run('--set', 'word=gone');
    project.run();
    assert.match(project.pipeline('gc', '--dry-run').out, /would free 0 B in 0 items/);
    const dry = lines(project.pipeline('gc', '--dry-run', '--keep-days', '0', '--keep-runs', '0', '--json'));
    const done = lines(project.pipeline('gc', '--keep-days', '0', '--keep-runs', '0', '--json'));
    assert.equal(done.at(-1)!['bytes'], dry.at(-1)!['bytes']);
    assert.ok((done.at(-1)!['bytes'] as number) > 0);
    project.remove('artifacts');
    assert.deepEqual(project.run().status, { first: 'restored', second: 'restored' });
    assert.equal(project.run('--set', 'word=gone').status['second'], 'ran');
    project.run();
  });

  it('clean takes artifacts away and run brings them back', () => {
    assert.match(project.pipeline('clean', 'second').out, /freed/);
    assert.ok(project.exists('artifacts/first/copy.txt') && !project.exists('artifacts/second'));
    assert.equal(project.run().code, 0);
    assert.ok(project.exists('artifacts/second/report.json'));
  });

  it('wrong usage exits 2 with a way out', () => {
    for (const [args, expected] of [
      [['rnu'], /did you mean 'run'/],
      [['run', '--executor', 'slrum'], /expected local or slurm, got 'slrum'/],
      [['run', 'frist'], /did you mean 'first'/],
      [['run', '--set', 'wrod=1'], /did you mean 'word'/],
      [['run', '--jobs', 'many'], /whole number/],
      [['graph', '--format', 'dott'], /did you mean 'dot'/],
      [['run', '-C', '/nowhere'], /does not exist/],
    ] as const) {
      const run = project.pipeline(...args);
      assert.equal(run.code, 2, `${args.join(' ')}: ${run.out}${run.err}`);
      assert.match(run.err, expected);
    }
  });

  it('--until and --from choose stages', () => {
    assert.deepEqual(Object.keys(project.run('--until', 'first').status), ['first']);
    project.write('data/in.txt', 'changed\n');
    const from = project.run('--from', 'second');
    assert.deepEqual(from.status, { second: 'cached' });
    project.write('data/in.txt', 'text\n');
  });

  it('--force runs what is up to date, all or the named stages, and stops early after the same bytes', () => {
    project.run();
    assert.deepEqual(project.run('--force=first').status, { first: 'ran', second: 'cached' });
    assert.deepEqual(project.run('--force').status, { first: 'ran', second: 'ran' });
    assert.match(project.pipeline('run', '--force=frist').err, /did you mean 'first'/);
  });
});

describe('the target list default', () => {
  it('is what a bare run makes; status, metrics and audit tell of every stage', () => {
    const project = new TestProject(`
version: 1
targets: { default: [asked] }
stages:
  asked: { command: 'echo x > \${outputs.o}', outputs: { o: o.txt } }
  other: { command: 'echo "{\\"n\\":3}" > \${outputs.m}', outputs: { m: m.json }, metrics: [m.json] }
`);
    assert.deepEqual(project.run().status, { asked: 'ran' });
    assert.match(project.pipeline('status').out, /asked +up to date[\s\S]*other +would run/);
    assert.deepEqual(project.run('--until', 'other').status, { other: 'ran' });
    assert.match(project.pipeline('metrics').out, /other +n +3/);
    project.write('artifacts/other/m.json', '{"n":4}');
    const audit = project.pipeline('audit');
    assert.equal(audit.code, 3);
    assert.match(audit.out, /tampered +artifact +artifacts\/other\/m.json/);
    project.dispose();
  });
});

describe('run --frozen', () => {
  it('compares with the lock, restores from a cache, and works without data', () => {
    const project = new TestProject(pipeline).write('data/in.txt', 'text\n');
    assert.equal(project.run('--frozen').code, 3, 'no lock yet');
    project.run();
    const lock = project.read('pipeline.lock');
    assert.equal(project.run('--frozen').code, 0);
    const other = project.run('--frozen', '--set', 'word=v');
    assert.equal(other.code, 3);
    assert.match(JSON.stringify(other.lines), /param word: \\"w\\" → \\"v\\"/);
    project.remove('data');
    project.remove('artifacts');
    const restored = project.run('--frozen');
    assert.equal(restored.code, 0, restored.out);
    assert.deepEqual(restored.status, { first: 'restored', second: 'restored' });
    project.remove('artifacts');
    project.remove('cache');
    assert.deepEqual(project.run('--frozen').status, { first: 'skipped', second: 'skipped' });
    assert.equal(project.run('--frozen', '--set', 'word=v').code, 3);
    assert.equal(project.read('pipeline.lock'), lock);
    project.write('data/in.txt', 'other\n');
    assert.match(JSON.stringify(project.run('--frozen').lines), /input text changed/);
    project.write('pipeline.lock', '{');
    assert.equal(project.run('--frozen').code, 2);
    project.dispose();
  });
});

describe('a full disk', () => {
  const yaml = `
version: 1
stages:
  big: { command: 'head -c 3000000 /dev/zero > \${outputs.o}', outputs: { o: o.bin } }
  small: { command: 'echo x > \${outputs.o}', outputs: { o: o.txt } }
`;

  /** Runs `body` with a disk of `kib` KiB at small-disk/; false where mounting is not permitted. */
  function onSmallDisk(project: TestProject, kib: number, body: (disk: string) => void): boolean {
    const disk = project.write('small-disk/x', '').path('small-disk');
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', disk]).status === 0;
    try {
      if (mounted) body(disk);
      else console.log('      skipped: mounting a tmpfs is not permitted here');
    } finally {
      if (mounted) spawnSync('umount', [disk]);
      project.dispose();
    }
    return mounted;
  }

  it('of the cache keeps out what cannot fit before it takes the room of others, which costs what it would have saved', function () {
    const project = new TestProject(yaml);
    const ran = onSmallDisk(project, 2048, (disk) => {
      const full = project.run('--cache-dir', disk, '--keep-going');
      assert.deepEqual(full.status, { big: 'ran', small: 'ran' }, full.out);
      assert.match(
        full.out,
        /big: its result was not kept in the cache: no space left: 2\.9 MiB are needed and [\d.]+ MiB are free in /,
      );
      assert.ok(project.exists('artifacts/big/o.bin') && !project.exists('artifacts/.staging'));
      spawnSync('mount', ['-o', 'remount,size=20m', disk]);
      assert.deepEqual(project.run('--cache-dir', disk).status, { big: 'cached', small: 'cached' });
      project.remove('artifacts');
      assert.deepEqual(project.run('--cache-dir', disk).status, { big: 'restored', small: 'restored' });
    });
    if (!ran) this.skip();
  });

  it('of the cache keeps no record from being written: the result is known where it lies, whatever the parameters', function () {
    const project = new TestProject(`
version: 1
params: { n: 1 }
stages:
  big: { command: 'head -c 3000000 /dev/zero > \${outputs.o}; echo \${params.n} >> \${outputs.o}', params: [n], outputs: { o: o.bin } }
`);
    const ran = onSmallDisk(project, 2048, (disk) => {
      const options = ['--cache-dir', disk, '--set', 'n=2'];
      assert.deepEqual(project.run(...options).status, { big: 'ran' });
      const next = project.run(...options);
      assert.deepEqual(next.status, { big: 'cached' }, next.out);
      assert.match(next.out, /big: its result was not kept in the cache: no space left/);
      assert.equal(project.pipeline('audit', ...options).code, 0);
      spawnSync('mount', ['-o', 'remount,size=20m', disk]);
      assert.deepEqual(project.run(...options).status, { big: 'cached' });
      project.remove('artifacts');
      assert.deepEqual(project.run(...options).status, { big: 'restored' });
    });
    if (!ran) this.skip();
  });

  it('of the cache with nothing free at all is told of in words and stops no stage', function () {
    const project = new TestProject(yaml);
    const ran = onSmallDisk(project, 1024, (disk) => {
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(1024 << 10).subarray(0, freeBytes(disk)));
      assert.equal(freeBytes(disk), 0);
      const full = project.run('--cache-dir', disk, '--keep-going');
      assert.equal(full.code, 0, full.out + full.err);
      assert.deepEqual(full.status, { big: 'ran', small: 'ran' });
      assert.match(full.out + full.err, /no space left/);
      assert.doesNotMatch(full.out + full.err, /\n {4}at /, 'a stack trace');
      assert.deepEqual(project.run('--cache-dir', disk).status, { big: 'cached', small: 'cached' });
      spawnSync('mount', ['-o', 'remount,size=20m', disk]);
      assert.deepEqual(project.run('--cache-dir', disk).status, { big: 'cached', small: 'cached' });
      assert.equal(project.pipeline('audit', '--cache-dir', disk).code, 0);
    });
    if (!ran) this.skip();
  });
});

describe('a full disk under a stage', () => {
  /** A disk of `kib` KiB, handed to `body`; false where mounting is not permitted. */
  function withDisk(kib: number, body: (disk: TestProject) => void): boolean {
    const project = new TestProject();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', project.root]).status === 0;
    try {
      if (mounted) body(project);
      else console.log('      skipped: mounting a tmpfs is not permitted here');
    } finally {
      if (mounted) spawnSync('umount', [project.root]);
      project.dispose();
    }
    return mounted;
  }

  it('that holds the project ends the stage in a sentence and leaves nothing in the way', function () {
    const ran = withDisk(1500, (project) => {
      const yaml = (lines: number): string => `
version: 1
stages:
  other: { command: 'sleep 2; echo x > \${outputs.o}', outputs: { o: o.txt } }
  a: { command: 'seq ${lines} | tee \${outputs.o}', outputs: { o: o.bin } }
`;
      const full = project.write('pipeline.yaml', yaml(250_000)).run('--keep-going', '--jobs', '2');
      assert.equal(full.code, 1);
      assert.equal(full.status['a'], 'failed', full.err);
      assert.doesNotMatch(full.out + full.err, /\n {4}at /, 'a stack trace');
      assert.match(full.out + full.err, /no space left/i);
      assert.ok(!project.exists('artifacts/.staging') && !project.exists('artifacts/a'));
      const next = project.write('pipeline.yaml', yaml(1000)).run();
      assert.equal(next.code, 0, next.err);
    });
    if (!ran) this.skip();
  });

  it('that holds the cache costs the log and what the cache would have saved', function () {
    const ran = withDisk(200, (disk) => {
      const project = new TestProject(`
version: 1
stages:
  a: { command: 'seq 1 200000; echo x > \${outputs.o}', outputs: { o: o.txt } }
`);
      const full = project.run('--cache-dir', disk.root);
      assert.deepEqual(full.status, { a: 'ran' }, full.err);
      assert.equal(full.code, 0);
      assert.match(full.out, /a: its log was not kept: .*no space left/);
      assert.match(full.out, /a: its result was not kept in the cache: no space left/);
      assert.equal(project.read('artifacts/a/o.txt'), 'x\n');
      assert.deepEqual(project.run('--cache-dir', disk.root).status, { a: 'cached' }, 'pipeline.lock knows it');
      project.dispose();
    });
    if (!ran) this.skip();
  });
});

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
