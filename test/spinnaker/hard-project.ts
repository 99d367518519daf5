/** An exported project of a small random model with input spikes that are hard on a board: none, few and late, all at once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOdourTask } from '../../src/odour/odour-task-file.ts';
import { encodeModel } from '../../src/snn/network/model-file.ts';
import type { Model } from '../../src/snn/network/network.ts';
import { encodeInputs } from '../../src/spinnaker/project/trial-data.ts';
import type { Raster } from '../../src/spinnaker/simulators/raster.ts';
import exportStage from '../../stages/export.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomModel } from '../rig/random-model.ts';
import { runStage, type StageRun } from '../rig/run-stage.ts';

export const hardModel: Model = randomModel();
const { steps } = hardModel;
const { inputSize } = hardModel.network.topology;

/** Spikes from (step, cell) pairs in the order of steps. */
export function rasterOf(pairs: readonly (readonly [step: number, cell: number])[]): Raster {
  const stepPtr = new Int32Array(steps + 1);
  for (const [step] of pairs) stepPtr[step + 1]! += 1;
  for (let t = 0; t < steps; t++) stepPtr[t + 1]! += stepPtr[t]!;
  return { stepPtr, cell: Int32Array.from(pairs, ([, cell]) => cell) };
}

/** Nothing at all; a spike of cell 3 in the first and the last step; every cell in every step. */
export const hardInputs: readonly Raster[] = [
  rasterOf([]),
  rasterOf([
    [0, 3],
    [steps - 1, 3],
  ]),
  rasterOf(Array.from({ length: steps * inputSize }, (_, k) => [Math.floor(k / inputSize), k % inputSize])),
];

/** What export writes, its folder `outputs/pynn` with those inputs; remove `folder` afterwards. */
export async function exportedHardProject(settings: Readonly<Record<string, unknown>> = {}): Promise<StageRun> {
  const task = plantedTask({ trials: { train: 1, validation: 2, test: 2 } });
  const exported = await runStage(exportStage, {
    params: { export: { trials: 3, calibrationTrials: 4, ...settings } },
    inputs: { model: encodeModel(hardModel), task: encodeOdourTask(task) },
    outputs: { project: 'pynn/', nir: 'network.nir', report: 'report.json' },
  });
  if (exported.error !== undefined) throw exported.error;
  const trials = hardInputs.map((_, k) => ({ split: 'test' as const, odour: k % 2, trial: k }));
  writeFileSync(join(exported.folder, 'outputs/pynn/inputs.safetensors'), encodeInputs(trials, hardInputs));
  return exported;
}
