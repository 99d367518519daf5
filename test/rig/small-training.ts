/** A training so small that a test can run it several times: two odours, three steps an epoch. */
import type { OdourTask } from '../../src/odour/odour-task.ts';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { prepareTraining } from '../../src/snn/training/prepare-training.ts';
import { TrainingRun } from '../../src/snn/training/training-run.ts';
import type { TrainingSettings } from '../../src/snn/training/training-settings.ts';
import { plantedTask } from './planted-task.ts';
import { randomPathway } from './random-model.ts';
import { defaultSettings, defaultStart } from './training-settings.ts';

const pathway = randomPathway({ sizes: { ORN: 12, LN: 3, PN: 5, KC: 12, APL: 1, MBON: 4 } });
const trials = { train: 6, validation: 2, test: 2 };

/** Its odours; another seed gives others. */
export function smallTask(seed = 1): OdourTask {
  return plantedTask({ odours: 2, inputSize: 12, steps: 30, trials, seed });
}

/** Two epochs of three steps, unless the settings say otherwise. Open a backend first. */
export function smallTraining(settings: Partial<TrainingSettings> = {}, task: OdourTask = smallTask()): TrainingRun {
  const all = { ...defaultSettings, epochs: 2, batch: 4, bands: [], otherReadouts: ['PN'], seed: 1, ...settings };
  const start = { ...defaultStart, calibrationTrials: 4, calibrationRounds: 2 };
  const open = (n: Parameters<typeof openKernel>[1]) => openKernel('wasm', n, { threads: 1 });
  const prepared = prepareTraining(pathway, task, start, open, { jumpBound: all.jumpBound });
  return new TrainingRun({ ...prepared, task, settings: all });
}
