/** Logs of any length, also while a run goes on; metrics by name, and what became of them between two runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cliPath, TestProject } from '../rig/test-project.ts';

describe('log', () => {
  let project: TestProject;
  afterEach(() => project.dispose());

  function logFile(): string {
    const run = readdirSync(project.path('cache/runs')).find((name) => !name.endsWith('.json'))!;
    return project.path(join('cache/runs', run, 'a.log'));
  }

  it('gives the last lines alone where asked, however long they are', () => {
    project = new TestProject(`
version: 1
stages:
  a: { command: 'seq 5; head -c 3000000 /dev/zero | tr "\\\\0" x; printf "\\nend\\n"; echo > \${outputs.o}', outputs: { o: o.txt } }
`);
    assert.equal(project.run().code, 0);
    const whole = project.pipeline('log', 'a').out;
    assert.equal(whole.length, 10 + 3_000_000 + 300 + 4);
    const lines = whole.trimEnd().split('\n');
    for (const count of [0, 1, 2, 290, lines.length - 1, lines.length, 1000]) {
      const tail = project.pipeline('log', 'a', '--tail', String(count)).out;
      assert.deepEqual(tail.split('\n').slice(0, -1), count === 0 ? [] : lines.slice(-count), `${count} lines`);
    }
    assert.equal(project.pipeline('log', 'a', '--tail', '-1').code, 2);
    assert.deepEqual(
      project.pipeline('log', 'a', '--tail', '1', '--json').lines.map(({ line }) => line),
      ['end'],
    );
  });

  it('is told where it is longer than any text can be', () => {
    project = new TestProject(`
version: 1
stages:
  a: { command: 'echo first; echo > \${outputs.o}', outputs: { o: o.txt } }
`);
    project.run();
    const line = `${'a line of the log '.repeat(500)}\n`;
    const block = line.repeat(1 << 10);
    const blocks = Math.ceil(0x2000_0000 / block.length);
    for (let i = 0; i < blocks; i++) appendFileSync(logFile(), block);
    const bytes = 6 + blocks * block.length;
    const counted = (args: string): string =>
      spawnSync('bash', ['-o', 'pipefail', '-c', `${process.execPath} ${cliPath} log a ${args}`], {
        cwd: project.root,
        encoding: 'utf8',
      }).stdout;
    assert.equal(Number(counted('| wc -c')), bytes);
    assert.equal(counted('--tail 2'), line.repeat(2));
    assert.match(counted('--json | head -n 1'), /"line":"first"/);
  });

  it('--follow goes on until the run ends; also where a later run of other stages has ended before', async () => {
    project = new TestProject(`
version: 1
stages:
  a: { command: 'echo BEGUN; until [ -e go ]; do sleep 0.1; done; echo END; echo > \${outputs.o}', outputs: { o: o.txt }, sandbox: false }
  b: { command: 'echo x > \${outputs.o}', outputs: { o: o.txt } }
`);
    const run = project.start('run', 'a', '--json');
    await new Promise<void>((resolve) =>
      run.child.stdout!.on('data', (text: string) => {
        if (text.includes('BEGUN"')) resolve();
      }),
    );
    assert.equal(project.run('b').code, 0);
    const follow = project.start('log', 'a', '--follow');
    await new Promise((resolve) => follow.child.stdout!.once('data', resolve));
    // the command looks from a view of the project, made before
    spawnSync('bash', ['-c', 'for view in artifacts/.staging/*/a/view; do touch $view/go; done'], {
      cwd: project.root,
    });
    const told = await follow.end;
    assert.equal(told.out, 'BEGUN\nEND\n');
    assert.equal(told.code, 0, told.err);
    assert.equal((await run.end).code, 0);
  });
});

describe('metrics', () => {
  const yaml = `version: 1
params: { loss: 0.5, name: first }
stages:
  train: { command: 'echo "{\\"loss\\": \${params.loss}, \\"test\\": {\\"accuracy\\": 0.1, \\"name\\": \\"\${params.name}\\"}}" > \${outputs.m}', params: [loss, name], outputs: { m: m.json }, metrics: [m.json] }
  report: { command: 'echo "{\\"test\\": {\\"accuracy\\": 1}, \\"train\\": 2}" > \${outputs.d}/m.json', outputs: { d: d/ }, metrics: [d/m.json] }
  plain: { command: 'echo x > \${outputs.o}', outputs: { o: o.txt } }
`;
  let project: TestProject;
  before(() => {
    project = new TestProject(yaml);
    for (const sets of [[], ['--set', 'loss=0.25'], ['--set', 'loss=0.25', '--set', 'name=second']])
      assert.equal(project.run(...sets).code, 0);
  });
  after(() => project.dispose());

  function names(...patterns: readonly string[]): string[] {
    const { code, lines, err } = project.pipeline('metrics', '--json', ...patterns);
    assert.equal(code, 0, err);
    return lines.flatMap(({ stage, values }) => Object.keys(values as object).map((name) => `${stage}.${name}`));
  }

  it('are those of the stages or the names that are asked for', () => {
    const train = ['train.loss', 'train.test.accuracy', 'train.test.name'];
    assert.deepEqual(names(), [...train, 'report.test.accuracy', 'report.train']);
    for (const pattern of ['train', 'train.*', 'artifacts/train/m.json', 'tr?in.*'])
      assert.deepEqual(names(pattern), train, pattern);
    for (const pattern of ['test.accuracy', '*.accuracy', '*accuracy'])
      assert.deepEqual(names(pattern), ['train.test.accuracy', 'report.test.accuracy'], pattern);
    assert.deepEqual(names('train.test'), train.slice(1));
    assert.deepEqual(names('report.*', 'train.loss'), ['train.loss', 'report.test.accuracy', 'report.train']);
    assert.deepEqual(names('plain'), []);
    assert.match(project.pipeline('metrics', 'train.l*').out, /^train +loss +0\.25\n$/);
  });

  it('that nothing is called by are refused, with what may be meant', () => {
    for (const [pattern, hint] of [
      ['train.los', /did you mean 'train.loss'/],
      ['tra.n.*', /train\.\*/],
      ['train.loss.x', /did you mean|train\.\*/],
    ] as const) {
      const wrong = project.pipeline('metrics', pattern);
      assert.equal(wrong.code, 2, wrong.out);
      assert.match(wrong.err, /no stage, output or metric '/);
      assert.match(wrong.err, hint);
    }
  });

  it('of two runs are told by diff, old → new with the difference', () => {
    assert.match(project.pipeline('diff', 'last~2', 'last~1').out, /^train metric loss +0\.5 +→ +0\.25 +-0\.25$/m);
    assert.match(project.pipeline('diff', 'last~1', 'last~2').out, /^train metric loss +0\.25 +→ +0\.5 +\+0\.25$/m);
    const metrics = (a: string, b: string): object[] =>
      project
        .pipeline('diff', a, b, '--json')
        .lines.filter(({ what }) => / metric /.test(String(what)))
        .map(({ event: _, ...rest }) => rest);
    assert.deepEqual(metrics('last~2', 'last'), [
      { what: 'train metric loss', before: 0.5, after: 0.25, difference: -0.25 },
      { what: 'train metric test.name', before: 'first', after: 'second' },
    ]);
    assert.deepEqual(metrics('last', 'last'), []);
    project.write('pipeline.yaml', 'no: pipeline\n');
    assert.match(project.pipeline('diff', 'last~2', 'last').out, /param loss/);
  });
});
