/** Faults in the stages themselves. */
import { faultsIn, type Mutant } from './mutant.ts';

export const stageMutants: readonly Mutant[] = [
  ...faultsIn(
    'stages/download/checksums.ts',
    ['stages/download'],
    [
      {
        id: 'T1',
        what: 'where several sums are listed, any content is accepted',
        find: 'source.sums.length === 0 || source.sums.some(',
        replace: 'source.sums.length !== 1 || source.sums.some(',
      },
    ],
  ),
  ...faultsIn(
    'stages/train.ts',
    ['stages/train'],
    [
      {
        id: 'T2',
        what: 'no checkpoint at the end',
        find: 'record.epoch % context.params.train.checkpointEvery === 0 || record.epoch === settings.epochs',
        replace: 'record.epoch % context.params.train.checkpointEvery === 0',
      },
    ],
  ),
  ...faultsIn(
    'stages/train/scratch.ts',
    ['stages/train'],
    [
      {
        id: 'T10',
        what: 'a stopped training is not gone on with',
        find: 'restoreCheckpoint(this.training, bytes);',
        replace: 'void [restoreCheckpoint, bytes];',
      },
    ],
  ),
  ...faultsIn(
    'stages/evaluate.ts',
    ['stages/evaluate'],
    [
      {
        id: 'T3',
        what: 'model, task and pathway need not fit',
        find: 'for (const given of [model, untrained]) checkFit(given, task, pathway);',
        replace: 'void [checkFit, pathway];',
      },
    ],
  ),
  ...faultsIn(
    'stages/train/headlines.ts',
    ['stages/train-parts'],
    [
      {
        id: 'T20',
        what: 'validation is said to be test',
        find: "`${a === undefined ? '–' : percent(a.accuracy)} validation, ${percent(b!.accuracy)} test`",
        replace: "`${a === undefined ? '–' : percent(b!.accuracy)} validation, ${percent(b!.accuracy)} test`",
      },
      {
        id: 'T21',
        what: 'guessing counts as learning',
        find: 'if (accuracy > bound) return [];',
        replace: 'if (accuracy > 0) return [];',
      },
      {
        id: 'T22',
        what: 'a loss that is not a number passes in silence',
        find: 'history.find(({ train }) => !Number.isFinite(train.loss))',
        replace: 'history.find(({ train }) => train.loss === Number.POSITIVE_INFINITY)',
      },
      {
        id: 'T23',
        what: 'a training whose every gradient explodes passes in silence',
        find: '...(skipped > steps / 10',
        replace: '...(skipped > steps',
      },
      {
        id: 'T24',
        what: 'silent populations pass in silence',
        find: 'activity.silent[name]! >= mostSilent',
        replace: 'activity.silent[name]! > 1',
      },
    ],
  ),
  ...faultsIn(
    'stages/train/live-log.ts',
    ['stages/train-parts'],
    [
      {
        id: 'T25',
        what: 'a broken disk is told at every line',
        find: 'this.broken = true;',
        replace: '',
      },
      {
        id: 'T26',
        what: 'the summary knows of no epoch',
        find: 'this.epochs.push(record);',
        replace: '',
      },
      {
        id: 'T27',
        what: 'every step is of the last epoch that ended',
        find: '...ended, ...figures',
        replace: '...figures',
      },
    ],
  ),
  ...faultsIn(
    'stages/train/scratch.ts',
    ['stages/train-parts'],
    [
      {
        id: 'T28',
        what: 'a checkpoint is written where it is read, not beside it',
        find: 'await writeFile(`${path}.part`, bytes);\n      await rename(`${path}.part`, path);',
        replace: 'await writeFile(path, bytes);\n      void rename;',
      },
    ],
  ),
];
