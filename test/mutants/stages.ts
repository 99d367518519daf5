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
];
