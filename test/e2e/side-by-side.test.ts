/** Runs with other parameters in one checkout: side by side where no folder is in common, in turns where one is. Stages tell by files that they began. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finished, TestProject } from '../rig/test-project.ts';

/** `gate NAME`: says that it began, and goes on when NAME is opened; `alone`: fails where another is in the same place. */
const gate = `
gate() { echo $1 >> $MEET/begun; for i in $(seq 600); do if [ -e $MEET/open-$1 ]; then return; fi; sleep 0.05; done; exit 9; }
alone() { mkdir $MEET/busy; sleep 0.4; rmdir $MEET/busy; }
`;

function stage(command: string, rest: string): string {
  const text = JSON.stringify(`source $MEET/functions; ${command}`);
  return `{ command: ${text}, ${rest}, outputs: { o: o.txt }, passEnv: [MEET], sandbox: false }`;
}

/** `top` is what both need, `a` sees x and `b` sees y; `last` needs `top` and a source. */
const pipeline = `
version: 1
params: { n: 1, x: 1, y: 1 }
stages:
  top: ${stage('gate top; echo ${params.n} > ${outputs.o}', 'params: [n]')}
  a: ${stage('gate a${params.x}; cat ${inputs.t} > ${outputs.o}; echo ${params.x} >> ${outputs.o}', 'params: [x], inputs: { t: artifacts/top/o.txt }')}
  b: ${stage('gate b${params.y}; cat ${inputs.t} > ${outputs.o}; echo ${params.y} >> ${outputs.o}', 'params: [y], inputs: { t: artifacts/top/o.txt }')}
  last: ${stage('cat ${inputs.t} ${inputs.s} > ${outputs.o}', 'inputs: { t: artifacts/top/o.txt, s: s.txt }')}
  one: ${stage('alone; echo ${params.x} > ${outputs.o}', 'params: [x], resources: { slots: { board: 1 } }')}
  two: ${stage('alone; echo ${params.y} > ${outputs.o}', 'params: [y], resources: { slots: { board: 1 } }')}
`;

class Meeting extends TestProject {
  readonly folder: string;

  constructor(...open: readonly string[]) {
    super(pipeline);
    this.folder = this.path('meet');
    mkdirSync(this.folder);
    writeFileSync(join(this.folder, 'functions'), gate);
    this.write('s.txt', 'source\n');
    this.environment = { MEET: this.folder };
    this.open(...open);
  }

  open(...names: readonly string[]): void {
    for (const name of names) writeFileSync(join(this.folder, `open-${name}`), '');
  }

  /** In the order they began. */
  get begun(): readonly string[] {
    const path = join(this.folder, 'begun');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  async hasBegun(...names: readonly string[]): Promise<void> {
    await until(() => names.every((name) => this.begun.includes(name)), `${names.join(' and ')} began`);
  }

  /** Begins a run, and tells when it waits for another. */
  begin(...args: readonly string[]): { readonly end: Promise<Finished>; readonly waits: () => boolean; kill(): void } {
    const { child, end } = this.start('run', '--json', ...args);
    let out = '';
    child.stdout!.on('data', (text: string) => {
      out += text;
    });
    const waits = (): boolean => /"event":"waiting","stage":""/.test(out);
    return { end, waits, kill: () => void child.kill('SIGKILL') };
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (holds()) return;
    await sleep(25);
  }
  throw new Error(`never: ${what}`);
}

function assertGood(run: Finished): void {
  assert.equal(run.code, 0, run.out + run.err);
}

describe('runs with other parameters in one checkout', () => {
  let project: Meeting;
  afterEach(() => project.dispose());

  it('go on side by side where they share no output; what both need is made once', async () => {
    project = new Meeting('top');
    const runs = [project.begin('a', '--set', 'x=2'), project.begin('b', '--set', 'y=2')];
    await project.hasBegun('a2', 'b2');
    project.open('a2', 'b2');
    for (const { end, waits } of runs) {
      assertGood(await end);
      assert.ok(!waits());
    }
    assert.deepEqual([...project.begun].sort(), ['a2', 'b2', 'top']);
    assert.equal(project.read('artifacts/a/o.txt') + project.read('artifacts/b/o.txt'), '1\n2\n1\n2\n');
    assert.ok(!project.exists('artifacts/.staging'));
  });

  it('take turns where they share one, or what one reads the other would make anew', async () => {
    project = new Meeting('top', 'a1', 'b1', 'b2');
    assertGood(project.run('a', 'b'));
    const first = project.begin('a', '--set', 'x=2');
    await project.hasBegun('a2');
    const others = [
      project.begin('a', '--set', 'x=3'),
      project.begin('top', '--set', 'n=2'),
      project.begin('b', '--set', 'n=2', '--from', 'b', '--set', 'y=2'),
    ];
    await until(() => others.slice(0, 2).every(({ waits }) => waits()), 'two wait');
    // who reads what the first one holds in its own version, and only that, writes nothing of it
    assert.deepEqual(project.begun.slice(3), ['a2']);
    project.open('a2', 'a3');
    assertGood(await first.end);
    for (const { end } of others) assertGood(await end);
    assert.ok(!project.exists('artifacts/.staging'));
  });

  it('take turns at a slot, whatever else they share', async () => {
    project = new Meeting();
    const runs = [project.begin('one', '--set', 'x=2'), project.begin('two', '--set', 'y=2')];
    for (const { end } of runs) assertGood(await end);
  });

  it('look again when their turn comes: what was in place before may be anothers by then', async () => {
    project = new Meeting('top');
    assertGood(project.run('last'));
    project.write('s.txt', 'another\n');
    project.remove('meet/open-top');
    const first = project.begin('top', '--set', 'n=2');
    await until(() => project.begun.length === 2, 'the first run holds top');
    const second = project.begin('last');
    await until(second.waits, 'the second waits');
    project.open('top');
    assertGood(await first.end);
    const end = await second.end;
    assertGood(end);
    assert.deepEqual(end.status, { top: 'restored', last: 'ran' });
    assert.equal(project.read('artifacts/last/o.txt'), '1\nanother\n');
    assert.equal(project.read('artifacts/top/o.txt'), '1\n');
  });

  it('do not suffer from one that is killed, of which nothing is left', async () => {
    project = new Meeting('top');
    assertGood(project.run('top'));
    const killed = project.begin('a', '--set', 'x=2');
    await project.hasBegun('a2');
    const other = project.begin('b', '--set', 'y=2');
    await project.hasBegun('b2');
    killed.kill();
    await killed.end;
    assert.deepEqual(readdirSync(project.path('artifacts/.staging/0')), ['a']);
    project.open('a2');
    assertGood(await project.begin('a', '--set', 'x=2').end);
    assert.ok(!project.exists('artifacts/.staging/0') && project.exists('artifacts/.staging/1/b'));
    project.open('b2');
    assertGood(await other.end);
    assert.deepEqual([...project.begun].sort(), ['a2', 'a2', 'b2', 'top']);
    assert.equal(project.read('artifacts/a/o.txt') + project.read('artifacts/b/o.txt'), '1\n2\n1\n2\n');
    assert.ok(!project.exists('artifacts/.staging'));
  });

  it('keep what the other noted: why tells each stage against its own last result', async () => {
    project = new Meeting('top', 'a1', 'b1', 'b2');
    assertGood(project.run('a', 'b'));
    const first = project.begin('a', '--set', 'x=2');
    await project.hasBegun('a2');
    assertGood(project.run('b', '--set', 'y=2'));
    project.open('a2');
    assertGood(await first.end);
    assert.match(project.pipeline('why', 'b', '--set', 'y=3').out, /param y +2 +→ +3/);
    assert.match(project.pipeline('why', 'a', '--set', 'x=3').out, /param x +2 +→ +3/);
  });

  it('are waited for by clean and restore only where these would touch the same', async () => {
    project = new Meeting('top', 'a1', 'b1');
    assertGood(project.run('a'));
    assertGood(project.run('b'));
    const run = project.begin('a', '--set', 'x=2');
    await project.hasBegun('a2');
    const clean = project.pipeline('clean', 'b');
    assert.equal(clean.code, 0, clean.err);
    assert.equal(clean.err, '');
    assert.ok(!project.exists('artifacts/b') && project.exists('artifacts/a/o.txt'));
    const waiting = [project.start('clean'), project.start('restore', 'last~1')];
    const told = waiting.map(({ child }) => new Promise((resolve) => child.stderr!.once('data', resolve)));
    for (const text of await Promise.all(told)) assert.match(String(text), /waits for process \d+, which runs with/);
    assert.ok(project.exists('artifacts/top/o.txt'));
    project.open('a2');
    assertGood(await run.end);
    for (const { end } of waiting) assertGood(await end);
  });
});
