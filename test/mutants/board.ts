/** Faults in the board's integers, the words of its weights, the comparison of simulators and the exported project. */
import { faultsIn, type Mutant } from './mutant.ts';

export const boardMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/spinnaker/quantise/weight-shift.ts',
    ['spinnaker/quantise'],
    [
      {
        id: 'B1',
        what: 'a full slot gets a shift too many',
        find: 'roundedWord(most, shift) > slotMax',
        replace: 'roundedWord(most, shift) >= slotMax',
      },
      {
        id: 'B10',
        what: 'the stock bound ignores fan-in',
        find: 'largest * maxFanIn(projection)',
        replace: 'largest',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/quantise/quantise.ts',
    ['spinnaker/quantise'],
    [
      {
        id: 'B11',
        what: 'a weight that would wrap is not refused',
        find: 'if (rounded > slotMax) wrapped++;',
        replace: '',
      },
      {
        id: 'B12',
        what: 'vanished weights are not counted',
        find: 'if (rounded === 0 && weightNa[e]! > 0) vanished++;',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/compare/board-load.ts',
    ['spinnaker/board-load'],
    [
      {
        id: 'B2',
        what: 'the peak load ignores spikes',
        find: 's * costs.spike + e * costs.event',
        replace: 'e * costs.event',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/compare/comparison.ts',
    ['spinnaker/side-by-side', 'spinnaker/'],
    [
      {
        id: 'B3',
        what: 'the correlation of counts is wrong',
        find: '(n * xy - x * y) / Math.sqrt(spread)',
        replace: '(n * xy - x * y) / spread',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/simulators/integer-simulator.ts',
    ['spinnaker/integer-simulator'],
    [
      {
        id: 'B13',
        what: 'a full ring buffer wraps',
        find: 'pairs[place] = 65535;',
        replace: 'pairs[place] = sum;',
      },
      {
        id: 'B14',
        what: 'a run begins with what the last one left under way',
        find: 'for (const slots of this.ring) slots.words.fill(0);',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/firmware/board-tick.ts',
    ['spinnaker/firmware', 'spinnaker/integer-simulator'],
    [
      {
        id: 'B15',
        what: 'the refractory time is a tick too short',
        find: 'wakes[i] = time + 1 + refractorySteps[i]!;',
        replace: 'wakes[i] = time + refractorySteps[i]!;',
      },
      {
        id: 'B16',
        what: 'sums that wrap on the board do not wrap here',
        find: 'ie = wrapped(ie);',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/firmware/fixed-point.ts',
    ['spinnaker/fixed-point'],
    [
      {
        id: 'B17',
        what: 'halves are rounded up',
        find: 'return floor % 2 === 0 ? floor : floor + 1;',
        replace: 'return floor + 1;',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/quantise/lost-weights.ts',
    ['stages/export'],
    [
      {
        id: 'B20',
        what: 'a projection may lose any share of its weights to rounding',
        find: 'lost <= mostLost * nonzero',
        replace: 'lost <= nonzero',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/quantise/exportable.ts',
    ['stages/export'],
    [
      {
        id: 'B21',
        what: 'weights that are not numbers are exported',
        find: 'checkWeights(network);',
        replace: 'void checkWeights;',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/python/run.py',
    ['spinnaker/run-script'],
    [
      {
        id: 'Y1',
        what: 'NEST is told of input spikes one step too early',
        find: '"nest": {"delay": 1.0, "extra_refractory": 0, "offset": 2,',
        replace: '"nest": {"delay": 1.0, "extra_refractory": 0, "offset": 1,',
        titled: 'tells NEST of an input spike two steps late',
      },
      {
        id: 'Y2',
        what: 'Brian2 has a refractory time one step too short',
        find: '"brian2": {"delay": 0.0, "extra_refractory": 1,',
        replace: '"brian2": {"delay": 0.0, "extra_refractory": 0,',
        titled: 'gives each simulator the delay',
      },
      {
        id: 'Y3',
        what: 'late packets of a board are no loss',
        find: '    "Late_packets",\n',
        replace: '',
        titled: 'among the losses',
      },
    ],
  ),
];
