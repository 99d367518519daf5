/** Faults in the network's start, its parameters, the readout and the training loop. */
import { faultsIn, type Mutant } from './mutant.ts';

export const trainingMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/snn/training/rate-terms.ts',
    ['snn/rate-terms'],
    [
      {
        id: 'S1',
        what: 'hinge slope halved',
        find: '[over * over, (2 * over) / band.hi];',
        replace: '[over * over, over / band.hi];',
      },
      {
        id: 'S20',
        what: 'a band on the mean of a population does not divide by its cells',
        find: 'return spikes / view.trials / size;',
        replace: 'return spikes / view.trials;',
      },
      {
        id: 'S45',
        what: 'bands at rest look at odour trials',
        find: "band.trials === 'rest' ? rest : odour",
        replace: 'odour',
      },
      {
        id: 'S46',
        what: 'what odours add forgets the cells that are active at rest',
        find: 'hinge(band, activeOf(view, b) - less)',
        replace: 'hinge(band, activeOf(view, b))',
      },
      {
        id: 'S47',
        what: 'the share at rest has no gradient by odour trials',
        find: '(-by * share) / view.trials',
        replace: '0',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/parameters/jump-bound.ts',
    ['snn/jump-bound'],
    [
      {
        id: 'S2',
        what: 'the jump bound counts inhibitory synapses',
        find: 'if (topology.receptor[e] === 0 && weightNa[e]! > strongest[cell]!)',
        replace: 'if (weightNa[e]! > strongest[cell]!)',
      },
      {
        id: 'S21',
        what: 'the jump bound is measured from 0 mV, not from rest',
        find: 'return cells.vRestMv[i]! + (weight * kE) / bound;',
        replace: 'return (weight * kE) / bound;',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/homeostasis.ts',
    ['snn/homeostasis'],
    [
      {
        id: 'S3',
        what: 'edges within a population make driven cells',
        find: ' || populationOfCell[cell] === population) continue;',
        replace: ') continue;',
      },
      {
        id: 'S11',
        what: 'the calibration averages undriven cells too',
        find: 'if (driven[cell] === 0) continue;',
        replace: '',
      },
      {
        id: 'S22',
        what: 'inhibitory synapses make driven cells',
        find: 'if (topology.receptor[e] === 1 || driven[cell] === 1',
        replace: 'if (driven[cell] === 1',
      },
      {
        id: 'S23',
        what: 'the calibration ignores jump floors',
        find: 'Math.max(rest + own[i]!, state.floors[i]!)',
        replace: 'rest + own[i]!',
      },
      {
        id: 'S48',
        what: 'offset currents do not scale with the membrane time constant',
        find: 'own[i]! * cmNf[i]!) / tauMMs[i]!',
        replace: 'own[i]! * cmNf[i]!)',
      },
      {
        id: 'S24',
        what: 'a round moves thresholds without limit',
        find: 'value + Math.max(-largest, Math.min(largest, step))',
        replace: 'value + step',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/network/initial-network.ts',
    ['snn/initial-network'],
    [
      {
        id: 'S8',
        what: 'the gain of APL ignores its tauM',
        find: 'const tauM = initial.tauMOf[name] ?? initial.tauMMs;',
        replace: 'const tauM = initial.tauMMs;',
      },
      {
        id: 'S12',
        what: 'train.inhibition has no effect',
        find: 'initial.excitation * (receptor === 0 ? 1 : initial.inhibition)',
        replace: 'initial.excitation * (receptor === 0 ? 1 : 0.5)',
      },
      {
        id: 'S25',
        what: 'inhibitory gains use the excitatory time constant',
        find: 'receptor === 0 ? initial.tauSynEMs : initial.tauSynIMs',
        replace: 'initial.tauSynEMs',
      },
      {
        id: 'S26',
        what: 'undriven cells dilute the mean drive',
        find: '.subarray(offset, offset + size).filter((v) => v > 0)',
        replace: '.subarray(offset, offset + size)',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/parameters/network-parameters.ts',
    ['snn/network-parameters', 'snn/training-loop'],
    [
      {
        id: 'S10',
        what: 'bounds are counted and never applied',
        find: 'if (count > 0) tf.tidy(() => this.variables[g]!.assign(tf.tensor1d(u)));',
        replace: '',
      },
      {
        id: 'S27',
        what: 'thresholds are raised to the floors of the default bound, whatever was asked for',
        find: 'thresholdFloors(this.network(), this.jumpBound)',
        replace: 'thresholdFloors(this.network())',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/network-trainer.ts',
    ['snn/training-loop'],
    [
      {
        id: 'S5',
        what: 'bounds are never enforced after a step',
        find: 'sums.projected += this.parameters.project();',
        replace: '',
      },
      {
        id: 'S9',
        what: 'the gradient of the prior is halved',
        find: 'tf.mul(variable, 2 * priorStrength)',
        replace: 'tf.mul(variable, priorStrength)',
      },
      {
        id: 'S28',
        what: 'the loss has the prior of the offsets after the step',
        find: 'const loss = crossEntropy + rates.value + prior;',
        replace: 'const loss = crossEntropy + rates.value + this.parameters.priorValue();',
      },
      {
        id: 'S29',
        what: 'rate terms ignore train.rates.strength',
        find: 'weight: band.weight * settings.rateStrength',
        replace: 'weight: band.weight',
      },
      {
        id: 'S30',
        what: 'an exploded step is applied with its whole gradient',
        find: 'if (verdict.factor > 0) {',
        replace: 'if (verdict.factor >= 0) {',
      },
      {
        id: 'S31',
        what: 'the learning rate of a group is ignored',
        find: 'rate: learningRate * spec.learningRate',
        replace: 'rate: learningRate',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/run-readouts.ts',
    ['snn/training-loop'],
    [
      {
        id: 'S32',
        what: 'every epoch shows the same trials',
        find: "trialsOf(task, 'train', epoch))",
        replace: "trialsOf(task, 'train', 0))",
      },
      {
        id: 'S33',
        what: 'every epoch shows its trials in the same order',
        find: 'new RandomStream([settings.seed, ORDER], epoch)',
        replace: 'new RandomStream([settings.seed, ORDER], 0)',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/training-run.ts',
    ['snn/training-loop'],
    [
      {
        id: 'S6',
        what: 'the learning rate never decays',
        find: 'const share = cosineRate(1, this.step, this.totalSteps);',
        replace: 'const share = cosineRate(1, 0, this.totalSteps);',
      },
      {
        id: 'S34',
        what: 'readouts beside the network learn at a constant rate',
        find: 'const rate = share * this.setup.settings.readoutLearningRate;',
        replace: 'const rate = this.setup.settings.readoutLearningRate;',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/gradient-guard.ts',
    ['snn/gradient-guard'],
    [
      { id: 'E2', what: 'the count of skipped steps is never reset', find: 'this.skippedInARow = 0;', replace: '' },
      {
        id: 'S35',
        what: 'a clipped gradient is one too long',
        find: 'Math.min(1, this.limits.clipNorm / Math.max(norm, 1e-30))',
        replace: 'Math.min(1, (2 * this.limits.clipNorm) / Math.max(norm, 1e-30))',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/checkpoint.ts',
    ['snn/checkpoint', 'stages/train'],
    [
      {
        id: 'E1',
        what: "Adam's step count is not restored",
        find: 'adam.resumeAt(iterations[name]!);',
        replace: 'void [adam, iterations, name];',
      },
      {
        id: 'E3',
        what: 'a checkpoint of other settings is taken',
        find: 'if (header.epochs !== run.setup.settings.epochs || header.line !== lineOf(run)) {',
        replace: 'if (header.line === undefined) {',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/readout/linear-readout.ts',
    ['snn/linear-readout'],
    [
      {
        id: 'S4',
        what: 'the variance of the standardisation is not centred',
        find: 'squares / trials - (sum / trials) ** 2)',
        replace: 'squares / trials)',
      },
      {
        id: 'S36',
        what: 'label smoothing gives its share to the label alone',
        find: 'fill(this.labelSmoothing / classes)',
        replace: 'fill(0)',
      },
      {
        id: 'S37',
        what: 'the gradient by counts forgets the scale',
        find: 'tf.mul(tf.matMul(tf.transpose(d) as tf.Tensor2D, weight), this.scaleTensor) as tf.Tensor2D',
        replace: 'tf.matMul(tf.transpose(d) as tf.Tensor2D, weight) as tf.Tensor2D',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/readout/score.ts',
    ['snn/score'],
    [
      {
        id: 'S7',
        what: 'ties count for the label',
        find: 'value > own || (value === own && c < label)',
        replace: 'value > own',
      },
      {
        id: 'S44',
        what: 'of equal logits the last class is predicted',
        find: 'if (logits[b * classes + c]! > logits[b * classes + best]!) best = c;',
        replace: 'if (logits[b * classes + c]! >= logits[b * classes + best]!) best = c;',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/readout/scheduled-adam.ts',
    ['snn/scheduled-adam'],
    [
      {
        id: 'S38',
        what: 'the second moment is not corrected for its start',
        find: 'tf.sqrt(tf.div(v, correction2))',
        replace: 'tf.sqrt(v)',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/parameters/chain-rule.ts',
    ['snn/chain-rule'],
    [
      {
        id: 'S39',
        what: 'the gradient by tauM forgets what inhibition adds',
        find: ' + byConstant.kI[i]! * inh.s + byDrive',
        replace: ' + byDrive',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/parameters/parameter-group.ts',
    ['snn/chain-rule', 'snn/training-loop', 'snn/training-run'],
    [
      {
        id: 'S40',
        what: 'a floor does not raise a threshold that lies in its bounds',
        find: 'Math.max(bounds.lo, floor?.[i] ?? bounds.lo)',
        replace: 'bounds.lo',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/network/step-constants.ts',
    ['snn/step-constants', 'snn/jump-bound'],
    [
      {
        id: 'S41',
        what: 'the offset current ignores the membrane time constant',
        find: '(1 - a) * cell.vRestMv + membrane * cell.iOffsetNa',
        replace: '(1 - a) * cell.vRestMv + cell.iOffsetNa',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/network/topology.ts',
    ['snn/topology'],
    [
      {
        id: 'S42',
        what: 'populations whose outputs are to be dropped keep them',
        find: ' && !options.dropOutputsOf?.includes(p.pre));',
        replace: ');',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/network/activity-summary.ts',
    ['snn/activity-summary'],
    [
      {
        id: 'S43',
        what: 'rates do not divide by the length of a trial',
        find: 'spikes.map((n) => n / trials / seconds)',
        replace: 'spikes.map((n) => n / trials)',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/training/checkpoint.ts',
    ['snn/checkpoint'],
    [
      {
        id: 'S50',
        what: 'the exploded steps in a row are forgotten',
        find: 'run.main.guard.skippedInARow = skippedInARow;',
        replace: 'void skippedInARow;',
      },
      {
        id: 'S51',
        what: 'the sums of the epoch begin anew',
        find: 'run.sums = sums;',
        replace: 'void sums;',
      },
      {
        id: 'S52',
        what: 'the numbers of trials do not belong to the run',
        find: 'task: taskHead,',
        replace: '',
      },
      {
        id: 'S53',
        what: 'a longer run takes a checkpoint of other settings',
        find: 'if (header.line !== lineOf(run)) {',
        replace: 'if (header.line === header.run) {',
      },
      {
        id: 'S54',
        what: 'a run that has all its epochs is gone on with',
        find: 'if (header.step >= run.totalSteps) {',
        replace: 'if (header.step > run.totalSteps) {',
      },
      {
        id: 'S55',
        what: 'numbers among the settings do not count',
        find: "v === Number.POSITIVE_INFINITY ? 'Infinity' : v",
        replace: "typeof v === 'number' ? 0 : v",
      },
    ],
  ),
];
