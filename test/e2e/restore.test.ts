/** `pipeline restore RUN`: what a past run made comes back from the cache, whatever changed since, and nothing runs. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const yaml = `version: 1
params: { word: one }
stages:
  a: { command: "echo \${params.word} > \${outputs.o}", params: [word], outputs: { o: o.txt } }
  b: { command: "mkdir -p \${outputs.d}/sub; cat \${inputs.i} > \${outputs.d}/sub/f; cat \${inputs.i} > \${outputs.e}", inputs: { i: artifacts/a/o.txt }, outputs: { d: d/, e: e.txt } }
`;

function past(): TestProject {
  const project = new TestProject(yaml);
  assert.equal(project.run().code, 0);
  assert.equal(project.run('--set', 'word=two').code, 0);
  return project;
}

const files = ['artifacts/a/o.txt', 'artifacts/b/d/sub/f', 'artifacts/b/e.txt'];

describe('restore', () => {
  let project: TestProject;
  beforeEach(() => {
    project = past();
  });
  afterEach(() => project.dispose());

  const contents = (): string[] => files.map((file) => project.read(file));

  it('brings back what the named run made, and runs nothing', () => {
    const logs = readdirSync(project.path('cache/runs'), { recursive: true });
    const lock = project.read('pipeline.lock');
    assert.deepEqual(contents(), ['two\n', 'two\n', 'two\n']);
    const end = project.pipeline('restore', 'last~1');
    assert.equal(end.code, 0, end.err);
    assert.match(end.out, /2 restored, 0 in place already/);
    assert.deepEqual(contents(), ['one\n', 'one\n', 'one\n']);
    assert.match(project.pipeline('restore', 'last~1').out, /0 restored, 2 in place already/);
    const id = String(project.pipeline('history', '--json').lines[0]!['run']);
    const json = project.pipeline('restore', id, '--json');
    assert.deepEqual(
      json.lines.map(({ stage, status }) => [stage, status]),
      [
        ['a', 'restored'],
        ['b', 'restored'],
        [undefined, undefined],
      ],
    );
    assert.deepEqual(contents(), ['two\n', 'two\n', 'two\n']);
    assert.deepEqual(readdirSync(project.path('cache/runs'), { recursive: true }), logs);
    assert.equal(project.read('pipeline.lock'), lock);
  });

  it('leaves nothing that misleads the next run', () => {
    assert.deepEqual(project.run('--set', 'word=two').status, { a: 'cached', b: 'cached' });
    project.pipeline('restore', 'last~1');
    assert.deepEqual(project.run('--set', 'word=two').status, { a: 'restored', b: 'restored' });
    assert.deepEqual(contents(), ['two\n', 'two\n', 'two\n']);
    project.pipeline('restore', 'last~2');
    assert.deepEqual(project.run().status, { a: 'cached', b: 'cached' });
    assert.deepEqual(contents(), ['one\n', 'one\n', 'one\n']);
  });

  it('does so also where pipeline.yaml names other stages, or cannot be read', () => {
    for (const text of [
      'version: 1\nstages:\n  z: { command: "echo > ${outputs.o}", outputs: { o: o } }\n',
      'stages: [',
    ]) {
      project.write('pipeline.yaml', text);
      for (const [name, word] of [
        ['last~1', 'one'],
        ['last', 'two'],
      ] as const) {
        assert.equal(project.pipeline('restore', name).code, 0);
        assert.deepEqual(contents(), [`${word}\n`, `${word}\n`, `${word}\n`]);
      }
    }
    assert.equal(project.exists('artifacts/.kept'), false);
  });

  it('keeps aside what a person changed or put there', () => {
    project.write('artifacts/a/o.txt', 'mine\n').write('artifacts/b/d/note', 'note\n');
    const end = project.pipeline('restore', 'last~1');
    assert.equal(end.code, 0);
    assert.match(end.err, /artifacts\/a\/o\.txt was changed or put there by hand; it is kept in artifacts\/\.kept\//);
    assert.deepEqual(contents(), ['one\n', 'one\n', 'one\n']);
    const kept = readdirSync(project.path('artifacts/.kept')).flatMap((run) =>
      ['a/o.txt', 'b/d/note']
        .map((file) => `artifacts/.kept/${run}/${file}`)
        .filter((file) => project.exists(file))
        .map((file) => project.read(file)),
    );
    assert.deepEqual(kept.sort(), ['mine\n', 'note\n']);
  });

  it('names what the cache no longer has, brings back the rest, and exits 1', () => {
    const first = project.pipeline('history', '--json').lines[1]!;
    const [, b] = first['stages'] as { key: string }[];
    project.remove(`cache/actions/${b!.key}.json`);
    const end = project.pipeline('restore', 'last~1');
    assert.equal(end.code, 1);
    assert.match(end.out, /a +restored\nb +no longer in the cache\n/);
    assert.deepEqual(contents(), ['one\n', 'two\n', 'two\n']);
    project.remove('cache/objects');
    const nothing = project.pipeline('restore', 'last~1');
    assert.equal(nothing.code, 1);
    assert.match(nothing.out, /0 restored, 1 in place already, 1 no longer/);
  });

  it('refuses a run that is not on record, with a way out', () => {
    const end = project.pipeline('restore', 'last~7');
    assert.equal(end.code, 2);
    assert.match(end.err, /there is no run last~7; 2 are on record/);
    assert.match(project.pipeline('restore', 'nonsense').err, /pipeline history lists them/);
    assert.equal(project.pipeline('restore').code, 2);
  });
});
