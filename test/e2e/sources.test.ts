/** Files beyond its inputs that a stage names by its parameters: they enter its key by what they are now, wherever they lie. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const copyStage = (sources: string): string => `
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
export default {
  about: '', inputs: {}, outputs: { copy: { kind: 'text', about: '' } },
  params: { type: 'object', properties: { get: { type: 'object', properties: { name: { type: 'string', default: 'table.csv' } } } } },
  ${sources}
  async run({ params, outputs }) {
    const read = (path) => { try { return readFileSync(path, 'utf8'); } catch (error) { if (error.code !== 'ENOENT') throw error; return 'nothing'; } };
    writeFileSync(outputs.copy, read(resolve(params.get.from.replace('~', homedir()), params.get.name)));
  },
};
`;
const sources = 'sources: ({ get }) => [`${get.from}/${get.name}`],';

const yaml = (from: string): string => `version: 1
params: { get: { from: '${from}' } }
stages:
  get: { module: stages/get.mjs, params: [get], outputs: { copy: copy.txt } }
  use: { command: 'cat \${inputs.copy} > \${outputs.o}', inputs: { copy: artifacts/get/copy.txt }, outputs: { o: o.txt } }
`;

describe('files that parameters name', () => {
  let project: TestProject;
  let outside: TestProject;
  beforeEach(() => {
    outside = new TestProject().write('mirror/table.csv', 'one');
    project = new TestProject(yaml(outside.path('mirror'))).write('stages/get.mjs', copyStage(sources));
  });
  afterEach(() => {
    project.dispose();
    outside.dispose();
  });

  const cached = { get: 'cached', use: 'cached' };
  const copied = (): string => readFileSync(project.path('artifacts/use/o.txt'), 'utf8');

  it('are read though they lie outside the project, and a changed one makes the stage run again, even with its size and time kept', () => {
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    assert.equal(copied(), 'one');
    for (let i = 0; i < 3; i++) assert.deepEqual(project.run().status, cached);
    outside.write('mirror/table.csv', 'two');
    utimesSync(outside.path('mirror/table.csv'), 1_000_000, 1_000_000);
    const status = project.pipeline('status', '--json');
    assert.match(status.out, /mirror\/table\.csv changed/);
    assert.deepEqual(project.run('--dry-run').status, { get: 'would-run', use: 'would-run' });
    const again = project.run();
    assert.deepEqual(again.status, { get: 'ran', use: 'ran' });
    const reason = again.lines.find((line) => line.event === 'start' && line.stage === 'get')!.reason;
    assert.deepEqual(reason, [`${outside.path('mirror/table.csv')} changed`]);
    assert.equal(copied(), 'two');
    outside.write('mirror/table.csv', 'one');
    assert.deepEqual(project.run().status, { get: 'restored', use: 'restored' });
    assert.equal(copied(), 'one');
  });

  it('count as absent where they are not there, and are noticed when they come and when they go', () => {
    outside.remove('mirror');
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    assert.equal(copied(), 'nothing');
    for (let i = 0; i < 3; i++) assert.deepEqual(project.run().status, cached);
    outside.write('mirror/table.csv', 'one');
    const came = project.run();
    assert.deepEqual(came.status, { get: 'ran', use: 'ran' });
    assert.match(JSON.stringify(came.lines), /mirror\/table\.csv is there now/);
    outside.remove('mirror/table.csv');
    assert.deepEqual(project.run().status, { get: 'restored', use: 'restored' });
  });

  it('are absent where a file stands in the place of their folder', () => {
    outside.remove('mirror');
    outside.write('mirror', 'a file');
    project.write('stages/get.mjs', copyStage(sources).replace("error.code !== 'ENOENT'", 'false'));
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    for (let i = 0; i < 3; i++) assert.deepEqual(project.run().status, cached);
    outside.remove('mirror');
    for (let i = 0; i < 3; i++) assert.deepEqual(project.run().status, cached);
    outside.write('mirror', 'a file again');
    assert.deepEqual(project.run().status, cached);
    outside.remove('mirror');
    outside.write('mirror/table.csv', 'one');
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
  });

  it('give one key wherever the project lies, when they are named relative to it', () => {
    const keys = [project, new TestProject()].map((one) => {
      one.write('pipeline.yaml', yaml('data')).write('stages/get.mjs', copyStage(sources)).write('data/table.csv', 'x');
      return one.run('get').lines.find((line) => line.event === 'stage')!.key;
    });
    assert.equal(keys[0], keys[1]);
  });

  it('may lie below ~, and the answer to "nothing to do" holds for this home alone', () => {
    project.environment = { HOME: outside.root };
    project.write('pipeline.yaml', yaml('~/mirror'));
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    assert.equal(copied(), 'one');
    for (let i = 0; i < 3; i++) assert.deepEqual(project.run().status, cached);
    project.environment = { HOME: project.root };
    assert.equal(project.run().status['get'], 'ran');
    assert.equal(copied(), 'nothing');
  });

  it('may be folders, and links; a file added to such a folder is noticed', () => {
    mkdirSync(project.path('links'));
    symlinkSync(outside.path('mirror'), project.path('links/here'));
    project
      .write('pipeline.yaml', yaml('links/here'))
      .write('stages/get.mjs', copyStage('sources: ({ get }) => [get.from],'));
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    assert.deepEqual(project.run().status, cached);
    outside.write('mirror/other.csv', 'more');
    assert.deepEqual(project.run().status, { get: 'ran', use: 'cached' });
  });

  it('do not take away the folder that they lie in, where the stage may read that too', () => {
    const more = "permissions: { readsParams: ['get.from'] },";
    project.write(
      'stages/get.mjs',
      copyStage(`${sources} ${more}`)
        .replace('readFileSync(path', 'readdirSync(params.get.from) && $&')
        .replace('{ readFileSync', '{ readdirSync, readFileSync'),
    );
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    assert.equal(copied(), 'one');
  });

  it('are asked for again when the parameters change', () => {
    outside.write('other/table.csv', 'two');
    assert.deepEqual(project.run().status, { get: 'ran', use: 'ran' });
    const elsewhere = ['--set', `get.from=${outside.path('other')}`] as const;
    assert.deepEqual(project.run(...elsewhere).status, { get: 'ran', use: 'ran' });
    assert.equal(copied(), 'two');
    outside.write('other/table.csv', 'three');
    assert.deepEqual(project.run(...elsewhere).status, { get: 'ran', use: 'ran' });
    assert.equal(copied(), 'three');
  });

  it('are held against pipeline.lock by --frozen, and told by audit', () => {
    project.run();
    assert.equal(project.pipeline('run', '--frozen').code, 0);
    assert.match(project.pipeline('audit', '--json').out, /mirror\/table\.csv/);
    outside.write('mirror/table.csv', 'two');
    const frozen = project.pipeline('run', '--frozen');
    assert.equal(frozen.code, 3);
    assert.match(frozen.out, /mirror\/table\.csv changed/);
  });

  it('are asked for with the defaults filled in; a stage that names none of them may not read them', () => {
    project.write('stages/get.mjs', copyStage(''));
    const run = project.run();
    assert.equal(run.status['get'], 'failed');
    assert.match(JSON.stringify(run.lines), /mirror\/table\.csv, which it does not declare/);
  });

  it('are an error with the module named where the module cannot say them', () => {
    project.write('stages/get.mjs', copyStage('sources: () => 3,'));
    assert.match(JSON.stringify(project.run().lines), /stages\/get\.mjs its sources returned 3, want a list of paths/);
    project.write('stages/get.mjs', copyStage("sources: () => { throw new Error('odd'); },"));
    assert.match(JSON.stringify(project.run().lines), /stages\/get\.mjs its sources failed: odd/);
  });
});
