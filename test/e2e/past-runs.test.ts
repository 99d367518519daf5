/** What is told of past runs and of the state: history, diff, log, metrics, status --check; and stages called like members of every object. */
import assert from 'node:assert/strict';
import { TestProject } from '../rig/test-project.ts';

const yaml = `version: 1
params: { talk: true, deep: { epochs: 3 } }
stages:
  a: { command: "if \${params.talk}; then echo HELLO; fi; cat \${inputs.i} > \${outputs.o}", params: [talk], inputs: { i: in.txt }, outputs: { o: o.txt } }
  m: { command: "echo '{\\"loss\\": NaN, \\"x\\": 0.12345678, \\"t\\": \\"NaN\\"}' > \${outputs.m}", outputs: { m: m.json }, metrics: [m.json] }
`;

describe('past runs', () => {
  const project = new TestProject(yaml).write('in.txt', 'one\n');
  const other = new TestProject(yaml).write('in.txt', 'other\n');
  after(() => {
    project.dispose();
    other.dispose();
  });

  it('log is that of the last run of the stage, also where it printed nothing', () => {
    project.run();
    assert.equal(project.pipeline('log', 'a').out, 'HELLO\n');
    project.run('--set', 'talk=false');
    const silent = project.pipeline('log', 'a');
    assert.equal(silent.out, '');
    assert.match(silent.err, /a printed nothing when it last ran/);
  });

  it('log shows a run that was killed', async () => {
    project.write('pipeline.yaml', yaml.replace('echo HELLO', 'echo BEGUN; sleep 30'));
    const { child, end } = project.start('run', '--json');
    child.stdout!.on('data', (text: string) => {
      if (text.includes('BEGUN"')) child.kill('SIGKILL');
    });
    await end;
    assert.equal(project.pipeline('log', 'a').out, 'BEGUN\n');
    project.write('pipeline.yaml', yaml);
  });

  it('history and diff speak of this checkout, the newest first, and name what changed', () => {
    other.run('--cache-dir', project.path('cache'));
    project.write('pipeline.yaml', yaml.replace('cat $', 'tac $'));
    project.run();
    project.write('in.txt', 'two\nlines\n');
    project.run();
    const runs = project.pipeline('history', '--json').lines;
    assert.ok(runs.every((run) => run['root'] === project.root));
    assert.deepEqual(
      runs.map((run) => run['started']),
      runs
        .map((run) => String(run['started']))
        .sort()
        .reverse(),
    );
    assert.equal(project.pipeline('history', '--all', '--json').lines.length, runs.length + 1);
    const input = project.pipeline('diff', 'last~1', 'last').out;
    assert.match(input, /a input i/);
    assert.match(project.pipeline('diff', 'last~2', 'last~1').out, /a command .*cat .*→ .*tac /);
    assert.match(other.pipeline('diff', 'last', 'last', '--cache-dir', project.path('cache')).out, /no difference/);
  });

  it('metrics may hold what JSON does not, and are short for people', () => {
    const out = project.pipeline('metrics').out;
    assert.match(out, /loss +NaN/);
    assert.match(out, /x +0.12346\n/);
    assert.match(project.pipeline('params', 'deep.epoch').err, /did you mean 'deep.epochs'/);
  });

  it('status --check and --dry-run --check end with 3 where something would run', () => {
    const codes = (): (number | null)[] => [
      project.pipeline('status', '--check').code,
      project.pipeline('run', '--dry-run', '--check').code,
      project.pipeline('status', '--check', '--json').code,
    ];
    assert.deepEqual(codes(), [0, 0, 0]);
    project.write('in.txt', 'three\n');
    assert.deepEqual(codes(), [3, 3, 3]);
    assert.equal(project.pipeline('status').code, 0);
    project.remove('in.txt');
    assert.deepEqual(codes(), [1, 1, 1]);
    assert.equal(project.pipeline('run', '--check').code, 2);
  });
});

describe('why', () => {
  it('tells what run would do after a run with --set, and why a stage cannot run', () => {
    const telling = yaml.replace('cat ${inputs.i}', '(echo ${params.talk}; cat ${inputs.i})');
    const project = new TestProject(telling).write('in.txt', 'one\n');
    project.run('--set', 'talk=false');
    const told = /would run[\s\S]*the result in place was made with talk false; run would use true\n/;
    assert.match(project.pipeline('why', 'a').out, told);
    project.run();
    project.run('--set', 'talk=false');
    assert.match(
      project.pipeline('why', 'a').out,
      /back from the cache\n[\s\S]*the result in place was made with talk false; run would use true\n/,
    );
    project.remove('artifacts/a');
    assert.match(project.pipeline('why', 'a').out, /the last result was made with talk false; run would use true\n/);
    project.remove('in.txt');
    assert.match(project.pipeline('why', 'a').out, /^a .*\n.*in\.txt/);
    assert.match(String(project.pipeline('why', 'a', '--json').lines[0]!['error']), /in\.txt/);
    project.dispose();
  });
});

describe('names of members of every object', () => {
  it('are names of stages, inputs and parameters like any other', () => {
    const project = new TestProject(`version: 1
params: { valueOf: 1, hasOwnProperty: x }
stages:
  constructor: { command: "cat \${inputs.toString} > \${outputs.valueOf}", params: [valueOf], inputs: { toString: "in/*" }, outputs: { valueOf: toString } }
  toString: { command: "cat \${inputs.constructor} > \${outputs.constructor}", inputs: { constructor: artifacts/constructor/toString }, outputs: { constructor: o } }
`).write('in/a', 'a\n');
    assert.equal(project.run('--frozen').code, 3);
    assert.deepEqual(project.run().status, { constructor: 'ran', toString: 'ran' });
    assert.deepEqual(project.run().status, { constructor: 'cached', toString: 'cached' });
    assert.equal(project.run('--frozen').code, 0);
    project.write('in/a', 'b\n');
    for (const command of [
      ['status'],
      ['why', 'constructor'],
      ['why', 'toString'],
      ['log', 'toString'],
      ['graph'],
      ['audit'],
      ['clean', '--dry-run', 'constructor'],
      ['run', 'valueOf'],
      ['history'],
      ['params', 'valueOf'],
    ]) {
      const end = project.pipeline(...command);
      assert.doesNotMatch(end.err, /\n\s+at /, command.join(' '));
    }
    assert.deepEqual(project.run().status, { constructor: 'ran', toString: 'ran' });
    project.dispose();
  });
});
