/** Backends in processes of their own, since tfjs keeps one global engine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const compiled = (path: string) => JSON.stringify(new URL(`../../${path}.js`, import.meta.url).href);

/** Trains a small planted task for two epochs; prints the losses and the validation accuracies, or the error. */
const program = `
const { openBackend } = await import(${compiled('src/snn/training/tf-backend')});
const { prepareTraining } = await import(${compiled('src/snn/training/prepare-training')});
const { defaultSettings, defaultStart } = await import(${compiled('test/rig/training-settings')});
const { TrainingRun } = await import(${compiled('src/snn/training/training-run')});
const { openKernel } = await import(${compiled('src/snn/kernel/open-kernel')});
const { randomPathway } = await import(${compiled('test/rig/random-model')});
const { plantedTask } = await import(${compiled('test/rig/planted-task')});
try {
  const backend = await openBackend(process.argv[1]);
  const task = plantedTask();
  const settings = { ...defaultSettings, epochs: 2, batch: 8, jumpBound: 1 };
  const start = { ...defaultStart, calibrationTrials: 8, calibrationRounds: 6 };
  const prepared = prepareTraining(randomPathway(), task, start, (n) => openKernel('wasm', n), settings);
  const run = new TrainingRun({ ...prepared, task, settings });
  await run.run();
  prepared.kernel.close();
  console.log(JSON.stringify({ backend, losses: run.history.map((r) => r.train.loss) }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error.message) }));
}
process.exit(0);
`;

interface Answer {
  readonly error?: string;
  readonly backend?: { readonly name: string; readonly version: string };
  readonly losses?: readonly number[];
}

function train(backend: string): Answer {
  const args = ['--no-warnings', '--input-type=module', '-e', program, backend];
  const cwd = fileURLToPath(new URL('../../../', import.meta.url));
  const out = execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(out.trim().split('\n').at(-1)!) as Answer;
}

describe('tfjs backends', () => {
  it('wasm is what opens by that name, with its version', () => {
    const { backend, losses } = train('wasm');
    assert.deepEqual(backend, { name: 'wasm', version: '4.22.0' });
    assert.equal(losses!.length, 2);
  });

  it('tensorflow trains alike to float tolerance where it is built; where not, the message says what to do', function () {
    this.timeout(120000);
    const native = train('tensorflow');
    if (native.error !== undefined) {
      assert.match(native.error, /needs @tensorflow\/tfjs-node, which does not load[\s\S]*use backend: wasm, or build/);
      return;
    }
    const wasm = train('wasm');
    native.losses!.forEach((loss, e) => {
      assert.ok(
        Math.abs(loss - wasm.losses![e]!) < 0.01 * wasm.losses![e]!,
        `epoch ${e}: ${loss} and ${wasm.losses![e]}`,
      );
    });
  });
});
