/** Every choice of a training run. Knows no files and no tensors. */
import type { OdourTask } from '../../odour/odour-task.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { InitialOptions } from '../network/initial-network.ts';
import type { Model } from '../network/network.ts';
import type { Surrogate } from '../network/simulate.ts';
import type { GainSharing } from '../network/topology.ts';
import type { ParameterSpec } from '../parameters/parameter-spec.ts';
import type { GuardLimits } from './gradient-guard.ts';
import type { RestTargets } from './homeostasis.ts';
import type { RateBand } from './rate-terms.ts';

export interface TrainingSettings {
  readonly epochs: number;
  readonly batch: number;
  /** Learning rate of the network's offsets and of the readouts at the first step; both follow half a cosine to 0. */
  readonly learningRate: number;
  readonly readoutLearningRate: number;
  /** Whether the cross-entropy of the readout trains the network beside the rate terms, or those alone do; readouts are trained in either case. */
  readonly objective: 'odours' | 'rates';
  /** The population whose counts the network is trained through. */
  readonly readout: string;
  /** Populations with readouts of their own, which do not train the network. */
  readonly otherReadouts: readonly string[];
  /** Whether the untrained network is read out beside it, on the same trials and schedule. */
  readonly baseline: boolean;
  readonly parameters: readonly ParameterSpec[];
  readonly bands: readonly RateBand[];
  /** Factor on all rate terms. */
  readonly rateStrength: number;
  /** Share of each limit by which the loss aims inside it. */
  readonly rateMargin: number;
  /** Trials without odour in each step; they enter the rate terms alone. */
  readonly restTrials: number;
  readonly labelSmoothing: number;
  readonly surrogate: Surrogate;
  readonly jumpBound: number;
  readonly limits: GuardLimits;
  readonly seed: number;
}

/** How the untrained network is made. */
export interface StartSettings {
  /** Populations whose outputs are left out of the network, beyond those that the pathway left out. */
  readonly dropOutputsOf: readonly string[];
  /** How finely gains are numbered; see topology.ts. */
  readonly gainSharing: GainSharing;
  readonly initial: Omit<InitialOptions, 'dtMs'>;
  /** What calibration holds in trials without odour; left out: nothing. */
  readonly rest?: Omit<RestTargets, 'source'>;
  /** Training trials, with odour and without, and rounds of forward runs that set the thresholds. */
  readonly calibrationTrials: number;
  readonly calibrationRounds: number;
  /** Picks those trials; null or left out: the task's seed. */
  readonly calibrationSeed?: number | null;
  /** Lowest calibrated threshold, relative to the initial one. */
  readonly leastThreshold: number;
}

/** What a training run works on; the kernel must fit the network's topology and steps. */
export interface TrainingSetup {
  /** The start: calibrated, with cell types. */
  readonly model: Pick<Model, 'network' | 'typeNames' | 'typeIdx' | 'steps'>;
  /** Spike counts [B, N] of the start on calibration trials: they standardise the readouts. */
  readonly calibrationCounts: Float32Array;
  readonly task: OdourTask;
  readonly kernel: Kernel;
  readonly settings: TrainingSettings;
}
