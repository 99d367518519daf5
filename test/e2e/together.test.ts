/** Many runs at once, damage, kill -9 at any instant: the next run is correct with no repair step. */
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finished, TestProject } from '../rig/test-project.ts';

const long = process.env['CC_SNN_LONG'] === '1';
const runners = 16;
const kills = long ? 500 : 30;
const damages = long ? 300 : 25;

/** Four stages in a diamond, one of them a module; the last holds what the first was given. */
const diamond = `
version: 1
params: { pause: 0.05, word: w }
stages:
  top: { command: 'sleep \${params.pause}; cat \${inputs.i} > \${outputs.o}', params: [pause], inputs: { i: data/in.txt }, outputs: { o: o.txt } }
  left: { module: stages/left.mjs, inputs: { i: artifacts/top/o.txt }, outputs: { o: o.txt, parts: parts/ } }
  right: { command: 'sleep \${params.pause}; (cat \${inputs.i}; echo \${params.word}) > \${outputs.o}', params: [pause, word], inputs: { i: artifacts/top/o.txt }, outputs: { o: o.txt } }
  bottom: { command: 'cat \${inputs.l} \${inputs.r} \${inputs.p}/one.txt > \${outputs.o}', inputs: { l: artifacts/left/o.txt, p: artifacts/left/parts/, r: artifacts/right/o.txt }, outputs: { o: o.txt } }
`;

const left = `
import * as fs from 'node:fs';
const port = { kind: 'text', about: 'x' };
export default { about: 'x', params: { type: 'object' }, inputs: { i: port }, outputs: { o: port, parts: port },
  async run(context) {
    const text = fs.readFileSync(context.inputs.i, 'utf8').toUpperCase();
    fs.writeFileSync(context.outputs.o, text);
    for (const name of ['one', 'two']) fs.writeFileSync(context.outputs.parts + '/' + name + '.txt', name + ' ' + text);
  } };
`;

function makeDiamond(text = 'start'): TestProject {
  return new TestProject(diamond).write('stages/left.mjs', left).write('data/in.txt', `${text}\n`);
}

function expected(text: string, word = 'w'): string {
  return `${text.toUpperCase()}\n${text}\n${word}\none ${text.toUpperCase()}\n`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** How often each key was begun, over several runs. */
function startsByKey(runs: readonly Finished[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { lines } of runs)
    for (const { event, key } of lines) if (event === 'start') starts.set(key!, (starts.get(key!) ?? 0) + 1);
  return starts;
}

describe('many runs at once', () => {
  it(`${runners} runners on one checkout share the work: each stage runs once`, async () => {
    const project = makeDiamond();
    const runs = await Promise.all(Array.from({ length: runners }, () => project.start('run', '--json').end));
    for (const run of runs) assert.equal(run.code, 0, run.err);
    assert.deepEqual([...startsByKey(runs).values()], [1, 1, 1, 1]);
    assert.equal(project.read('artifacts/bottom/o.txt'), expected('start'));
    assert.deepEqual(Object.values(project.run().status), ['cached', 'cached', 'cached', 'cached']);
    assert.ok(!project.exists('artifacts/.staging'));
    project.dispose();
  });

  it(`${runners} checkouts on one cache share the work: each stage runs once`, async () => {
    const projects = Array.from({ length: runners }, () => makeDiamond());
    const cache = projects[0]!.path('shared-cache');
    const runs = await Promise.all(projects.map((project) => project.start('run', '--json', '--cache-dir', cache).end));
    for (const run of runs) assert.equal(run.code, 0, run.err);
    assert.deepEqual([...startsByKey(runs).values()], [1, 1, 1, 1]);
    for (const project of projects) assert.equal(project.read('artifacts/bottom/o.txt'), expected('start'));
    for (const project of projects) project.dispose();
  });

  it('runs with different parameters on one checkout take turns; each ends right', async () => {
    const project = makeDiamond();
    const words = ['one', 'two', 'three'];
    const runs = await Promise.all(words.map((word) => project.start('run', '--json', '--set', `word=${word}`).end));
    for (const run of runs) assert.equal(run.code, 0, run.err);
    for (const count of startsByKey(runs).values()) assert.equal(count, 1);
    for (const word of words) {
      const run = project.run('--set', `word=${word}`);
      assert.ok(
        Object.values(run.status).every((status) => status === 'cached' || status === 'restored'),
        JSON.stringify(run.status),
      );
      assert.equal(project.read('artifacts/bottom/o.txt'), expected('start', word));
    }
    project.dispose();
  });
});

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number, number> {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    yield state / 0x7fffffff;
  }
}

describe('damage', () => {
  it(`of any file in cache or artifacts, ${damages} times, is noticed and put right`, () => {
    const project = makeDiamond();
    project.run();
    const random = numbers(1);
    for (let round = 0; round < damages; round++) {
      const files = [...filesBelow(project.path('cache')), ...filesBelow(project.path('artifacts'))].filter(
        (path) => !path.endsWith('.log'),
      );
      for (let i = 0; i < 3; i++)
        damage(files[Math.floor(random.next().value * files.length)]!, random.next().value, random.next().value);
      if (round % 2 === 0) project.remove('artifacts');
      const run = project.run();
      assert.equal(run.code, 0, `${run.out}${run.err}`);
      assert.equal(project.read('artifacts/bottom/o.txt'), expected('start'), `round ${round}`);
      assert.equal(project.read('artifacts/left/parts/two.txt'), 'two START\n');
      assert.equal(project.run().lines.at(-1)?.['cached'], 4, `round ${round}`);
    }
    project.dispose();
  });

  function damage(path: string, kind: number, where: number): void {
    const bytes = readFileSync(path);
    chmodSync(path, 0o644);
    if (kind < 0.3) truncateSync(path, Math.floor(where * bytes.length));
    else if (kind < 0.4) writeFileSync(path, 'something else');
    else {
      bytes[Math.floor(where * bytes.length)]! ^= 0x20;
      writeFileSync(path, bytes);
    }
  }

  it('sets a damaged object aside and makes it again', () => {
    const project = makeDiamond();
    project.run();
    for (const path of filesBelow(project.path('cache/objects'))) {
      chmodSync(path, 0o644);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/start/i, 'stark'));
    }
    project.remove('artifacts');
    assert.deepEqual(Object.values(project.run().status), ['ran', 'ran', 'ran', 'ran']);
    assert.equal(readdirSync(project.path('cache/damaged')).length > 0, true);
    assert.equal(project.read('artifacts/bottom/o.txt'), expected('start'));
    project.dispose();
  });
});

/** Process ids of all descendants, by /proc. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // it ended
    }
  }
  const found: number[] = [];
  const wanted = [pid];
  for (let at = wanted.pop(); at !== undefined; at = wanted.pop())
    for (const [child, parent] of parents)
      if (parent === at) {
        found.push(child);
        wanted.push(child);
      }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended
  }
}

describe('kill -9', () => {
  it(`at ${kills} instants, of the runner, of a stage, of all: the next run is correct, nothing finished is lost`, async function () {
    this.timeout(long ? 3_600_000 : 240_000);
    const project = makeDiamond('k0');
    const random = numbers(Number(process.env['CC_SNN_SEED'] ?? '7'));
    project.run();
    const finishedKeys = new Set<string>();
    for (let round = 1; round <= kills; round++) {
      if (round % 4 !== 0) project.write('data/in.txt', `k${round}\n`);
      const { child, end } = project.start('run', '--json');
      await sleep(80 + random.next().value * 900);
      const family = descendants(child.pid!);
      const kind = random.next().value;
      if (kind < 0.4) kill(child.pid!);
      else if (kind < 0.7 && family.length > 0) kill(family[Math.floor(random.next().value * family.length)]!);
      else for (const pid of [child.pid!, ...family]) kill(pid);
      const killed = await end;
      for (const line of killed.lines) if (line.event === 'stage' && line.status === 'ran') finishedKeys.add(line.key!);
      const next = project.run();
      assert.equal(next.code, 0, `round ${round}: ${next.out}${next.err}`);
      for (const line of next.lines)
        if (line.event === 'start')
          assert.ok(!finishedKeys.has(line.key!), `round ${round}: ${line.stage} had finished`);
      for (const line of next.lines) if (line.event === 'stage' && line.status === 'ran') finishedKeys.add(line.key!);
      const text = project.read('data/in.txt').trim();
      assert.equal(project.read('artifacts/bottom/o.txt'), expected(text), `round ${round}`);
      assert.equal(project.run().lines.at(-1)?.['cached'], 4, `round ${round}`);
    }
    assert.ok(!project.exists('artifacts/.staging'));
    project.dispose();
  });
});
