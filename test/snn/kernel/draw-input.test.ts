/** The kernel's own drawing of trials equals the odour task's definition. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawTrial } from '../../../src/odour/draw-trial.ts';
import { type OdourTask, splits } from '../../../src/odour/odour-task.ts';
import { drawInput } from '../../../src/snn/kernel/draw-input.ts';
import type { KernelTask } from '../../../src/snn/kernel/kernel.ts';

const thresholds = (p: Float32Array) => Uint32Array.from(p, (x) => Math.floor(x * 4294967296));

describe('drawInput', () => {
  it('draws the trials that odour defines', () => {
    const probability = fc.float({ min: 0, max: Math.fround(0.99), noNaN: true });
    const world = fc.record({
      p: fc.array(fc.record({ on: probability, off: probability }), { minLength: 2, maxLength: 12 }),
      steps: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(),
      trial: fc.nat(),
      split: fc.constantFrom('train' as const, 'validation' as const, 'test' as const),
    });
    fc.assert(
      fc.property(world, ({ p, steps, seed, trial, split }) => {
        const inputSize = p.length >> 1;
        const onProbability = Float32Array.from(p, (x) => x.on).subarray(0, 2 * inputSize);
        const offProbability = Float32Array.from(p, (x) => x.off).subarray(0, inputSize);
        const odourTask: OdourTask = {
          ...{
            odours: [0, 1].map((i) => ({ key: `${i}`, name: `${i}` })),
            population: 'ORN',
            inputSize,
            steps,
            dtMs: 1,
          },
          ...{ durationMs: { min: 1, max: steps }, onProbability, offProbability, seed },
          ...{ trials: { train: 1, validation: 1, test: 1 }, provenance: {} },
        };
        const task: KernelTask = {
          ...{ onThreshold: thresholds(onProbability), offThreshold: thresholds(offProbability), seed },
          ...{ minSteps: 1, maxSteps: steps },
        };
        const drawn = drawInput(task, { split: splits[split], odour: 1, trial }, steps);
        assert.deepEqual(drawn, drawTrial(odourTask, { split, odour: 1, trial }));
      }),
    );
  });
});
