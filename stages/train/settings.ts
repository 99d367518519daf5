/** The `train` parameters → settings of a training run and of its start; the populations they name, checked. Knows no files. */
import { didYouMean } from '../../src/base/suggest.ts';
import type { Pathway } from '../../src/connectome/pathway.ts';
import { cellConstants } from '../../src/snn/network/initial-network.ts';
import type { GainSharing } from '../../src/snn/network/topology.ts';
import { type ParameterSpec, parameterSpecs } from '../../src/snn/parameters/parameter-spec.ts';
import { defaultBands } from '../../src/snn/training/rate-terms.ts';
import type { StartSettings, TrainingSettings } from '../../src/snn/training/training-settings.ts';
import type { TrainParams } from './params.ts';

/** Throws RangeError on parameters that contradict one another. */
export function trainingSettings(params: TrainParams, seed: number): TrainingSettings {
  const { epochs, batch, learningRate, readoutLearningRate, readout, otherReadouts, baseline } = params;
  const { labelSmoothing, surrogate, jumpBound, rates, gradient } = params;
  return {
    epochs,
    batch,
    learningRate,
    readoutLearningRate,
    objective: params.objective,
    readout,
    otherReadouts,
    baseline,
    parameters: parameterSpecs(params.parameters, params.prior.strength),
    bands: rates.bands ?? defaultBands,
    rateStrength: rates.strength,
    rateMargin: rates.margin,
    restTrials: rates.restTrials,
    labelSmoothing,
    surrogate,
    jumpBound: jumpBound ?? Number.POSITIVE_INFINITY,
    limits: gradient,
    seed,
  };
}

/** How the untrained network of such a run is made. */
export function startSettings(params: TrainParams, settings: TrainingSettings): StartSettings {
  const { dropOutputsOf, excitation, inhibition, targetRateHz, calibration } = params;
  return {
    dropOutputsOf,
    gainSharing: gainSharingOf(settings.parameters),
    initial: { ...cellConstants, excitation, inhibition, targetRateHz },
    rest: { mostHz: calibration.restMostHz, targetHz: calibration.restTargetHz },
    calibrationTrials: calibration.trials,
    calibrationRounds: calibration.rounds,
    calibrationSeed: calibration.seed,
    leastThreshold: calibration.leastThreshold,
  };
}

/** Throws RangeError that names a population which the pathway lacks; of the physiological bands those without one are passed over. */
export function checkPopulations(params: TrainParams, pathway: Pathway): void {
  const known = pathway.populations.map((p) => p.name);
  const named: readonly (readonly [where: string, names: readonly string[]])[] = [
    ['readout', [params.readout]],
    ['otherReadouts', params.otherReadouts],
    ['rates.bands', (params.rates.bands ?? []).map((band) => band.population)],
    ['dropOutputsOf', params.dropOutputsOf],
  ];
  for (const [where, names] of named)
    for (const name of names) {
      if (known.includes(name)) continue;
      const hint = didYouMean(name, known) ?? `there are: ${known.join(', ')}`;
      throw new RangeError(`train.${where}: no population '${name}', ${hint}`);
    }
}

/** Gains are numbered as finely as the declared group needs. */
function gainSharingOf(parameters: readonly ParameterSpec[]): GainSharing {
  const sharedBy = parameters.find((spec) => spec.what === 'gain')?.sharedBy;
  return sharedBy === 'type' || sharedBy === 'transmitter' ? sharedBy : 'pair';
}
