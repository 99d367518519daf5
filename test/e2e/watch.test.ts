/** What `run --watch` notices beyond plain inputs: links, its own outputs; and what it does not take for a change. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestProject } from '../rig/test-project.ts';

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (holds()) return;
    await sleep(50);
  }
  assert.fail(`timed out waiting until ${what}`);
}

/** A run that watches, until it is stopped. */
class Watching {
  readonly project: TestProject;
  private said = '';
  private readonly started: ReturnType<TestProject['start']>;

  constructor(project: TestProject) {
    this.project = project;
    this.started = project.start('run', '--watch');
    for (const stream of [this.started.child.stdout!, this.started.child.stderr!])
      stream.on('data', (text: string) => {
        this.said += text;
      });
  }

  get rounds(): number {
    return this.said.split('watching;').length - 1;
  }

  /** Does something once it watches, and waits for the run that follows. */
  async after(act: () => void): Promise<void> {
    const { rounds } = this;
    act();
    await until(() => this.rounds > rounds, `a run follows\n${this.said}`);
  }

  async begun(): Promise<void> {
    await until(() => this.rounds === 1, 'the first run is done');
    // the watch begins a moment after it is said
    await sleep(500);
  }

  async stop(): Promise<void> {
    this.started.child.kill('SIGINT');
    assert.equal((await this.started.end).code, 130);
  }
}

describe('run --watch', () => {
  it('sees an included file edited, also one that was refused, and a new one', async () => {
    const text = (word: string): string =>
      `stages: { a: { command: 'echo ${word} > ${'${outputs.o}'}', outputs: { o: o.txt } } }\ntargets: { it: [a] }\n`;
    const project = new TestProject(
      "version: 1\ninclude: [more/*.yaml]\ntargets: { default: [a] }\nstages: { b: { command: 'true > ${outputs.o}', outputs: { o: o } } }\n",
    ).write('more/one.yaml', text('first'));
    const watching = new Watching(project);
    await watching.begun();
    assert.equal(project.read('artifacts/a/o.txt'), 'first\n');
    await watching.after(() => project.write('more/one.yaml', text('second')));
    assert.equal(project.read('artifacts/a/o.txt'), 'second\n');
    await watching.after(() => project.write('more/two.yaml', 'stages: ['));
    await sleep(500);
    await watching.after(() => project.write('more/two.yaml', 'params: { two: 1 }\n'));
    await sleep(500);
    await watching.after(() => project.write('more/one.yaml', text('third')));
    assert.equal(project.read('artifacts/a/o.txt'), 'third\n');
    await watching.stop();
    project.dispose();
  }).timeout(120_000);

  it('follows links among its inputs, also inside folders, and puts back outputs that were changed', async () => {
    const outside = new TestProject().write('one.txt', 'one\n').write('deep/two.txt', 'two\n');
    const project = new TestProject(`
version: 1
stages:
  a: { command: 'cat \${inputs.i} \${inputs.d}/sub/two.txt > \${outputs.o}', inputs: { i: in.txt, d: data/ }, outputs: { o: o.txt, d: d/ } }
`).write('data/plain.txt', '');
    symlinkSync(outside.path('one.txt'), project.path('in.txt'));
    symlinkSync(outside.path('deep'), project.path('data/sub'));
    const watching = new Watching(project);
    await watching.begun();
    const made = (): string => project.read('artifacts/a/o.txt');
    assert.equal(made(), 'one\ntwo\n');
    await watching.after(() => outside.write('one.txt', 'ONE\n'));
    assert.equal(made(), 'ONE\ntwo\n');
    await sleep(500);
    await watching.after(() => outside.write('deep/two.txt', 'TWO\n'));
    assert.equal(made(), 'ONE\nTWO\n');
    await sleep(500);
    await watching.after(() => project.write('artifacts/a/o.txt', 'edited\n'));
    assert.equal(made(), 'ONE\nTWO\n');
    await sleep(500);
    await watching.after(() => project.write('artifacts/a/d/mine.txt', 'put there\n'));
    assert.ok(!project.exists('artifacts/a/d/mine.txt'));
    await watching.stop();
    for (const one of [project, outside]) one.dispose();
  });

  it('takes neither what runs write nor what counts for nothing for a change, where a pattern means the whole project', async () => {
    const project = new TestProject(`
version: 1
stages:
  a: { command: 'cat \${inputs.i} > \${outputs.o}', inputs: { i: "**/*.txt" }, outputs: { o: o.txt } }
  other: { command: 'echo x > \${outputs.o}', outputs: { o: o.txt } }
targets: { default: [a] }
`).write('data/in.txt', 'one\n');
    const watching = new Watching(project);
    await watching.begun();
    // the first run itself makes folders beside the pattern's files, and is followed by one that finds nothing to do
    await sleep(1500);
    const { rounds } = watching;
    assert.equal(project.pipeline('run', 'other').code, 0);
    project.write('data/__pycache__/x.txt', 'compiled').write('.git/index.txt', 'noted').write('data/.in.txt.swp', '');
    await sleep(1500);
    assert.equal(watching.rounds, rounds);
    await watching.after(() => project.write('data/more.txt', 'two\n'));
    assert.equal(project.read('artifacts/a/o.txt'), 'one\ntwo\n');
    await watching.stop();
    project.dispose();
  });
});
