/** One trial in full: the same spikes as the counts of training and evaluation, and voltages that explain them. */
import assert from 'node:assert/strict';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../../src/snn/network/simulate.ts';
import { simulateTrial } from '../../src/snn/network/simulate-trial.ts';
import { randomInput, randomModel } from '../rig/random-model.ts';

describe('simulateTrial', () => {
  const model = randomModel();
  const { size } = model.network.topology;
  const input = randomInput(model.network.topology.inputSize, model.steps, 0.1, 3);

  it('gives the spikes that are counted in training and evaluation', () => {
    const kernel = openKernel('reference', kernelNetworkOf(model.network, model.steps));
    kernel.setParameters(kernelParametersOf(model.network));
    const counts = spikeCounts(kernel, { inputs: [input] });
    const trial = simulateTrial(model, input);
    assert.deepEqual(trial.counts, counts);
    assert.ok(counts.reduce((a, b) => a + b, 0) > 20);
    assert.equal(trial.spikes.length, model.steps * size);
    assert.equal(trial.vMv, undefined);
  });

  it('gives voltages of the cells asked for, in their order: at threshold exactly where the cell fires', () => {
    const counts = simulateTrial(model, input).counts;
    const cells = [counts.indexOf(Math.max(...counts)), 0];
    const { spikes, vMv } = simulateTrial(model, input, cells);
    assert.equal(vMv!.length, model.steps * 2);
    for (let t = 0; t < model.steps; t++)
      for (const [k, cell] of cells.entries()) {
        const above = vMv![2 * t + k]! >= model.network.cells.vThreshMv[cell]!;
        assert.equal(spikes[t * size + cell] === 1, above, `step ${t}, cell ${cell}`);
      }
  });

  it('refuses a cell that is not there', () => {
    assert.throws(
      () => simulateTrial(model, input, [size]),
      new RangeError(`simulateTrial: cell ${size}, want 0 … ${size - 1}`),
    );
    assert.throws(() => simulateTrial(model, input, [0.5]), RangeError);
  });
});
