/** The executor `slurm`, by the real binary: against a fake Slurm always, against a real one (SLURM_CONF is set, or can be started) with CC_SNN_PEERS=1. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlurm } from '../rig/fake-slurm.ts';
import { killNode, pushAside, realSlurm, restartNodes } from '../rig/real-slurm.ts';
import { type Finished, TestProject } from '../rig/test-project.ts';

/** `ran NAME` counts; `gate NAME` says that it began and waits until the test opens it. */
const functions = `
ran() { echo $1 >> $MEET/ran; }
gate() { touch $MEET/began-$1; for i in $(seq 600); do if [ -e $MEET/open-$1 ]; then return; fi; sleep 0.05; done; exit 9; }
first() { mkdir $MEET/first-$1 2>/dev/null; }
`;

function stage(command: string, rest: string): string {
  const text = JSON.stringify(`source $MEET/functions; ${command}`);
  return `{ command: ${text}, ${rest}${rest === '' ? '' : ', '}outputs: { o: o.txt }, passEnv: [MEET, CUDA_VISIBLE_DEVICES], sandbox: false }`;
}

const head = 'version: 1\nparams: { n: 1, x: 1 }\nslurm: { poll: 1s }\n';

/** A module that says that it began, reads its input when the test opens `a`, and ends when it opens `b`. */
const reader = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const open = async (path) => { while (!existsSync(path)) await new Promise((go) => setTimeout(go, 50)); };
export default {
  about: 'x', params: { type: 'object' }, inputs: { i: { kind: 'text', about: 'x' } }, outputs: { o: { kind: 'text', about: 'x' } },
  async run({ inputs, outputs, env }) {
    writeFileSync(env.MEET + '/began-a', '');
    await open(env.MEET + '/open-a');
    writeFileSync(outputs.o, readFileSync(inputs.i, 'utf8'));
    writeFileSync(env.MEET + '/began-b', '');
    await open(env.MEET + '/open-b');
  },
};
`;

class Cluster extends TestProject {
  readonly meet: string;
  readonly fake: FakeSlurm | undefined;

  constructor(pipeline: string, real: boolean) {
    super(pipeline);
    this.meet = mkdtempSync(join(tmpdir(), 'slurm-meet-'));
    writeFileSync(join(this.meet, 'functions'), functions);
    this.fake = real ? undefined : new FakeSlurm(this.path('.slurm'));
    this.environment = {
      MEET: this.meet,
      ...(this.fake === undefined ? { SLURM_CONF: process.env['SLURM_CONF'] ?? '' } : { PATH: this.fake.path }),
    };
  }

  slurm(...args: readonly string[]): Finished {
    return this.run('--executor', 'slurm', ...args);
  }

  /** How often each was run. */
  get ran(): Readonly<Record<string, number>> {
    const file = join(this.meet, 'ran');
    const names = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((n) => n === name).length]));
  }

  open(name: string): void {
    writeFileSync(join(this.meet, `open-${name}`), '');
  }

  async until(what: string, holds: () => boolean, seconds = 30): Promise<void> {
    for (let i = 0; i < seconds * 20; i++) {
      if (holds()) return;
      await sleep(50);
    }
    assert.fail(`waited in vain until ${what}`);
  }

  untilBegan(name: string): Promise<void> {
    return this.until(`${name} began`, () => existsSync(join(this.meet, `began-${name}`)));
  }

  override dispose(): void {
    this.fake?.dispose();
    super.dispose();
    rmSync(this.meet, { recursive: true, force: true });
  }
}

const several = `${head}stages:
  one: ${stage('ran one; echo says ${params.n}; echo ${params.n} > ${outputs.o}', 'params: [n], matrix: { n: [1, 2, 3] }')}
  all: ${stage('ran all; cat ${inputs.i} > ${outputs.o}; echo card $CUDA_VISIBLE_DEVICES', 'inputs: { i: artifacts/one/*/o.txt }, resources: { cpus: 2, memory: 100MiB, time: 5m, gpus: 1 }')}
`;

for (const real of [false, true])
  describe(`executor slurm, ${real ? 'a real Slurm' : 'a fake one'}`, function () {
    this.timeout(120_000);
    let project: Cluster;
    before(function () {
      const why = real ? realSlurm() : undefined;
      if (why === undefined) return;
      console.log(`      skipped: ${why}`);
      this.skip();
    });
    const begin = (pipeline: string): Cluster => {
      project = new Cluster(pipeline, real);
      return project;
    };
    afterEach(() => project?.dispose());

    it('runs stages as jobs, instances of a matrix as an array, to what a run here makes', () => {
      begin(several);
      const { code, status, lines } = project.slurm();
      assert.deepEqual([code, status['one@n=2'], status['all']], [0, 'ran', 'ran']);
      assert.equal(project.read('artifacts/all/o.txt'), '1\n2\n3\n');
      assert.ok(lines.some(({ event, stage: id, line }) => event === 'log' && id === 'one@n=3' && line === 'says 3'));
      const card = lines.find(({ event, line }) => event === 'log' && String(line).startsWith('card '));
      assert.match(String(card?.['line']), real ? /^card 0/ : /^card 7$/);
      assert.equal(project.exists('artifacts/.jobs'), false, 'nothing is left of its jobs');
      if (project.fake !== undefined) {
        const [first, second, ...more] = project.fake.calls('sbatch');
        assert.match(first!, /--array=0-2 --ntasks=1 --cpus-per-task=1$/);
        assert.match(second!, /--cpus-per-task=2 --mem=228M --time=5 --gpus=1$/);
        assert.deepEqual(more, []);
      }
      assert.deepEqual(project.run().status, {
        'one@n=1': 'cached',
        'one@n=2': 'cached',
        'one@n=3': 'cached',
        all: 'cached',
      });
      project.remove('artifacts');
      assert.equal(project.run().status['all'], 'restored', 'what jobs made is in the cache');
    });

    it('takes up what a killed run left: what is done, what runs, what waits; none is submitted again', async () => {
      begin(`${head}stages:
  done: ${stage('ran done; echo 1 > ${outputs.o}', '')}
  ends: ${stage('gate ends; ran ends; echo ${params.x} > ${outputs.o}', 'params: [x]')}
  m: ${stage('echo before; gate m; ran m${params.n}; echo ${params.n} > ${outputs.o}', 'params: [n], matrix: { n: [1, 2, 3, 4] }, resources: { cpus: 2 }')}
  after: ${stage('ran after; cat ${inputs.a} ${inputs.b} > ${outputs.o}', 'inputs: { a: artifacts/m/*/o.txt, b: artifacts/done/o.txt }')}
`);
      const { child, end } = project.start('run', '--json', '--executor', 'slurm');
      await project.untilBegan('m');
      await project.untilBegan('ends');
      child.kill('SIGKILL');
      await end;
      project.open('ends');
      await sleep(300);
      const submitted = project.fake?.calls('sbatch').length;
      const again = project.start('run', '--json', '--executor', 'slurm');
      await sleep(1500);
      project.open('m');
      const { code, status, lines } = await again.end;
      assert.deepEqual([code, status['m@n=4'], status['after']], [0, 'ran', 'ran']);
      assert.deepEqual(project.ran, { after: 1, done: 1, ends: 1, m1: 1, m2: 1, m3: 1, m4: 1 });
      assert.ok(
        lines.some(({ stage: id, line }) => id === 'm@n=1' && line === 'before'),
        'what it said before is told',
      );
      if (project.fake !== undefined) assert.equal(project.fake.calls('sbatch').length, submitted! + 1, 'only `after`');
      assert.equal(project.exists('artifacts/.jobs'), false);
    });

    it('cancels its jobs on Ctrl-C, and begins them anew next time', async () => {
      begin(`${head}stages:
  a: ${stage('ran a; gate a; echo 1 > ${outputs.o}', '')}
  b: ${stage('ran b; gate b; echo 2 > ${outputs.o}', '')}
`);
      const { child, end } = project.start('run', '--json', '--executor', 'slurm');
      await project.untilBegan('a');
      await project.untilBegan('b');
      child.kill('SIGINT');
      const { code, status } = await end;
      assert.deepEqual([code, status['a'], status['b']], [130, 'skipped', 'skipped']);
      if (project.fake !== undefined) assert.deepEqual(project.fake.states(), ['CANCELLED', 'CANCELLED']);
      assert.equal(project.exists('artifacts/.jobs'), false);
      project.open('a');
      project.open('b');
      assert.equal(project.slurm().code, 0);
      assert.deepEqual(project.ran, { a: 2, b: 2 });
    });

    it('runs several instances in one job where told to, each by itself', () => {
      begin(`${head}stages:
  one: ${stage('ran ${params.n}; [ ${params.n} -ne 4 ]; echo ${params.n} > ${outputs.o}', 'params: [n], matrix: { n: [1, 2, 3, 4, 5, 6, 7] }, slurm: { group: 3 }, resources: { time: 2m }')}
`);
      const { code, status } = project.slurm('--keep-going');
      assert.equal(code, 1);
      assert.deepEqual(
        Object.entries(status).filter(([, word]) => word !== 'ran'),
        [['one@n=4', 'failed']],
      );
      assert.deepEqual(Object.values(project.ran), [1, 1, 1, 1, 1, 1, 1]);
      if (project.fake !== undefined) {
        assert.equal(project.fake.calls('sbatch').length, 1);
        assert.match(project.fake.calls('sbatch')[0]!, /--array=0-2 .*--time=6/, 'three times two minutes');
      }
    });

    it('holds a module to what it declared, as it is held here', () => {
      begin(`${head}stages:
  m: { module: stages/m.mjs, outputs: { o: o.txt } }
`);
      project.write('secret.txt', 'x').write(
        'stages/m.mjs',
        `import { readFileSync } from 'node:fs';
export default {
  about: 'reads what it should not', params: { type: 'object' }, inputs: {}, outputs: { o: { kind: 'text', about: 'o' } },
  run() { readFileSync('secret.txt'); },
};
`,
      );
      const there = project.slurm().lines.find(({ event }) => event === 'stage');
      const here = project.run().lines.find(({ event }) => event === 'stage');
      assert.match(there?.error ?? '', /secret\.txt/);
      assert.equal(there?.error, here?.error);
    });

    it('does not take a result whose inputs were changed and changed back meanwhile', async () => {
      begin(`${head}stages:
  a: { module: stages/a.mjs, inputs: { i: in.txt }, outputs: { o: o.txt }, passEnv: [MEET], sandbox: false }
`);
      project.write('in.txt', 'right\n').write('stages/a.mjs', reader);
      const { end } = project.start('run', '--json', '--executor', 'slurm');
      await project.untilBegan('a');
      project.write('in.txt', 'wrong\n');
      project.open('a');
      await project.untilBegan('b');
      project.write('in.txt', 'right\n');
      project.open('b');
      const { code, lines } = await end;
      assert.equal(code, 0);
      assert.equal(project.read('artifacts/a/o.txt'), 'right\n');
      assert.ok(
        lines.some(({ event, text }) => event === 'message' && /touched since it was submitted/.test(String(text))),
      );
    });
  });

describe('executor slurm, a real Slurm when jobs do not end well', function () {
  this.timeout(300_000);
  let project: Cluster;
  before(function () {
    const why = realSlurm() ?? (process.env['CC_SNN_LONG'] === undefined ? 'CC_SNN_LONG is not set' : undefined);
    if (why === undefined) return;
    console.log(`      skipped: ${why}`);
    this.skip();
  });
  afterEach(() => {
    project?.dispose();
    restartNodes();
  });

  /** The first attempt says on which node it is and stays there. */
  const staying = (name: string, rest: string, does = 'sleep 200'): string =>
    stage(
      `ran ${name}; if first ${name}; then echo $SLURMD_NODENAME > $MEET/node-${name}; ${does}; fi; echo 1 > \${outputs.o}`,
      rest,
    ).replace('passEnv: [', 'passEnv: [SLURMD_NODENAME, ');
  const eat = `${process.execPath} -e 'global.eaten = Buffer.alloc(5e8, 1); setTimeout(() => undefined, 60000)'`;

  it('tells a time limit, too little memory, a lost node and preemption apart, and tries again as asked', async () => {
    project = new Cluster(
      `version: 1
slurm: { poll: 1s, retry: { outOfMemory: 1, grow: 4 } }
stages:
  memory: ${staying('memory', 'resources: { memory: 200MiB }', eat)}
  preempted: ${staying('preempted', 'resources: { cpus: 2, memory: 50MiB }')}
  node: ${staying('node', 'resources: { cpus: 2, memory: 50MiB }')}
  limit: ${staying('limit', 'resources: { time: 1m, memory: 50MiB }')}
`,
      true,
    );
    const { end } = project.start('run', '--json', '--keep-going', '--executor', 'slurm');
    const nodeOf = async (name: string): Promise<string> => {
      await project.until(`${name} has a node`, () => existsSync(join(project.meet, `node-${name}`)), 60);
      await sleep(100);
      return readFileSync(join(project.meet, `node-${name}`), 'utf8').trim();
    };
    killNode(await nodeOf('node'));
    pushAside(await nodeOf('preempted'));
    const { code, status, lines } = await end;
    assert.equal(code, 1);
    assert.deepEqual(status, { memory: 'ran', preempted: 'ran', node: 'ran', limit: 'failed' });
    const retries = Object.fromEntries(lines.filter(({ event }) => event === 'retry').map((l) => [l.stage, l.error]));
    assert.match(retries['memory'] ?? '', /out of memory/);
    assert.match(retries['preempted'] ?? '', /preempted by another job/);
    assert.match(retries['node'] ?? '', /lost with its node .*NODE_FAIL/);
    assert.match(lines.find((l) => l.stage === 'limit' && l.error !== undefined)?.error ?? '', /at its time limit/);
    assert.deepEqual(project.ran, { limit: 1, memory: 2, node: 2, preempted: 2 });
  });
});

describe('executor slurm, when jobs do not end well', function () {
  this.timeout(60_000);
  let project: Cluster;
  afterEach(() => project?.dispose());

  /** The first attempts suffer what the flag says, once they have begun. */
  const suffering = (kind: string, times: number, more = ''): string =>
    stage(
      `ran ${kind}; if [ $(grep -c '^${kind}$' $MEET/ran) -le ${times} ]; then touch $FAKE/running-${kind}; sleep 30; fi; echo 1 > \${outputs.o}`,
      `slurm: { flags: ['--comment=${kind}*${times}'] }${more}`,
    ).replace('passEnv: [', 'passEnv: [FAKE, ');

  it('tells a time limit, too little memory, a lost node, preemption and a cancelled job apart, and tries again as asked', () => {
    project = new Cluster(
      `version: 1
params: { n: 1 }
slurm: { poll: 1s, retry: { nodeFailure: 1, preemption: 2, outOfMemory: 2, grow: 3 } }
stages:
  limit: ${suffering('TIMEOUT', 1)}
  memory: ${suffering('OUT_OF_MEMORY', 2, ', resources: { memory: 100MiB }')}
  counted: ${suffering('MEMORY_BY_SLURM', 1, ', resources: { memory: 10MiB }')}
  node: ${suffering('NODE_FAIL', 1)}
  nodes: ${suffering('BOOT_FAIL', 9)}
  gone: ${suffering('VANISHED', 1)}
  preempted: ${suffering('PREEMPTED', 2)}
  cancelled: ${suffering('CANCELLED', 1, ', retries: 5')}
  launch: { command: 'true', outputs: { o: o.txt }, slurm: { flags: ['--comment=LAUNCH*9'] } }
  own: ${stage('ran own; exit 3', 'retries: 1')}
  turns: ${stage('ran turn${params.n}; if [ ${params.n} = 2 ]; then touch $FAKE/running-DEADLINE; sleep 30; fi; echo 1 > ${outputs.o}', "params: [n], matrix: { n: [1, 2, 3] }, slurm: { group: 3, flags: ['--comment=DEADLINE*1'] }").replace('passEnv: [', 'passEnv: [FAKE, ')}
`,
      false,
    );
    project.environment = { ...project.environment, FAKE: project.fake!.folder };
    const { code, status, lines } = project.slurm('--keep-going');
    assert.equal(code, 1);
    // The turn of turns@n=3 never came: it is not to blame.
    const ok = ['memory', 'counted', 'node', 'gone', 'preempted', 'turns@n=1', 'turns@n=3'];
    for (const id of ok)
      assert.equal(status[id], 'ran', `${id}: ${lines.find((l) => l.stage === id && l.error)?.error}`);
    const errors = Object.fromEntries(
      lines.filter(({ event, status: word }) => event === 'stage' && word === 'failed').map((l) => [l.stage, l.error]),
    );
    assert.deepEqual(Object.keys(errors).sort(), ['cancelled', 'launch', 'limit', 'nodes', 'own', 'turns@n=2']);
    assert.match(errors['limit']!, /time limit .*on fake1[\s\S]*resources\.time/);
    assert.match(errors['nodes']!, /lost with its node .*BOOT_FAIL/);
    assert.match(errors['cancelled']!, /was cancelled: Slurm job \d+/);
    assert.match(errors['launch']!, /left no word of its end: Slurm job \d+ ended as FAILED/);
    assert.match(errors['own']!, /ended with status 3/);
    assert.deepEqual(project.ran, {
      ...{ BOOT_FAIL: 2, CANCELLED: 1, MEMORY_BY_SLURM: 2, NODE_FAIL: 2, OUT_OF_MEMORY: 3, PREEMPTED: 3, TIMEOUT: 1 },
      ...{ VANISHED: 2, own: 2, turn1: 1, turn2: 1, turn3: 1 },
    });
    const asked = project.fake!.calls('sbatch').filter((line) => line.includes('OUT_OF_MEMORY'));
    assert.deepEqual(
      asked.map((line) => /--mem=(\d+)M/.exec(line)?.[1]),
      ['228', '428', '1028'],
    );
  });

  it('says what sbatch says when it refuses, and asks again when it may yet accept', () => {
    project = new Cluster(`${head}stages:\n  a: ${stage('ran a; echo 1 > ${outputs.o}', '')}\n`, false);
    project.fake!.set('refuse', 'invalid account or account/partition combination specified');
    const { code, lines } = project.slurm();
    assert.equal(code, 1);
    assert.match(lines.find(({ event }) => event === 'stage')?.error ?? '', /sbatch refused it: invalid account/);
    project.fake!.unset('refuse');
    project.fake!.set('later', 'yes');
    const second = project.slurm();
    assert.equal(second.code, 0);
    assert.ok(
      second.lines.some(({ event, text }) => event === 'message' && /temporarily unavailable/.test(String(text))),
    );
    project.fake!.set('unheard', 'yes');
    const third = project.slurm('--force');
    assert.ok(third.lines.some(({ event, text }) => event === 'message' && /Socket timed out/.test(String(text))));
    assert.deepEqual([third.code, project.ran], [0, { a: 2 }], 'it was submitted all the same, and is not again');
  });

  it('is chosen by the configuration of a person, which is held against what may stand there', () => {
    project = new Cluster(`version: 1\nstages:\n  a: ${stage('echo 1 > ${outputs.o}', '')}\n`, false);
    project.environment = { ...project.environment, XDG_CONFIG_HOME: project.path('config') };
    project.write('config/pipeline/config.yaml', 'executor: slurm\nslurm: { account: 5 }\n');
    const wrong = project.pipeline('run');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /config\.yaml[\s\S]*slurm\.account/);
    project.write('config/pipeline/config.yaml', 'executor: slurm\nslurm: { account: lab, poll: 1s }\n');
    assert.equal(project.run().code, 0);
    assert.match(project.fake!.calls('sbatch')[0]!, /--account=lab/);
  });

  it('takes a controller that does not answer for just that', async () => {
    project = new Cluster(`${head}stages:\n  a: ${stage('ran a; gate a; echo 1 > ${outputs.o}', '')}\n`, false);
    const { end } = project.start('run', '--json', '--executor', 'slurm');
    await project.untilBegan('a');
    project.fake!.set('down');
    const asked = project.fake!.calls('squeue').length;
    await project.until('squeue was asked', () => project.fake!.calls('squeue').length >= asked + 3);
    project.open('a');
    assert.equal((await end).code, 0);
    assert.deepEqual(project.ran, { a: 1 });
  });

  it('cancels the job of a killed run that nobody wants any more', async () => {
    project = new Cluster(
      `${head}stages:\n  a: ${stage('ran ${params.x}; gate ${params.x}; echo ${params.x} > ${outputs.o}', 'params: [x]')}\n`,
      false,
    );
    const { child, end } = project.start('run', '--json', '--executor', 'slurm');
    await project.untilBegan('1');
    child.kill('SIGKILL');
    await end;
    project.open('2');
    assert.equal(project.slurm('--set', 'x=2').code, 0);
    assert.deepEqual(project.fake!.states(), ['CANCELLED', 'COMPLETED']);
    assert.equal(project.exists('artifacts/.jobs'), false);
  });

  it('a run here takes up what a killed run left on the cluster too, and does the rest itself', async () => {
    project = new Cluster(
      `${head}stages:\n  a: ${stage('ran a; gate a; echo 1 > ${outputs.o}', '')}\n  b: ${stage('ran b; cp ${inputs.i} ${outputs.o}', 'inputs: { i: artifacts/a/o.txt }')}\n`,
      false,
    );
    const { child, end } = project.start('run', '--json', '--executor', 'slurm');
    await project.untilBegan('a');
    child.kill('SIGKILL');
    await end;
    const again = project.start('run', '--json');
    await sleep(700);
    project.open('a');
    assert.equal((await again.end).code, 0);
    assert.deepEqual(project.ran, { a: 1, b: 1 });
    assert.equal(project.fake!.calls('sbatch').length, 1);
    assert.equal(project.exists('artifacts/.jobs'), false);
  });

  it('leaves its jobs where its terminal is gone; the next run takes them up', async () => {
    project = new Cluster(`${head}stages:\n  a: ${stage('ran a; gate a; echo 1 > ${outputs.o}', '')}\n`, false);
    const { child, end } = project.start('run', '--json', '--executor', 'slurm');
    await project.untilBegan('a');
    child.kill('SIGHUP');
    assert.equal((await end).code, 130);
    assert.deepEqual(project.fake!.calls('scancel'), []);
    project.open('a');
    assert.equal(project.slurm().status['a'], 'ran');
    assert.deepEqual(project.ran, { a: 1 });
  });

  it('asks squeue once for all jobs, at most once an interval', async () => {
    project = new Cluster(
      `${head}stages:\n  a: ${stage('sleep 3.5; echo 1 > ${outputs.o}', 'params: [n], matrix: { n: [1, 2] }')}\n`,
      false,
    );
    const started = performance.now();
    assert.equal(project.slurm().code, 0);
    const calls = project.fake!.calls('squeue');
    assert.ok(calls.length >= 1 && calls.length <= (performance.now() - started) / 1000, `${calls.length} calls`);
  });
});
