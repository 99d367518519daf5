/** The examples, as their pages say to use them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawTrial } from '../../src/odour/draw-trial.ts';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import { simulateTrial } from '../../src/snn/network/simulate-trial.ts';
import { readoutLogits } from '../../src/snn/readout/readout.ts';
import { PackageFolder, packageRoot } from '../rig/package-folder.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel } from '../rig/random-model.ts';
import { cliPath } from '../rig/test-project.ts';
import { pythonWith } from '../spinnaker/peer-python.ts';

const examples = join(packageRoot, 'examples');

describe('examples', function () {
  this.timeout(600_000);
  let folder: PackageFolder;
  beforeEach(() => {
    folder = new PackageFolder('example');
  });
  afterEach(() => folder.dispose());

  /** A copy without what a reader's own runs left there. */
  const copy = (name: string): void => {
    const made = new Set(['artifacts', 'cache', 'dist', 'node_modules', 'pipeline.lock', 'package-lock.json']);
    for (const entry of readdirSync(join(examples, name)))
      if (!made.has(entry)) cpSync(join(examples, name, entry), folder.at(entry), { recursive: true });
  };
  const call = (program: string, ...args: readonly string[]): string => {
    const { code, out, err } = folder.call(program, args);
    assert.equal(code, 0, out + err);
    return out;
  };
  const run = (...args: readonly string[]): string => call(process.execPath, cliPath, 'run', ...args);

  it('smallest-pipeline: two commands, once', () => {
    copy('smallest-pipeline');
    assert.match(run(), /\n2 ran, 0 cached/);
    const bars = readFileSync(folder.at('artifacts/bars/bars.txt'), 'utf8').split('\n');
    assert.equal(bars[0], 'the      #########');
    assert.equal(bars.length, 7);
    assert.match(run(), /0 ran, 2 cached/);
    assert.match(run('--set', 'longest=3'), /\n2 ran, 0 cached/);
    assert.equal(readFileSync(folder.at('artifacts/bars/bars.txt'), 'utf8').split('\n').length, 4);
  });

  it('add-a-stage: a Python and a TypeScript stage behind shipped ones, from a linked checkout', () => {
    copy('add-a-stage');
    folder.linkPackage();
    folder.linkCompiler();
    call(process.execPath, 'node_modules/typescript/bin/tsc');
    const first = run();
    assert.match(first, /\n6 ran, 0 cached/);
    assert.match(first, /strongest odour +synthetic odour \d+, \d+\.\d Hz/);
    assert.match(readFileSync(folder.at('artifacts/cells/cells.csv'), 'utf8'), /\nKC,0,\d{18},/);
    assert.match(run('--set', 'strongest.odours=2'), /\n1 ran, 5 cached/);
    assert.match(run(), /0 ran, 5 cached, 1 restored/);
  });

  it('read-a-model.py: is valid Python of at most 80 lines', () => {
    const path = join(examples, 'read-a-model.py');
    assert.ok(readFileSync(path, 'utf8').trimEnd().split('\n').length <= 80);
    call('python3', '-c', `import ast; ast.parse(open(${JSON.stringify(path)}).read())`);
  });

  it('read-a-model.py: gives the same spikes and the same class, trial by trial', function () {
    const python = pythonWith(['numpy==2.0.2']) ?? systemPython();
    if (python === undefined) {
      this.test!.title += ' (skipped: python3 has no numpy; CC_SNN_PEERS=1 makes an environment with it)';
      this.skip();
    }
    const model = randomModel({ steps: 121, refractorySteps: 3 });
    const task = plantedTask({ steps: 121, inputSize: model.network.topology.inputSize, seed: 4294967290, odours: 3 });
    writeFileSync(folder.at('model.safetensors'), encodeModel(model));
    writeFileSync(folder.at('task.safetensors'), encodeOdourTask(task));
    const { size } = model.network.topology;
    for (const [odour, trial] of [
      [0, 0],
      [1, 3],
      [2, 70000],
    ] as const) {
      const files = ['model.safetensors', 'task.safetensors', `${odour}`, `${trial}`, 'spikes.csv'];
      const said = call(python, join(examples, 'read-a-model.py'), ...files);
      const { spikes, counts } = simulateTrial(model, drawTrial(task, { split: 'test', odour, trial }));
      const events = Array.from(spikes.keys()).filter((at) => spikes[at] === 1);
      assert.ok(events.length > 100, `${events.length} spikes`);
      const expected = ['step,cell', ...events.map((at) => `${Math.floor(at / size)},${at % size}`), ''].join('\n');
      assert.equal(readFileSync(folder.at('spikes.csv'), 'utf8'), expected);
      const logits = readoutLogits(model.readouts[0]!, model.network.topology, counts);
      const best = logits.indexOf(Math.max(...logits));
      assert.match(
        said,
        new RegExp(`presented ${task.odours[odour]!.name}, read out ${model.readouts[0]!.classes[best]}\n`),
      );
    }
  });
});

/** The python3 on the PATH, where it has NumPy. */
function systemPython(): string | undefined {
  return spawnSync('python3', ['-c', 'import numpy']).status === 0 ? 'python3' : undefined;
}
