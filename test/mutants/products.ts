/** Faults in the seeds that products are made with, and in what products say of themselves. */
import { faultsIn, type Mutant } from './mutant.ts';

export const productMutants: readonly Mutant[] = [
  ...faultsIn(
    'stages/train.ts',
    ['stages/train'],
    [
      {
        id: 'PR1',
        what: "a training's own seed is not looked at",
        find: 'train.seed ?? params.seed',
        replace: 'params.seed',
      },
      {
        id: 'PR2',
        what: 'the model tells its settings without the seed that counted',
        find: 'return { ...others, seed, calibration',
        replace: 'return { ...others, calibration',
      },
    ],
  ),
  ...faultsIn(
    'stages/evaluate.ts',
    ['package/seeds'],
    [
      {
        id: 'PR3',
        what: "an evaluation's own seed is not looked at",
        find: 'params.evaluate.seed ?? params.seed',
        replace: 'params.seed',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/prepare-training.ts',
    ['stages/train'],
    [
      {
        id: 'PR4',
        what: 'the start has no seed of its own',
        find: 'start.calibrationSeed ?? task.seed',
        replace: 'task.seed',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/origin.ts',
    ['stages/export'],
    [
      {
        id: 'PR5',
        what: 'an exported network of invented data is said to have terms nobody declared',
        find: 'if (isSynthetic(sources)) return',
        replace: 'if (sources.length > 9) return',
      },
      {
        id: 'PR6',
        what: 'a bar in a declared name cuts the table',
        find: '.replace(/[|<>`]/g, (c) => `\\\\${c}`)',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/base/concat.ts',
    ['formats/tensorboard-events'],
    [{ id: 'PR7', what: 'pieces overwrite each other', find: 'at += part.length;', replace: 'at += 0;' }],
  ),
  ...faultsIn(
    'src/odour/task-doubts.ts',
    ['odour/task-doubts'],
    [
      {
        id: 'PR8',
        what: 'cells that hear nothing are never told of',
        find: 'withoutData.cells > most * cells',
        replace: 'withoutData.cells > cells',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/choose-odours.ts',
    ['odour/make-odour-task'],
    [
      {
        id: 'PR9',
        what: 'of several odours of a name the first is taken',
        find: 'if (called.length === 1) return called;',
        replace: 'if (called.length > 0) return called.slice(0, 1);',
      },
      {
        id: 'PR10',
        what: 'a list of odours still goes by the rule',
        find: 'if (rule.keep !== undefined) return',
        replace: 'if (rule.keep !== undefined && rule.minResponders < 2) return',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/codex/membership.ts',
    ['connectome/doubtful-tables'],
    [
      {
        id: 'PR11',
        what: 'a column that a rule looks at may be missing',
        find: 'rule[conditions[column]] !== undefined',
        replace: 'rule[conditions[column]] === null',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/check-splits.ts',
    ['stages/train'],
    [
      {
        id: 'PR12',
        what: 'a task without trials is taken',
        find: 'trials[split] === 0',
        replace: 'trials[split] < 0',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/zip.ts',
    ['formats/zip'],
    [
      {
        id: 'PR13',
        what: 'the archive does not say where its files begin',
        find: '[at, 4]]), name)',
        replace: '[0, 4]]), name)',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/compare/run-estimate.ts',
    ['spinnaker/run-estimate'],
    [
      {
        id: 'PR14',
        what: 'the slow-down costs no time',
        find: 'parts.ticks * parts.dtMs * parts.timeScaleFactor',
        replace: 'parts.ticks * parts.dtMs',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/quantise/quantise.ts',
    ['stages/export'],
    [
      {
        id: 'PR15',
        what: 'levels of weights are twice as many as the bits hold',
        find: '> 2 ** bits - 1)',
        replace: '> 2 ** (bits + 1) - 1)',
      },
      {
        id: 'PR16',
        what: 'a coarse weight is cut off instead of rounded',
        find: 'const level = roundHalfEven(',
        replace: 'const level = Math.floor(',
      },
    ],
  ),
  ...faultsIn(
    'stages/spinnaker-run/own-config.ts',
    ['stages/spinnaker-run'],
    [
      {
        id: 'PR17',
        what: 'options of other sections count as those of the machine',
        find: "section === 'machine' && ",
        replace: '',
      },
    ],
  ),
];
