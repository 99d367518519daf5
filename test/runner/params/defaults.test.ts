/** What a stage module gets for parameters that are left out, driven by the real binary. */
import assert from 'node:assert/strict';
import { TestProject } from '../../rig/test-project.ts';

const stage = `import { writeFileSync } from 'node:fs';
const fit = { type: 'object', default: {}, properties: { epochs: { type: 'integer', default: 6 }, note: { type: 'string' } } };
export default {
  about: 'writes what it was given',
  params: { type: 'object', properties: { fit, folder: { type: 'string', default: 'books' } } },
  inputs: {}, outputs: { seen: { kind: 'report', about: 'params and given' } },
  async run({ params, given, outputs }) { writeFileSync(outputs.seen, JSON.stringify({ params, given })); },
};
`;
const yaml = (params: string): string => `version: 1
params: ${params}
stages:
  fit: { module: fit.mjs, params: [fit], outputs: { seen: seen.json } }
`;

describe('a stage module gets the defaults of its schema', () => {
  let project: TestProject;
  afterEach(() => project.dispose());
  const seen = (): unknown => JSON.parse(project.read('artifacts/fit/seen.json'));

  it('for every key that is left out, and beside them what was given', () => {
    project = new TestProject(yaml('{ fit: { note: hello } }')).write('fit.mjs', stage);
    assert.equal(project.run().code, 0);
    assert.deepEqual(seen(), {
      params: { fit: { note: 'hello', epochs: 6 }, folder: 'books' },
      given: { fit: { note: 'hello' } },
    });
  });

  it('runs again when a default changes, and not when another module’s does', () => {
    project = new TestProject(yaml('{ fit: {} }')).write('fit.mjs', stage);
    assert.equal(project.run().status['fit'], 'ran');
    assert.equal(project.run().status['fit'], 'cached');
    project.write('fit.mjs', stage.replace('default: 6', 'default: 7'));
    assert.equal(project.run().status['fit'], 'ran');
    assert.deepEqual((seen() as { params: unknown }).params, { fit: { epochs: 7 }, folder: 'books' });
  });

  it('with audit --rebuild as with run', () => {
    project = new TestProject(yaml('{ fit: {} }')).write('fit.mjs', stage);
    assert.equal(project.run().code, 0);
    assert.equal(project.pipeline('audit', '--rebuild').code, 0);
  });
});
