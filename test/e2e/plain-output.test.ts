/** What a run prints where there is no terminal: a log that a person can read. */
import assert from 'node:assert/strict';
import { TestProject } from '../rig/test-project.ts';

const stage = `
export default { about: 'x', params: { type: 'object' }, inputs: {}, outputs: { o: { kind: 'folder', about: 'x' } },
  async run(context) {
    for (let done = 1; done <= 400; done++) {
      context.progress(done, 400, 'trials');
      if (done % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } };
`;

describe('the log of a run', () => {
  it('tells progress a few times and its end, not each step', () => {
    const project = new TestProject(`
version: 1
stages:
  count: { module: stages/count.mjs, outputs: { o: o/ } }
`).write('stages/count.mjs', stage);
    const run = project.pipeline('run');
    assert.equal(run.code, 0, run.out + run.err);
    const told = [...run.out.matchAll(/(\d+)\/400 trials/g)].map(([, done]) => Number(done));
    assert.ok(told.length >= 1 && told.length <= 4, `${told.length} lines of progress: ${told}`);
    assert.equal(told.at(-1), 400);
    project.dispose();
  });
});
