/** pipeline.lock, the committed record: what gc keeps for its sake, when it is written, and what --frozen thinks of one that is torn. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const pipeline = `
version: 1
params: { n: 0 }
stages:
  first: { command: 'cat \${inputs.i} > \${outputs.o}; echo \${params.n} >> \${outputs.o}', params: [n], inputs: { i: data/in.txt }, outputs: { o: o.txt } }
  second: { command: 'cp \${inputs.i} \${outputs.o}', inputs: { i: artifacts/first/o.txt }, outputs: { o: o.txt } }
`;

interface Lock {
  readonly stages: Record<string, { key: string; outputs: Record<string, string> }>;
}

describe('pipeline.lock', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(pipeline).write('data/in.txt', 'text\n');
  });
  afterEach(() => project.dispose());

  it('keeps from gc what it names, though no run and no checkout has it any more', () => {
    project.run('--set', 'n=3');
    project.run('--set', 'n=1', '--lock');
    const committed = project.read('pipeline.lock');
    project.run('--set', 'n=2');
    project.write('pipeline.lock', committed);
    assert.equal(project.pipeline('gc', '--keep-days', '0', '--keep-runs', '0').code, 0);
    assert.deepEqual(project.run('--set', 'n=1').status, { first: 'restored', second: 'restored' });
    assert.deepEqual(project.run('--set', 'n=3').status, { first: 'ran', second: 'ran' });
  });

  it('is not written where it would say the same', () => {
    project.run();
    const state = () => {
      const { ino, mtimeNs } = statSync(project.path('pipeline.lock'), { bigint: true });
      return `${ino} ${mtimeNs}`;
    };
    const before = state();
    assert.deepEqual(project.run('--force').status, { first: 'ran', second: 'ran' });
    project.remove('artifacts');
    project.run();
    assert.equal(state(), before);
    project.run('--set', 'n=1');
    assert.equal(state(), before);
    project.write('pipeline.yaml', pipeline.replace('n: 0', 'n: 1'));
    project.run();
    assert.notEqual(state(), before);
  });

  it('that contradicts itself is refused by --frozen, which says where, with data or without', () => {
    project.run();
    const lock = JSON.parse(project.read('pipeline.lock')) as Lock;
    lock.stages['first']!.outputs['o'] = lock.stages['first']!.outputs['o']!.replace(/./g, (c) =>
      c === 'a' ? 'b' : 'a',
    );
    const torn = `${JSON.stringify(lock, null, 2)}\n`;
    project.write('pipeline.lock', torn);
    const says = /second[^\n]*pipeline\.lock contradicts itself: input i is not what it says first made/;
    for (const gone of ['', 'artifacts', 'data', 'cache']) {
      if (gone !== '') project.remove(gone);
      const run = project.run('--frozen');
      assert.equal(run.code, 3, `without ${gone}: ${run.out}`);
      assert.match(run.out, says);
    }
    assert.equal(project.read('pipeline.lock'), torn);
  });

  it('is that of the parameters of pipeline.yaml: --set and profiles leave it alone, and have their own only on request', () => {
    project.write(
      'pipeline.yaml',
      pipeline.replace('stages:', 'profiles: { big: { params: { n: 7 } }, small: {} }\nstages:'),
    );
    project.run();
    const lock = project.read('pipeline.lock');
    project.run('--set', 'n=5');
    project.run('--profile', 'big');
    assert.equal(project.read('pipeline.lock'), lock);
    assert.ok(!project.exists('pipeline.big.lock'));
    const none = project.run('--frozen', '--profile', 'big');
    assert.equal(none.code, 3);
    assert.match(none.out, /pipeline.big.lock.*does not exist.*--lock/);
    project.run('--profile', 'big', '--lock');
    assert.equal(project.run('--frozen', '--profile', 'big').code, 0);
    assert.equal(project.read('pipeline.lock'), lock);
    const own = project.read('pipeline.big.lock');
    // once it is there, it is kept in step, and only by runs of the profile alone
    project.write('data/in.txt', 'other\n');
    assert.equal(project.run('--frozen', '--profile', 'big').code, 3);
    project.run('--profile', 'big', '--set', 'n=8');
    assert.equal(project.read('pipeline.big.lock'), own);
    project.run('--profile', 'big');
    assert.notEqual(project.read('pipeline.big.lock'), own);
    assert.equal(project.run('--frozen', '--profile', 'big').code, 0);
    assert.equal(project.run('--frozen', '--profile', 'small').code, 3);
    project.run('--profile', 'big', '--profile', 'small', '--lock');
    assert.ok(project.exists('pipeline.big+small.lock'));
    assert.equal(project.run('--frozen').code, 3);
  });

  it('forgets a stage that was removed or renamed, also where nothing else changed', () => {
    project.run();
    const whole = project.read('pipeline.yaml');
    project.write('pipeline.yaml', whole.replace(/ {2}second:.*\n/, ''));
    assert.equal(project.run('--frozen').code, 3);
    assert.deepEqual(project.run().status, { first: 'cached' });
    assert.deepEqual(Object.keys((JSON.parse(project.read('pipeline.lock')) as Lock).stages), ['first']);
    assert.equal(project.run('--frozen').code, 0);
    project.write('pipeline.yaml', whole);
    assert.match(project.run('--frozen').out, /second.*is not in pipeline.lock/);
    project.run();
    assert.equal(project.run('--frozen').code, 0);
  });

  it('is left alone by a run that was interrupted or failed, and loses what a run of some targets contradicts', async () => {
    const slow = (n: number, more = ''): string =>
      pipeline.replace('n: 0', `n: ${n}`).replace("'cp ${inputs.i}", `'${more}cp \${inputs.i}`);
    project.write('pipeline.yaml', slow(0));
    project.run();
    const lock = project.read('pipeline.lock');
    project.write('pipeline.yaml', slow(1, 'sleep 30; '));
    const { child, end } = project.start('run', '--json');
    child.stdout!.on('data', (text: string) => {
      if (/"start","stage":"second"/.test(text)) child.kill('SIGINT');
    });
    assert.equal((await end).code, 130);
    assert.equal(project.read('pipeline.lock'), lock);
    project.write('pipeline.yaml', slow(2, 'false; '));
    assert.equal(project.run().code, 1);
    assert.equal(project.read('pipeline.lock'), lock);
    project.write('pipeline.yaml', slow(3));
    assert.equal(project.run('first').code, 0);
    assert.deepEqual(Object.keys((JSON.parse(project.read('pipeline.lock')) as Lock).stages), ['first']);
    assert.match(project.run('--frozen').out, /second.*is not in pipeline.lock/);
    project.run();
    assert.equal(project.run('--frozen').code, 0);
  });

  it('with --frozen is proved, or the run fails with 3 and says what could not be compared', () => {
    project.run();
    const lock = project.read('pipeline.lock');
    const fails = (says: RegExp, ...args: string[]): void => {
      const run = project.run('--frozen', ...args);
      assert.equal(run.code, 3, run.out);
      assert.match(run.out, says);
    };
    assert.equal(project.run('--frozen', '--dry-run').code, 0);
    project.write('artifacts/first/o.txt', 'evil');
    assert.equal(project.run('--frozen', '--dry-run').code, 0, 'it would be brought back from the cache');
    project.remove('cache');
    fails(/first.*could not be compared with pipeline.lock: it would run/, '--dry-run');
    project.remove('data');
    fails(/first.*could not be compared/);
    fails(/could not be compared/, '--dry-run');
    assert.equal(project.read('artifacts/first/o.txt'), 'evil');
    project.write('data/in.txt', 'text\n');
    assert.equal(project.run('--frozen').code, 0);
    project.write(
      'pipeline.yaml',
      pipeline
        .replace('cp ', 'cat ')
        .replace("${outputs.o}', inputs: { i: artifacts", "> ${outputs.o}', inputs: { i: artifacts"),
    );
    fails(/second.*the command changed/, '--dry-run');
    project.write('pipeline.yaml', pipeline);
    project.write('pipeline.lock', `<<<<<<< HEAD\n${lock}=======\n${lock}>>>>>>> other\n`);
    fails(/pipeline.lock.*holds the marks of a merge/);
    project.remove('pipeline.lock');
    fails(/pipeline.lock.*does not exist/);
    const twice = lock.replace(
      '"stages": {',
      `"stages": {\n    "first": ${JSON.stringify((JSON.parse(lock) as Lock).stages['first'])},`,
    );
    project.write('pipeline.lock', twice);
    fails(/contradicts itself: .*first.*twice/);
    project.write('pipeline.lock', '{');
    assert.equal(project.run('--frozen').code, 2);
    project.write('pipeline.lock', '{"version":1,"stages":{"first":null}}');
    assert.equal(project.run('--frozen').code, 2);
  });

  it('in the middle of a merge is not written over, and audit holds what is there against it', () => {
    project.run();
    const lock = project.read('pipeline.lock');
    assert.equal(project.pipeline('audit').code, 0);
    const marked = `<<<<<<< HEAD\n${lock}=======\n${lock}>>>>>>> other\n`;
    project.write('pipeline.lock', marked);
    const run = project.run('--force');
    assert.equal(run.code, 0);
    assert.match(run.out, /pipeline.lock holds the marks of a merge.*left as it is/);
    assert.equal(project.read('pipeline.lock'), marked);
    assert.match(project.pipeline('audit').out, /tampered +lock +pipeline.lock/);
    project.write('pipeline.lock', lock.replace(/("o": ")[0-9a-f]/g, '$1'.concat('z')));
    const audit = project.pipeline('audit');
    assert.equal(audit.code, 3);
    assert.match(audit.out, /tampered +lock +first/);
    project.write('pipeline.lock', lock.replace('"first"', '"third"'));
    assert.match(project.pipeline('audit').out, /orphaned +lock +third/);
    assert.equal(project.pipeline('audit', '--set', 'n=0').code, 0);
  });
});
