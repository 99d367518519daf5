/** The folder in which a running stage can be watched: it may be written, it stays for a look, and it is no output. */
import assert from 'node:assert/strict';
import { TestProject } from '../rig/test-project.ts';

const stage = (writes: string): string => `import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
export default { about: '', params: {}, inputs: {}, outputs: { o: { kind: 'text', about: '' } },
  async run({ live, outputs }) { ${writes} writeFileSync(outputs.o, 'done'); } };
`;
const pipeline = 'version: 1\nstages:\n  a: { module: a.mjs, outputs: { o: o.txt } }\n';

describe("a stage's live folder", () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(pipeline);
  });
  afterEach(() => project.dispose());

  it('takes files and folders from a sandboxed stage, and is empty again when the stage runs again', () => {
    project.write(
      'a.mjs',
      stage("mkdirSync(join(live, 'deep/er'), { recursive: true }); writeFileSync(join(live, 'deep/er/log'), 'x');"),
    );
    const first = project.run();
    assert.deepEqual(first.status, { a: 'ran' }, first.out);
    assert.equal(project.read('artifacts/.live/a/deep/er/log'), 'x');
    project.write('a.mjs', stage("writeFileSync(join(live, 'other'), 'y');"));
    assert.deepEqual(project.run().status, { a: 'ran' });
    assert.equal(project.exists('artifacts/.live/a/deep'), false);
    assert.equal(project.read('artifacts/.live/a/other'), 'y');
  });

  it('is not left behind by a stage that writes nothing there', () => {
    project.write('a.mjs', stage(''));
    assert.deepEqual(project.run().status, { a: 'ran' });
    assert.equal(project.exists('artifacts/.live'), false);
  });
});
