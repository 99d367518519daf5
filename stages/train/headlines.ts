/** A finished training → what people are told of it, and what they must be warned of. Knows no files. */
import { percent } from '../../src/base/text.ts';
import type { EpochRecord, TestRecord } from '../../src/snn/training/epoch-record.ts';
import type { TrainingRun } from '../../src/snn/training/training-run.ts';
import type { Headline } from '../../src/stage.ts';

/** Validation beside test: what is chosen between runs is chosen on the first. */
export function trainingHeadlines(training: TrainingRun, test: TestRecord): Headline[] {
  const { task, settings } = training.setup;
  const validation = training.history.at(-1)?.validation ?? {};
  const both = (name: string): string => {
    const [a, b] = [validation[name], test.test[name]];
    return `${a === undefined ? '–' : percent(a.accuracy)} validation, ${percent(b!.accuracy)} test`;
  };
  const lines: Headline[] = [
    {
      label: `accuracy, ${settings.readout} readout`,
      value: `${both(settings.readout)} (chance ${percent(1 / task.odours.length)})`,
    },
  ];
  const untrained = `untrained ${settings.readout}`;
  if (test.test[untrained] !== undefined)
    lines.push({ label: 'untrained network, same readout', value: both(untrained) });
  const rates = Object.entries(test.activity.rateHz).map(([name, hz]) => `${name} ${hz.toPrecision(2)}`);
  return [...lines, { label: 'mean rates, Hz', value: rates.join(' · ') }];
}

/** What makes a trained network doubtful, one sentence each; none of a sound one. */
export function trainingDoubts(training: TrainingRun, test: TestRecord): readonly string[] {
  const { settings, task } = training.setup;
  return [
    ...chanceDoubt(test.test[settings.readout]!.accuracy, task.odours.length, task.odours.length * task.trials.test),
    ...numberDoubts(training.history),
    ...silenceDoubts(test),
    ...(training.stepsPerEpoch > 1
      ? []
      : [
          `train.batch ${settings.batch} holds all ${task.odours.length * task.trials.train} trials of an epoch: one step an epoch`,
        ]),
  ];
}

/** Accuracy that guessing would reach as well: below chance + 3 standard errors of guessing. */
function chanceDoubt(accuracy: number, classes: number, trials: number): string[] {
  const chance = 1 / classes;
  const bound = chance + 3 * Math.sqrt((chance * (1 - chance)) / Math.max(1, trials));
  if (accuracy > bound) return [];
  return [
    `the test accuracy of ${percent(accuracy)} is what guessing gives (chance ${percent(chance)}, ${trials} trials): nothing was learnt; lower train.learningRate, or train longer`,
  ];
}

function numberDoubts(history: readonly EpochRecord[]): string[] {
  const bad = history.find(({ train }) => !Number.isFinite(train.loss));
  const skipped = history.reduce((sum, { gradient }) => sum + gradient.skipped, 0);
  const steps = history.at(-1)?.steps ?? 0;
  return [
    ...(bad === undefined ? [] : [`the loss of epoch ${bad.epoch} is not a number; lower train.learningRate`]),
    ...(skipped > steps / 10
      ? [`${skipped} of ${steps} steps were left out because their gradient exploded; lower train.learningRate`]
      : []),
  ];
}

/** Populations of which hardly a cell fires in any test trial. */
const mostSilent = 0.99;

function silenceDoubts({ activity }: TestRecord): string[] {
  const silent = Object.keys(activity.silent).filter((name) => activity.silent[name]! >= mostSilent);
  if (silent.length === 0) return [];
  const list = silent.map((name) => `${name} (${percent(activity.silent[name]!)} of its cells)`).join(', ');
  return [`silent in every test trial: ${list}; see train.rates and train.excitation, or train.learningRate`];
}
