/** Everything an evaluation finds, trained beside untrained: one record that metrics, tables and the report are made from. Knows no files. */
import type { OdourTask } from '../../odour/odour-task.ts';
import type { Model } from '../../snn/network/network.ts';
import { sliceOf } from '../../snn/network/topology.ts';
import { readoutLogits } from '../../snn/readout/readout.ts';
import { checkBands, inOrder } from '../activity/bands.ts';
import { correlationRatio } from '../activity/rest-and-evoked.ts';
import { type LeakageCheck, leakageCheck } from '../baselines/leakage.ts';
import type { Baselines } from './baselines.ts';
import { convergedReadout } from './converged-readout.ts';
import { type NetworkActivity, type NetworkRun, networkActivity } from './network-activity.ts';
import { type Scored, score } from './readout-accuracy.ts';
import type { TestTrials } from './test-trials.ts';

/** One network with what its readouts say. */
export interface NetworkEvaluation {
  /** By population, the main readout first. */
  readonly readouts: readonly { readonly population: string; readonly scored: Scored }[];
  readonly activity: NetworkActivity;
  /** The main readout's population, read out to convergence; absent without training trials. */
  readonly converged?: Scored;
}

export interface Evaluation {
  readonly task: OdourTask;
  readonly test: TestTrials;
  readonly chance: number;
  readonly trained: NetworkEvaluation;
  readonly untrained: NetworkEvaluation;
  readonly baselines: Baselines;
  readonly leakage: LeakageCheck;
}

/** Readouts and activity of one network; `readout` is read out to convergence, whether or not the network has a readout of it. Throws RangeError where a readout's classes are not the task's odours. */
export function evaluateNetwork(
  model: Model,
  task: OdourTask,
  run: NetworkRun,
  labels: Int32Array,
  readout: string | undefined,
  seed: number,
): NetworkEvaluation {
  const classes = task.odours.length;
  const readouts = model.readouts.map((own) => {
    if (own.classes.length !== classes) {
      throw new RangeError(
        `evaluate: readout ${own.population} names ${own.classes.length} odours, the task has ${classes}; train on this task`,
      );
    }
    const logits = readoutLogits(own, model.network.topology, run.counts);
    return { population: own.population, scored: score(logits, labels, classes, { seed, calibrated: true }) };
  });
  const activity = networkActivity(model, task, run, labels, seed);
  if (run.training === undefined || readout === undefined) return { readouts, activity };
  const { topology } = model.network;
  const slice = sliceOf(topology, readout);
  const test = { counts: run.counts, labels };
  return {
    readouts,
    activity,
    converged: convergedReadout(slice, topology.size, run.training, test, classes, seed),
  };
}

/** Joins the parts; the leakage check holds the best readout of the trained network against the ideal observer. */
export function joinEvaluation(parts: Omit<Evaluation, 'chance' | 'leakage'>, seed: number): Evaluation {
  const best = parts.trained.readouts
    .map(({ scored }) => scored)
    .reduce((a, b) => (b.classification.top1 > a.classification.top1 ? b : a));
  return {
    ...parts,
    chance: 1 / parts.task.odours.length,
    leakage: leakageCheck(best.classification, parts.baselines.knownWindow.classification, seed),
  };
}

/** The trained network with the band that holds it against the untrained one. */
export function besideUntrained(
  trained: NetworkEvaluation,
  untrained: NetworkEvaluation,
  odours: number,
  seed: number,
): NetworkEvaluation {
  const [own, before] = [trained.activity.kenyonCorrelations, untrained.activity.kenyonCorrelations];
  const ratio = own === undefined || before === undefined ? null : correlationRatio(own, before, odours, seed);
  if (ratio === null) return trained;
  const bands = inOrder([...trained.activity.bands, ...checkBands({ kcCorrelation: ratio })]);
  return { ...trained, activity: { ...trained.activity, bands } };
}

/** The untrained network's readout of the same population as the trained one's main; absent where `train.baseline` is false. */
export function untrainedReadout({ untrained }: Pick<Evaluation, 'untrained'>): Scored | undefined {
  return untrained.readouts[0]?.scored;
}

/** The readout that the network was trained with. */
export function mainReadout(network: NetworkEvaluation): NetworkEvaluation['readouts'][number] {
  const [first] = network.readouts;
  if (first === undefined) throw new RangeError('evaluate: the model has no readout');
  return first;
}
