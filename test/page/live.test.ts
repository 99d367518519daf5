/** The network that a page carries is the pipeline's: same networks, same input spikes, same kernel. */
import assert from 'node:assert/strict';
import { drawSpikes } from '../../src/base/draw-spikes.ts';
import { deriveKey } from '../../src/base/random.ts';
import { drawTrial, durationSteps, restTrials, trialsOf } from '../../src/odour/draw-trial.ts';
import { decodeLive, encodeLive } from '../../src/page/live/live-network.ts';
import { LiveModel, mostLikely } from '../../src/page/live/live-trial.ts';
import { drawNose, type Puff } from '../../src/page/live/puffs.ts';
import { cellGroups, cellsOf, touched, touchedNose } from '../../src/page/live/touches.ts';
import { unsharedMemory } from '../../src/page/live/unshared-memory.ts';
import { kernelWasmBase64 } from '../../src/snn/kernel/generated/kernel-wasm.ts';
import { simulateTrial } from '../../src/snn/network/simulate-trial.ts';
import { readoutLogits } from '../../src/snn/readout/readout.ts';
import { exampleLive } from '../rig/live-example.ts';

const live = exampleLive();
const { task, trained, untrained } = live;
const { topology } = trained.network;
const plain = (model: typeof trained) => ({ ...model, readouts: model.readouts.slice(0, 1), provenance: {} });

describe('the live network', () => {
  it('comes back from its bytes bit for bit, gains and free weights alike', () => {
    const back = decodeLive(encodeLive(live));
    assert.deepEqual(back, {
      ...live,
      trained: plain(trained),
      untrained: plain(untrained),
      task: { ...task, provenance: {} },
    });
    const { gainNa: _, ...free } = trained.network;
    const weightNa = free.weightNa.map((w, e) => w * (1 + (e % 7)));
    const freed = { ...trained, network: { ...free, weightNa } };
    const again = decodeLive(encodeLive({ ...live, trained: freed }));
    assert.deepEqual(again.trained.network, freed.network);
    assert.deepEqual(again.untrained, plain(untrained));
  });

  it('takes a start that was not read out, and runs it all the same', () => {
    const mute = decodeLive(encodeLive({ ...live, untrained: { ...untrained, readouts: [] } })).untrained;
    assert.deepEqual(mute.readouts, []);
    const own = new LiveModel(mute);
    const input = drawTrial(task, { split: 'test', odour: 0, trial: 0 });
    const { spikes, chances } = own.run(input);
    assert.deepEqual([spikes, chances.length], [simulateTrial(untrained, input).spikes, 0]);
    own.close();
  });

  it('refuses two networks that are not wired alike', () => {
    const colIdx = topology.colIdx.slice();
    colIdx[3]! += 1;
    const other = { ...untrained, network: { ...untrained.network, topology: { ...topology, colIdx } } };
    assert.throws(() => encodeLive({ ...live, untrained: other }), /another topology\.colIdx/);
  });

  it('runs trials to the very spikes of the pipeline, and names as its readout does', () => {
    for (const model of [trained, untrained]) {
      const own = new LiveModel(model);
      for (const trial of [...trialsOf(task, 'test').slice(0, 5), ...restTrials(task, 'test', 1)]) {
        const input = drawTrial(task, trial);
        const expected = simulateTrial(model, input);
        const record = own.run(input);
        assert.deepEqual([record.spikes, record.counts], [expected.spikes, expected.counts]);
        const logits = readoutLogits(model.readouts[0]!, topology, expected.counts);
        assert.equal(mostLikely(record.chances), mostLikely(logits));
        assert.ok(Math.abs(record.chances.reduce((a, b) => a + b, 0) - 1) < 1e-12);
      }
      own.close();
    }
  });

  it('names a batch, drawn in the kernel, as one by one', () => {
    const own = new LiveModel(trained);
    own.setTask(task);
    const trials = trialsOf(task, 'test');
    const one = trials.map((trial) => mostLikely(own.run(drawTrial(task, trial)).chances));
    assert.deepEqual([...own.name(trials)], one);
    own.close();
  });
});

describe('the nose', () => {
  const nose = (puffs: readonly Puff[], trial = 0) => drawNose(task, { puffs, trial });
  const cellsAt = ({ stepPtr, cell }: ReturnType<typeof nose>, t: number) => [
    ...cell.subarray(stepPtr[t]!, stepPtr[t + 1]!),
  ];

  it('draws the task’s own test trials, clean air too, bit for bit', () => {
    for (const trial of trialsOf(task, 'test')) {
      const puff = { odour: trial.odour, onsetSteps: 0, durationSteps: durationSteps(task, trial) };
      assert.deepEqual(nose([puff], trial.trial), drawTrial(task, trial));
    }
    for (const trial of restTrials(task, 'test', 3)) assert.deepEqual(nose([], trial.trial), drawTrial(task, trial));
  });

  it('gives each step the chance of the odours that are there, of two the larger, whatever their onsets', () => {
    const [a, b] = [
      { odour: 1, onsetSteps: 13, durationSteps: 50 },
      { odour: 4, onsetSteps: 37, durationSteps: 61 },
    ];
    const both = nose([a, b], 7);
    const key = deriveKey([task.seed, 2], 1, 7);
    const row = (odour: number) => task.onProbability.subarray(odour * task.inputSize, (odour + 1) * task.inputSize);
    const states = [task.offProbability, row(1), row(4), row(1).map((p, i) => Math.max(p, row(4)[i]!))];
    const drawn = states.map((p) => {
      const thresholds = Array.from(p, (chance) => Math.floor(chance * 2 ** 32));
      return drawSpikes(key, { on: thresholds, off: thresholds, onSteps: 0 }, task.steps);
    });
    const inside = ({ onsetSteps, durationSteps: steps }: Puff, t: number) => t >= onsetSteps && t < onsetSteps + steps;
    for (let t = 0; t < task.steps; t++) {
      const state = (inside(a, t) ? 1 : 0) + (inside(b, t) ? 2 : 0);
      assert.deepEqual(cellsAt(both, t), cellsAt(drawn[state]!, t), `step ${t}`);
    }
  });

  it('fires as often as chances near 1 and near 0 say', () => {
    const added = new Float32Array(task.inputSize);
    added[0] = 2;
    added[1] = 0.5 - task.offProbability[1]!;
    const input = drawNose(task, { puffs: [], trial: 0, added });
    const count = (cell: number) => [...input.cell].filter((of) => of === cell).length;
    assert.equal(count(0), task.steps);
    assert.ok(Math.abs(count(1) - task.steps / 2) < 4 * Math.sqrt(task.steps / 4), `${count(1)} of ${task.steps}`);
  });
});

describe('touches', () => {
  it('silence and drive just the cells that they name', () => {
    const kc = cellsOf(live, 'KC');
    assert.equal(kc.length, 30);
    const group = cellGroups(live).find(({ name }) => name.startsWith('KC/'))!;
    const typed = cellsOf(live, group.name);
    assert.ok(typed.length > 0 && typed.length < 30 && typed.every((cell) => kc.includes(cell)));
    const own = new LiveModel(trained);
    const input = drawNose(task, { puffs: [{ odour: 0, onsetSteps: 0, durationSteps: 120 }], trial: 0 });
    const before = own.run(input).counts;
    own.setNetwork(touched(live, trained, [{ cells: 'PN', what: 'silence' }]));
    const silenced = own.run(input).counts;
    assert.ok(cellsOf(live, 'PN').some((cell) => before[cell]! > 0));
    assert.ok(cellsOf(live, 'PN').every((cell) => silenced[cell] === 0));
    own.setNetwork(touched(live, trained, [{ cells: group.name, what: 60 }]));
    const driven = own.run(input).counts;
    assert.ok(typed.every((cell) => driven[cell]! > before[cell]!));
    own.setNetwork(touched(live, trained, []));
    assert.deepEqual(own.run(input).counts, before);
    own.close();
  });

  it('drive a cell to so many mV above its rest', () => {
    const { cells } = touched(live, trained, [{ cells: 'MBON', what: 12 }]);
    for (const i of cellsOf(live, 'MBON')) {
      const more = cells.iOffsetNa[i]! - trained.network.cells.iOffsetNa[i]!;
      assert.ok(Math.abs((more * cells.tauMMs[i]!) / cells.cmNf[i]! - 12) < 1e-3);
    }
    for (const i of cellsOf(live, 'KC')) assert.equal(cells.iOffsetNa[i], trained.network.cells.iOffsetNa[i]);
  });

  it('of input cells change the nose and not the network', () => {
    const touches = [{ cells: 'ORN', what: 'silence' as const }];
    assert.deepEqual(touched(live, trained, touches).cells, trained.network.cells);
    assert.equal(drawNose(task, { puffs: [], trial: 0, ...touchedNose(live, touches) }).cell.length, 0);
    assert.throws(() => cellsOf(live, 'XY'), /no population 'XY'/);
  });
});

describe('the kernel of a page', () => {
  it('is the compiled kernel with one bit cleared, and takes memory that is not shared', () => {
    const bytes = Uint8Array.from(Buffer.from(kernelWasmBase64, 'base64'));
    const own = unsharedMemory(bytes);
    const changed = [...own.keys()].filter((k) => own[k] !== bytes[k]);
    assert.equal(own.length, bytes.length);
    assert.deepEqual(
      changed.map((k) => bytes[k]! ^ own[k]!),
      [2],
    );
    const api = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
    const memory = new api.Memory({ initial: 1, maximum: 100 });
    assert.equal(memory.buffer.constructor, ArrayBuffer);
    assert.ok('stepChunk' in new api.Instance(new api.Module(own), { env: { memory } }).exports);
    assert.throws(() => new api.Instance(new api.Module(bytes), { env: { memory } }), /shared/);
    assert.throws(() => unsharedMemory(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), /imports no memory/);
  });
});

interface WasmApi {
  readonly Memory: new (options: object) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}
