/** Faults in the page of a run and in the network that runs in it. */
import { faultsIn, type Mutant } from './mutant.ts';

export const pageMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/page/live/puffs.ts',
    ['page/live'],
    [
      {
        id: 'W1',
        what: 'a cell whose byte equals the limit is passed over',
        find: '!anyBelow(words[0]!, limit + 1)',
        replace: '!anyBelow(words[0]!, limit)',
      },
      {
        id: 'W2',
        what: 'of two odours the second alone counts',
        find: '(most, from) => Math.max(most, onProbability[from + i]!)',
        replace: '(_, from) => onProbability[from + i]!',
      },
    ],
  ),
  ...faultsIn(
    'src/page/live/live-network.ts',
    ['page/live'],
    [
      {
        id: 'W3',
        what: 'networks that are wired differently are packed as one',
        find: 'if (!sameWords(topology[name], untrained.network.topology[name]))',
        replace: 'if (false)',
      },
    ],
  ),
  ...faultsIn(
    'src/page/live/touches.ts',
    ['page/live'],
    [
      {
        id: 'W4',
        what: 'a drive is the current of a cell without its time constant',
        find: '(what * network.cells.cmNf[i]!) / network.cells.tauMMs[i]!',
        replace: 'what * network.cells.cmNf[i]!',
      },
    ],
  ),
];
