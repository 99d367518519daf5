/** At the size and rates of the fly's pathway, 500 steps: every count, voltage and gradient is finite, and threads agree. */
import assert from 'node:assert/strict';
import { ratesOf, settleThresholds, syntheticWorld, trialsOf } from '../../../bench/kernel-network.ts';
import { openKernel } from '../../../src/snn/kernel/open-kernel.ts';
import { randomCountGradient } from './random-network.ts';

describe('kernel at full size', () => {
  it('stays finite over 500 steps, forward and backward, and one result for 1 and 2 threads', () => {
    const world = syntheticWorld(1, 500);
    const batch = 16;
    const countGradient = randomCountGradient(batch * world.network.size, 1).map((x) => x / batch);
    const [one, two] = [1, 2].map((threads) => {
      const kernel = openKernel('wasm', world.network, { threads });
      if (threads === 1) settleThresholds(world, kernel, 24);
      kernel.setTask(world.task);
      kernel.setParameters(world.parameters);
      const counts = kernel.forwardTrials(trialsOf(batch), true);
      const gradients = kernel.backward(countGradient);
      kernel.close();
      return { counts, gradients };
    });
    assert.deepEqual(two, one);
    assert.deepEqual([one!.counts.nonFinite, one!.gradients.nonFinite], [[], []]);
    assert.ok(one!.gradients.gain.some((x) => Math.abs(x) > 1e-3));
    const rates = ratesOf(world, one!.counts.counts, batch);
    const pn = rates[world.names.indexOf('PN')]!;
    assert.ok(pn > 2 && pn < 40, `PN fire at ${pn} Hz`);
  });
});
