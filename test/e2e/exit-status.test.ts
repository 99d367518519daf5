/** The exit status of every command, as docs/pipeline.md tables it: by what the project is like. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commandSpecs } from '../../src/runner/commands/command-table.ts';
import { TestProject } from '../rig/test-project.ts';

const yaml = `version: 1
stages:
  a: { command: "cat \${inputs.i} > \${outputs.o}", inputs: { i: in.txt }, outputs: { o: o.txt } }
  b: { module: b.mjs, inputs: { i: artifacts/a/o.txt }, outputs: { o: o.json }, metrics: [o.json] }
`;
const module = `import * as fs from 'node:fs';
const port = (kind) => ({ kind, about: 'x' });
export default { about: 'x', params: { type: 'object' }, inputs: { i: port('text') }, outputs: { o: port('json') },
  async run(context) { fs.writeFileSync(context.outputs.o, JSON.stringify({ n: Number(fs.readFileSync(context.inputs.i, 'utf8')) })); } };
`;

/** The project's states in the order of the columns, and how it gets from one up to date into each. */
const states: Readonly<Record<string, (project: TestProject) => void>> = {
  'up to date': () => undefined,
  stale: (project) => project.write('in.txt', '2\n'),
  'an input is missing': (project) => project.remove('in.txt'),
  'a module is missing': (project) => project.remove('b.mjs'),
  'the file is broken': (project) => project.write('pipeline.yaml', `${yaml}  c: { comand: x }\n`),
};

/** Command → the statuses in these states. What changes the project comes last. */
const expected: readonly (readonly [string, readonly number[]])[] = [
  ['status', [0, 0, 1, 1, 2]],
  ['status --check', [0, 3, 1, 1, 2]],
  ['run --dry-run', [0, 0, 1, 1, 2]],
  ['run --dry-run --check', [0, 3, 1, 1, 2]],
  ['run --dry-run --frozen', [0, 3, 0, 3, 2]],
  ['why b', [0, 0, 0, 0, 2]],
  ['graph', [0, 0, 0, 0, 2]],
  ['params', [0, 0, 0, 0, 2]],
  ['schema', [0, 0, 0, 2, 2]],
  ['metrics', [0, 0, 0, 0, 2]],
  ['log a', [0, 0, 0, 0, 2]],
  ['audit', [0, 3, 3, 3, 2]],
  ['history', [0, 0, 0, 0, 0]],
  ['diff last last', [0, 0, 0, 0, 0]],
  ['provenance --format prov', [0, 2, 2, 2, 2]],
  ['report', [2, 2, 2, 2, 2]],
  ['push', [2, 2, 2, 2, 2]],
  ['pull', [2, 2, 2, 2, 2]],
  ['seal x', [2, 2, 2, 2, 2]],
  ['gc --dry-run', [0, 0, 0, 0, 0]],
  ['doctor', [0, 0, 0, 0, 0]],
  ['completion bash', [0, 0, 0, 0, 0]],
  ['help run', [0, 0, 0, 0, 0]],
  ['init', [2, 2, 2, 2, 2]],
  ['audit --rebuild', [0, 3, 1, 1, 2]],
  ['run --frozen', [0, 3, 0, 3, 2]],
  ['run', [0, 0, 1, 1, 2]],
  ['clean', [0, 0, 0, 0, 2]],
  ['restore last', [0, 0, 0, 0, 0]],
];

describe('the exit status', () => {
  for (const [column, [state, change]] of Object.entries(states).entries())
    it(`of every command where ${state.replace(/^stale/, 'a stage is stale')}`, () => {
      const project = new TestProject(yaml).write('b.mjs', module).write('in.txt', '1\n');
      assert.equal(project.run().code, 0);
      change(project);
      const found = expected.map(([command]) => {
        const { code, out, err } = project.pipeline(...command.split(' '));
        assert.doesNotMatch(out + err, /\n {4}at /, `${command}: a stack trace`);
        return [command, code];
      });
      assert.deepEqual(
        found,
        expected.map(([command, statuses]) => [command, statuses[column]]),
      );
      project.dispose();
    });

  it('is tabled in docs/pipeline.md as it is, for every command', () => {
    const page = readFileSync('docs/pipeline.md', 'utf8');
    for (const [command, statuses] of expected) {
      const cells = new RegExp(`^\\| \`${command}\` \\|(.*)\\|$`, 'm').exec(page)?.[1];
      assert.deepEqual(cells?.split('|').map(Number), statuses, command);
    }
    const told = new Set(expected.map(([command]) => command.split(' ')[0]));
    assert.deepEqual([...told].sort(), Object.keys(commandSpecs).sort());
  });
});
