/** Pathway and odour task → the calibrated untrained network. Knows no gradients and no files. */
import { RandomStream } from '../../base/random.ts';
import type { Pathway } from '../../connectome/pathway.ts';
import { restTrials, trialsOf } from '../../odour/draw-trial.ts';
import type { OdourTask, Trial } from '../../odour/odour-task.ts';
import type { Kernel, KernelNetwork } from '../kernel/kernel.ts';
import { initialNetwork } from '../network/initial-network.ts';
import { kernelTaskOf, kernelTrialsOf } from '../network/kernel-task.ts';
import type { Model } from '../network/network.ts';
import { kernelNetworkOf, kernelParametersOf, spikeCounts } from '../network/simulate.ts';
import { calibrateThresholds } from './homeostasis.ts';
import type { StartSettings, TrainingSetup } from './training-settings.ts';

/** Label of the random stream that picks calibration trials. */
const CALIBRATION = 0x63616c69;

/**
 * Builds the network, opens a kernel for it with the task's trials, and calibrates thresholds on training trials of the first epoch
 * (no validation or test trial is seen). Deterministic in start.calibrationSeed, or task.seed where there is none. Throws RangeError where task and pathway do not fit.
 */
export function prepareTraining(
  pathway: Pathway,
  task: OdourTask,
  start: StartSettings,
  open: (network: KernelNetwork) => Kernel,
  options: { readonly jumpBound: number; readonly onRound?: (round: number) => void },
): Omit<TrainingSetup, 'settings' | 'task'> {
  const built = initialNetwork(
    pathway,
    { inputPopulation: task.population, dropOutputsOf: start.dropOutputsOf, gainSharing: start.gainSharing },
    { ...start.initial, dtMs: task.dtMs },
  );
  const { inputSize } = built.network.topology;
  if (inputSize !== task.inputSize) {
    throw new RangeError(
      `train: the task has ${task.inputSize} ${task.population} cells, the pathway ${inputSize}; make both from the same tables`,
    );
  }
  const model: Pick<Model, 'network' | 'typeNames' | 'typeIdx' | 'steps'> = { ...built, steps: task.steps };
  const kernel = open(kernelNetworkOf(model.network, task.steps));
  kernel.setTask(kernelTaskOf(task));
  const picked = calibrationTrials(task, start);
  const source = { trials: kernelTrialsOf(picked.odour) };
  const network = calibrateThresholds(kernel, model, source, {
    targetRateHz: start.initial.targetRateHz,
    rounds: start.calibrationRounds,
    leastThresholdMv: start.leastThreshold * start.initial.thresholdMv,
    jumpBound: options.jumpBound,
    ...(start.rest === undefined ? {} : { rest: { ...start.rest, source: { trials: kernelTrialsOf(picked.rest) } } }),
    ...(options.onRound === undefined ? {} : { onRound: options.onRound }),
  });
  kernel.setParameters(kernelParametersOf(network));
  const calibrationCounts = spikeCounts(kernel, source);
  return { model: { ...model, network }, kernel, calibrationCounts };
}

/** Training trials of the first epoch, spread over odours, and as many without odour; another seed picks others. */
function calibrationTrials(task: OdourTask, start: StartSettings): { readonly odour: Trial[]; readonly rest: Trial[] } {
  const key = [start.calibrationSeed ?? task.seed, CALIBRATION] as const;
  const { calibrationTrials: count } = start;
  const block = new RandomStream(key, 1).below(2 ** 20);
  return {
    odour: new RandomStream(key).shuffle(trialsOf(task, 'train')).slice(0, count),
    rest: restTrials(task, 'train', count, block * count),
  };
}
