/** The `train` branch of the parameter tree → settings. Knows no files; every default stands in training-settings.ts. */
import { didYouMean } from '../../base/suggest.ts';
import type { Pathway } from '../../connectome/pathway.ts';
import type { GainSharing } from '../network/topology.ts';
import { type ParameterDeclaration, type ParameterSpec, parameterSpecs } from '../parameters/parameter-spec.ts';
import type { RateBand } from './rate-terms.ts';
import type { BackendName } from './tf-backend.ts';
import { defaultSettings, defaultStart, type StartSettings, type TrainingSettings } from './training-settings.ts';

/** As in pipeline.yaml; what is left out has its default. */
export interface TrainParams {
  readonly log?: {
    readonly project?: string;
    readonly name?: string | null;
    readonly group?: string | null;
    readonly tags?: readonly string[];
  };
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly readoutLearningRate?: number;
  readonly parameters?: readonly ParameterDeclaration[];
  readonly prior?: { readonly strength: number };
  readonly readout?: string;
  readonly otherReadouts?: readonly string[];
  readonly baseline?: boolean;
  readonly rates?: { readonly strength?: number; readonly bands?: readonly RateBand[] };
  readonly labelSmoothing?: number;
  readonly surrogate?: { readonly relativeWidth?: number; readonly damping?: number };
  /** null: unbounded. */
  readonly jumpBound?: number | null;
  readonly gradient?: { readonly clipNorm?: number; readonly skipNorm?: number; readonly mostSkipped?: number };
  readonly calibration?: { readonly trials?: number; readonly rounds?: number; readonly leastThreshold?: number };
  readonly targetRateHz?: Readonly<Record<string, number>>;
  readonly excitation?: number;
  readonly inhibition?: number;
  readonly dropOutputsOf?: readonly string[];
  readonly checkpointEvery?: number;
  readonly kernel?: 'reference' | 'wasm';
  readonly backend?: BackendName;
}

export interface ResolvedTraining {
  readonly settings: TrainingSettings;
  readonly start: StartSettings;
  readonly checkpointEvery: number;
  readonly kernel: 'reference' | 'wasm';
  readonly backend: BackendName;
}

/** Settings of a run on this pathway. Throws RangeError on parameters or populations that are unknown. */
export function resolveTraining(params: TrainParams, seed: number, pathway: Pathway): ResolvedTraining {
  const known = pathway.populations.map((p) => p.name);
  const d = defaultSettings;
  const present = (name: string) => known.includes(name);
  const settings: TrainingSettings = {
    epochs: params.epochs ?? d.epochs,
    batch: params.batch ?? d.batch,
    learningRate: params.learningRate ?? d.learningRate,
    readoutLearningRate: params.readoutLearningRate ?? d.readoutLearningRate,
    readout: checked('readout', params.readout ?? d.readout, known),
    otherReadouts:
      params.otherReadouts?.map((name) => checked('otherReadouts', name, known)) ?? d.otherReadouts.filter(present),
    baseline: params.baseline ?? d.baseline,
    parameters:
      params.parameters === undefined
        ? d.parameters.map((spec) => ({ ...spec, priorStrength: params.prior?.strength ?? 0 }))
        : parameterSpecs(params.parameters, params.prior?.strength ?? 0),
    bands: params.rates?.bands ?? d.bands,
    rateStrength: params.rates?.strength ?? d.rateStrength,
    labelSmoothing: params.labelSmoothing ?? d.labelSmoothing,
    surrogate: { ...d.surrogate, ...params.surrogate },
    jumpBound: params.jumpBound === null ? Number.POSITIVE_INFINITY : (params.jumpBound ?? d.jumpBound),
    limits: { ...d.limits, ...params.gradient },
    seed,
  };
  for (const band of settings.bands) if (params.rates?.bands) checked('rates.bands', band.population, known);
  return {
    settings,
    start: { ...resolveStart(params, known), gainSharing: gainSharingOf(settings.parameters) },
    checkpointEvery: params.checkpointEvery ?? 10,
    kernel: params.kernel ?? 'wasm',
    backend: params.backend ?? 'wasm',
  };
}

/** Gains are numbered as finely as the declared group needs. */
function gainSharingOf(parameters: readonly ParameterSpec[]): GainSharing {
  const sharedBy = parameters.find((spec) => spec.what === 'gain')?.sharedBy;
  return sharedBy === 'type' || sharedBy === 'transmitter' ? sharedBy : 'pair';
}

function resolveStart(params: TrainParams, known: readonly string[]): Omit<StartSettings, 'gainSharing'> {
  const d = defaultStart;
  return {
    dropOutputsOf:
      params.dropOutputsOf?.map((name) => checked('dropOutputsOf', name, known)) ??
      d.dropOutputsOf.filter((name) => known.includes(name)),
    initial: {
      ...d.initial,
      excitation: params.excitation ?? d.initial.excitation,
      inhibition: params.inhibition ?? d.initial.inhibition,
      targetRateHz: { ...d.initial.targetRateHz, ...params.targetRateHz },
    },
    calibrationTrials: params.calibration?.trials ?? d.calibrationTrials,
    calibrationRounds: params.calibration?.rounds ?? d.calibrationRounds,
    leastThreshold: params.calibration?.leastThreshold ?? d.leastThreshold,
  };
}

function checked(where: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  throw new RangeError(
    `train.${where}: no population '${name}', ${didYouMean(name, known) ?? `there are: ${known.join(', ')}`}`,
  );
}
