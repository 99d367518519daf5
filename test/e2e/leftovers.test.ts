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
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').startsWith(`sleep\0${seconds}\0`);
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
});
