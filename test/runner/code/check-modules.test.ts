/** pipeline.yaml held against what stage modules say of themselves. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDiagnostic } from '../../../src/base/located-error.ts';
import { checkModules } from '../../../src/runner/code/check-modules.ts';
import { type CodeClosure, codeClosure } from '../../../src/runner/code/code-closure.ts';
import type { StageContract } from '../../../src/runner/code/describe-modules.ts';
import { loadPlan } from '../../../src/runner/load/load-plan.ts';
import { withProject } from '../load/write-project.ts';

const fit = `import { appendFileSync } from 'node:fs';
appendFileSync('loads.txt', 'x');
console.log('a module may print');
const epochs = { description: 'how often the table is gone through', type: 'integer', minimum: 1 };
const train = { type: 'object', additionalProperties: false, required: ['epochs', 'rate'], properties: { epochs, rate: { type: 'number' } } };
export default {
  about: 'table → model',
  params: { type: 'object', additionalProperties: false, required: ['train'], properties: { train, seed: { type: 'integer' } } },
  inputs: { table: { kind: 'table', about: 'what to learn' }, old: { kind: 'model', about: 'where to begin', optional: true } },
  outputs: { model: { kind: 'model', about: 'the model' }, plots: { kind: 'folder', about: 'plots' } },
  permissions: { workers: true },
  async run() {},
};
`;

const yaml = `version: 1
params: { seed: 1, train: { epochs: 6, rate: 0.1 } }
profiles:
  bad: { params: { train: { epochs: none } } }
stages:
  fit:
    module: fit.mjs
    params: [train]
    inputs: { table: data.csv }
    outputs: { model: model.bin, plots: plots/ }
`;

interface Checked {
  readonly text: string;
  readonly contracts?: ReadonlyMap<string, StageContract>;
}

async function check(
  projectDir: string,
  extras: { profiles?: readonly string[]; sets?: readonly string[] } = {},
): Promise<Checked> {
  const options = { projectDir, profiles: extras.profiles ?? [], sets: extras.sets ?? [] };
  const plan = await loadPlan(options);
  if (!plan.ok) return { text: plan.error.map(formatDiagnostic).join('\n') };
  const closures = new Map<string, CodeClosure>();
  for (const { work } of plan.value.stages) {
    if (work.kind !== 'module') continue;
    const closure = await codeClosure(projectDir, work.module);
    if (!closure.ok) return { text: closure.error.map(formatDiagnostic).join('\n') };
    closures.set(work.module, closure.value);
  }
  const result = await checkModules(options, plan.value, plan.value.stages, closures);
  return result.ok
    ? { text: 'fits', contracts: result.value }
    : { text: result.error.map(formatDiagnostic).join('\n') };
}

describe('checkModules', () => {
  it('gives the contracts, and loads each version of the code once', async () => {
    await withProject({ 'pipeline.yaml': yaml, 'fit.mjs': fit }, async (dir) => {
      const first = await check(dir);
      assert.equal(first.text, 'fits');
      assert.deepEqual(first.contracts?.get('fit.mjs')?.permissions, { workers: true });
      assert.deepEqual(await check(dir), first);
      await check(dir, { sets: ['train.epochs=7'] });
      assert.equal(readFileSync(join(dir, 'loads.txt'), 'utf8'), 'x');
      writeFileSync(join(dir, 'fit.mjs'), fit.replace("'table → model'", "'again'"));
      assert.equal((await check(dir)).contracts?.get('fit.mjs')?.about, 'again');
      assert.equal(readdirSync(join(dir, 'cache/contracts')).filter((name) => name.endsWith('.json')).length, 2);
    });
  });

  it('locates unknown and missing inputs and outputs', async () => {
    const wrong = yaml.replace('{ table: data.csv }', '{ tabel: data.csv }').replace('plots: plots/', 'plots: plots');
    await withProject({ 'pipeline.yaml': wrong.replace('model: model.bin, ', ''), 'fit.mjs': fit }, async (dir) => {
      assert.equal(
        (await check(dir)).text,
        `pipeline.yaml:9:5 stage 'fit' lacks the input 'table' of fit.mjs
  what to learn; add it: inputs: { table: … }
pipeline.yaml:9:15 fit.mjs has no input 'tabel'
  did you mean 'table'?
pipeline.yaml:10:5 stage 'fit' lacks the output 'model' of fit.mjs
  the model; add it: outputs: { model: … }
pipeline.yaml:10:23 fit.mjs makes a folder of output 'plots'
  write it with a final /`,
      );
    });
  });

  it('locates refused parameters where their value was written', async () => {
    await withProject({ 'pipeline.yaml': yaml.replace('epochs: 6', 'epochs: 0'), 'fit.mjs': fit }, async (dir) => {
      const says = "says fit.mjs (stage 'fit')\n  epochs: how often the table is gone through";
      assert.equal((await check(dir)).text, `pipeline.yaml:2:37 train.epochs is 0, must be at least 1, ${says}`);
      assert.equal(
        (await check(dir, { sets: ['train.epochs=0.5'] })).text,
        `--set train.epochs=0.5: train.epochs is 0.5, must be a whole number of at least 1, ${says}`,
      );
      assert.equal(
        (await check(dir, { profiles: ['bad'] })).text,
        `pipeline.yaml:4:37 train.epochs is "none", must be a whole number of at least 1, ${says}`,
      );
    });
  });

  it('says what to declare when a parameter exists and the stage does not see it, and names misspelt ones', async () => {
    await withProject({ 'pipeline.yaml': yaml.replace('[train]', '[train.epochs]'), 'fit.mjs': fit }, async (dir) => {
      assert.equal(
        (await check(dir)).text,
        "pipeline.yaml:8:5 'params.train' lacks 'rate', says fit.mjs (stage 'fit')\n  declare it: params: [train.rate]",
      );
    });
    await withProject({ 'pipeline.yaml': yaml.replace('rate: 0.1', 'rat: 0.1'), 'fit.mjs': fit }, async (dir) => {
      assert.equal(
        (await check(dir)).text,
        `pipeline.yaml:2:20 'params.train' lacks 'rate', says fit.mjs (stage 'fit')
pipeline.yaml:2:40 unknown key 'rat' in 'params.train', says fit.mjs (stage 'fit')
  did you mean 'rate'?`,
      );
    });
  });

  it('locates an input that reads an artifact of another kind, and says which would fit', async () => {
    const stage = (inputs: string, outputs: string) =>
      `export default { about: 'x', params: { type: 'object' }, inputs: ${inputs}, outputs: ${outputs}, async run() {} };`;
    const files = (wanted: string, read: string) => ({
      'make.mjs': stage(
        '{}',
        "{ rows: { kind: 'csv', about: 'x' }, net: { kind: 'model', about: 'x' }, all: { kind: 'pynn-project', about: 'x' }, own: { kind: 'x-eeg', about: 'x' } }",
      ),
      'use.mjs': stage(`{ given: { kind: '${wanted}', about: 'x' } }`, "{ o: { kind: 'text', about: 'x' } }"),
      'pipeline.yaml': `version: 1
stages:
  make: { module: make.mjs, outputs: { rows: rows.csv, net: net.st, all: all/, own: own.bin } }
  use: { module: use.mjs, inputs: { given: artifacts/make/${read} }, outputs: { o: o.txt } }
`,
    });
    const text = (wanted: string, read: string) =>
      withProject(files(wanted, read), async (dir) => (await check(dir)).text);
    assert.equal(
      await text('model', 'rows.csv'),
      `pipeline.yaml:4:44 input 'given' of stage 'use' takes kind 'model', and output 'rows' of stage 'make' is of kind 'csv'
  pipeline.yaml:3:46 declared here
  read one of kind 'model': artifacts/make/net.st`,
    );
    assert.match(await text('nir', 'rows.csv'), /takes kind 'nir'[\s\S]*\n {2}no other stage makes one of kind 'nir'/);
    assert.match(await text('csv', 'all/'), /takes kind 'csv', and output 'all'.*'pynn-project'/);
    assert.match(await text('x-ecg', 'own.bin'), /takes kind 'x-ecg', and output 'own'.*'x-eeg'/);
    // Its own kind, a more general one, part of a folder.
    const fitting = [
      ['csv', 'rows.csv'],
      ['table', 'rows.csv'],
      ['text', 'rows.csv'],
      ['file', 'net.st'],
      ['safetensors', 'net.st'],
      ['folder', 'all/'],
      ['csv', 'all/part.csv'],
      ['x-eeg', 'own.bin'],
      ['file', 'own.bin'],
    ];
    for (const [wanted, read] of fitting) assert.equal(await text(wanted!, read!), 'fits', `${wanted} ← ${read}`);
  });

  it('refuses kinds that are none of the list, with the list, and again after the wiring alone was changed', async () => {
    const named = (kind: string) => fit.replace("{ kind: 'model', about: 'the model' }", kind);
    const text = (kind: string) =>
      withProject({ 'pipeline.yaml': yaml, 'fit.mjs': named(kind) }, async (dir) => (await check(dir)).text);
    assert.match(
      await text("{ kind: 'modle', about: 'the model' }"),
      /^pipeline\.yaml:7:13 output 'model' of fit\.mjs is of kind 'modle', which is not a kind\n {2}did you mean 'model'\?; the kinds are: file, folder, .*; one of your own begins with x-/,
    );
    assert.match(await text("{ about: 'the model' }"), /output 'model' of fit\.mjs has no kind/);
    assert.match(await text("{ kind: 'x-', about: '' }"), /'x-', which is not a kind/);
    assert.equal(await text("{ kind: 'x-my-net', about: '' }"), 'fits');
    const two = `${yaml}  again:
    module: fit.mjs
    params: [train]
    inputs: { table: data.csv, old: artifacts/fit/model.bin }
    outputs: { model: model.bin, plots: plots/ }
`;
    await withProject({ 'pipeline.yaml': two, 'fit.mjs': fit }, async (dir) => {
      assert.equal((await check(dir)).text, 'fits');
      writeFileSync(join(dir, 'pipeline.yaml'), two.replace('fit/model.bin', 'fit/plots/'));
      assert.match((await check(dir)).text, /input 'old' of stage 'again' takes kind 'model'.*'folder'/);
    });
  });

  it('says which module cannot be loaded, has no contract, or ends the process', async () => {
    const text = async (module: string): Promise<string> =>
      withProject({ 'pipeline.yaml': yaml, 'fit.mjs': module }, async (dir) => (await check(dir)).text);
    assert.equal(await text("throw new Error('no luck');"), 'fit.mjs cannot be loaded: no luck');
    assert.match(await text('export const a = 1;'), /^fit\.mjs has no default export made by defineStage/);
    assert.match(
      await text('export default { run() {}, params: {}, inputs: {} };'),
      /^fit\.mjs its default export has no 'outputs'/,
    );
    assert.match(await text('process.exit(3);'), /^fit\.mjs it, or a module beside it, ended the process \(3\)/);
  });
});
