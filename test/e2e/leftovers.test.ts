/** What a stage or a killed run leaves behind: processes of its group are ended, and nobody waits for work that nobody will take. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestProject } from '../rig/test-project.ts';

/** How many processes run `sleep SECONDS`. */
function sleepers(seconds: string): number {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`sleep\0${seconds}\0`);
    } catch {
      return false;
    }
  }).length;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(50);
  assert.ok(condition(), what);
}

describe('what is left over', () => {
  let project: TestProject;
  afterEach(() => project.dispose());

  it('of a stage that ended, is ended with it', async () => {
    const seconds = `60.1${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  quick: { command: 'sleep ${seconds} > /dev/null 2>&1 & echo done > \${outputs.o}', outputs: { o: o.txt } }
`).withoutSandbox('sleep');
    assert.deepEqual(project.run().status, { quick: 'ran' });
    await until(() => sleepers(seconds) === 0, 'the process that the stage left behind has ended');
  });

  it('of a stage that ended at once, is ended though nothing but its group tells whose it is', async () => {
    const seconds = `60.7${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  quick: { command: 'cd / && env -i /bin/sleep ${seconds} > /dev/null 2>&1 & echo done > \${outputs.o}', outputs: { o: o.txt }, sandbox: false }
`);
    const run = project.run();
    assert.deepEqual(run.status, { quick: 'ran' }, run.out);
    await until(() => sleepers(seconds) === 0, 'the process that the stage left behind has ended');
  });

  it('of a run that was killed, is ended by the next one that needs the same result', async () => {
    const seconds = `30.2${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  slow: { command: 'if [ ! -e again ]; then sleep ${seconds}; echo > survived; fi; echo done > \${outputs.o}', outputs: { o: o.txt } }
`).withoutSandbox('sleep');
    const { child, end } = project.start('run', '--json');
    await until(() => sleepers(seconds) === 1, 'the stage runs');
    child.kill('SIGKILL');
    await end;
    assert.equal(sleepers(seconds), 1, 'the stage outlives its run');
    project.write('again', '');
    const run = project.run();
    assert.deepEqual(run.status, { slow: 'ran' }, run.out);
    assert.ok(!project.exists('survived'), 'the stage of the killed run was ended, not waited for');
    assert.equal(sleepers(seconds), 0);
    assert.ok(!project.exists('artifacts/.staging'));
  });

  it('of a run that was killed in another checkout, is ended by whoever needs the same result from their cache', async () => {
    const seconds = `30.6${process.pid}`;
    const yaml = `
version: 1
stages:
  slow: { command: 'if [ ! -e again ]; then sleep ${seconds}; fi; echo done > \${outputs.o}', outputs: { o: o.txt } }
`;
    project = new TestProject(yaml).withoutSandbox('sleep');
    const other = new TestProject(yaml).withoutSandbox('sleep').write('again', '');
    const shared = ['--cache-dir', project.path('cache')];
    const { child, end } = project.start('run', '--json', ...shared);
    await until(() => sleepers(seconds) === 1, 'the stage runs');
    child.kill('SIGKILL');
    await end;
    assert.equal(sleepers(seconds), 1, 'the stage outlives its run');
    const run = other.run(...shared);
    assert.deepEqual(run.status, { slow: 'ran' }, run.out);
    assert.equal(sleepers(seconds), 0);
    other.dispose();
  });

  /** Leaves a process behind that no process group, open pipe or parent holds any more. */
  const daemons: Readonly<Record<string, string>> = {
    'in a session of its own': 'setsid sleep SECONDS &',
    'that holds no output': 'setsid sleep SECONDS > /dev/null 2>&1 &',
    'that went elsewhere': '(cd / && setsid sleep SECONDS > /dev/null 2>&1 &);',
    'without an environment': 'setsid env -i sleep SECONDS &',
  };
  for (const [what, daemon] of Object.entries(daemons))
    for (const sandboxed of [true, false])
      it(`of a command ${sandboxed ? 'in a sandbox' : 'without one'}, ${what}, neither holds it up nor outlives it`, () => {
        const seconds = `50.${Object.keys(daemons).indexOf(what)}${sandboxed ? 3 : 4}${process.pid}`;
        project = new TestProject(`
version: 1
stages:
  a: { command: '${daemon.replace('SECONDS', seconds)} sleep 0.5; echo made > \${outputs.o}', timeout: 20s, outputs: { o: o.txt } }
`);
        if (!sandboxed) project.withoutSandbox('sleep', 'setsid');
        const run = project.run();
        assert.deepEqual(run.status, { a: 'ran' }, run.out);
        assert.equal(sleepers(seconds), 0);
        assert.equal(project.read('artifacts/a/o.txt'), 'made\n');
      });

  for (const sandboxed of [true, false])
    it(`of a module ${sandboxed ? 'in a sandbox' : 'without one'} is ended with it`, () => {
      const seconds = `51.${sandboxed ? 3 : 4}${process.pid}`;
      project = new TestProject(
        'version: 1\nstages:\n  m: { module: m.mjs, timeout: 20s, outputs: { o: o.txt } }\n',
      ).write(
        'm.mjs',
        `import * as fs from 'node:fs'; import { spawn } from 'node:child_process';
export default { about: 'x', params: { type: 'object' }, inputs: {}, outputs: { o: { kind: 'text', about: 'x' } }, permissions: { childProcess: true, network: true },
  async run({ outputs }) {
    for (const stdio of ['inherit', 'ignore']) spawn('sleep', ['${seconds}'], { detached: true, stdio }).unref();
    fs.writeFileSync(outputs.o, 'made');
  } };\n`,
      );
      if (!sandboxed) project.withoutSandbox('sleep', 'node');
      const run = project.run();
      assert.deepEqual(run.status, { m: 'ran' }, run.out);
      assert.equal(sleepers(seconds), 0);
    });

  it('of a stage that is stopped, and will not be, is ended within the moment that it has to stop by itself', async () => {
    const seconds = `52.${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  a: { command: 'trap "" INT TERM HUP; setsid sleep ${seconds} & sleep ${seconds}', outputs: { o: o.txt } }
`).withoutSandbox('sleep', 'setsid');
    const { child, end } = project.start('run', '--json');
    await until(() => sleepers(seconds) === 2, 'both run');
    child.kill('SIGINT');
    const run = await end;
    assert.equal(run.code, 130);
    assert.equal(sleepers(seconds), 0);
  });

  it('of a killed run holds no lock, and is ended by the next run, though it left its group', async () => {
    const seconds = `53.${process.pid}`;
    project = new TestProject(`
version: 1
stages:
  a: { command: 'if [ ! -e again ]; then setsid sleep ${seconds} & sleep ${seconds}; fi; echo done > \${outputs.o}', timeout: 60s, outputs: { o: o.txt } }
`).withoutSandbox('sleep', 'setsid');
    const { child, end } = project.start('run', '--json');
    await until(() => sleepers(seconds) === 2, 'both run');
    child.kill('SIGKILL');
    await end;
    project.write('again', '');
    const run = project.run();
    assert.deepEqual(run.status, { a: 'ran' }, run.out);
    assert.ok(!run.lines.some(({ event }) => event === 'waiting'), 'nobody holds the lock');
    assert.equal(sleepers(seconds), 0);
  });
});
