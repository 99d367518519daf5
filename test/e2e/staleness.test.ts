/** What makes a stage run again, and what does not: the real binary on small projects, by the count of stages that ran. */
import assert from 'node:assert/strict';
import { appendFileSync, lstatSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const pipeline = `
version: 1
params: { width: 3, unused: 1 }
stages:
  first:
    command: "cat \${inputs.text} > \${outputs.copy}"
    inputs: { text: data/in.txt }
    outputs: { copy: copy.txt }
  upper:
    module: stages/upper.mjs
    params: [width]
    inputs: { copy: artifacts/first/copy.txt }
    outputs: { upper: upper.txt, parts: parts/ }
  count:
    command: "wc -c < \${inputs.upper} > \${outputs.count}"
    inputs: { upper: artifacts/upper/upper.txt }
    outputs: { count: count.txt }
`;

const upperModule = `
import { readFileSync, writeFileSync } from 'node:fs';
import { change } from '../lib/change.mjs';
export default {
  about: 'copy → upper',
  params: { type: 'object' },
  inputs: { copy: { kind: 'text', about: 'a text' } },
  outputs: { upper: { kind: 'text', about: 'a text' }, parts: { kind: 'folder', about: 'parts' } },
  async run(context) {
    writeFileSync(context.outputs.upper, change(readFileSync(context.inputs.copy, 'utf8')).slice(0, context.params.width));
    writeFileSync(context.outputs.parts + '/one.txt', 'one');
    return [{ label: 'width', value: String(context.params.width) }];
  },
};
`;

function makeProject(): TestProject {
  return new TestProject(pipeline)
    .write('data/in.txt', 'some text\n')
    .write('stages/upper.mjs', upperModule)
    .write('lib/change.mjs', 'export const change = (text) => text.toUpperCase();\n')
    .write('lib/other.mjs', 'export const other = 1;\n');
}

describe('staleness', () => {
  let project: TestProject;
  beforeEach(() => {
    project = makeProject();
    // A whole second, so that it can be set back exactly.
    utimesSync(project.path('data/in.txt'), 1_000_000, 1_000_000);
    assert.deepEqual(project.run().status, { first: 'ran', upper: 'ran', count: 'ran' });
  });
  afterEach(() => project.dispose());

  const allCached = { first: 'cached', upper: 'cached', count: 'cached' };

  it('runs nothing the second time, and says so', () => {
    const again = project.run();
    assert.deepEqual(again.status, allCached);
    assert.equal(again.lines.at(-1)?.['ran'], 0);
    assert.equal(again.code, 0);
    assert.match(project.pipeline('run').out, /0 ran, 3 cached/);
  });

  it('does not care about times alone', () => {
    utimesSync(project.path('data/in.txt'), 2_000_000, 2_000_000);
    assert.deepEqual(project.run().status, allCached);
  });

  it('sees an edit that keeps size and mtime', () => {
    const before = statSync(project.path('data/in.txt'), { bigint: true });
    project.write('data/in.txt', 'same size\n');
    utimesSync(project.path('data/in.txt'), 1_000_000, 1_000_000);
    const after = statSync(project.path('data/in.txt'), { bigint: true });
    assert.deepEqual([after.mtimeNs, after.size, after.ino], [before.mtimeNs, before.size, before.ino]);
    assert.equal(project.run().status['first'], 'ran');
    assert.equal(project.read('artifacts/first/copy.txt'), 'same size\n');
  });

  it('restores a known state instead of running', () => {
    project.write('data/in.txt', 'another\n');
    assert.equal(project.run().status['first'], 'ran');
    project.write('data/in.txt', 'some text\n');
    assert.deepEqual(project.run().status, { first: 'restored', upper: 'restored', count: 'cached' });
    assert.equal(project.read('artifacts/first/copy.txt'), 'some text\n');
  });

  it('never takes a tampered output for its own, and puts it right', () => {
    writeFileSync(project.path('artifacts/first/copy.txt'), 'SOME TEXT\n');
    assert.match(project.pipeline('status').out, /copy\.txt was changed after the stage made it/);
    assert.deepEqual(project.run().status, { ...allCached, first: 'restored' });
    assert.equal(project.read('artifacts/first/copy.txt'), 'some text\n');
  });

  it('brings back what was deleted without running', () => {
    project.remove('artifacts/upper/upper.txt');
    assert.deepEqual(project.run().status, { ...allCached, upper: 'restored' });
    project.remove('artifacts');
    const all = project.run();
    assert.deepEqual(Object.values(all.status), ['restored', 'restored', 'restored']);
    assert.equal(project.read('artifacts/upper/parts/one.txt'), 'one');
    const headlines = all.lines.find((line) => line.stage === 'upper' && line.event === 'stage')?.['headlines'];
    assert.deepEqual(headlines, [{ label: 'width', value: '3' }]);
  });

  it('stops early where a stage makes the same bytes again', () => {
    project.write('data/in.txt', 'some other text\n');
    assert.deepEqual(project.run().status, { first: 'ran', upper: 'ran', count: 'cached' });
  });

  it('runs what uses a changed parameter, and only that', () => {
    assert.deepEqual(project.run('--set', 'unused=2').status, allCached);
    assert.deepEqual(project.run('--set', 'width=4').status, { first: 'cached', upper: 'ran', count: 'ran' });
  });

  it('tells what a stage told also when nothing runs, however often it is asked', () => {
    for (let time = 0; time < 3; time++) {
      const { out } = project.pipeline('run');
      assert.match(out, /0 ran, 3 cached/);
      assert.match(out, /^upper {2}width {2}3$/m);
    }
    for (let time = 0; time < 2; time++) {
      const upper = project.run().lines.find((line) => line.stage === 'upper');
      assert.deepEqual(upper?.['headlines'], [{ label: 'width', value: '3' }]);
    }
  });

  it('follows the imports of a module', () => {
    appendFileSync(project.path('lib/other.mjs'), 'export const more = 2;\n');
    assert.deepEqual(project.run().status, allCached);
    project.write('lib/change.mjs', 'export const change = (text) => text.toLowerCase();\n');
    assert.deepEqual(project.run().status, { first: 'cached', upper: 'ran', count: 'ran' });
  });

  it('can lose its cache or its artifacts at any time', () => {
    project.remove('cache');
    assert.deepEqual(project.run().status, allCached);
    project.remove('artifacts');
    assert.deepEqual(Object.values(project.run().status), ['restored', 'restored', 'restored']);
    project.remove('cache');
    project.remove('artifacts');
    assert.deepEqual(Object.values(project.run().status), ['ran', 'ran', 'ran']);
  });

  it('publishes plain files that are not the cache itself', () => {
    const artifact = lstatSync(project.path('artifacts/first/copy.txt'));
    assert.ok(artifact.isFile() && artifact.nlink === 1 && (artifact.mode & 0o200) !== 0);
    appendFileSync(project.path('artifacts/first/copy.txt'), 'more');
    assert.equal(project.run().status['first'], 'restored');
    assert.equal(readFileSync(project.path('artifacts/first/copy.txt'), 'utf8'), 'some text\n');
  });
});
