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
    project.run('--set', 'n=1');
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
});
