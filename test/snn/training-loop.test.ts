/** What each step of the training loop does with trials, learning rates, gradients and bounds, seen from outside the step. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { trialsOf } from '../../src/odour/draw-trial.ts';
import type { Kernel, KernelTrial } from '../../src/snn/kernel/kernel.ts';
import { openKernel } from '../../src/snn/kernel/open-kernel.ts';
import { kernelTrialsOf } from '../../src/snn/network/kernel-task.ts';
import type { SpikingNetwork } from '../../src/snn/network/network.ts';
import { stepConstants } from '../../src/snn/network/step-constants.ts';
import { parameterSpecs } from '../../src/snn/parameters/parameter-spec.ts';
import { prepareTraining } from '../../src/snn/training/prepare-training.ts';
import { openBackend } from '../../src/snn/training/tf-backend.ts';
import { type StepReport, TrainingRun } from '../../src/snn/training/training-run.ts';
import type { StartSettings, TrainingSettings } from '../../src/snn/training/training-settings.ts';
import { plantedTask } from '../rig/planted-task.ts';
import { randomPathway } from '../rig/random-model.ts';

const sizes = { ORN: 24, LN: 6, PN: 10, KC: 40, APL: 1, MBON: 8 };
const pathway = randomPathway({ sizes });
const task = plantedTask({ odours: 3, steps: 60, trials: { train: 8, validation: 2, test: 2 } });

const start: StartSettings = {
  dropOutputsOf: [],
  gainSharing: 'type',
  initial: {
    tauMMs: 15,
    tauMOf: { APL: 20 },
    tauSynEMs: 5,
    tauSynIMs: 10,
    cmNf: 1,
    thresholdMv: 10,
    refractorySteps: 2,
    excitation: 2,
    inhibition: 0.5,
    targetRateHz: { ORN: 50, LN: 30, PN: 60, KC: 30, APL: 60, MBON: 40 },
  },
  calibrationTrials: 12,
  calibrationRounds: 10,
  leastThreshold: 0.5,
};

const unlimited = { clipNorm: 1e9, skipNorm: 1e9, mostSkipped: 5 };
const quiet: TrainingSettings = {
  epochs: 2,
  batch: 10,
  learningRate: 0.02,
  readoutLearningRate: 0.05,
  objective: 'odours',
  readout: 'MBON',
  otherReadouts: [],
  baseline: false,
  parameters: parameterSpecs(['gain', 'tauM', 'vThresh', 'iOffset']),
  bands: [],
  rateStrength: 1,
  rateMargin: 0,
  restTrials: 0,
  labelSmoothing: 0,
  surrogate: { relativeWidth: 0.5, damping: 0.2 },
  jumpBound: Number.POSITIVE_INFINITY,
  limits: unlimited,
  seed: 1,
};

function openRun(settings: Partial<TrainingSettings>, watched: (kernel: Kernel) => Kernel = (k) => k): TrainingRun {
  const all = { ...quiet, ...settings };
  const open = (n: Parameters<typeof openKernel>[1]) => watched(openKernel('wasm', n, { threads: 1 }));
  const prepared = prepareTraining(pathway, task, start, open, { jumpBound: all.jumpBound });
  return new TrainingRun({ ...prepared, task, settings: all });
}

/** Runs to the end and gives what `look` saw after each step. */
async function afterEachStep<T>(run: TrainingRun, look: (report: StepReport) => T): Promise<T[]> {
  const seen: T[] = [];
  await run.run({
    onStep: (report) => {
      seen.push(look(report));
      return true;
    },
  });
  return seen;
}

/** The gradients that the optimizer is given in the next step, by group of parameters, then weight and bias of the readout. */
async function gradientsOfFirstStep(
  run: TrainingRun,
): Promise<{ readonly gradients: readonly Float32Array[]; readonly loss: number }> {
  const { main } = run;
  const variables = [...main.parameters.variables, main.readout.weight, main.readout.bias];
  let gradients: readonly Float32Array[] = [];
  main.adam.applyGradients = (given) => {
    gradients = variables.map((v) => (given as tf.NamedTensorMap)[v.name]!.dataSync<'float32'>().slice());
  };
  let loss = Number.NaN;
  await run.run({
    onStep: (report) => {
      loss = report.loss;
      return false;
    },
  });
  return { gradients, loss };
}

/** A readout away from 0, through which the network has a gradient. */
function readFromTheStart(run: TrainingRun): void {
  const { weight } = run.main.readout;
  const values = Float32Array.from({ length: weight.size }, (_, i) => Math.sin(1 + i));
  tf.tidy(() => weight.assign(tf.tensor2d(values, weight.shape as [number, number])));
}

/** Offsets and readout away from the start, the same for every run. */
function displace(run: TrainingRun): void {
  readFromTheStart(run);
  run.main.parameters.variables.forEach((variable, g) => {
    const u = Float32Array.from({ length: variable.size }, (_, j) => 0.1 * Math.sin(1 + 3 * g + j));
    tf.tidy(() => variable.assign(tf.tensor1d(u)));
  });
}

const norm = (vectors: readonly Float32Array[]): number =>
  Math.sqrt(vectors.reduce((sum, v) => sum + v.reduce((s, x) => s + x * x, 0), 0));

/** Largest lift of V by one spike of one recurrent excitatory synapse, over the way from rest to threshold. */
function largestJump({ topology, cells, weightNa, dtMs }: SpikingNetwork): number {
  const { kE } = stepConstants(cells, dtMs);
  let largest = 0;
  for (let row = topology.inputSize; row < topology.inputSize + topology.size; row++) {
    for (let e = topology.rowPtr[row]!; e < topology.rowPtr[row + 1]!; e++) {
      if (topology.receptor[e] !== 0) continue;
      const cell = topology.colIdx[e]!;
      const jump = (kE[cell]! * weightNa[e]!) / (cells.vThreshMv[cell]! - cells.vRestMv[cell]!);
      largest = Math.max(largest, jump);
    }
  }
  return largest;
}

describe('training loop', () => {
  before(() => openBackend('wasm'));

  it('shows the network every trial of an epoch once, fresh trials and another order each epoch', async () => {
    const shown: KernelTrial[] = [];
    const run = openRun({}, (kernel) => {
      const forward = kernel.forwardTrials.bind(kernel);
      kernel.forwardTrials = (trials, tape) => {
        if (tape) shown.push(...trials);
        return forward(trials, tape);
      };
      return kernel;
    });
    await run.run();
    const name = (trial: KernelTrial) => `${trial.split} ${trial.odour} ${trial.trial}`;
    const batches: string[][] = [];
    for (const epoch of [0, 1]) {
      const expected = kernelTrialsOf(trialsOf(task, 'train', epoch)).map(name);
      const got = shown.slice(epoch * expected.length, (epoch + 1) * expected.length).map(name);
      assert.notDeepEqual(got, expected, 'the order of the task');
      assert.deepEqual([...got].sort(), [...expected].sort());
      // Within a batch short odours come first, in every epoch: what changes is which trials share one.
      const places = got.map((of) => expected.indexOf(of));
      const size = run.setup.settings.batch;
      batches.push(
        Array.from({ length: run.stepsPerEpoch }, (_, k) =>
          places
            .slice(k * size, (k + 1) * size)
            .sort()
            .join(),
        ),
      );
    }
    assert.notDeepEqual(batches[0], batches[1]);
    assert.equal(shown.length, 2 * 24);
    run.dispose();
  });

  it('lowers all learning rates along half a cosine over the whole run', async () => {
    const run = openRun({ otherReadouts: ['KC'], baseline: true });
    const optimizers = [run.main, run.others[0]!, run.untrained[0]!, run.untrained[1]!].map(({ adam }) => adam);
    const rates = await afterEachStep(run, () => optimizers.map(({ learningRate }) => learningRate));
    assert.equal(rates.length, 6);
    rates.forEach(([main, ...readouts], step) => {
      const share = 0.5 * (1 + Math.cos((Math.PI * step) / 6));
      assert.ok(Math.abs(main! - share) < 1e-8, `step ${step}: ${main}, expected ${share}`);
      for (const rate of readouts) assert.ok(Math.abs(rate - 0.05 * share) < 1e-8, `step ${step}: ${rate}`);
    });
    run.dispose();
  });

  it('moves in its first step by the learning rates of network, group and readout', async () => {
    const parameters = parameterSpecs([
      { what: 'gain', learningRate: 3 },
      { what: 'vThresh', learningRate: 0.5 },
    ]);
    const run = openRun({ parameters });
    readFromTheStart(run);
    const before = run.main.readout.weight.dataSync<'float32'>().slice();
    await run.run({ onStep: () => false });
    // Adam's first step is the learning rate, whatever the gradient's size.
    const largest = (of: tf.Variable, from = new Float32Array(of.size)) =>
      of.dataSync<'float32'>().reduce((most, u, i) => Math.max(most, Math.abs(u - from[i]!)), 0);
    const [gain, vThresh] = run.main.parameters.variables;
    for (const [variable, expected, from] of [
      [gain!, 3 * 0.02],
      [vThresh!, 0.5 * 0.02],
      [run.main.readout.weight, 0.05, before],
      [run.main.readout.bias, 0.05],
    ] as const) {
      const moved = largest(variable, from);
      assert.ok(Math.abs(moved - expected) < 1e-4 * expected, `${moved}, expected ${expected}`);
    }
    run.dispose();
  });

  it('adds to gradient and loss those of the prior, which is λ·Σu²', async () => {
    const opened = [0, 0.5].map((strength) => {
      const run = openRun({ parameters: parameterSpecs(['gain', { what: 'vThresh', prior: { strength } }]) });
      displace(run);
      return run;
    });
    const [without, withPrior] = opened as [TrainingRun, TrainingRun];
    const { parameters } = withPrior.main;
    const expected = parameters.variables[1]!.dataSync<'float32'>().reduce((sum, u) => sum + 0.5 * u * u, 0);
    assert.ok(Math.abs(parameters.priorValue() - expected) < 1e-6);
    const variable = parameters.variables[1]!;
    const u = variable.dataSync<'float32'>().slice();
    const slope = u.map((_, j) => {
      const at = (h: number): number => {
        const moved = u.map((x, i) => (i === j ? x + h : x));
        tf.tidy(() => variable.assign(tf.tensor1d(moved)));
        return parameters.priorValue();
      };
      return (at(0.01) - at(-0.01)) / 0.02;
    });
    tf.tidy(() => variable.assign(tf.tensor1d(u)));
    const [base, more] = [await gradientsOfFirstStep(without), await gradientsOfFirstStep(withPrior)];
    assert.deepEqual(more.gradients[0], base.gradients[0]);
    more.gradients[1]!.forEach((g, j) => {
      assert.ok(Math.abs(g - base.gradients[1]![j]! - slope[j]!) < 1e-4, `offset ${j}: ${g}, slope ${slope[j]}`);
    });
    assert.ok(Math.abs(more.loss - base.loss - expected) < 1e-5, `${more.loss - base.loss}, expected ${expected}`);
    for (const run of opened) run.dispose();
  });

  it('adds trials without odour to each step, fresh ones each time, which move the rate terms alone', async () => {
    const shown: KernelTrial[][] = [];
    const watched = (kernel: Kernel): Kernel => {
      const forward = kernel.forwardTrials.bind(kernel);
      kernel.forwardTrials = (trials, tape) => {
        if (tape) shown.push([...trials]);
        return forward(trials, tape);
      };
      return kernel;
    };
    const run = openRun({ restTrials: 3, otherReadouts: ['KC'] }, watched);
    await run.run();
    const atRest = shown.map((trials) => trials.filter(({ odour }) => odour === task.odours.length));
    assert.deepEqual(
      shown.map((trials, step) => [trials.length - atRest[step]!.length, atRest[step]!.length]),
      [10, 10, 4, 10, 10, 4].map((batch) => [batch, 3]),
    );
    assert.deepEqual(
      atRest.flat().map(({ trial }) => trial),
      Array.from({ length: 18 }, (_, k) => k),
    );
    const [without, withRest] = [openRun({}), openRun({ restTrials: 3 })];
    for (const of of [without, withRest]) displace(of);
    const [base, same] = [await gradientsOfFirstStep(without), await gradientsOfFirstStep(withRest)];
    assert.equal(same.loss, base.loss);
    assert.deepEqual(same.gradients.slice(-2), base.gradients.slice(-2));
    const bands = [{ population: 'KC', scope: 'population', trials: 'rest', hi: 0.1, weight: 1 } as const];
    const held = openRun({ restTrials: 3, bands });
    displace(held);
    const pushed = await gradientsOfFirstStep(held);
    assert.ok(pushed.loss > base.loss);
    assert.deepEqual(pushed.gradients.slice(-2), base.gradients.slice(-2));
    assert.notDeepEqual(pushed.gradients[0], base.gradients[0]);
    for (const of of [run, without, withRest, held]) of.dispose();
  });

  it('lets the rate terms alone train the network where that is the objective, and its readout all the same', async () => {
    const run = openRun({ objective: 'rates' });
    displace(run);
    const { gradients } = await gradientsOfFirstStep(run);
    assert.ok(gradients.slice(0, -2).every((g) => g.every((x) => x === 0)));
    assert.ok(norm(gradients.slice(-2)) > 0);
    const bands = [{ population: 'KC', scope: 'population', hi: 1, weight: 1 } as const];
    const held = openRun({ objective: 'rates', bands });
    displace(held);
    assert.ok(norm((await gradientsOfFirstStep(held)).gradients.slice(0, -2)) > 0);
    run.dispose();
    held.dispose();
  });

  it('reads rest beside odour trials after every epoch and on the test split', async () => {
    const run = openRun({ epochs: 1, baseline: true });
    await run.run();
    const test = run.test();
    for (const of of [run.history[0]!, test])
      assert.ok(of.rest.rateHz['PN']! < of.activity.rateHz['PN']!, `${of.rest.rateHz['PN']}`);
    assert.ok(test.untrainedRest!.rateHz['PN']! < test.untrainedActivity!.rateHz['PN']!);
    run.dispose();
  });

  it('adds the rate terms to the loss, each times its weight and the common strength', async () => {
    const bands = [{ population: 'KC', scope: 'population', hi: 1, weight: 2 } as const];
    const losses: number[] = [];
    for (const rateStrength of [0, 1, 3]) {
      const run = openRun({ bands, rateStrength });
      losses.push((await gradientsOfFirstStep(run)).loss);
      run.dispose();
    }
    const [none, one, three] = losses as [number, number, number];
    assert.ok(one > none && Math.abs(three - none - 3 * (one - none)) < 1e-4 * (three - none), `${losses}`);
  });

  it('clips the network’s gradient, before the prior’s is added, and leaves the readout’s', async () => {
    const runs = [1e9, 1e-3].map((clipNorm) => {
      const run = openRun({
        parameters: parameterSpecs(['gain', 'vThresh'], 0.5),
        limits: { ...unlimited, clipNorm },
      });
      displace(run);
      return run;
    });
    const offsets = runs[0]!.main.parameters.variables.map((v) => v.dataSync<'float32'>().slice());
    const [whole, clipped] = [await gradientsOfFirstStep(runs[0]!), await gradientsOfFirstStep(runs[1]!)];
    const withoutPrior = clipped.gradients.slice(0, 2).map((g, k) => g.map((x, j) => x - offsets[k]![j]!));
    assert.ok(Math.abs(norm(withoutPrior) - 1e-3) < 1e-5, `norm ${norm(withoutPrior)}`);
    const unclipped = whole.gradients.slice(0, 2).map((g, k) => g.map((x, j) => x - offsets[k]![j]!));
    assert.ok(norm(unclipped) > 0.01, `${norm(unclipped)}`);
    assert.deepEqual(clipped.gradients.slice(2), whole.gradients.slice(2));
    for (const run of runs) run.dispose();
  });

  it('leaves an exploded step out whole, counts it, and goes on', async () => {
    const run = openRun({ epochs: 1, limits: { ...unlimited, skipNorm: 1e-12 } });
    displace(run);
    const { parameters, readout } = run.main;
    const state = () => [...parameters.variables, readout.weight, readout.bias].map((v) => v.dataSync().slice());
    const before = state();
    await run.run();
    assert.equal(run.history[0]!.gradient.skipped, 3);
    assert.deepEqual(state(), before);
    run.dispose();
  });

  it('holds the jump bound after every step, where the bound binds', async () => {
    const bound = 0.05;
    const run = openRun({ epochs: 3, learningRate: 0.1, jumpBound: bound });
    let projected = 0;
    const jumps: number[] = [];
    await run.run({
      onStep: () => {
        jumps.push(largestJump(run.main.parameters.network()));
        return true;
      },
      onEpoch: ({ gradient }) => {
        projected += gradient.projected;
      },
    });
    assert.ok(projected > 0);
    assert.equal(jumps.length, 9);
    for (const jump of jumps) assert.ok(jump <= bound * (1 + 1e-5) && jump > 0.9 * bound, `${jumps}`);
    run.dispose();
  });
});
