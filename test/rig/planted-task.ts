/** Small odour tasks that a network can learn, for tests; the same seed is the same task. */
import { RandomStream } from '../../src/base/random.ts';
import type { OdourTask } from '../../src/odour/odour-task.ts';

export interface PlantedTaskOptions {
  readonly seed?: number;
  readonly odours?: number;
  readonly inputSize?: number;
  readonly steps?: number;
  readonly trials?: OdourTask['trials'];
}

/** Each odour drives its own random third of the input cells at 150 Hz over a background of 8 Hz. */
export function plantedTask(options: PlantedTaskOptions = {}): OdourTask {
  const { seed = 1, odours = 4, inputSize = 24, steps = 60, trials = { train: 8, validation: 8, test: 8 } } = options;
  const random = new RandomStream([seed, 0x706c6e74]);
  const onProbability = Float32Array.from({ length: odours * inputSize }, () =>
    random.uniform() < 1 / 3 ? 0.15 : 0.008,
  );
  return {
    odours: Array.from({ length: odours }, (_, c) => ({ key: `ODOUR-${c}`, name: `odour ${c}` })),
    population: 'ORN',
    inputSize,
    steps,
    dtMs: 1,
    durationMs: { min: Math.round(steps / 2), max: steps },
    onProbability,
    offProbability: new Float32Array(inputSize).fill(0.008),
    seed,
    trials,
    provenance: { source: 'planted task of the tests' },
  };
}
