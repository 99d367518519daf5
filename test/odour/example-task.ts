/** A small odour task for tests. */
import type { OdourTask } from '../../src/odour/odour-task.ts';

/** Three odours for `inputSize` cells: the first drives every cell, the others every second and every third. */
export function exampleTask(change: Partial<OdourTask> = {}): OdourTask {
  const inputSize = change.inputSize ?? 40;
  const on = Float32Array.from({ length: 3 * inputSize }, (_, k) => {
    const odour = Math.floor(k / inputSize);
    return (k % inputSize) % (odour + 1) === 0 ? 0.15 : 0.008;
  });
  return {
    odours: ['a', 'b', 'c'].map((name) => ({ key: `KEY-${name}`, name })),
    population: 'ORN',
    inputSize,
    steps: 500,
    dtMs: 1,
    durationMs: { min: 70, max: 500 },
    onProbability: on,
    offProbability: new Float32Array(inputSize).fill(0.008),
    seed: 7,
    trials: { train: 4, validation: 2, test: 2 },
    provenance: { about: 'a test' },
    ...change,
  };
}
