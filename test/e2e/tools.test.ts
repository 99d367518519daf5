/** `tools:` says what version really ran: asked with the stage's environment, folder and sandbox, and anew where a shim decides. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const shim = `#!/usr/bin/env bash
if [ -n "\${TT_VERSION:-}" ]; then echo "tt $TT_VERSION"; elif [ -e .tt-version ]; then echo "tt $(<.tt-version)"; else echo "tt 1"; fi
`;

for (const sandboxed of [true, false])
  describe(`a tool's version ${sandboxed ? 'in a sandbox' : 'without one'}`, () => {
    let project: TestProject;
    afterEach(() => project.dispose());

    const open = (more: string): void => {
      project = new TestProject(
        `version: 1\nstages:\n  a: { command: 'tt --version > \${outputs.o}', tools: [tt], ${more} outputs: { o: o.txt } }\n`,
      ).write('tools/tt', shim);
      chmodSync(project.path('tools/tt'), 0o755);
      if (!sandboxed) project.withoutSandbox();
      const rest = project.environment['PATH'] ?? process.env['PATH'];
      project.environment = { PATH: `${project.path('tools')}:${rest}` };
    };
    const keyed = (): string => /"tool tt": "(.*)"/.exec(project.read('pipeline.lock'))![1]!;

    it('is that of the program with the environment that the stage has', () => {
      open('');
      project.environment = { ...project.environment, TT_VERSION: '9' };
      assert.equal(project.run().status['a'], 'ran');
      assert.equal(project.read('artifacts/a/o.txt'), 'tt 1\n');
      assert.equal(keyed(), 'tt 1');
    });

    it('follows what the shim reads, as far as the stage sees it, also after a run that found nothing to do', () => {
      open('inputs: { v: .tt-version },');
      project.write('.tt-version', '2\n');
      assert.equal(project.run().status['a'], 'ran');
      assert.equal(keyed(), 'tt 2');
      for (let time = 0; time < 2; time++) assert.equal(project.run().status['a'], 'cached');
      project.write('.tt-version', '3\n');
      assert.equal(project.run().status['a'], 'ran');
      assert.equal(project.read('artifacts/a/o.txt'), 'tt 3\n');
      assert.equal(keyed(), 'tt 3');
    });

    it('is that of the program that comes first on the PATH now', () => {
      open('');
      project.environment = { PATH: `${project.path('first')}:${project.environment['PATH']}` };
      for (let time = 0; time < 2; time++) project.run();
      project.write('first/tt', '#!/usr/bin/env bash\necho tt first\n');
      chmodSync(project.path('first/tt'), 0o755);
      assert.equal(project.run().status['a'], 'ran');
      assert.equal(project.read('artifacts/a/o.txt'), 'tt first\n');
    });
  });
