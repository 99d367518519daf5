/** The WebAssembly kernel equals the reference bit for bit, on random networks, in every mode. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Kernel, KernelCounts, KernelGradients, KernelTask } from '../../../src/snn/kernel/kernel.ts';
import { type KernelOptions, openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import { randomCountGradient, randomInput, randomNetwork, randomParameters } from './random-network.ts';

/** Bits, so that 0 and −0 differ and NaN equals itself. */
const bits = (x: Float32Array) => Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString('hex');

function assertSameBits(got: KernelCounts | KernelGradients, expected: KernelCounts | KernelGradients): void {
  assert.deepEqual(Object.keys(got).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const other = (got as unknown as Record<string, unknown>)[name];
    if (!(value instanceof Float32Array)) assert.deepEqual(other, value, name);
    else if (bits(other as Float32Array) !== bits(value)) assert.deepEqual(other, value, name);
  }
}

const world = fc.record({
  seed: fc.nat(1e6),
  inputSize: fc.integer({ min: 0, max: 9 }),
  size: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(70)),
  steps: fc.integer({ min: 1, max: 30 }),
  gainCount: fc.integer({ min: 1, max: 5 }),
  density: fc.constantFrom(0, 0.1, 0.3, 0.8),
  batch: fc.integer({ min: 1, max: 19 }),
  freeWeights: fc.boolean(),
  loudness: fc.constantFrom(0, 0.5, 3, 30),
  maxRefractory: fc.integer({ min: 0, max: 5 }),
  damping: fc.constantFrom(0, 0.3, 1),
  probability: fc.constantFrom(0, 0.1, 0.6, 1),
  checkpointSteps: fc.constantFrom(0, 1, 7, 30),
  decayGradients: fc.boolean(),
});

const loud = { freeWeights: false, loudness: 3, maxRefractory: 2, damping: 0.3 } as const;

/** Opens, uses and closes. */
function using<T>(kernel: Kernel, use: (kernel: Kernel) => T): T {
  try {
    return use(kernel);
  } finally {
    kernel.close();
  }
}

describe('wasm kernel', () => {
  it('equals the reference bit for bit: counts and all gradients', () => {
    let spikes = 0;
    fc.assert(
      fc.property(world, (w) => {
        const network = randomNetwork(w, w.seed);
        const parameters = randomParameters(network, { ...w, width: [0.5, 8] }, w.seed);
        const inputs = Array.from({ length: w.batch }, (_, b) => randomInput(network, w.probability, w.seed + b));
        const countGradient = randomCountGradient(w.batch * w.size, w.seed);
        const run = (kind: 'reference' | 'wasm', options: KernelOptions) =>
          using(openKernel(kind, network, options), (kernel) => {
            kernel.setParameters(parameters);
            return { counts: kernel.forward(inputs, true), gradients: kernel.backward(countGradient) };
          });
        const { checkpointSteps, decayGradients } = w;
        const expected = run('reference', { decayGradients });
        const got = run('wasm', { checkpointSteps, decayGradients });
        assertSameBits(got.counts, expected.counts);
        assertSameBits(got.gradients, expected.gradients);
        spikes += expected.counts.counts.reduce((x, y) => x + y, 0);
      }),
      { numRuns: Number(process.env['CC_SNN_RUNS'] ?? 150) },
    );
    assert.ok(spikes > 10000, `${spikes} spikes`);
  });

  it('leaves the gradients by bE and bI at 0 where they are not wanted, and no bit of the others changes', () => {
    const network = randomNetwork({ inputSize: 6, size: 40, steps: 30, gainCount: 3, density: 0.4 }, 8);
    const inputs = Array.from({ length: 11 }, (_, b) => randomInput(network, 0.3, b));
    for (const freeWeights of [false, true]) {
      const [all, some] = [true, false].map((decayGradients) =>
        using(openKernel('wasm', network, { decayGradients }), (kernel) => {
          kernel.setParameters(randomParameters(network, { ...loud, freeWeights, width: [0.5, 8] }, 8));
          kernel.forward(inputs, true);
          return kernel.backward(randomCountGradient(11 * 40, 8));
        }),
      );
      assert.ok(all!.bE.some((x) => x !== 0) && all!.bI.some((x) => x !== 0));
      assert.ok(some!.bE.every((x) => x === 0) && some!.bI.every((x) => x === 0));
      assertSameBits({ ...some!, bE: all!.bE, bI: all!.bI }, all!);
    }
  });

  it('runs in parts what memory does not hold at a time: the same bits, again and again', () => {
    const network = randomNetwork({ inputSize: 6, size: 40, steps: 30, gainCount: 3, density: 0.4 }, 8);
    const inputs = Array.from({ length: 37 }, (_, b) => randomInput(network, 0.3, b));
    const trials = inputs.map((_, trial) => ({ split: 0, odour: trial % 2, trial }));
    const task: KernelTask = {
      onThreshold: Uint32Array.from({ length: 12 }, (_, i) => ((i + 1) * 2654435761) >>> 0),
      offThreshold: new Uint32Array(6).fill(1e8),
      ...{ seed: 1, minSteps: 3, maxSteps: 30 },
    };
    const countGradient = randomCountGradient(37 * 40, 8);
    const run = (memoryBytes: number, checkpointSteps: number) =>
      using(openKernel('wasm', network, { threads: 2, memoryBytes, checkpointSteps }), (kernel) => {
        kernel.setParameters(randomParameters(network, { ...loud, width: [0.5, 8] }, 8));
        kernel.setTask(task);
        return [
          kernel.forward(inputs, true),
          kernel.backward(countGradient),
          kernel.backward(countGradient),
          kernel.forwardTrials(trials, true),
          kernel.backward(countGradient),
          kernel.forward(inputs, false),
        ];
      });
    for (const checkpointSteps of [0, 7]) {
      const whole = run(2 ** 30, checkpointSteps);
      for (const memoryBytes of [500_000, 620_000]) {
        run(memoryBytes, checkpointSteps).forEach((got, k) => {
          assertSameBits(got, whole[k]!);
        });
      }
    }
    assert.throws(() => run(400_000, 0), /8 trials side by side need 0\.\d+ GiB, the most is 0\.00/);
  });

  it('numbers more cells and inputs than 16 bits do', () => {
    const size = 66_000;
    const inputSize = 65_600;
    const rowPtr = new Int32Array(inputSize + size + 1);
    const edges: { readonly row: number; readonly col: number }[] = [];
    for (const k of [0, 63, 64, 5_000, 65_535]) {
      for (const shift of [0, 400]) {
        edges.push({ row: Math.min(inputSize - 1, k + shift), col: (k + 65_536 + shift) % size });
        edges.push({ row: inputSize + ((k + 65_536 + shift) % size), col: size - 1 - (k % 900) });
      }
    }
    edges.sort((x, y) => x.row - y.row || x.col - y.col);
    for (const { row } of edges) rowPtr[row + 1]! += 1;
    for (let row = 0; row + 1 < rowPtr.length; row++) rowPtr[row + 1]! += rowPtr[row]!;
    const network = {
      ...{ inputSize, size, steps: 9, gainCount: 1, rowPtr },
      colIdx: Int32Array.from(edges, ({ col }) => col),
      receptor: new Uint8Array(edges.length),
      synCount: new Int32Array(edges.length).fill(5),
      gainIdx: new Int32Array(edges.length),
    };
    const parameters = randomParameters(network, { ...loud, loudness: 40, width: [4, 8] }, 3);
    const threshold = 4e9;
    const task: KernelTask = {
      onThreshold: new Uint32Array(inputSize).fill(threshold),
      offThreshold: new Uint32Array(inputSize).fill(threshold),
      ...{ seed: 3, minSteps: 9, maxSteps: 9 },
    };
    const trials = Array.from({ length: 9 }, (_, trial) => ({ split: 0, odour: 0, trial }));
    const [got, expected] = (['wasm', 'reference'] as const).map((kind) =>
      using(openKernel(kind, network), (kernel) => {
        kernel.setParameters(parameters);
        kernel.setTask(task);
        const counts = kernel.forwardTrials(trials, true);
        return { counts, gradients: kernel.backward(randomCountGradient(9 * size, 3)) };
      }),
    );
    assertSameBits(got!.counts, expected!.counts);
    assertSameBits(got!.gradients, expected!.gradients);
    assert.ok(
      expected!.counts.counts.subarray(65_536, 66_000).some((n) => n > 0),
      'cells past 65,536 fire',
    );
    assert.ok(expected!.gradients.gain[0] !== 0);
  });

  it('counts the same without a tape, and records the same spikes and voltages', () => {
    fc.assert(
      fc.property(world, (w) => {
        const network = randomNetwork(w, w.seed);
        const parameters = randomParameters(network, { ...w, width: [0.5, 8] }, w.seed);
        const inputs = [0, 1].map((b) => randomInput(network, w.probability, w.seed + b));
        const cells = Int32Array.of(0, w.size - 1);
        const [got, expected] = (['wasm', 'reference'] as const).map((kind) =>
          using(openKernel(kind, network), (kernel) => {
            kernel.setParameters(parameters);
            return { counts: kernel.forward(inputs, false), record: kernel.record(inputs[1]!, cells) };
          }),
        );
        assertSameBits(got!.counts, expected!.counts);
        assert.deepEqual(got!.record, expected!.record);
      }),
      { numRuns: 60 },
    );
  });

  it('draws the same trials', () => {
    fc.assert(
      fc.property(world, (w) => {
        const network = randomNetwork({ ...w, inputSize: w.inputSize + 1 }, w.seed);
        const parameters = randomParameters(network, { ...w, width: [0.5, 8] }, w.seed);
        const inputs = network.inputSize;
        const task: KernelTask = {
          onThreshold: Uint32Array.from({ length: 3 * inputs }, (_, i) => ((i + w.seed) * 2654435761) >>> 0),
          offThreshold: new Uint32Array(inputs).fill(w.probability * 1e9),
          ...{ seed: w.seed, minSteps: 0, maxSteps: w.steps },
        };
        const trials = Array.from({ length: w.batch }, (_, b) => ({
          split: b % 3,
          odour: (b * 7) % 3,
          trial: b * w.seed,
        }));
        const countGradient = randomCountGradient(w.batch * w.size, w.seed);
        const [got, expected] = (['wasm', 'reference'] as const).map((kind) =>
          using(openKernel(kind, network), (kernel) => {
            kernel.setParameters(parameters);
            kernel.setTask(task);
            return { counts: kernel.forwardTrials(trials, true), gradients: kernel.backward(countGradient) };
          }),
        );
        assertSameBits(got!.counts, expected!.counts);
        assertSameBits(got!.gradients, expected!.gradients);
      }),
      { numRuns: 60 },
    );
  });

  it('draws trials of any number of steps into full chunks, and leaves alone what lies after them', () => {
    for (const steps of [1, 3, 7, 8, 9, 15, 16, 17]) {
      const network = randomNetwork({ inputSize: 5, size: 8, steps, gainCount: 2, density: 0.6 }, steps);
      const task: KernelTask = {
        onThreshold: new Uint32Array(5).fill(3e9),
        offThreshold: new Uint32Array(5).fill(3e9),
        ...{ seed: 3, minSteps: steps, maxSteps: steps },
      };
      const trials = Array.from({ length: 16 }, (_, trial) => ({ split: 0, odour: 0, trial }));
      const [got, expected] = (['wasm', 'reference'] as const).map((kind) =>
        using(openKernel(kind, network), (kernel) => {
          kernel.setParameters(randomParameters(network, { ...loud, width: [0.5, 8] }, steps));
          kernel.setTask(task);
          return [kernel.forwardTrials(trials, true), kernel.forwardTrials(trials, false)];
        }),
      );
      expected!.forEach((counts, k) => {
        assertSameBits(got![k]!, counts);
      });
    }
  });

  it('draws anew whenever trials, their number, the task or given spikes came between, and never otherwise', () => {
    const network = randomNetwork({ inputSize: 6, size: 20, steps: 25, gainCount: 3, density: 0.5 }, 5);
    const options = {
      freeWeights: false,
      loudness: 3,
      maxRefractory: 2,
      damping: 0.3,
      width: [0.5, 8] as [number, number],
    };
    const parameters = randomParameters(network, options, 5);
    const task = (seed: number): KernelTask => ({
      onThreshold: Uint32Array.from({ length: 18 }, (_, i) => ((i + 1) * 2654435761) >>> 0),
      offThreshold: new Uint32Array(6).fill(1e8),
      ...{ seed, minSteps: 3, maxSteps: 25 },
    });
    const trialsFrom = (first: number, count: number) =>
      Array.from({ length: count }, (_, b) => ({ split: 0, odour: b % 3, trial: first + b }));
    const given = Array.from({ length: 10 }, (_, b) => randomInput(network, 0.3, b));
    const acts: readonly ((kernel: Kernel) => KernelCounts)[] = [
      (kernel) => kernel.forwardTrials(trialsFrom(0, 12), true),
      (kernel) => kernel.forwardTrials(trialsFrom(0, 12), false),
      (kernel) => kernel.forwardTrials(trialsFrom(0, 10), false),
      (kernel) => kernel.forwardTrials(trialsFrom(1, 10), false),
      (kernel) => kernel.forward(given, false),
      (kernel) => kernel.forwardTrials(trialsFrom(1, 10), false),
      (kernel) => {
        kernel.setTask(task(8));
        return kernel.forwardTrials(trialsFrom(1, 10), false);
      },
    ];
    const [got, expected] = (['wasm', 'reference'] as const).map((kind) =>
      using(openKernel(kind, network), (kernel) => {
        kernel.setParameters(parameters);
        kernel.setTask(task(7));
        return acts.map((act) => act(kernel));
      }),
    );
    got!.forEach((counts, k) => {
      assertSameBits(counts, expected![k]!);
    });
    const sums = expected!.map(({ counts }) => bits(counts));
    assert.equal(sums[0], sums[1]);
    assert.equal(new Set(sums).size, 5, 'the other runs differ, so that a run on stale spikes would show');
  });
});
