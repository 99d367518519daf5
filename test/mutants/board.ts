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
  ...faultsIn(
    'src/spinnaker/firmware/board-cells.ts',
    ['spinnaker/firmware', 'spinnaker/exported-files'],
    [
      {
        id: 'B30',
        what: 'refractory times are rounded, not raised, to whole steps',
        find: 'Math.ceil(divideS1615(tau, s1615One) / s1615One)',
        replace: 'Math.round(divideS1615(tau, s1615One) / s1615One)',
      },
      {
        id: 'B31',
        what: 'inhibitory input is scaled by the excitatory constant',
        find: 'initI: each(p.tauSynI, ',
        replace: 'initI: each(p.tauSynE, ',
      },
      {
        id: 'B32',
        what: 'a time constant that is 0 on the board divides by it',
        find: 'if (tau <= 0) throw',
        replace: 'if (tau < 0) throw',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/firmware/board-network.ts',
    ['spinnaker/integer-simulator', 'spinnaker/exported-files'],
    [
      {
        id: 'B33',
        what: 'the shifts of both receptors are one',
        find: 'p) => network.shifts[2 * p + 1]!',
        replace: 'p) => network.shifts[2 * p]!',
      },
      {
        id: 'B34',
        what: 'cells that belong to no population are simulated',
        find: 'if (next !== wiring.size) throw',
        replace: 'if (next > wiring.size) throw',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/firmware/board-tick.ts',
    ['spinnaker/integer-simulator', 'spinnaker/exported-files'],
    [
      {
        id: 'B35',
        what: 'a ring buffer may be shifted out of its 32 bits',
        find: 'if (shift > largestShift)',
        replace: 'if (shift > 2 * largestShift)',
      },
      {
        id: 'B36',
        what: 'a second run begins where the first ended',
        find: 'this.records.set(this.start);',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/firmware/colour.ts',
    ['spinnaker/colour'],
    [
      {
        id: 'B37',
        what: 'trials run their own number of ticks',
        find: 'Math.ceil(steps / colours) * colours',
        replace: 'steps',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/firmware/firmware-exp.ts',
    ['spinnaker/firmware-exp'],
    [
      {
        id: 'B38',
        what: 'what the firmware rounds up is cut',
        find: '> 0x7ffffffen ? 1n : 0n',
        replace: '> 0xfffffffen ? 1n : 0n',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/nir-network.ts',
    ['spinnaker/nir-network'],
    [
      {
        id: 'B39',
        what: 'inhibition excites in NIR',
        find: 'out.inhibitory[i] = (-kI * ',
        replace: 'out.inhibitory[i] = (kI * ',
      },
      {
        id: 'B40',
        what: 'the bias forgets the offset current',
        find: '(vRestMv + resistance * iOffsetNa - resetMv)',
        replace: '(vRestMv - resetMv)',
      },
      {
        id: 'B41',
        what: 'dense weights are transposed',
        find: 'data[projection.postCell[n]! * preSize + projection.preCell[n]!]!',
        replace: 'data[projection.preCell[n]! * postSize + projection.postCell[n]!]!',
      },
      {
        id: 'B42',
        what: 'the second receptor of a pair replaces the first',
        find: 'a!.data[i]! += b!.data[i]!',
        replace: 'a!.data[i]! = b!.data[i]!',
      },
      {
        id: 'B43',
        what: 'the refractory time makes no difference',
        find: '(1 / a ** cells.refractorySteps[i]! - 1)',
        replace: '(1 / a - 1)',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/network-data.ts',
    ['spinnaker/exported-files'],
    [
      {
        id: 'B44',
        what: 'a connection within a population comes from the input',
        find: '(projection.pre === head.inputPopulation ? 0 : head.inputSize)',
        replace: '(projection.pre === head.inputPopulation ? 0 : 0)',
      },
      {
        id: 'B45',
        what: 'edges of a row stand in the order of the projections',
        find: 'row.sort((a, b) => a.col - b.col || a.receptor - b.receptor)',
        replace: 'row',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/trial-data.ts',
    ['spinnaker/exported-files'],
    [
      {
        id: 'B46',
        what: 'every trial has the spikes of the first',
        find: 'cell.slice(begin, end)',
        replace: 'cell.slice(0, end - begin)',
      },
      {
        id: 'B47',
        what: 'a spike after the end of a trial is taken',
        find: 'step[n]! < steps))',
        replace: 'step[n]! <= steps))',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/board-schema.ts',
    ['spinnaker/exported-files'],
    [
      {
        id: 'B48',
        what: 'the board of the export is taken, whatever this run says',
        find: 'machineName: override.machineName ?? exported.machineName',
        replace: 'machineName: exported.machineName ?? override.machineName',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/board-config.ts',
    ['spinnaker/exported-files'],
    [
      {
        id: 'B49',
        what: 'late spikes are dropped without a word',
        find: 'drop_late_spikes = False',
        replace: 'drop_late_spikes = True',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/project/python-environment.ts',
    ['spinnaker/exported-files'],
    [
      {
        id: 'B50',
        what: 'other requirements find the same environment',
        find: 'digestOfJson({ requirements, python })',
        replace: 'digestOfJson({ python })',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/quantise/readout-cells.ts',
    ['spinnaker/readout-cells'],
    [
      {
        id: 'B51',
        what: 'the readout’s cells leave out the means of the counts',
        find: 'bias[c]! -= weight * readout.mean[i]!;',
        replace: '',
      },
      {
        id: 'B52',
        what: 'currents of the readout’s cells wrap to almost nothing',
        find: 'const tauSynMs = 31507;',
        replace: 'const tauSynMs = 31600;',
      },
      {
        id: 'B53',
        what: 'what decays until the end of a trial is not made up for',
        find: 'own.weight.push(Math.abs(weight) / left)',
        replace: 'own.weight.push(Math.abs(weight))',
      },
      {
        id: 'B54',
        what: 'a sum over several trials can reach the threshold',
        find: 'rowTicks(table, table.trialsPerRun,',
        replace: 'rowTicks(table, 1,',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/simulators/trial-row.ts',
    ['spinnaker/readout-cells', 'spinnaker/trial-row'],
    [
      {
        id: 'B55',
        what: 'the readout is read before the last spikes have come',
        find: 'within !== cells.tick - 1',
        replace: 'within !== cells.tick - 2',
      },
      {
        id: 'B56',
        what: 'the trial is too short for the tick that is read',
        find: 'table.steps : cells.tick + 1',
        replace: 'table.steps : cells.tick',
      },
      {
        id: 'B57',
        what: 'what earlier trials left in the readout’s cells is counted again',
        find: '(begin[c]! - rest[c]!) * left + 0.5',
        replace: '0.5 * left',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/simulators/loihi-simulator.ts',
    ['spinnaker/loihi'],
    [
      {
        id: 'B58',
        what: 'Loihi’s decays are rounded down',
        find: 'Math.ceil((Math.abs(x) * decay) / 4096)',
        replace: 'Math.floor((Math.abs(x) * decay) / 4096)',
      },
      {
        id: 'B59',
        what: 'Loihi’s cells are refractory a step too long',
        find: 't + 1 + refractorySteps[i]!',
        replace: 't + 2 + refractorySteps[i]!',
      },
    ],
  ),
  ...faultsIn(
    'src/spinnaker/quantise/loihi-network.ts',
    ['spinnaker/loihi'],
    [
      {
        id: 'B60',
        what: 'inhibition at the excitatory time constant has another charge',
        find: '(kI * (1 - bE)) / (1 - bI)',
        replace: 'kI',
      },
    ],
  ),
];
