/** The 64-bit simulator against the trainer's kernel, and what a longer latency does. */
import assert from 'node:assert/strict';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { kernelNetworkOf, kernelParametersOf } from '../../src/snn/network/simulate.ts';
import { FloatSimulator, peaksOver } from '../../src/spinnaker/simulators/float-simulator.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

describe('spinnaker/float-simulator', () => {
  const model = randomModel();
  const { network } = model;
  const input = randomInput(network.topology.inputSize, model.steps);

  it("follows the kernel's voltages until rounding decides a spike", () => {
    const kernel = openKernel('reference', kernelNetworkOf(network, model.steps), { threads: 1 });
    kernel.setParameters(kernelParametersOf(network));
    const watched = Int32Array.from({ length: network.topology.size }, (_, i) => i);
    const record = kernel.record(input, watched);
    kernel.close();
    const run = new FloatSimulator(network).run(input, { voltagesOf: watched });
    const size = network.topology.size;
    for (let t = 0; t < 20; t++) {
      const fired = [...run.spikes.cell.subarray(run.spikes.stepPtr[t]!, run.spikes.stepPtr[t + 1]!)];
      const theirs = watched.filter((i) => record.spikes[t * size + i] === 1);
      assert.deepEqual(fired, [...theirs], `step ${t}`);
      for (let i = 0; i < size; i++)
        assert.ok(Math.abs(run.vMv![t * size + i]! - record.vMv![t * size + i]!) < 1e-4, `V of cell ${i} in step ${t}`);
    }
    assert.ok(run.spikes.cell.length > 50);
  });

  it('shifts the answer to the first input by one step for each step of latency', () => {
    const one = {
      stepPtr: Int32Array.from({ length: 31 }, (_, t) => (t < 6 ? 0 : 24)),
      cell: Uint16Array.from({ length: 24 }, (_, i) => i),
    };
    const quiet = { ...network, cells: { ...network.cells, iOffsetNa: new Float32Array(network.topology.size) } };
    const first = (latency: number) =>
      new FloatSimulator(quiet, latency).run(one).spikes.stepPtr.findIndex((p) => p > 0);
    assert.ok(first(1) > 0);
    assert.equal(first(2), first(1) + 1);
    assert.equal(first(3), first(1) + 2);
  });

  it('finds the largest inputs and currents', () => {
    const peaks = peaksOver(network, [input]);
    const more = peaksOver(network, [input, randomInput(network.topology.inputSize, model.steps, 0.3, 2)]);
    assert.ok(peaks.input.some((x) => x > 0));
    peaks.input.forEach((x, i) => {
      assert.ok(more.input[i]! >= x && peaks.current[i]! >= x, `place ${i}`);
    });
  });

  it('refuses a latency below one step', () => {
    assert.throws(() => new FloatSimulator(network, 0), /latencySteps is 0/);
  });
});
