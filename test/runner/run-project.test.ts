/** A run as a program calls it: the same work as the command's, told by events and counts. */
import assert from 'node:assert/strict';
import type { RunEvent } from '../../src/runner/model/events.ts';
import { runProject } from '../../src/runner/run/run-project.ts';
import { TestProject } from '../rig/test-project.ts';

const pipeline = `version: 1
params: { word: one }
stages:
  a: { command: 'echo \${params.word} > \${outputs.o}', params: [word], outputs: { o: o.txt } }
  b: { command: 'cat \${inputs.i} \${inputs.i} > \${outputs.o}', inputs: { i: artifacts/a/o.txt }, outputs: { o: o.txt } }
`;

describe('runProject', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(pipeline);
  });
  afterEach(() => project.dispose());

  it('does what the command would do, and counts it', async () => {
    const events: RunEvent[] = [];
    const { ran, cached, failed } = await runProject({ root: project.root, onEvent: (event) => events.push(event) });
    assert.deepEqual({ ran, cached, failed }, { ran: 2, cached: 0, failed: 0 });
    assert.equal(project.read('artifacts/b/o.txt'), 'one\none\n');
    assert.equal(events.at(-1)?.event, 'summary');
    assert.deepEqual(project.run().status, { a: 'cached', b: 'cached' });
    assert.equal((await runProject({ root: project.root, force: ['b'] })).ran, 1);
  });

  it('takes targets, settings, a cache elsewhere and a dry run', async () => {
    const options = { root: project.root, targets: ['a'], sets: ['word=two'], cacheDir: '.kept' };
    assert.equal((await runProject({ ...options, dryRun: true })).wouldRun, 1);
    assert.equal(project.exists('artifacts'), false);
    assert.equal((await runProject(options)).ran, 1);
    assert.equal(project.read('artifacts/a/o.txt'), 'two\n');
    assert.equal(project.exists('.kept/actions') || project.exists('.kept/objects'), true);
  });

  it('counts a failed stage, and throws what is wrong with pipeline.yaml, with its place', async () => {
    project.write('pipeline.yaml', pipeline.replace('echo', 'false; echo'));
    const { failed, skipped } = await runProject({ root: project.root });
    assert.deepEqual({ failed, skipped }, { failed: 1, skipped: 1 });
    project.write('pipeline.yaml', pipeline.replace('outputs.o}', 'outputs.oo}'));
    await assert.rejects(runProject({ root: project.root }), { name: 'UserError', message: /^pipeline\.yaml:4:\d+ / });
  });
});
