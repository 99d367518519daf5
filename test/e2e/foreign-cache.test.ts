/** A cache that is not one's own, is not there any more, or cannot be: what it holds is used, and what it cannot take costs nothing else. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runProject } from '../../src/runner/run/run-project.ts';
import { type Finished, TestProject } from '../rig/test-project.ts';

const module = `
import * as fs from 'node:fs';
const port = { kind: 'text', about: 'x' };
export default { about: 'x', params: { type: 'object' }, inputs: { i: port }, outputs: { o: port },
  async run(context) {
    fs.writeFileSync(context.scratch + '/at', 'half way');
    context.log('says something');
    fs.writeFileSync(context.outputs.o, fs.readFileSync(context.inputs.i, 'utf8').toUpperCase());
  } };
`;
const twoStages = `
version: 1
params: { word: a }
stages:
  one: { command: 'echo said; (cat \${inputs.i}; echo \${params.word}) > \${outputs.o}', params: [word], inputs: { i: data/in.txt }, outputs: { o: o.txt } }
  two: { module: stages/two.mjs, inputs: { i: artifacts/one/o.txt }, outputs: { o: o.txt } }
`;

function twoStageProject(): TestProject {
  return new TestProject(twoStages).write('stages/two.mjs', module).write('data/in.txt', 'text\n');
}

function messages(run: Finished): string[] {
  return run.lines.filter(({ event }) => event === 'message').map(({ text }) => String(text));
}

function assertNoStack(run: Finished, what: string): void {
  assert.doesNotMatch(run.out + run.err, /\n {4}at |[A-Z]Error:/, what);
}

describe("another user's cache", () => {
  let owner: TestProject;
  let user: TestProject;
  let cache: readonly string[];

  /** A cache that root filled, and a checkout of an ordinary user. */
  beforeEach(function () {
    if (process.getuid?.() !== 0) this.skip();
    owner = twoStageProject();
    user = twoStageProject();
    chmodSync(owner.root, 0o755);
    cache = ['--cache-dir', owner.path('cache')];
    assert.deepEqual(owner.run(...cache).status, { one: 'ran', two: 'ran' });
    if (!user.asOrdinaryUser()) this.skip();
  });
  afterEach(() => {
    owner?.dispose();
    user?.dispose();
  });

  it('gives what it holds; what cannot be kept there costs one sentence', () => {
    const restored = user.run(...cache);
    assert.deepEqual(restored.status, { one: 'restored', two: 'restored' }, restored.out);
    assert.equal(messages(restored).length, 1, restored.out);
    assert.match(messages(restored)[0]!, /not kept .*permission denied/);
    assert.equal(user.read('artifacts/two/o.txt'), 'TEXT\nA\n');
    assert.deepEqual(user.run(...cache).status, { one: 'cached', two: 'cached' });
    assert.ok(!user.exists('artifacts/.staging'));
  });

  it('does not keep a stage from running', () => {
    const ran = user.run(...cache, '--set', 'word=b');
    assert.deepEqual(ran.status, { one: 'ran', two: 'ran' }, ran.out);
    assert.equal(ran.code, 0);
    assert.equal(messages(ran).length, 1, ran.out);
    assert.match(messages(ran)[0]!, /one: its result was not kept in the cache .*permission denied/);
    assert.equal(user.read('artifacts/two/o.txt'), 'TEXT\nB\n');
    assert.ok(!user.exists('artifacts/.staging'));
    assert.deepEqual(user.run(...cache, '--force').status, { one: 'ran', two: 'ran' });
  });

  it('is judged, explained, audited and cleaned as ever', () => {
    user.run(...cache);
    for (const command of [['status'], ['why', 'two'], ['audit'], ['run', '--frozen'], ['clean'], ['status']]) {
      const done = user.pipeline(...command, ...cache);
      assert.equal(done.code, 0, `${command.join(' ')}: ${done.out}${done.err}`);
      assertNoStack(done, command.join(' '));
    }
    assert.deepEqual(user.run(...cache).status, { one: 'restored', two: 'restored' });
  });

  it('that nobody else may read counts as empty', () => {
    for (const name of ['objects', 'actions']) chmodSync(owner.path(`cache/${name}`), 0o700);
    const ran = user.run(...cache);
    assert.deepEqual(ran.status, { one: 'ran', two: 'ran' }, ran.out);
    assert.equal(messages(ran).length, 1, ran.out);
    for (const command of [['status'], ['why', 'two'], ['audit'], ['clean']]) {
      const done = user.pipeline(...command, ...cache);
      assert.equal(done.code, 0, `${command.join(' ')}: ${done.out}${done.err}`);
    }
  });

  it('with objects that nobody else may read: they are made again', () => {
    for (const name of readdirSync(owner.path('cache/objects'), { recursive: true, encoding: 'utf8' }))
      if (/[0-9a-f]{64}$/.test(name)) chmodSync(owner.path(`cache/objects/${name}`), 0o400);
    const ran = user.run(...cache);
    assert.deepEqual(ran.status, { one: 'ran', two: 'ran' }, ran.out);
    const audit = user.pipeline('audit', ...cache);
    assert.equal(audit.code, 3, audit.out);
    assert.match(audit.out, /it may not be read/);
  });

  it('runs of one checkout are still kept apart', async () => {
    user.write('pipeline.yaml', twoStages.replace('echo said', 'sleep 1; echo said'));
    const runs = await Promise.all([0, 1].map(() => user.start('run', '--json', ...cache).end));
    for (const run of runs) assert.equal(run.code, 0, run.out + run.err);
    assert.ok(runs.some(({ lines }) => lines.some(({ event, stage }) => event === 'waiting' && stage === 'one')));
    assert.ok(!user.exists('artifacts/.staging'));
  });
});

describe('a file or a dangling link where a folder is needed', () => {
  const commands = [
    ['run'],
    ['run', '-n'],
    ['status'],
    ['why', 'two'],
    ['audit'],
    ['clean'],
    ['gc'],
    ['history'],
    ['log', 'one'],
  ];
  for (const [kind, put] of [
    ['a file', (project: TestProject, name: string) => project.write(name, '')],
    [
      'a link that leads nowhere',
      (project: TestProject, name: string) => symlinkSync('/nowhere/at/all', project.path(name)),
    ],
  ] as const)
    for (const name of ['artifacts', 'cache'])
      it(`${name}, which is ${kind}, is named, with exit 2`, async () => {
        const project = twoStageProject();
        put(project, name);
        for (const command of commands) {
          const run = project.pipeline(...command);
          assert.equal(run.code, 2, `${command.join(' ')}: ${run.out}${run.err}`);
          assert.match(run.err, new RegExp(`^pipeline: ${name}: expected a folder, got ${kind}\n`));
          assertNoStack(run, command.join(' '));
        }
        await assert.rejects(runProject({ root: project.root }), new RegExp(`${name}: expected a folder, got ${kind}`));
        project.dispose();
      });

  it('on the way to a --cache-dir too; a link to a folder is a folder', () => {
    const project = twoStageProject().write('disk/x', '');
    const run = project.pipeline('run', '--cache-dir', 'pipeline.yaml/cache');
    assert.equal(run.code, 2, run.out + run.err);
    assert.match(run.err, /^pipeline: pipeline\.yaml: expected a folder, got a file\n/);
    for (const name of ['artifacts', 'cache']) symlinkSync(project.path('disk'), project.path(name));
    assert.equal(project.pipeline('run', '--cache-dir', 'cache/c').code, 0);
    project.dispose();
  });
});

describe('the state of a checkout', () => {
  it('forgets sources that are gone', () => {
    const project = new TestProject(`
version: 1
stages:
  a: { command: 'cat \${inputs.d} > \${outputs.o}', inputs: { d: "data/*.txt" }, outputs: { o: o.txt } }
`);
    for (let i = 0; i < 3; i++) project.write(`data/gone-${i}.txt`, 'x').write(`data/kept-${i}.txt`, 'y');
    // one clock tick, after which they are believed
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    project.run();
    const known = (): string => {
      const folder = project.path('cache/state');
      const name = readdirSync(folder).find((file) => /^[0-9a-f]{16}\.json$/.test(file));
      return readFileSync(join(folder, name!), 'utf8');
    };
    assert.match(known(), /gone-0/);
    for (let i = 0; i < 3; i++) project.remove(`data/gone-${i}.txt`);
    assert.deepEqual(project.run().status, { a: 'ran' });
    assert.doesNotMatch(known(), /gone-/);
    assert.match(known(), /kept-2/);
    project.dispose();
  });
});

describe('a cache that is deleted while a stage runs', () => {
  const slow = `
version: 1
stages:
  one: { command: 'echo before; echo on > \${outputs.o}; sleep 2; echo after', outputs: { o: o.txt } }
  two: { module: stages/two.mjs, inputs: { i: artifacts/one/o.txt }, outputs: { o: o.txt } }
  three: { module: stages/slow.mjs, inputs: { i: data/in.txt }, outputs: { o: o.txt } }
`;
  const slowModule = module.replace(
    "context.log('says something');",
    "context.log('begun'); await new Promise((r) => setTimeout(r, 2000)); context.log('more');",
  );

  it("does not lose the stage's work: it is published and stored", async () => {
    const project = new TestProject(slow).write('stages/two.mjs', module).write('stages/slow.mjs', slowModule);
    project.write('data/in.txt', 'text\n');
    const { child, end } = project.start('run', '--json', '--jobs', '2');
    let begun = 0;
    let deleted = false;
    child.stdout!.on('data', (text: string) => {
      begun += [...text.matchAll(/"line":"(?:before|begun)"/g)].length;
      if (begun < 2 || deleted) return;
      deleted = true;
      rmSync(project.path('cache'), { recursive: true, force: true });
    });
    const run = await end;
    assert.ok(deleted);
    assert.deepEqual(run.status, { one: 'ran', two: 'ran', three: 'ran' }, run.out + run.err);
    assert.deepEqual(messages(run), []);
    assert.equal(project.read('artifacts/three/o.txt'), 'TEXT\n');
    project.remove('artifacts');
    assert.deepEqual(project.run().status, { one: 'restored', two: 'restored', three: 'restored' });
    assert.ok(existsSync(project.path('cache/objects')));
    project.dispose();
  });
});
