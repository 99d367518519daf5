/** The trials that a kernel draws itself are those of the odour task, with an odour and without. */
import assert from 'node:assert/strict';
import { drawTrial, restTrials, trialsOf } from '../../src/odour/draw-trial.ts';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { kernelTaskOf, kernelTrialsOf } from '../../src/snn/network/kernel-task.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../../src/snn/network/simulate.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel } from '../rig/random-model.ts';

const sizes = { ORN: 24, PN: 12, KC: 30, MBON: 4 };

describe('a task in the kernel’s words', () => {
  for (const name of ['wasm', 'reference'] as const) {
    it(`gives the ${name} kernel the trials of the odours and those of clean air`, () => {
      const task = plantedTask({ odours: 3 });
      const model = randomModel({ sizes, classes: 3, steps: task.steps });
      const kernel = openKernel(name, kernelNetworkOf(model.network, model.steps), { threads: 1 });
      kernel.setTask(kernelTaskOf(task));
      kernel.setParameters(kernelParametersOf(model.network));
      const trials = [...trialsOf(task, 'test').slice(0, 5), ...restTrials(task, 'test', 4, 7)];
      const drawn = spikeCounts(kernel, { trials: kernelTrialsOf(trials) });
      const given = spikeCounts(kernel, { inputs: trials.map((trial) => drawTrial(task, trial)) });
      assert.deepEqual(drawn, given);
      assert.ok(given.some((count) => count > 0));
      kernel.close();
    });
  }
});
